package org.efficientzoo.zoo;

import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOption;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.StateDict;
import org.efficientzoo.zoo.weights.TensorInfo;

/** Tells which networks the tensors of a checkpoint fit, by their names and shapes alone. */
final class CheckpointFit {

    private final Map<String, Shape> tensors = new LinkedHashMap<>();

    /**
     * Looks at a checkpoint.
     *
     * @param tensors its tensors under their own names
     */
    CheckpointFit(Map<String, TensorInfo> tensors) {
        tensors.forEach(
                (name, info) -> {
                    if (!StateDict.isCounter(name)) {
                        this.tensors.put(name, info.shape());
                    }
                });
    }

    /**
     * The networks of the registry that the checkpoint fits.
     *
     * @return a description of each: {@code squeezenet1_1 with 10 classes}
     */
    List<String> networks() {
        return Networks.all().stream().flatMap(entry -> description(entry).stream()).toList();
    }

    private Optional<String> description(NetworkEntry network) {
        return Candidate.of(network, tensors)
                .flatMap(
                        candidate ->
                                candidate
                                        .options()
                                        .filter(candidate::has)
                                        .findFirst()
                                        .map(options -> describe(network, options)));
    }

    private static String describe(NetworkEntry network, NetworkOptions options) {
        String width =
                options.find(NetworkOption.WIDTH).map(factor -> " of width " + factor).orElse("");
        String classes = options.classes() == 1 ? "1 class" : options.classes() + " classes";
        int channels = options.inputChannels();
        String input = channels == 3 ? "" : " and inputChannels " + channels;
        String stride =
                options.find(NetworkOption.STEM_STRIDE).isPresent() ? " of stemStride 1 or 2" : "";
        return network.name() + width + stride + " with " + classes + input;
    }

    /**
     * What to say to one who has loaded the checkpoint into a network that it does not fit.
     *
     * @param network the network
     * @param options its options
     * @return the number of classes where that alone differs, else the networks that fit, if any
     */
    Optional<String> advice(NetworkEntry network, NetworkOptions options) {
        return Candidate.of(network, tensors)
                .filter(candidate -> candidate.classes() != options.classes())
                .filter(candidate -> candidate.has(options.withClasses(candidate.classes())))
                .map(candidate -> otherClasses(candidate.classes(), options.classes()))
                .or(this::otherNetworks);
    }

    private static String otherClasses(int found, int asked) {
        return ("the checkpoint has %1$d classes, the network %2$d: ask for %1$d (--classes %1$d or"
                        + " optArgument(\"classes\", \"%1$d\")) or for a fresh classifier (--fresh-head of"
                        + " import and train, or optArgument(\"skipHead\", \"true\"))")
                .formatted(found, asked);
    }

    private Optional<String> otherNetworks() {
        List<String> networks = networks();
        return networks.isEmpty()
                ? Optional.empty()
                : Optional.of("it fits " + String.join(" or ", networks));
    }

    /**
     * A network whose tensors have the names of the checkpoint's.
     *
     * @param network the network
     * @param tensors the checkpoint's tensors under the network's names
     * @param usual the shapes that the network has as published
     * @param head the weights of the classifier
     */
    private record Candidate(
            NetworkEntry network,
            Map<String, Shape> tensors,
            Map<String, Shape> usual,
            String head) {

        private static final List<Double> WIDTHS = // as published
                List.of(1.4, 0.75, 0.5, 0.35, 0.25, 0.1);
        private static final int WIDEST = 8; // beyond any network, as are the next two
        private static final int MOST_CLASSES = 1_000_000;
        private static final int MOST_CHANNELS = 1000;

        static Optional<Candidate> of(NetworkEntry network, Map<String, Shape> checkpoint) {
            EfficientBlock block = network.build();
            Shape input = input(NetworkOptions.DEFAULT);
            Map<String, String> names;
            try {
                names =
                        new StateDict(block, input, false)
                                .fittedNames(checkpoint.keySet(), network::renaming)
                                .names();
            } catch (IllegalArgumentException e) { // several networks fit
                return Optional.empty();
            }
            Map<String, Shape> tensors = new LinkedHashMap<>();
            names.forEach((name, ours) -> tensors.put(ours, checkpoint.get(name)));
            if (tensors.size() != names.size()
                    || !tensors.keySet().equals(BlockNames.parameters(block).keySet())) {
                return Optional.empty();
            }
            String head = StateDict.head(block, input) + ".weight";
            Map<String, Shape> usual = ParameterShapes.of(block, input);
            return Optional.of(new Candidate(network, tensors, usual, head))
                    .filter(Candidate::isSane);
        }

        private static Shape input(NetworkOptions options) {
            return new Shape(1, options.inputChannels(), 64, 64); // any size does for parameters
        }

        private String stem() {
            return usual.keySet().iterator().next();
        }

        private boolean isSane() {
            return Stream.of(stem(), head)
                            .allMatch(
                                    name ->
                                            tensors.get(name).dimension()
                                                    == usual.get(name).dimension())
                    && isWithin(tensors.get(head).get(0), MOST_CLASSES)
                    && isWithin(tensors.get(stem()).get(1), MOST_CHANNELS);
        }

        private static boolean isWithin(long value, int most) {
            return value >= 1 && value <= most;
        }

        int classes() {
            return (int) tensors.get(head).get(0);
        }

        /** The options that may give the shapes of the checkpoint, likely ones first. */
        Stream<NetworkOptions> options() {
            NetworkOptions plain =
                    NetworkOptions.DEFAULT
                            .withClasses(classes())
                            .withInputChannels((int) tensors.get(stem()).get(1));
            if (hasOtherStem()) {
                return Stream.of(plain.with(NetworkOption.STEM_STRIDE, 1));
            }
            if (!network.has(NetworkOption.WIDTH)) {
                return Stream.of(plain);
            }
            DoubleStream ratios =
                    DoubleStream.of(ratio(stem(), 0), ratio(head, 1))
                            .filter(ratio -> ratio > 0 && ratio <= WIDEST);
            Stream<Double> widths = Stream.concat(WIDTHS.stream(), ratios.boxed());
            return Stream.concat(Stream.of(plain), widths.map(plain::withWidth));
        }

        /** A stem without its stride has a smaller kernel; both strides below 4 have that one. */
        private boolean hasOtherStem() {
            return tensors.get(stem()).get(2) != usual.get(stem()).get(2);
        }

        private double ratio(String tensor, int axis) {
            return (double) tensors.get(tensor).get(axis) / usual.get(tensor).get(axis);
        }

        boolean has(NetworkOptions options) {
            return ParameterShapes.of(network.build(options), input(options)).equals(tensors);
        }
    }
}
