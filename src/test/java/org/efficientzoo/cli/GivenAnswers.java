package org.efficientzoo.cli;

import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.List;
import org.efficientzoo.training.Evaluation;
import org.efficientzoo.training.Evaluator;
import org.efficientzoo.training.data.Batch;
import org.efficientzoo.training.data.ClassFolders.Sample;
import org.efficientzoo.zoo.TestImages;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.Interpolation;
import org.efficientzoo.zoo.image.Resize;

/** A network that gives one answer after the other, whatever it sees. */
final class GivenAnswers implements Evaluator.Network {

    private static final EvaluationTransform SMALL =
            new EvaluationTransform(
                    new Resize.ShorterSide(4),
                    4,
                    4,
                    Interpolation.BILINEAR,
                    List.of(0f, 0f, 0f),
                    List.of(1f, 1f, 1f));

    private final List<Integer> answers;
    private final int outputs;
    private int done;

    private GivenAnswers(List<Integer> answers, int outputs) {
        this.answers = answers;
        this.outputs = outputs;
    }

    /**
     * Evaluates one image many times.
     *
     * @param folder where it is drawn
     * @param labels its class, each time
     * @param answers the network's answer, each time
     * @param classes the number of classes
     * @param outputs the number of outputs of the network
     */
    static Evaluation evaluation(
            Path folder, List<Integer> labels, List<Integer> answers, int classes, int outputs)
            throws Exception {
        Path image = TestImages.patches(folder.resolve("1.png"), 1);
        List<Sample> samples = labels.stream().map(label -> new Sample(image, label)).toList();
        return new Evaluator(new GivenAnswers(answers, outputs), SMALL, 64, 1)
                .run(samples, classes, images -> {});
    }

    @Override
    public float[] logits(Batch batch, Shape shape) {
        float[] logits = new float[batch.size() * outputs];
        for (int i = 0; i < batch.size(); i++) {
            logits[i * outputs + answers.get(done++)] = 9;
        }
        return logits;
    }
}
