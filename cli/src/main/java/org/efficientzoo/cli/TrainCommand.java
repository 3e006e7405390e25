package org.efficientzoo.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.efficientzoo.training.data.LoaderSettings.CacheMode;
import org.efficientzoo.training.run.RunSettings;
import org.efficientzoo.training.run.TrainingRun;
import org.efficientzoo.training.run.TrainingRuns;
import org.efficientzoo.zoo.ClassNames;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code train}: fits a network on class folders. */
@Command(
        name = "train",
        description = {
            "Fits a network on an ImageNet-style folder: FOLDER/train/CLASS/*, and FOLDER/val,"
                    + " valid or validation, else test, to validate on; or FOLDER/CLASS/*, of"
                    + " which a fifth is split off to validate on.",
            "RUN then holds the recipe, metrics.csv, curves.png and checkpoints. A run that was"
                    + " stopped or killed goes on with --resume, bit for bit as if nothing had"
                    + " happened."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class TrainCommand implements Callable<Integer> {

    private static final double MOST_MINUTES = 1e6;

    @Parameters(
            paramLabel = "FOLDER",
            arity = "0..1",
            description = "the data set; with --resume the one of the run by default")
    private Path folder;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "RUN",
            description = "the folder of the run, new or empty, or with --resume an old one")
    private Path output;

    @Option(
            names = "--resume",
            description =
                    "go on with the run from its last checkpoint; the recipe is the run's, and what"
                            + " else is said of it must be the same. Where there is no run yet,"
                            + " FOLDER and --model or --recipe begin it")
    private boolean resume;

    @Mixin private RecipeOption recipe;
    @Mixin private EngineOption engine;

    @Option(
            names = "--classes-file",
            paramLabel = "FILE",
            description =
                    "the classes in the order of their indices; by default that of the weights to"
                            + " start from where they have the same classes, else sorted folders,"
                            + " by number where all of them are numbers")
    private Path classesFile;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "threads that prepare images; one a processor by default")
    private Integer workers;

    @Option(
            names = "--save-minutes",
            paramLabel = "M",
            defaultValue = "10",
            description =
                    "the longest time that training goes on without a checkpoint; one is written"
                            + " before and after each validation besides; ${DEFAULT-VALUE} by"
                            + " default")
    private double saveMinutes;

    @Option(
            names = "--keep",
            paramLabel = "N",
            defaultValue = "2",
            description = "checkpoints to go on from that are kept; ${DEFAULT-VALUE} by default")
    private int keep;

    @Option(
            names = "--most-unreadable",
            paramLabel = "SHARE",
            defaultValue = "0.01",
            description =
                    "the share of unreadable images, to train or to validate on, that stops the run;"
                            + " ${DEFAULT-VALUE} by default")
    private double mostUnreadable;

    @Option(
            names = "--cache",
            paramLabel = "MODE",
            defaultValue = "auto",
            description =
                    "decoded images kept in memory: off, on, or auto for small ones;"
                            + " ${DEFAULT-VALUE} by default")
    private CacheMode cache;

    @Option(names = "--json", description = "print the last row of the metrics as JSON")
    private boolean json;

    @Spec private CommandSpec spec;

    private TrainCommand() {}

    @Override
    public Integer call() throws Exception {
        PrintWriter err = spec.commandLine().getErr();
        boolean goesOn = resume;
        if (resume && !TrainingRuns.isRun(output) && folder != null && recipe.isGiven()) {
            goesOn = false; // the command of a job that may be killed before its run is one
        }
        if (goesOn) {
            checkUnchanged();
        } else if (folder == null) {
            throw new ParameterException(spec.commandLine(), "FOLDER is missing");
        }
        TrainingRuns runs = new TrainingRuns(output, settings(goesOn));
        try (TrainingProgress progress = new TrainingProgress(err, saving())) {
            TrainingRun run =
                    goesOn
                            ? runs.resume(Optional.ofNullable(folder), progress)
                            : runs.begin(
                                    folder,
                                    Optional.ofNullable(classesFile),
                                    recipe.read(),
                                    progress);
            if (goesOn != resume) {
                err.println(output + " holds no run yet, which begins now");
            }
            if (!Interruptible.run(run, output)) {
                return 1;
            }
            new TrainingReport(output, progress.plan().orElseThrow())
                    .print(spec.commandLine().getOut(), json);
        }
        return 0;
    }

    /** What is said again beside --resume must be what the run was begun with. */
    private void checkUnchanged() throws IOException {
        Path root = folder == null ? TrainingRuns.data(output) : folder;
        Optional<String> difference = recipe.difference(TrainingRuns.recipe(output), root);
        if (difference.isPresent()) {
            throw new IllegalArgumentException(
                    "--resume goes on with the recipe of the run, in which " + difference.get());
        }
        if (classesFile != null
                && !ClassNames.read(classesFile)
                        .lines()
                        .equals(TrainingRuns.classes(output).lines())) {
            throw new IllegalArgumentException(
                    "--resume goes on with the classes of the run, found others in " + classesFile);
        }
    }

    private RunSettings settings(boolean goesOn) throws IOException {
        Duration saveEvery = Duration.ofMillis(Math.round(saveMinutes * 60_000));
        if (!(saveMinutes <= MOST_MINUTES) || saveEvery.toMillis() <= 0) {
            throw new IllegalArgumentException(
                    "--save-minutes must be a millisecond to 1,000,000 minutes, found "
                            + saveMinutes);
        }
        engine.needBlocks("train");
        String name = goesOn ? engine.select(TrainingRuns.engine(output)) : engine.select();
        int threads = workers == null ? Runtime.getRuntime().availableProcessors() : workers;
        return new RunSettings(
                name,
                threads,
                saveEvery,
                keep,
                mostUnreadable,
                cache,
                RunSettings.of(name, threads).validationBatch());
    }

    private String saving() {
        return String.format(Locale.ROOT, "each epoch and every %.3g minutes", saveMinutes);
    }
}
