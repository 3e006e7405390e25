package org.efficientzoo.zoo.onnx;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.Resize;

/**
 * What an ONNX file says of the network besides the graph: its {@code metadata_props}.
 *
 * @param network the name of the network, which becomes the name of the graph
 * @param classes the number of classes; empty if unknown
 * @param classNames the names of the classes in the order of the outputs; empty if unknown
 * @param transform what becomes of an image before it is the input
 * @param license the licence of the weights as SPDX writes it
 */
public record OnnxMetadata(
        String network,
        OptionalInt classes,
        List<String> classNames,
        Optional<EvaluationTransform> transform,
        Optional<String> license) {

    /**
     * Copies the names.
     *
     * @throws IllegalArgumentException if there are not as many as classes
     */
    public OnnxMetadata {
        classNames = List.copyOf(classNames);
        int names = classNames.size();
        if (names > 0 && classes.orElse(0) != names) {
            throw new IllegalArgumentException(
                    "there must be a name for each class, found %d names, %d classes"
                            .formatted(names, classes.orElse(0)));
        }
    }

    /**
     * Describes a network of which nothing but its name is known.
     *
     * @param network the name
     * @return the description
     */
    public static OnnxMetadata of(String network) {
        return new OnnxMetadata(
                network, OptionalInt.empty(), List.of(), Optional.empty(), Optional.empty());
    }

    /**
     * Adds the preprocessing.
     *
     * @param preprocessing what becomes of an image before it is the input
     * @return the changed description
     */
    public OnnxMetadata withTransform(EvaluationTransform preprocessing) {
        return new OnnxMetadata(network, classes, classNames, Optional.of(preprocessing), license);
    }

    /**
     * The entries of the file: {@code network}; {@code classes}, their number, and {@code
     * class_names}, one a line; {@code resize}, the length of the shorter side, or {@code square:}
     * and the side of the centred square, {@code crop_height}, {@code crop_width}, {@code
     * interpolation}, {@code mean} and {@code std} of red, green and blue, {@code channel_order} of
     * the planes, {@code rgb}, {@code bgr} or, with a single mean and std, {@code gray}; {@code
     * license}. What is unknown is left out.
     *
     * @return the entries by key, sorted, unmodifiable
     */
    public Map<String, String> entries() {
        return entries(false);
    }

    /**
     * The entries of a file whose graph may normalize pixels itself. Where it does, {@code
     * normalization} is {@code graph}, nobody else's {@code mean} and {@code std} are named, and
     * {@code channel_order} is that of the pixels, {@code rgb}.
     *
     * @param pixelInput whether the graph takes pixels
     * @return the entries by key, sorted, unmodifiable
     */
    public Map<String, String> entries(boolean pixelInput) {
        Map<String, String> entries = new TreeMap<>();
        entries.put("network", network);
        classes.ifPresent(n -> entries.put("classes", Integer.toString(n)));
        if (!classNames.isEmpty()) {
            entries.put("class_names", String.join("\n", classNames));
        }
        transform.ifPresent(t -> describe(t, pixelInput, entries));
        license.ifPresent(name -> entries.put("license", name));
        return Collections.unmodifiableMap(entries);
    }

    EvaluationTransform requiredTransform() {
        return transform.orElseThrow(
                () ->
                        new IllegalArgumentException(
                                "a graph that takes pixels needs the mean and the std of "
                                        + network));
    }

    private static void describe(
            EvaluationTransform transform, boolean pixelInput, Map<String, String> entries) {
        if (transform.resize() instanceof Resize.ShorterSide side) {
            entries.put("resize", Integer.toString(side.pixels()));
        } else if (transform.resize() instanceof Resize.CentreSquare square) {
            entries.put("resize", "square:" + square.pixels());
        }
        entries.put("crop_height", Integer.toString(transform.cropHeight()));
        entries.put("crop_width", Integer.toString(transform.cropWidth()));
        entries.put("interpolation", transform.interpolation().name().toLowerCase(Locale.ROOT));
        if (pixelInput) {
            entries.put("normalization", "graph");
            entries.put("channel_order", "rgb");
            return;
        }
        int colours = transform.channelOrder().planes();
        entries.put("mean", list(transform.mean().subList(0, colours)));
        entries.put("std", list(transform.std().subList(0, colours)));
        entries.put("channel_order", transform.channelOrder().name().toLowerCase(Locale.ROOT));
    }

    private static String list(List<Float> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
