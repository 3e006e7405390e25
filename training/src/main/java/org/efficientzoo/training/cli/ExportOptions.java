package org.efficientzoo.training.cli;

import java.util.List;
import java.util.stream.Stream;
import org.efficientzoo.zoo.onnx.OnnxOptions;
import org.efficientzoo.zoo.torchscript.TorchScriptExport.Norms;
import org.efficientzoo.zoo.weights.Precision;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How {@code export} writes; not every format takes every option. */
final class ExportOptions {

    @Option(
            names = "--half",
            description =
                    "store weights as float16: half the size, three digits; not exact (not for"
                            + " torchscript)")
    private boolean half;

    @ArgGroup(exclusive = false, heading = "%nFor the formats onnx and torchscript:%n")
    private Folded folded = new Folded();

    @ArgGroup(exclusive = false, heading = "%nFor the format onnx:%n")
    private Graph graph = new Graph();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Batch norms. */
    static final class Folded {

        @Option(
                names = "--fold",
                negatable = true,
                fallbackValue = "true",
                description =
                        "whether batch norms disappear into the convolutions before them, as they"
                                + " do by default: faster, and exact but for rounding")
        private Boolean fold;
    }

    /** What a graph of ONNX may have. */
    static final class Graph {

        @Option(
                names = "--softmax",
                description = "end with a softmax: probabilities in place of logits")
        private boolean softmax;

        @Option(
                names = "--pixel-input",
                description =
                        "take pixels, N x height x width x 3 of uint8, red first, resized and"
                                + " cropped, and normalise them inside; by default the input is"
                                + " N x 3 x height x width of float32, normalised")
        private boolean pixelInput;

        @Option(
                names = "--dynamic-size",
                description = "leave height and width of the input free, as the batch always is")
        private boolean dynamicSize;

        @Option(
                names = "--external-weights",
                description =
                        "store the weights in FILE.data beside the graph, which has to stay there")
        private boolean externalWeights;

        @Option(
                names = "--permute",
                negatable = true,
                fallbackValue = "true",
                description =
                        "whether channels are reordered so that shuffles and splits cost less, as"
                                + " they are by default; the result is the same")
        private Boolean permute;
    }

    /**
     * Refuses options that the format has no meaning for.
     *
     * @throws ParameterException if there is one
     */
    void check(ExportFormat format) {
        List<String> mine =
                Stream.of(ExportFormat.values())
                        .flatMap(known -> known.options().stream())
                        .distinct()
                        .toList();
        for (OptionSpec option : command.commandLine().getParseResult().matchedOptions()) {
            String name = option.longestName();
            if (mine.contains(name) && !format.takes(name)) {
                throw new ParameterException(
                        command.commandLine(),
                        "%s is for %s, found the format %s"
                                .formatted(name, ExportFormat.taking(name), format));
            }
        }
    }

    boolean half() {
        return half;
    }

    Precision precision() {
        return half ? Precision.FLOAT16 : Precision.FLOAT32;
    }

    private boolean folds() {
        return folded.fold == null || folded.fold;
    }

    Norms norms() {
        return folds() ? Norms.FOLDED : Norms.KEPT;
    }

    boolean externalWeights() {
        return graph.externalWeights;
    }

    OnnxOptions onnx() {
        return OnnxOptions.DEFAULT
                .withFoldNorms(folds())
                .withPermuteChannels(graph.permute == null || graph.permute)
                .withDynamicSize(graph.dynamicSize)
                .withSoftmax(graph.softmax)
                .withPixelInput(graph.pixelInput)
                .withHalfWeights(half)
                .withExternalWeights(graph.externalWeights);
    }
}
