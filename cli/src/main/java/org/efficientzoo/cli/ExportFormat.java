package org.efficientzoo.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.efficientzoo.zoo.weights.PyTorchFileWriter;
import org.efficientzoo.zoo.weights.SafetensorsFileWriter;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What {@code export} writes. */
enum ExportFormat {
    SAFETENSORS(Set.of("--half")) {
        @Override
        FileExport export(ExportOptions options) {
            return new CheckpointExport(
                    model -> new SafetensorsFileWriter(options.precision(), model.card().toMap()),
                    options.half());
        }
    },
    PTH(Set.of("--half")) {
        @Override
        FileExport export(ExportOptions options) {
            return new CheckpointExport(
                    model -> new PyTorchFileWriter(options.precision()), options.half());
        }
    },
    TORCHSCRIPT(Set.of("--fold")) {
        @Override
        FileExport export(ExportOptions options) {
            return new ScriptExport(options.norms());
        }
    },
    ONNX(
            Set.of(
                    "--half",
                    "--fold",
                    "--permute",
                    "--softmax",
                    "--pixel-input",
                    "--dynamic-size",
                    "--external-weights",
                    "--opset",
                    "--int8",
                    "--calibrate",
                    "--calibration-images",
                    "--evaluate",
                    "--max-drop",
                    "--force-drop")) {
        @Override
        FileExport export(ExportOptions options) {
            return options.int8()
                    .map(int8 -> (FileExport) new IntegerExport(options.onnx(), int8))
                    .orElseGet(() -> new GraphExport(options.onnx()));
        }
    };

    private final Set<String> options;

    ExportFormat(Set<String> options) {
        this.options = options;
    }

    /** What writes files of the format. */
    abstract FileExport export(ExportOptions options);

    /** The options, of those that not every format takes, which mean something for this one. */
    Set<String> options() {
        return options;
    }

    /** Whether an option, one of some format's, means something for this one. */
    boolean takes(String option) {
        return options.contains(option);
    }

    /** The formats that take an option. */
    static String taking(String option) {
        return Arrays.stream(values())
                .filter(format -> format.takes(option))
                .map(ExportFormat::toString)
                .collect(Collectors.joining(" and "));
    }

    /** Reads the name of a format. */
    static final class Converter implements ITypeConverter<ExportFormat> {
        @Override
        public ExportFormat convert(String name) {
            return Arrays.stream(values())
                    .filter(format -> format.toString().equalsIgnoreCase(name))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new TypeConversionException(
                                            "unknown format %s; there is %s"
                                                    .formatted(name, names())));
        }

        private static String names() {
            return Arrays.stream(values())
                    .map(ExportFormat::toString)
                    .collect(Collectors.joining(", "));
        }
    }

    /** The name as it is typed. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
