package org.efficientzoo.training.cli;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.weights.CheckpointCard;
import org.efficientzoo.zoo.weights.Precision;
import org.efficientzoo.zoo.weights.Sha256;
import org.efficientzoo.zoo.weights.WholeFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code export}: a model as a file for elsewhere. */
@Command(
        name = "export",
        description = {
            "Writes a model for elsewhere. The file is read back, and kept only if the network that"
                    + " it fills gives the same logits.",
            "safetensors also says which network it is, with which classes and preprocessing; pth"
                    + " is the state dict that torch.load reads, with weights_only=True, too."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class ExportCommand implements Callable<Integer> {

    private static final String NO_WEIGHTS = "none";
    private static final String UNTRAINED = "untrained";

    @Parameters(paramLabel = "FILE", description = "the file to write")
    private Path file;

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORMAT",
            converter = ExportFormat.Converter.class,
            description = "one of: ${COMPLETION-CANDIDATES}")
    private ExportFormat format;

    @Option(
            names = "--half",
            description = "store floats as float16: half the size, three digits; not exact")
    private boolean half;

    @Option(names = "--force", description = "replace the file if it exists")
    private boolean force;

    @Mixin private ModelOption model;

    @Option(names = "--json", description = "print one JSON document")
    private boolean json;

    @Spec private CommandSpec spec;

    private ExportCommand() {}

    private record Document(String path, String sha256, double max_abs_difference) {}

    @Override
    public Integer call() throws Exception {
        if (!force && Files.isRegularFile(file)) {
            throw new IllegalArgumentException(file + " exists already; --force replaces it");
        }
        Optional<ClassNames> given = model.givenClasses();
        try (WholeFile whole = force ? WholeFile.replacing(file) : WholeFile.creating(file);
                ZooModel<NDList, NDList> loaded = model.load(NDList.class, NDList.class, given)) {
            Precision precision = half ? Precision.FLOAT16 : Precision.FLOAT32;
            Exported exported = new Exported(loaded, card(loaded, given), precision);
            format.write(exported, whole);
            double difference = difference(exported, whole.path());
            Document document = new Document(file.toString(), Sha256.of(whole.path()), difference);
            whole.commit();
            report(document);
        }
        return 0;
    }

    /** What the look-up and the file that was loaded say of the model. */
    private CheckpointCard card(Model loaded, Optional<ClassNames> given) {
        CheckpointCard found = CheckpointCard.fromMap(loaded.getProperties());
        return new CheckpointCard(
                found.arguments(),
                given.map(ClassNames::lines).orElseGet(found::classNames),
                found.licence(),
                found.source().or(() -> Optional.of(source(loaded))),
                Optional.of(new Main.Version().getVersion()[0]));
    }

    private String source(Model loaded) {
        String weights = model.weights(loaded);
        return weights.equals(NO_WEIGHTS) ? UNTRAINED : Path.of(weights).getFileName().toString();
    }

    /** How much the logits of the file read back differ from the model's. */
    private double difference(Exported exported, Path written) throws IOException {
        try {
            return difference(exported.logits(), format.logits(exported, written), half);
        } catch (IOException | MalformedModelException e) {
            throw new IOException(
                    "%s could not be read back, and nothing was kept: %s"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /** The largest difference; equal infinities and two values that are no numbers differ by 0. */
    static double difference(float[] expected, float[] found, boolean half)
            throws MalformedModelException {
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            if (Float.compare(expected[i], found[i]) != 0) {
                double difference = Math.abs((double) expected[i] - found[i]);
                largest = Math.max(largest, difference); // not a number if one is not
            }
        }
        if ((!half && largest != 0) || !Double.isFinite(largest)) {
            throw new MalformedModelException(
                    "its logits must differ by %s, found %s"
                            .formatted(half ? "a finite number" : "0", largest));
        }
        return largest;
    }

    private void report(Document document) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            JsonOutput.print(out, document);
            return;
        }
        out.printf(
                Locale.ROOT,
                "%s, %s, %d bytes%nsha256      %s%ndifference  %.3g%n",
                document.path,
                format,
                Files.size(file),
                document.sha256,
                document.max_abs_difference);
        out.flush();
    }
}
