package org.efficientzoo.training.cli;

import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.efficientzoo.training.Evaluation;
import org.efficientzoo.training.Evaluator;
import org.efficientzoo.training.PredictedNetwork;
import org.efficientzoo.training.data.ClassFolders;
import org.efficientzoo.training.data.EvaluationLoader.Skipped;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.EfficientModelZoo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code evaluate}: Top-1 and Top-5 over class folders. */
@Command(
        name = "evaluate",
        description = {
            "Reports Top-1 and Top-5 over a folder that has a folder of images for each class.",
            "The class folders in sorted order are the class indices, unless a class list gives"
                    + " the order. Folders that all are ImageNet's WordNet numbers take ImageNet's"
                    + " order where the network has 1000 classes."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class EvaluateCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FOLDER", description = "the folder: FOLDER/class/*.jpg")
    private Path folder;

    @Mixin private ModelOption model;

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

    @Option(names = "--json", description = "print one JSON document")
    private boolean json;

    @Spec private CommandSpec spec;

    private EvaluateCommand() {}

    private record Document(
            String model,
            String weights,
            String engine,
            long images,
            List<SkippedFile> skipped,
            double top1,
            double top5,
            double top1_error,
            double top5_error,
            double images_per_second,
            List<ClassResult> per_class) {}

    private record SkippedFile(String file, String reason) {}

    private record ClassResult(
            int index, String folder, String name, long images, double top1, double top5) {}

    @Override
    public Integer call() throws Exception {
        Optional<ClassNames> given = model.givenClasses();
        ClassFolders.folders(folder); // complains of the folder before a network is loaded
        try (ZooModel<NDList, NDList> loaded = model.load(NDList.class, NDList.class, given)) {
            ClassNames names = EfficientModelZoo.classNames(loaded);
            ClassFolders images = images(given, names);
            if (images.classes().size() > names.size()) {
                throw new IllegalArgumentException(
                        "%s has more class folders than the network has classes: %d folders, %d classes"
                                .formatted(folder, images.classes().size(), names.size()));
            }
            Evaluation evaluation = evaluate(loaded, images);
            noteOrder(images, names.size());
            report(document(evaluation, images, loaded));
        }
        return 0;
    }

    private void noteOrder(ClassFolders images, int outputs) {
        if (!json && images.classes().size() < outputs) {
            PrintWriter err = spec.commandLine().getErr();
            err.printf(
                    "note: the %d class folders in sorted order are taken as the first of %d classes; --classes-file gives another order%n",
                    images.classes().size(), outputs);
            err.flush();
        }
    }

    private Evaluation evaluate(ZooModel<NDList, NDList> loaded, ClassFolders images)
            throws Exception {
        int threads = workers == null ? Runtime.getRuntime().availableProcessors() : workers;
        try (PredictedNetwork network = new PredictedNetwork(loaded);
                Progress progress = Progress.start("evaluate", images.samples().size())) {
            return new Evaluator(network, EfficientModelZoo.transform(loaded), batch, threads)
                    .run(images, progress::step);
        }
    }

    /** The folders in the order that was given, or that the model has, or sorted. */
    private ClassFolders images(Optional<ClassNames> given, ClassNames names) throws IOException {
        boolean known = new HashSet<>(names.folders()).containsAll(ClassFolders.folders(folder));
        return given.isPresent() || known
                ? ClassFolders.of(folder, given.orElse(names))
                : ClassFolders.of(folder);
    }

    private Document document(Evaluation evaluation, ClassFolders images, ZooModel<?, ?> loaded) {
        Evaluation.Counts total = evaluation.total();
        return new Document(
                model.name(),
                model.weights(loaded),
                loaded.getNDManager().getEngine().getEngineName(),
                total.images(),
                evaluation.skipped().stream().map(EvaluateCommand::skipped).toList(),
                total.top1Accuracy(),
                total.top5Accuracy(),
                1 - total.top1Accuracy(),
                1 - total.top5Accuracy(),
                evaluation.imagesPerSecond(),
                perClass(evaluation, images.classes()));
    }

    private static SkippedFile skipped(Skipped skipped) {
        return new SkippedFile(skipped.sample().file().toString(), skipped.reason());
    }

    private static List<ClassResult> perClass(Evaluation evaluation, ClassNames classes) {
        List<ClassResult> results = new ArrayList<>();
        for (int i = 0; i < classes.size(); i++) {
            Evaluation.Counts counts = evaluation.perClass().get(i);
            if (counts.images() > 0) {
                results.add(
                        new ClassResult(
                                i,
                                classes.folders().get(i),
                                classes.names().get(i),
                                counts.images(),
                                counts.top1Accuracy(),
                                counts.top5Accuracy()));
            }
        }
        return results;
    }

    private void report(Document document) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            JsonOutput.print(out, document);
            return;
        }
        PrintWriter err = spec.commandLine().getErr();
        document.skipped.forEach(s -> err.println("skipped: " + s.reason));
        err.flush();
        out.printf(
                Locale.ROOT,
                """
                %s, %s, %s
                images  %d in %d classes, %d skipped, %.1f a second
                Top-1   %6.2f %%   error %6.2f %%
                Top-5   %6.2f %%   error %6.2f %%
                """,
                document.model,
                document.weights,
                document.engine,
                document.images,
                document.per_class.size(),
                document.skipped.size(),
                document.images_per_second,
                100 * document.top1,
                100 * document.top1_error,
                100 * document.top5,
                100 * document.top5_error);
        out.flush();
    }
}
