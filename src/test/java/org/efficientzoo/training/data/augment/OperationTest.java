package org.efficientzoo.training.data.augment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OperationTest {

    /** AUTO_CONTRAST is torchvision's AutoContrast. */
    private static String name(Operation operation) {
        StringBuilder name = new StringBuilder();
        for (String word : operation.name().split("_", -1)) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }

    @ParameterizedTest
    @EnumSource
    void givesThePixelsOfTorchvisionAtEveryStrength(Operation operation) {
        List<AugmentFixtures.Applied> cases =
                AugmentFixtures.EXPECTED.operations().stream()
                        .filter(c -> c.operation().equals(name(operation)))
                        .toList();
        assertThat(cases).hasSizeGreaterThanOrEqualTo(3);
        for (AugmentFixtures.Applied expected : cases) {
            Pixels source = AugmentFixtures.source(expected.source());

            Pixels result = operation.apply(source, expected.strength(), expected.interpolation());

            assertThat(AugmentFixtures.describe(result))
                    .as("%s of %s", operation, expected)
                    .isEqualTo(expected.pixels());
        }
    }

    @ParameterizedTest
    @EnumSource
    void hasTheStrengthsOfTrivialAugment(Operation operation) {
        AugmentFixtures.Table table = table("trivial", operation);

        assertThat(operation.isSigned()).isEqualTo(table.signed());
        assertThat(operation.hasStrength()).isEqualTo(!table.strengths().isEmpty());
        areThose(table, operation::wideStrength);
    }

    @ParameterizedTest
    @EnumSource
    void hasTheStrengthsOfRandAugment(Operation operation) {
        AugmentFixtures.Table table = table("rand", operation);

        assertThat(operation.isSigned()).isEqualTo(table.signed());
        areThose(table, i -> operation.randStrength(i, 61, 47));
    }

    /**
     * Which of two neighbouring floats torch.linspace takes differs from processor to processor.
     */
    private static void areThose(AugmentFixtures.Table table, IntToDoubleFunction strength) {
        for (int i = 0; i < table.strengths().size(); i++) {
            double expected = table.strengths().get(i);
            double found = strength.applyAsDouble(i);
            assertThat(Math.abs(found - expected)).isLessThanOrEqualTo(Math.ulp((float) expected));
            assertThat((int) found).isEqualTo((int) expected);
        }
    }

    @Test
    void areTorchvisionsInItsOrder() {
        assertThat(Arrays.stream(Operation.values()).map(OperationTest::name))
                .containsExactlyElementsOf(AugmentFixtures.EXPECTED.tables().get("rand").keySet());
    }

    private static AugmentFixtures.Table table(String space, Operation operation) {
        Map<String, AugmentFixtures.Table> tables = AugmentFixtures.EXPECTED.tables().get(space);
        assertThat(tables).containsKey(name(operation));
        return tables.get(name(operation));
    }

    @Test
    void trivialAugmentDrawsEveryOperationEvenly() {
        Map<Operation, Integer> counts = new EnumMap<>(Operation.class);
        for (int i = 0; i < 14_000; i++) {
            counts.merge(Operation.draw(Draws.ofImage(3, 0, i)), 1, Integer::sum);
        }
        assertThat(counts).hasSize(14);
        assertThat(counts.values()).allMatch(count -> Math.abs(count - 1000) < 150); // 5 sigma
    }
}
