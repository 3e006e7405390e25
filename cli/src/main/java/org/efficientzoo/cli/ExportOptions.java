package org.efficientzoo.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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

    private static final int CALIBRATION_IMAGES = 50;
    private static final double MAX_DROP = 1;

    private static final List<String> BESIDE_INT8 =
            List.of(
                    "--calibrate",
                    "--calibration-images",
                    "--evaluate",
                    "--max-drop",
                    "--force-drop");

    private static final List<String> NOT_WITH_INT8 =
            List.of("--half", "--fold", "--external-weights");

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

    @ArgGroup(exclusive = false, heading = "%nFor the format onnx with integers:%n")
    private Integers integers = new Integers();

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
                names = "--opset",
                paramLabel = "N",
                description =
                        "the version of ONNX's operators, 11 to 22, 17 by default; --int8 needs 13")
        private Integer opset;

        @Option(
                names = "--permute",
                negatable = true,
                fallbackValue = "true",
                description =
                        "whether channels are reordered so that shuffles and splits cost less, as"
                                + " they are by default; the result is the same")
        private Boolean permute;
    }

    /** Quantisation. */
    static final class Integers {

        @Option(
                names = "--int8",
                description =
                        "convolutions and matrix products on integers of 8 bits: a quarter of the"
                                + " size, and faster; costs accuracy, which is measured. Needs"
                                + " --calibrate")
        private boolean int8;

        @Option(
                names = "--calibrate",
                paramLabel = "FOLDER",
                description = "images such as the network will see, at any depth")
        private Path calibrate;

        @Option(
                names = "--calibration-images",
                paramLabel = "N",
                description = "how many of them are looked at; 50 by default")
        private Integer calibrationImages;

        @Option(
                names = "--evaluate",
                paramLabel = "FOLDER",
                description =
                        "images to measure Top-1 on before and after, a folder a class; those of"
                                + " --calibrate by default")
        private Path evaluate;

        @Option(
                names = "--max-drop",
                paramLabel = "POINTS",
                description =
                        "by how many percentage points Top-1 may fall; 1.0 by default. Nothing is"
                                + " kept where it falls by more")
        private Double maxDrop;

        @Option(
                names = "--force-drop",
                description = "keep the file however far Top-1 falls, or cannot be measured")
        private boolean forceDrop;
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
        for (String name : given()) {
            if (mine.contains(name) && !format.takes(name)) {
                throw misuse(
                        "%s is for %s, found the format %s"
                                .formatted(name, ExportFormat.taking(name), format));
            }
        }
        if (!integers.int8) {
            refuse(BESIDE_INT8, "%s is for --int8, found none");
        } else if (integers.calibrate == null) {
            throw misuse("--int8 needs images that are like those to come: --calibrate=FOLDER");
        } else if (graph.opset != null && graph.opset < OnnxOptions.FIRST_OPSET_OF_INTEGERS) {
            throw misuse(
                    "--int8 needs --opset=%d or a later one, found %d"
                            .formatted(OnnxOptions.FIRST_OPSET_OF_INTEGERS, graph.opset));
        } else {
            refuse(NOT_WITH_INT8, "%s does not go with --int8");
        }
    }

    private List<String> given() {
        return command.commandLine().getParseResult().matchedOptions().stream()
                .map(OptionSpec::longestName)
                .toList();
    }

    private void refuse(List<String> options, String message) {
        for (String name : given()) {
            if (options.contains(name)) {
                throw misuse(message.formatted(name));
            }
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    /** How integers are made, if they are asked for. */
    Optional<IntegerExport.Settings> int8() {
        return integers.int8
                ? Optional.of(
                        new IntegerExport.Settings(
                                integers.calibrate,
                                integers.calibrationImages == null
                                        ? CALIBRATION_IMAGES
                                        : integers.calibrationImages,
                                Optional.ofNullable(integers.evaluate),
                                integers.maxDrop == null ? MAX_DROP : integers.maxDrop,
                                integers.forceDrop))
                : Optional.empty();
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
        OnnxOptions usual = OnnxOptions.DEFAULT;
        return usual.withOpset(graph.opset == null ? usual.opset() : graph.opset)
                .withFoldNorms(folds())
                .withPermuteChannels(graph.permute == null || graph.permute)
                .withDynamicSize(graph.dynamicSize)
                .withSoftmax(graph.softmax)
                .withPixelInput(graph.pixelInput)
                .withHalfWeights(half)
                .withExternalWeights(graph.externalWeights);
    }
}
