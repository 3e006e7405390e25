package org.efficientzoo.zoo;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.efficientzoo.zoo.checkpoint.CheckpointCard;
import org.efficientzoo.zoo.image.ChannelOrder;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.Interpolation;
import org.efficientzoo.zoo.image.Resize;
import org.efficientzoo.zoo.network.NetworkOption;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Spelling;

/**
 * The arguments of a look-up, read and checked: those of the metadata, overridden by those of the
 * {@code Criteria}.
 *
 * @param network the name of the network
 * @param options the options of the network
 * @param weightsFile a checkpoint to load
 * @param skipHead whether the classifier is initialised freshly
 * @param force whether values are taken that no sound network has, not a number for one
 * @param transform the preprocessing
 * @param topK how many classes an answer shows
 */
record ModelArguments(
        String network,
        NetworkOptions options,
        Optional<Path> weightsFile,
        boolean skipHead,
        boolean force,
        EvaluationTransform transform,
        int topK) {

    ModelArguments {
        if (topK < 1) {
            throw new IllegalArgumentException("topK must be positive, found " + topK);
        }
    }

    static final String NETWORK = "network";
    static final String CLASSES = "classes";
    static final String CLASS_NAMES = "classNames";
    static final String WEIGHTS_FILE = "weightsFile";
    static final String SKIP_HEAD = "skipHead";
    static final String FORCE = "force";

    static final Set<String> KNOWN =
            Stream.concat(
                            Arrays.stream(NetworkOption.values()).map(NetworkOption::key),
                            Stream.of(
                                    NETWORK,
                                    CLASS_NAMES,
                                    WEIGHTS_FILE,
                                    SKIP_HEAD,
                                    FORCE,
                                    "topK",
                                    "synset",
                                    "classesFile",
                                    "resize",
                                    "crop",
                                    "cropHeight",
                                    "cropWidth",
                                    "interpolation",
                                    "mean",
                                    "std",
                                    "channelOrder",
                                    "license",
                                    "source"))
                    .collect(Collectors.toUnmodifiableSet());

    private static final String SQUARE = "square:";

    /** Arguments of others pass, DJL has some of its own; only what looks mistyped does not. */
    private static void checkSpelling(Map<String, ?> arguments) {
        for (String key : arguments.keySet()) {
            String nearest = Spelling.nearest(key, KNOWN, 1).get(0);
            int distance = Spelling.distance(key, nearest);
            if (!KNOWN.contains(key) && distance <= 2 && 2 * distance < key.length()) {
                throw new IllegalArgumentException(
                        "unknown argument %s; did you mean %s?".formatted(key, nearest));
            }
        }
    }

    static ModelArguments of(Map<String, ?> arguments) {
        checkSpelling(arguments);
        Reader reader = new Reader(arguments);
        NetworkOptions options = options(reader);
        return new ModelArguments(
                reader.text(NETWORK).orElseThrow(() -> new IllegalArgumentException("no network")),
                options,
                reader.text(WEIGHTS_FILE).map(Path::of),
                reader.flag(SKIP_HEAD),
                reader.flag(FORCE),
                transform(reader, options.inputChannels()),
                reader.whole("topK").orElse(5));
    }

    private static NetworkOptions options(Reader reader) {
        Map<NetworkOption, Number> values = new EnumMap<>(NetworkOption.class);
        for (NetworkOption option : NetworkOption.values()) {
            reader.text(option.key()).ifPresent(text -> values.put(option, option.parse(text)));
        }
        return new NetworkOptions(values);
    }

    private static EvaluationTransform transform(Reader reader, int channels) {
        EvaluationTransform usual = EvaluationTransform.imagenet();
        ChannelOrder order =
                reader.constant("channelOrder", ChannelOrder.class)
                        .orElse(channels == 1 ? ChannelOrder.GRAY : usual.channelOrder());
        Resize resize = reader.text("resize").map(text -> resize(text)).orElse(usual.resize());
        int crop = reader.whole("crop").orElse(usual.cropHeight());
        return new EvaluationTransform(
                resize,
                reader.whole("cropHeight").orElse(crop),
                reader.whole("cropWidth").orElse(crop),
                reader.constant("interpolation", Interpolation.class).orElse(usual.interpolation()),
                statistics(reader, "mean", order).orElse(usual.mean()),
                statistics(reader, "std", order).orElse(usual.std()),
                order);
    }

    /** Three numbers; of brightness one does. */
    private static Optional<List<Float>> statistics(Reader reader, String key, ChannelOrder order) {
        return reader.numbers(key)
                .map(
                        values ->
                                order == ChannelOrder.GRAY && values.size() == 1
                                        ? Collections.nCopies(3, values.get(0))
                                        : values);
    }

    /** Whether the preprocessing gives as many planes as the network takes. */
    boolean takesImages() {
        return options.inputChannels() == transform.channelOrder().planes();
    }

    /**
     * Checks that images can become the input.
     *
     * @throws IllegalArgumentException if they have other channels than the network
     */
    void checkImages() {
        int channels = options.inputChannels();
        if (!takesImages()) {
            throw new IllegalArgumentException(
                    channels == 1 || channels == 3
                            ? "the channelOrder must suit the channels of the network, found %s and inputChannels %d"
                                    .formatted(
                                            transform
                                                    .channelOrder()
                                                    .name()
                                                    .toLowerCase(Locale.ROOT),
                                            channels)
                            : "images have 1 or 3 channels, found inputChannels " + channels);
        }
    }

    /** The shorter side, {@code 256}, or the side of the centred square, {@code square:256}. */
    private static Resize resize(String text) {
        boolean square = text.startsWith(SQUARE);
        int pixels;
        try {
            pixels = Integer.parseInt(square ? text.substring(SQUARE.length()) : text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "resize must be a whole number or square:NUMBER, found " + text, e);
        }
        return square ? new Resize.CentreSquare(pixels) : new Resize.ShorterSide(pixels);
    }

    /** The shape of one image as the network takes it. */
    Shape input() {
        return new Shape(1, options.inputChannels(), transform.cropHeight(), transform.cropWidth());
    }

    /** The names of the classes: a file's, a list's, ImageNet's or numbers. */
    static ClassNames classNames(Map<String, ?> arguments, int classes) throws IOException {
        Reader reader = new Reader(arguments);
        Optional<String> file = reader.text("classesFile");
        Optional<String> synset = reader.text("synset");
        Optional<String> own = reader.text(CLASS_NAMES);
        ClassNames names;
        if (file.isPresent()) {
            names = ClassNames.read(Path.of(file.get()));
        } else if (synset.isPresent()) {
            List<String> listed =
                    Arrays.stream(synset.get().split(",")).map(String::strip).toList();
            names = new ClassNames(listed, listed);
        } else if (own.isPresent()) {
            names =
                    ClassNames.ofCard(
                            CheckpointCard.fromMap(
                                            Map.of(
                                                    CLASS_NAMES,
                                                    own.get(),
                                                    CLASSES,
                                                    Integer.toString(classes)))
                                    .classNames());
        } else {
            ClassNames imagenet = ClassNames.imagenet();
            names = imagenet.size() == classes ? imagenet : ClassNames.numbered(classes);
        }
        if (names.size() != classes) {
            throw new IllegalArgumentException(
                    "the class list must have a name for each class of the network, found %d names, %d classes"
                            .formatted(names.size(), classes));
        }
        return names;
    }

    /** Reads arguments that may be text or numbers. */
    private record Reader(Map<String, ?> arguments) {

        Optional<String> text(String key) {
            return Optional.ofNullable(arguments.get(key)).map(Object::toString);
        }

        Optional<Integer> whole(String key) {
            return text(key).map(value -> parse(key, value, "whole number", Integer::valueOf));
        }

        Optional<List<Float>> numbers(String key) {
            return text(key)
                    .map(
                            value ->
                                    Arrays.stream(value.split(","))
                                            .map(
                                                    part ->
                                                            parse(
                                                                    key,
                                                                    part.strip(),
                                                                    "number",
                                                                    Float::valueOf))
                                            .toList());
        }

        <E extends Enum<E>> Optional<E> constant(String key, Class<E> type) {
            return text(key).map(value -> constant(key, value, type));
        }

        private static <E extends Enum<E>> E constant(String key, String text, Class<E> type) {
            List<String> names = new ArrayList<>();
            for (E constant : type.getEnumConstants()) {
                if (constant.name().equalsIgnoreCase(text)) {
                    return constant;
                }
                names.add(constant.name().toLowerCase(Locale.ROOT));
            }
            String last = names.remove(names.size() - 1);
            throw new IllegalArgumentException(
                    "%s must be %s or %s, found %s"
                            .formatted(key, String.join(", ", names), last, text));
        }

        boolean flag(String key) {
            String value = text(key).orElse("false");
            if (!value.equals("true") && !value.equals("false")) {
                throw new IllegalArgumentException(key + " must be true or false, found " + value);
            }
            return value.equals("true");
        }

        private static <N> N parse(
                String key, String value, String kind, Function<String, N> parser) {
            try {
                return parser.apply(value);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        key + " must be a " + kind + ", found " + value, e);
            }
        }
    }
}
