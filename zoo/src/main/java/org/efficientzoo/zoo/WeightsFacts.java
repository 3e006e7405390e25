package org.efficientzoo.zoo;

import java.util.Optional;
import org.efficientzoo.zoo.ModelCard.Checkpoint;
import org.efficientzoo.zoo.ModelCard.Published;

/**
 * How good some weights are, and where they are from.
 *
 * @param top1 the Top-1 accuracy in percent on the validation or test images of their data set
 * @param top5 the Top-5 accuracy in percent on the same images
 * @param source who trained or published them
 * @param license under which they may be used, as SPDX writes it
 */
public record WeightsFacts(
        Optional<Double> top1,
        Optional<Double> top5,
        Optional<String> source,
        Optional<String> license) {

    /** Nothing is known. */
    public static final WeightsFacts NONE =
            new WeightsFacts(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * Checks the accuracies.
     *
     * @throws IllegalArgumentException if one is no percentage, or Top-1 exceeds Top-5
     */
    public WeightsFacts {
        top1.ifPresent(value -> checkPercent("Top-1", value));
        top5.ifPresent(value -> checkPercent("Top-5", value));
        if (top1.isPresent() && top5.isPresent() && top1.get() > top5.get()) {
            throw new IllegalArgumentException(
                    "Top-1 must be at most Top-5, found Top-1 %s, Top-5 %s"
                            .formatted(top1.get(), top5.get()));
        }
    }

    private static void checkPercent(String what, double value) {
        if (!(value >= 0 && value <= 100)) {
            throw new IllegalArgumentException(
                    "%s must be 0 to 100 percent, found %s".formatted(what, value));
        }
    }

    static WeightsFacts of(Published row) {
        return new WeightsFacts(
                Optional.of(row.top1()),
                row.top5(),
                Optional.of(row.source()),
                row.weights().flatMap(Checkpoint::license));
    }
}
