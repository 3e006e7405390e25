package org.efficientzoo.cli;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.checkpoint.CheckpointCard;
import org.efficientzoo.zoo.file.WholeFile;
import org.efficientzoo.zoo.onnx.OnnxExport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code export}: a model as a file for elsewhere. */
@Command(
        name = "export",
        description = {
            "Writes a model for elsewhere. The file is read back, and kept only if it gives the"
                    + " same logits or, with --int8, if Top-1 does not fall too far.",
            "safetensors is the weights, and says which network they are of, with which classes"
                    + " and preprocessing; pth is the state dict that torch.load reads, with"
                    + " weights_only=True, too.",
            "onnx is the network for ONNX Runtime, TensorRT and others; torchscript is the network"
                    + " for torch.jit.load and libtorch."
        },
        modelTransformer = EvaluateCommand.ModelOrRun.class,
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

    @Option(names = "--force", description = "replace the file if it exists")
    private boolean force;

    @Mixin private ModelOption model;
    @Mixin private RunOption run;
    @Mixin private ExportOptions options;

    @Option(names = "--json", description = "print one JSON document")
    private boolean json;

    @Spec private CommandSpec spec;

    private ExportCommand() {}

    @Override
    public Integer call() throws Exception {
        options.check(format);
        run.open(Optional.empty(), model, "model");
        if (!model.isNamed()) {
            throw new ParameterException(
                    spec.commandLine(), "--model=NAME or --run=RUN is missing");
        }
        model.needBlocks("export");
        FileExport export = format.export(options);
        checkPlace(file);
        if (options.externalWeights()) {
            checkPlace(OnnxExport.dataOf(file));
        }
        Optional<ClassNames> given = model.givenClasses();
        try (ZooModel<NDList, NDList> loaded = model.load(NDList.class, NDList.class, given)) {
            Exported model = new Exported(loaded, card(loaded, given));
            report(export.write(model, file));
        }
        return 0;
    }

    /** Complains of the place before a network is loaded. */
    private void checkPlace(Path place) throws IOException {
        if (!force && Files.isRegularFile(place)) {
            throw new IllegalArgumentException(place + " exists already; --force replaces it");
        }
        (force ? WholeFile.replacing(place) : WholeFile.creating(place)).close();
    }

    /** What the look-up and the file that was loaded say of the model. */
    private CheckpointCard card(Model loaded, Optional<ClassNames> given) {
        CheckpointCard found = CheckpointCard.fromMap(loaded.getProperties());
        return new CheckpointCard(
                found.arguments(),
                given.map(ClassNames::lines).orElseGet(found::classNames),
                found.license(),
                found.source().or(() -> Optional.of(source(loaded))),
                Optional.of(new Main.Version().getVersion()[0]));
    }

    private String source(Model loaded) {
        String weights = model.weights(loaded);
        return weights.equals(NO_WEIGHTS) ? UNTRAINED : Path.of(weights).getFileName().toString();
    }

    private void report(FileExport.Document document) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            JsonOutput.print(out, document);
            return;
        }
        out.printf(Locale.ROOT, "%s, %s, %d bytes%n", document.path(), format, Files.size(file));
        if (document.data() != null) {
            Path data = Path.of(document.data());
            out.printf(Locale.ROOT, "%s, its weights, %d bytes%n", data, Files.size(data));
        }
        out.printf(
                Locale.ROOT,
                "sha256      %s%ndifference  %.3g%s%n",
                document.sha256(),
                document.max_abs_difference(),
                document.max_difference_in_std() == null
                        ? ""
                        : " (%.3g standard deviations)"
                                .formatted(document.max_difference_in_std()));
        if (document.int8() != null) {
            describe(document.int8()).forEach(out::println);
        }
        out.flush();
    }

    private static List<String> describe(FileExport.Int8 int8) {
        return List.of(
                "calibrated  on %d images".formatted(int8.calibration_images()),
                int8.images() == null
                        ? "Top-1       not measured: " + int8.not_measured()
                        : String.format(
                                Locale.ROOT,
                                "Top-1       %.2f %% with floats, %.2f %% with integers, of %d images",
                                100 * int8.top1_before(),
                                100 * int8.top1_after(),
                                int8.images()));
    }
}
