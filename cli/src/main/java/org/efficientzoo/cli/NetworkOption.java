package org.efficientzoo.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.LookUpArguments;
import org.efficientzoo.zoo.network.NetworkOptions;
import picocli.CommandLine.Option;

/** The options of a network that change what is built. */
final class NetworkOption {

    @Option(
            names = "--width",
            paramLabel = "FACTOR",
            description = "width multiplier of the MobileNets and DarkNets")
    private Double width;

    @Option(
            names = "--leaky-slope",
            paramLabel = "SLOPE",
            description =
                    "slope of the leaky ReLUs of the DarkNets; that of the weights, else 0.1, by"
                            + " default")
    private Float leakySlope;

    @Option(
            names = "--stem-stride",
            paramLabel = "N",
            description =
                    "by how much the first two halvings reduce the resolution: 4 as published, 2"
                            + " or 1 for small images")
    private Integer stemStride;

    @Option(
            names = "--input-channels",
            paramLabel = "N",
            description =
                    "the channels of the input: 3 for colours, as by default, or 1 for brightness;"
                            + " no images have others")
    private Integer inputChannels;

    Optional<Double> width() {
        return Optional.ofNullable(width);
    }

    Optional<Float> leakySlope() {
        return Optional.ofNullable(leakySlope);
    }

    Optional<Integer> stemStride() {
        return Optional.ofNullable(stemStride);
    }

    Optional<Integer> inputChannels() {
        return Optional.ofNullable(inputChannels);
    }

    /** What was said, as arguments of a look-up. */
    Map<String, String> arguments() {
        Map<String, String> arguments = new LinkedHashMap<>();
        width().ifPresent(value -> arguments.put("width", value.toString()));
        leakySlope().ifPresent(value -> arguments.put("leakySlope", value.toString()));
        stemStride().ifPresent(value -> arguments.put("stemStride", value.toString()));
        inputChannels().ifPresent(n -> arguments.put("inputChannels", n.toString()));
        return arguments;
    }

    /** What was said, checked. */
    NetworkOptions options(String network, int classes) {
        Map<String, String> all = arguments();
        all.put("classes", Integer.toString(classes));
        return LookUpArguments.networkOptions(network, all);
    }
}
