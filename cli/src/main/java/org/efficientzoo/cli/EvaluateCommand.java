package org.efficientzoo.cli;

import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.efficientzoo.training.Evaluation;
import org.efficientzoo.training.Evaluator;
import org.efficientzoo.training.PredictedNetwork;
import org.efficientzoo.training.data.ClassFolders;
import org.efficientzoo.training.data.ClassOrder;
import org.efficientzoo.training.run.TrainedRun;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.file.WholeFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code evaluate}: Top-1, Top-5, loss and confusion over class folders. */
@Command(
        name = "evaluate",
        description = {
            "Reports Top-1, Top-5 and loss over a folder that has a folder of images for each"
                    + " class, of a network of the zoo (--model) or of a training run (--run).",
            "The classes have the order of a class list, or else that of the weights where these"
                    + " know all class folders (ImageNet's WordNet numbers, CIFAR-10's names);"
                    + " folders that are all whole numbers below the number of classes are their"
                    + " indices; other folders are sorted. Which it was is always said. A run knows"
                    + " its classes; without FOLDER, or where that is the run itself, the images are"
                    + " those that the run validates on."
        },
        modelTransformer = EvaluateCommand.ModelOrRun.class,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class EvaluateCommand implements Callable<Integer> {

    private static final String MODEL = "--model";

    @Parameters(
            paramLabel = "FOLDER",
            arity = "0..1",
            description =
                    "the folder: FOLDER/class/*.jpg, or images whose classes stand in"
                            + " FOLDER_labels.txt; or a run")
    private Path folder;

    @Mixin private ModelOption model;
    @Mixin private RunOption run;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "16",
            description = "images of one call; ${DEFAULT-VALUE} by default")
    private int batch;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "threads that decode images; one a processor by default")
    private Integer workers;

    @Option(
            names = "--per-class",
            description =
                    "print a table of the classes, the worst first; --json always has one, in their"
                            + " order")
    private boolean perClass;

    @Option(
            names = "--confusion-picture",
            paramLabel = "FILE",
            description = "draw which classes are taken for which, as PNG")
    private Path picture;

    @Option(
            names = "--confusion",
            description =
                    "with --json: the confusion matrix of more than "
                            + EvaluationReport.MOST_IN_A_MATRIX
                            + " classes, too")
    private boolean confusion;

    @Option(names = "--json", description = "print one JSON document")
    private boolean json;

    @Spec private CommandSpec spec;

    private EvaluateCommand() {}

    /** A run names its network itself. */
    static final class ModelOrRun implements IModelTransformer {
        @Override
        public CommandSpec transform(CommandSpec command) {
            OptionSpec required = command.findOption(MODEL);
            command.remove(required);
            return command.addOption(OptionSpec.builder(required).required(false).build());
        }
    }

    @Override
    public Integer call() throws Exception {
        if (confusion && !json) {
            throw misuse("--confusion is for --json; --confusion-picture draws the matrix");
        }
        Optional<Path> named = Optional.ofNullable(folder);
        Optional<TrainedRun> trained = run.open(named, model, "model");
        if (trained.isEmpty() && named.isEmpty()) {
            throw misuse("FOLDER or --run=RUN is missing");
        }
        if (trained.isEmpty() && !model.isNamed()) {
            throw misuse("--model=NAME or --run=RUN is missing");
        }
        Optional<ClassNames> given = model.givenClasses();
        int threads = workers == null ? Runtime.getRuntime().availableProcessors() : workers;
        Evaluator.checkBatch(batch);
        Evaluator.checkThreads(threads);
        // complains of folder and picture before a network is loaded
        Optional<ClassFolders> own = imagesOfTheRun(trained, given);
        if (own.isEmpty()) {
            ClassFolders.check(folder);
        }
        if (picture != null) {
            WholeFile.replacing(picture).close();
        }
        try (ZooModel<NDList, NDList> loaded = model.load(NDList.class, NDList.class, given)) {
            ClassNames names = EfficientModelZoo.classNames(loaded);
            ClassFolders images =
                    own.isPresent() ? own.get() : images(given, names, trained.isPresent());
            if (images.classes().size() > names.size()) {
                throw new IllegalArgumentException(
                        "%s has more class folders than the network has classes: %d folders, %d classes"
                                .formatted(images.root(), images.classes().size(), names.size()));
            }
            Evaluation evaluation = evaluate(loaded, images, threads);
            noteImages(images, names.size());
            warn(evaluation);
            report(EvaluationReport.of(evaluation, images, model, loaded));
        }
        return 0;
    }

    /** What the run validates on, where no other images are named. */
    private Optional<ClassFolders> imagesOfTheRun(
            Optional<TrainedRun> trained, Optional<ClassNames> given) throws IOException {
        if (trained.isEmpty() || (folder != null && !RunOption.isRun(folder))) {
            return Optional.empty();
        }
        if (given.isPresent()) {
            throw misuse("--classes-file is for the classes of a FOLDER, found none");
        }
        return Optional.of(trained.get().validation());
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void noteImages(ClassFolders images, int outputs) {
        if (json) {
            return;
        }
        PrintWriter err = spec.commandLine().getErr();
        if (!images.root().equals(folder)) {
            err.printf("note: the images are those that the run validates on, %s%n", images.root());
        }
        if (images.classes().size() < outputs) {
            err.printf(
                    "note: the %d class folders in sorted order are taken as the first of %d classes; --classes-file gives another order%n",
                    images.classes().size(), outputs);
        } else {
            err.printf("class order: %s%n", images.order().rule().words());
        }
        images.passedOver().note().ifPresent(note -> err.println("note: " + note));
        err.flush();
    }

    private void warn(Evaluation evaluation) {
        PrintWriter err = spec.commandLine().getErr();
        evaluation.warning().ifPresent(warning -> err.println("warning: " + warning));
        err.flush();
    }

    private Evaluation evaluate(ZooModel<NDList, NDList> loaded, ClassFolders images, int threads)
            throws Exception {
        try (PredictedNetwork network = new PredictedNetwork(loaded);
                Progress progress = Progress.start("evaluate", images.samples().size())) {
            return new Evaluator(network, EfficientModelZoo.transform(loaded), batch, threads)
                    .run(images, progress::step);
        }
    }

    /** The folders in the order that was given, or that the model has, or sorted. */
    private ClassFolders images(Optional<ClassNames> given, ClassNames names, boolean ofARun)
            throws IOException {
        if (given.isPresent()) {
            return ClassFolders.of(folder, given.get());
        }
        return ofARun
                ? ClassFolders.of(folder, new ClassOrder(names, ClassOrder.Rule.RUN))
                : ClassFolders.ofNetwork(folder, names);
    }

    private void report(EvaluationReport report) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            JsonOutput.print(out, report.document(confusion));
        } else {
            PrintWriter err = spec.commandLine().getErr();
            report.evaluation().skipped().forEach(s -> err.println("skipped: " + s.reason()));
            err.flush();
            report.print(out);
            if (perClass) {
                out.println();
                out.print(report.classes().table());
            }
            out.flush();
        }
        if (picture != null) {
            report.draw(picture);
        }
    }
}
