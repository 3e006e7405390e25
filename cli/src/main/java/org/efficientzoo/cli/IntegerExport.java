package org.efficientzoo.cli;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.efficientzoo.training.Evaluation;
import org.efficientzoo.training.Evaluator;
import org.efficientzoo.training.data.ClassFolders;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.OnnxModels;
import org.efficientzoo.zoo.file.ScratchFolder;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.file.WholeFile;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.ImageDecoder;
import org.efficientzoo.zoo.image.ImageDecodingException;
import org.efficientzoo.zoo.network.Logits;
import org.efficientzoo.zoo.network.Logits.Difference;
import org.efficientzoo.zoo.onnx.OnnxNetwork;
import org.efficientzoo.zoo.onnx.OnnxOptions;
import org.efficientzoo.zoo.onnx.Quantization;

/**
 * Writes a model as ONNX that computes on integers, and measures what that costs.
 *
 * @param options how the graph is written
 * @param settings how integers are made of it
 */
record IntegerExport(OnnxOptions options, Settings settings) implements FileExport {

    private static final int BATCH = 8;
    private static final int COMPARED = 8;

    /**
     * How integers are made.
     *
     * @param calibrate a folder of images
     * @param images how many of them are used, 1 to 1000
     * @param evaluate a folder of images with a folder a class
     * @param maxDrop by how many percentage points Top-1 may fall
     * @param forced whether the file is kept in any case
     */
    record Settings(
            Path calibrate, int images, Optional<Path> evaluate, double maxDrop, boolean forced) {

        private static final int MOST_IMAGES = 1000; // which are in memory

        Settings {
            if (images < 1 || images > MOST_IMAGES) {
                throw new IllegalArgumentException(
                        "--calibration-images must be 1 to %d, found %d"
                                .formatted(MOST_IMAGES, images));
            }
            if (!(maxDrop >= 0 && maxDrop <= 100)) {
                throw new IllegalArgumentException(
                        "--max-drop must be 0 to 100 percentage points, found " + maxDrop);
            }
        }

        /** Whether a file is kept whose Top-1, 0 to 1, is another one with integers. */
        boolean keeps(double before, double after) {
            double drop = 100 * (before - after);
            return forced || drop <= maxDrop + 1e-9; // the shares of images are rounded
        }
    }

    @Override
    public Document write(Exported model, Path file)
            throws IOException, MalformedModelException, TranslateException {
        EvaluationTransform transform = EfficientModelZoo.transform(model.model());
        List<Path> images = spread(ClassFolders.unlabelled(settings.calibrate()));
        Labelled labelled = labelled(model); // complains before the work begins
        List<float[]> planes = planes(images, transform);
        try (WholeFile whole = WholeFile.replacing(file);
                ScratchFolder folder =
                        ScratchFolder.in(whole.path().getParent(), ".efficient-zoo-")) {
            Path floats = folder.file("floats.onnx");
            Path integers = folder.file("integers.onnx");
            OnnxModels.export(model.model(), options, floats);
            Optional<EvaluationTransform> pixels =
                    options.pixelInput() ? Optional.of(transform) : Optional.empty();
            Quantization.write(floats, planes, model.input(), pixels, integers);
            try (OnnxNetwork before = new OnnxNetwork(floats, pixels);
                    OnnxNetwork after = new OnnxNetwork(integers, pixels)) {
                Difference difference = difference(before, after, planes, model.input());
                Int8 measured = measure(before, after, labelled, transform, planes.size());
                Files.copy(integers, whole.stream());
                String sha256 = Sha256.of(whole.path());
                whole.commit();
                return new Document(
                        file.toString(),
                        sha256,
                        difference.absolute(),
                        difference.deviations(),
                        null,
                        measured);
            }
        }
    }

