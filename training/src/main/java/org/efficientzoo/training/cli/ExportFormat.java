package org.efficientzoo.training.cli;

import ai.djl.MalformedModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.efficientzoo.zoo.weights.PyTorchFileWriter;
import org.efficientzoo.zoo.weights.SafetensorsFileWriter;
import org.efficientzoo.zoo.weights.WholeFile;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What {@code export} writes. */
enum ExportFormat {
    SAFETENSORS {
        @Override
        void write(Exported model, WholeFile file) throws IOException {
            model.write(new SafetensorsFileWriter(model.precision(), model.card().toMap()), file);
        }
    },
    PTH {
        @Override
        void write(Exported model, WholeFile file) throws IOException {
            model.write(new PyTorchFileWriter(model.precision()), file);
        }
    };

    /** Writes the model. */
    abstract void write(Exported model, WholeFile file) throws IOException;

    /** What the file, read back, says to the image of {@link Exported#logits}. */
    float[] logits(Exported model, Path file) throws IOException, MalformedModelException {
        return model.logitsOf(file);
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
