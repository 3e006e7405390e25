package org.efficientzoo.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RankTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 1000})
    void isTheLabelsPlaceAmongTheAnswersInOrder(int classes) {
        SplittableRandom random = new SplittableRandom(classes);
        int offset = 7;
        for (int run = 0; run < 200; run++) {
            float[] logits = new float[offset + classes + 3];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = random.nextInt(20) - 10; // few values, many ties
            }
            List<Integer> order =
                    IntStream.range(0, classes)
                            .boxed()
                            .sorted(Comparator.comparing((Integer c) -> -logits[offset + c]))
                            .toList(); // the sort is stable: of equal ones the lower class first
            int label = random.nextInt(classes);
            assertThat(Evaluator.rank(logits, offset, classes, label))
                    .isEqualTo(order.indexOf(label));
        }
    }

    @Test
    void putsTheLowerOfTwoEqualClassesFirst() {
        float[] equal = {3, 3, 3};
        assertThat(Evaluator.rank(equal, 0, 3, 0)).isZero();
        assertThat(Evaluator.rank(equal, 0, 3, 1)).isEqualTo(1);
        assertThat(Evaluator.rank(equal, 0, 3, 2)).isEqualTo(2);
    }

    @Test
    void takesPlusAndMinusZeroForEqual() {
        assertThat(Evaluator.rank(new float[] {-0f, 0f}, 0, 2, 1)).isEqualTo(1);
        assertThat(Evaluator.rank(new float[] {0f, -0f}, 0, 2, 1)).isEqualTo(1);
    }

    @Test
    void neverPutsALabelFirstWhoseLogitIsNotANumber() {
        float[] logits = {1, Float.NaN, Float.NEGATIVE_INFINITY};
        assertThat(Evaluator.rank(logits, 0, 3, 1)).isEqualTo(2);
    }

    @Test
    void putsALogitThatIsNotANumberBeforeTheLabel() {
        float[] logits = {Float.NaN, Float.POSITIVE_INFINITY, Float.NaN};
        assertThat(Evaluator.rank(logits, 0, 3, 1)).isEqualTo(2);
    }

    @Test
    void isNeverRightForANetworkThatAnswersNotANumber() {
        float[] logits = new float[1000];
        java.util.Arrays.fill(logits, Float.NaN);
        for (int label : new int[] {0, 1, 500, 999}) {
            assertThat(Evaluator.rank(logits, 0, 1000, label)).isEqualTo(999);
        }
    }
}