    private List<Path> spread(List<Path> all) {
        int count = Math.min(all.size(), settings.images());
        List<Path> some = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            some.add(all.get((int) ((long) i * all.size() / count)));
        }
        return some;
    }

    private static List<float[]> planes(List<Path> images, EvaluationTransform transform)
            throws IOException {
        List<float[]> planes = new ArrayList<>();
        String reason = "";
        for (Path image : images) {
            float[] values = new float[transform.length()];
            try {
                transform.apply(new ImageDecoder().decode(image), values, 0);
                planes.add(values);
            } catch (ImageDecodingException e) {
                reason = reason.isEmpty() ? e.getMessage() : reason;
            }
        }
        if (planes.isEmpty()) {
            throw new IOException(
                    "none of the %d images could be read; the first: %s"
                            .formatted(images.size(), reason));
        }
        return planes;
    }

    /** The images that Top-1 is measured on, or why it cannot be and need not. */
    private Labelled labelled(Exported model) throws IOException {
        Path root = settings.evaluate().orElse(settings.calibrate());
        try {
            ClassFolders images = measurable(root, EfficientModelZoo.classNames(model.model()));
            return new Labelled(Optional.of(images), "");
        } catch (FileSystemException e) {
            throw e; // a folder that is not there measures nothing by mistake
        } catch (IOException e) {
            if (settings.forced()) {
                return new Labelled(Optional.empty(), e.getMessage());
            }
            throw new IOException(unmeasured(e.getMessage()), e);
        }
    }

    private record Labelled(Optional<ClassFolders> images, String reason) {}

    /** Reads images of several classes that are known for certain. */
    private static ClassFolders measurable(Path root, ClassNames names) throws IOException {
        ClassFolders images = ClassFolders.ofNetworkForCertain(root, names);
        long classes = images.samples().stream().map(ClassFolders.Sample::label).distinct().count();
        if (classes < 2) {
            throw new IOException(
                    "images must be of two classes or more, found %d in %s"
                            .formatted(classes, root));
        }
        return images;
    }

    private static String unmeasured(String reason) {
        return "Top-1 cannot be measured: %s; --evaluate=FOLDER names other images, --force-drop does without"
                .formatted(reason);
    }

    private Int8 measure(
            OnnxNetwork before,
            OnnxNetwork after,
            Labelled labelled,
            EvaluationTransform transform,
            int calibrated)
            throws IOException, TranslateException {
        if (labelled.images().isEmpty()) {
            return Int8.unmeasured(calibrated, labelled.reason());
        }
        ClassFolders images = labelled.images().get();
        Evaluation.Counts floats;
        try {
            floats = evaluate("floats", before, images, transform);
        } catch (IOException e) { // none can be read
            if (settings.forced()) {
                return Int8.unmeasured(calibrated, e.getMessage());
            }
            throw new IOException(unmeasured(e.getMessage()), e);
        }
        double from = floats.top1Accuracy();
        if (from == 0 && !settings.forced()) {
            String none = "floats are right on none of %d images of %s";
            throw new IOException(unmeasured(none.formatted(floats.images(), images.root())));
        }
        Evaluation.Counts integers = evaluate("integers", after, images, transform);
        double to = integers.top1Accuracy();
        if (!settings.keeps(from, to)) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "Top-1 must not fall by more than %s percentage points, found %.2f %% to %.2f %% on %d images, and nothing was kept; --max-drop allows more, --force-drop anything",
                            settings.maxDrop(),
                            100 * from,
                            100 * to,
                            floats.images()));
        }
        return new Int8(calibrated, floats.images(), from, to, null);
    }

    private static Evaluation.Counts evaluate(
            String what, OnnxNetwork network, ClassFolders images, EvaluationTransform transform)
            throws IOException, TranslateException {
        int threads = Runtime.getRuntime().availableProcessors();
        try (Progress progress = Progress.start(what, images.samples().size())) {
            return new Evaluator(
                            (batch, shape) -> network.run(batch.pixels(), shape),
                            transform,
                            BATCH,
                            threads)
                    .run(images, progress::step)
                    .total();
        }
    }

    /** The largest difference of a logit on some of the images, and that in standard deviations. */
    private static Difference difference(
            OnnxNetwork before, OnnxNetwork after, List<float[]> planes, Shape shape)
            throws TranslateException {
        Difference largest = new Difference(0, 0);
        for (float[] image : planes.subList(0, Math.min(COMPARED, planes.size()))) {
            float[] expected = before.run(FloatBuffer.wrap(image), shape);
            float[] found = after.run(FloatBuffer.wrap(image), shape);
            largest = largest.or(Logits.of(expected).difference(found));
        }
        return largest;
    }
}
