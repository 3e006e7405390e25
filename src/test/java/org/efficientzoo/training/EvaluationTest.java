package org.efficientzoo.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.efficientzoo.training.Evaluation.Counts;
import org.junit.jupiter.api.Test;

class EvaluationTest {

    @Test
    void countsTheFirstRankAsTop1AndTheFirstFiveAsTop5() {
        Counts counts = Counts.NONE;
        for (int rank : new int[] {0, 1, 4, 5, 900, 0}) {
            counts = counts.and(rank);
        }
        assertThat(counts).isEqualTo(new Counts(6, 2, 4));
        assertThat(counts.top1Accuracy()).isEqualTo(2.0 / 6);
        assertThat(counts.top5Accuracy()).isEqualTo(4.0 / 6);
    }

    @Test
    void givesNoShareOfNoImages() {
        assertThat(Counts.NONE.top1Accuracy()).isZero();
        assertThat(Counts.NONE.top5Accuracy()).isZero();
    }

    @Test
    void tellsTheImagesOfASecond() {
        Evaluation evaluation =
                new Evaluation(
                        new Counts(10, 5, 5),
                        List.of(),
                        0.5,
                        new Confusion(3),
                        List.of(),
                        4,
                        false);
        assertThat(evaluation.imagesPerSecond()).isEqualTo(2.5);
    }
}
