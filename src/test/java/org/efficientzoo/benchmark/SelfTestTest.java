package org.efficientzoo.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.benchmark.SelfTest.Finding;
import org.efficientzoo.benchmark.SelfTest.Setting;
import org.efficientzoo.benchmark.SelfTest.Subject;
import org.junit.jupiter.api.Test;

class SelfTestTest {

    private static final Subject SUBJECT = new Subject("squeezenet1_1", 64, 64, List.of(1, 2), 2);
    private static final Setting SETTING = new Setting("PyTorch", 2, Optional.empty());
    private static final float[] LOGITS = {1, -1, 3, -3};

    private static Finding finding(double batch, double gradient, float[] logits) {
        SelfTestWorker.Answer answer =
                new SelfTestWorker.Answer(
                        Map.of(2, batch),
                        gradient,
                        List.of(logits),
                        List.of("channels-last"),
                        null);
        return SelfTest.finding(SUBJECT, SETTING, answer, Optional.of(List.of(LOGITS)));
    }

    @Test
    void measuresInTheDeviationOfEachImage() {
        float[] expected = {1, -1, 1, -1, 100, -100, 100, -100};
        assertThat(SelfTest.difference(expected, expected, 2)).isZero();
        float[] first = {1, -1, 1.5f, -1, 100, -100, 100, -100};
        assertThat(SelfTest.difference(first, expected, 2)).isCloseTo(0.5, within(1e-6));
        float[] second = {1, -1, 1, -1, 100, -100, 100, -90};
        assertThat(SelfTest.difference(second, expected, 2)).isCloseTo(0.1, within(1e-6));
        float[] none = {1, -1, Float.NaN, -1, 100, -100, 100, -90};
        assertThat(SelfTest.difference(none, expected, 2)).isNaN();
    }

    @Test
    void findsNothingWhereAllAgree() {
        Finding finding = finding(1e-6, 0.01, LOGITS);
        assertThat(finding.faults()).isEmpty();
        assertThat(finding.worstBatch()).isEqualTo(1e-6);
        assertThat(finding.reference()).contains(0.0);
    }

    @Test
    void namesABatchThatDiffersFromItsImages() {
        assertThat(finding(0.5, 0.01, LOGITS).faults())
                .containsExactly(
                        "a batch of 2 and its images one by one must agree within 3e-05, found 5.0e-01");
        assertThat(finding(Double.NaN, 0.01, LOGITS).faults()).hasSize(1);
    }

    @Test
    void namesImagesThatDifferBetweenSettings() {
        assertThat(finding(1e-6, 0.01, new float[] {1, -1, 3, -2}).faults())
                .singleElement()
                .asString()
                .startsWith("images one by one and those of the first setting must agree");
    }

    @Test
    void namesGradientsThatDiffer() {
        assertThat(finding(1e-6, 0.5, LOGITS).faults())
                .singleElement()
                .asString()
                .startsWith("the gradients and those layer by layer must agree within");
    }

    @Test
    void comparesWithWeightsThatAreTheSameEverywhereAndNeverZeroThroughout() {
        Map<String, Shape> shapes =
                Map.of(
                        "a.weight", new Shape(4, 3, 3, 3),
                        "b.weight", new Shape(8),
                        "b.bias", new Shape(8),
                        "b.running_var", new Shape(8));
        try (PatternWeights weights = new PatternWeights(shapes);
                PatternWeights again = new PatternWeights(shapes)) {
            for (String name : shapes.keySet()) {
                FloatBuffer values = weights.read(name);
                assertThat(values).isEqualTo(again.read(name));
                assertThat(values.capacity()).isEqualTo((int) shapes.get(name).size());
                boolean positive = name.startsWith("b.") && !name.endsWith("bias");
                for (int i = 0; i < values.capacity(); i++) {
                    assertThat(values.get(i)).isNotZero();
                    assertThat(values.get(i) > 0.7 || !positive).isTrue();
                }
            }
        }
    }
}
