package org.efficientzoo.training.cli;

import java.util.Optional;
import org.efficientzoo.zoo.network.NetworkOptions;
import picocli.CommandLine.Option;

/** The options of a network that change what is built. */
final class NetworkOption {

    @Option(
            names = "--width",
            paramLabel = "FACTOR",
            description = "width multiplier of the MobileNets")
    private Double width;

    @Option(
            names = "--leaky-slope",
            paramLabel = "SLOPE",
            description = "slope of the leaky ReLUs of the DarkNets; 0.1 by default")
    private Float leakySlope;

    Optional<Double> width() {
        return Optional.ofNullable(width);
    }

    Optional<Float> leakySlope() {
        return Optional.ofNullable(leakySlope);
    }

    NetworkOptions options(int classes, int inputChannels) {
        return new NetworkOptions(classes, inputChannels, Optional.empty(), width(), leakySlope());
    }
}
