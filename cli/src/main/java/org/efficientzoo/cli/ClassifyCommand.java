package org.efficientzoo.cli;

import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.efficientzoo.training.data.Failure;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code classify}: the best classes of images. */
@Command(
        name = "classify",
        description = "Shows the best classes of each image.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class ClassifyCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "the images")
    private List<Path> images;

    @Mixin private ModelOption model;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "5",
            description = "how many classes to show; ${DEFAULT-VALUE} by default")
    private int topK;

    @Option(names = "--json", description = "print one JSON document")
    private boolean json;

    @Spec private CommandSpec spec;

    private ClassifyCommand() {}

    private record Answer(String file, List<ClassShare> classes, String error) {}

    private record ClassShare(int index, String name, double probability) {}

    @Override
    public Integer call() throws Exception {
        if (topK < 1) {
            throw new IllegalArgumentException("--top-k must be positive, found " + topK);
        }
        List<Answer> answers = new ArrayList<>();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (ZooModel<Path, Classifications> loaded =
                        model.load(Path.class, Classifications.class, model.givenClasses());
                Predictor<Path, Classifications> predictor = loaded.newPredictor()) {
            for (Path image : images) {
                Answer answer = classify(predictor, image);
                answers.add(answer);
                if (!json) {
                    print(answer, out, err);
                }
            }
        }
        if (json) {
            JsonOutput.print(out, answers);
        }
        boolean failed = answers.stream().anyMatch(answer -> answer.error != null);
        return failed ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }

    private Answer classify(Predictor<Path, Classifications> predictor, Path image)
            throws TranslateException {
        try {
            Classifications classes = predictor.predict(image);
            List<Double> shares = classes.getProbabilities();
            List<String> names = classes.getClassNames();
            if (shares.stream().anyMatch(share -> share.isNaN())) {
                String reason = image + ": the network's output is not a number";
                return new Answer(image.toString(), null, reason);
            }
            List<ClassShare> best =
                    IntStream.range(0, shares.size())
                            .mapToObj(i -> new ClassShare(i, names.get(i), shares.get(i)))
                            .sorted(Comparator.comparingDouble(ClassShare::probability).reversed())
                            .limit(topK)
                            .toList();
            return new Answer(image.toString(), best, null);
        } catch (TranslateException e) {
            if (e.getCause() instanceof IOException unreadable) {
                return new Answer(image.toString(), null, Failure.describe(unreadable));
            }
            throw e;
        } catch (RuntimeException | OutOfMemoryError e) {
            String reason = image + ": " + Failure.describe(e);
            return new Answer(image.toString(), null, reason);
        }
    }

    private static void print(Answer answer, PrintWriter out, PrintWriter err) {
        if (answer.error != null) {
            err.println("efficient-zoo: " + answer.error);
            err.flush();
            return;
        }
        out.println(answer.file);
        for (ClassShare share : answer.classes) {
            out.printf(
                    Locale.ROOT,
                    "  %6.2f %%  %4d  %s%n",
                    100 * share.probability,
                    share.index,
                    share.name);
        }
        out.flush();
    }
}
