package org.efficientzoo.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.efficientzoo.training.data.augment.Augmentation;
import org.efficientzoo.training.data.augment.Draws;
import org.efficientzoo.training.data.augment.TrainTransform;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.ImageDecoder;

/**
 * Reads, decodes and transforms all photos of a folder on one thread each time a line comes in, and
 * answers with the seconds it took. The line says how: {@code evaluate} or {@code train}.
 *
 * <pre>ImagePipelines FOLDER</pre>
 */
final class ImagePipelines {

    private static final EvaluationTransform EVALUATE = EvaluationTransform.imagenet();
    private static final TrainTransform TRAIN = new TrainTransform(Augmentation.imagenet(224));

    private ImagePipelines() {}

    public static void main(String[] arguments) throws IOException {
        List<Path> photos;
        try (Stream<Path> files = Files.walk(Path.of(arguments[0]))) {
            photos = files.filter(Files::isRegularFile).sorted().toList();
        }
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int round = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            long start = System.nanoTime();
            if (line.equals("train")) {
                train(photos, round);
            } else {
                evaluate(photos);
            }
            System.out.println((System.nanoTime() - start) / 1e9);
            round++;
        }
    }

    private static void train(List<Path> photos, int round) throws IOException {
        var decoder = new ImageDecoder();
        for (int i = 0; i < photos.size(); i++) {
            TRAIN.apply(decoder.open(photos.get(i)), Draws.ofImage(0, round, i));
        }
    }

    private static void evaluate(List<Path> photos) throws IOException {
        var decoder = new ImageDecoder();
        float[] planes = new float[EVALUATE.length()];
        for (Path photo : photos) {
            EVALUATE.apply(decoder.decode(photo), planes, 0);
        }
    }
}
