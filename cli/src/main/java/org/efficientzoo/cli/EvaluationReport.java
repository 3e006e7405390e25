package org.efficientzoo.cli;

import ai.djl.Model;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.efficientzoo.training.Evaluation;
import org.efficientzoo.training.data.ClassFolders;
import org.efficientzoo.training.data.EvaluationLoader.Skipped;
import org.efficientzoo.training.report.ConfusionPicture;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.Weights;
import org.efficientzoo.zoo.WeightsFacts;
import org.efficientzoo.zoo.network.NetworkOption;
import org.efficientzoo.zoo.network.Networks;

/**
 * An evaluation as a JSON document, as text and as a picture.
 *
 * @param model the name of the network
 * @param weights where its values are from
 * @param engine what computed
 * @param published the weights if it is known how good they are
 * @param images the images
 * @param evaluation what was found
 * @param classes that of each class
 */
record EvaluationReport(
        String model,
        String weights,
        String engine,
        Optional<Weights> published,
        ClassFolders images,
        Evaluation evaluation,
        ClassResults classes) {

    /** The classes up to which the JSON document has the matrix unasked. */
    static final int MOST_IN_A_MATRIX = 100;

    /** Names of folders that say little alone. */
    private static final Set<String> PARTS = Set.of("train", "val", "valid", "validation", "test");

    /** What is null is left out of the JSON. */
    private record Document(
            String model,
            String weights,
            String engine,
            String folder,
            String class_order,
            int passed_over,
            long images,
            List<SkippedFile> skipped,
            double top1,
            double top5,
            double top1_error,
            double top5_error,
            Double loss,
            String warning,
            PublishedFigures published,
            double images_per_second,
            List<ClassResults.Row> per_class,
            List<long[]> confusion) {}

    private record SkippedFile(String file, String reason) {}

    /** Shares as the measured ones. */
    private record PublishedFigures(String tag, double top1, Double top5, String source) {

        static PublishedFigures of(Weights weights) {
            WeightsFacts facts = weights.facts();
            return new PublishedFigures(
                    weights.tag(),
                    share(facts.top1().orElseThrow()),
                    facts.top5().map(PublishedFigures::share).orElse(null),
                    facts.source().orElse(null));
        }

        /** 58.092 % is 0.58092, which division by 100 would only come near to. */
        private static double share(double percent) {
            return BigDecimal.valueOf(percent).movePointLeft(2).doubleValue();
        }
    }

    static EvaluationReport of(
            Evaluation evaluation, ClassFolders images, ModelOption option, Model loaded)
            throws IOException {
        return new EvaluationReport(
                option.name(),
                option.weights(loaded),
                loaded.getNDManager().getEngine().getEngineName(),
                option.weightsFile().isPresent()
                        ? Optional.empty()
                        : published(loaded, option.name()),
                images,
                evaluation,
                ClassResults.of(
                        evaluation, images.classes(), EfficientModelZoo.classNames(loaded)));
    }

    /** The weights that a look-up chose, if their publisher says how good they are. */
    private static Optional<Weights> published(Model loaded, String network) {
        String tag = loaded.getProperty("weights");
        return Weights.of(Networks.get(network)).stream()
                .filter(weights -> weights.tag().equals(tag) && sameStructure(weights, loaded))
                .filter(weights -> weights.facts().top1().isPresent())
                .findFirst();
    }

    /** An import may have a publisher's tag and another width or stem. */
    private static boolean sameStructure(Weights weights, Model loaded) {
        return Arrays.stream(NetworkOption.values())
                .filter(NetworkOption::isStructure)
                .allMatch(
                        option -> {
                            String own = weights.value(option);
                            String usual = option.usual().orElseThrow().toString();
                            String built = loaded.getProperty(option.key(), usual);
                            return Double.parseDouble(own) == Double.parseDouble(built);
                        });
    }

    /**
     * The JSON document.
     *
     * @param largeMatrix whether it has the confusion matrix of any number of classes
     */
    Object document(boolean largeMatrix) {
        Evaluation.Counts total = evaluation.total();
        boolean matrix = largeMatrix || classes.rows().size() <= MOST_IN_A_MATRIX;
        return new Document(
                model,
                weights,
                engine,
                images.root().toString(),
                images.order().rule().toString(),
                images.passedOver().count(),
                total.images(),
                evaluation.skipped().stream().map(EvaluationReport::skipped).toList(),
                total.top1Accuracy(),
                total.top5Accuracy(),
                1 - total.top1Accuracy(),
                1 - total.top5Accuracy(),
                Double.isFinite(evaluation.loss()) ? evaluation.loss() : null, // JSON has no other
                evaluation.warning().orElse(null),
                published.map(PublishedFigures::of).orElse(null),
                evaluation.imagesPerSecond(),
                classes.rows(),
                matrix ? List.of(classes.matrix()) : null);
    }

    private static SkippedFile skipped(Skipped skipped) {
        return new SkippedFile(skipped.sample().file().toString(), skipped.reason());
    }

    void print(PrintWriter out) {
        Evaluation.Counts total = evaluation.total();
        out.printf(
                Locale.ROOT,
                "%s, %s, %s%nimages  %d in %d classes, %d skipped, %.1f a second%n",
                model,
                weights,
                engine,
                total.images(),
                classes.rows().size(),
                evaluation.skipped().size(),
                evaluation.imagesPerSecond());
        printLine(out, "Top-1", total.top1Accuracy(), published.flatMap(w -> w.facts().top1()));
        printLine(out, "Top-5", total.top5Accuracy(), published.flatMap(w -> w.facts().top5()));
        out.printf(Locale.ROOT, "loss    %6.4f%n", evaluation.loss());
    }

    private static void printLine(
            PrintWriter out, String title, double share, Optional<Double> published) {
        out.printf(
                Locale.ROOT,
                "%s   %6.2f %%   error %6.2f %%%s%n",
                title,
                100 * share,
                100 * (1 - share),
                published
                        .map(percent -> String.format(Locale.ROOT, "   published %.2f %%", percent))
                        .orElse(""));
    }

    /** Draws the confusion matrix of the classes that have images. */
    void draw(Path file) throws IOException {
        String title =
                "%s on %s".formatted(model, name(images.root().toAbsolutePath().normalize()));
        ConfusionPicture.write(file, title, classes.wholeMatrix(), classes.wholeNames());
    }

    private static String name(Path folder) {
        int names = folder.getNameCount();
        boolean part = names > 1 && PARTS.contains(folder.getFileName().toString());
        return names == 0
                ? folder.toString()
                : folder.subpath(names - (part ? 2 : 1), names).toString();
    }
}
