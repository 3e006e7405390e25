package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.efficientzoo.training.Evaluation;
import org.efficientzoo.zoo.ClassNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassResultsTest {

    @TempDir private Path folder;

    private ClassResults results(
            List<Integer> labels, List<Integer> answers, ClassNames classes, ClassNames outputs)
            throws Exception {
        Evaluation evaluation =
                GivenAnswers.evaluation(folder, labels, answers, classes.size(), outputs.size());
        return ClassResults.of(evaluation, classes, outputs);
    }

    private static ClassNames names(String... names) {
        return new ClassNames(List.of(names), List.of(names));
    }

    @Test
    void liesInTheOrderOfTheClassesThatHaveImages() throws Exception {
        ClassNames classes = names("a", "b", "c", "d");

        ClassResults results =
                results(List.of(0, 0, 0, 2, 2, 3), List.of(0, 2, 3, 2, 2, 0), classes, classes);

        assertThat(results.rows()).extracting(ClassResults.Row::index).containsExactly(0, 2, 3);
        assertThat(results.matrix()).isDeepEqualTo(new long[][] {{1, 1, 1}, {0, 2, 0}, {1, 0, 0}});
        assertThat(results.wholeMatrix()).isDeepEqualTo(results.matrix());
        assertThat(results.wholeNames()).containsExactly("a", "c", "d");
    }

    @Test
    void keepsAnswersOutsideTheClassesApart() throws Exception {
        ClassResults results =
                results(
                        List.of(0, 0, 1),
                        List.of(0, 3, 2),
                        names("a", "b"),
                        names("w", "x", "y", "z"));

        assertThat(results.matrix()).isDeepEqualTo(new long[][] {{1, 0}, {0, 0}});
        assertThat(results.wholeMatrix())
                .isDeepEqualTo(new long[][] {{1, 0, 1}, {0, 0, 1}, {0, 0, 0}});
        assertThat(results.wholeNames()).containsExactly("a", "b", "other classes");
        assertThat(results.table().lines().skip(1))
                .anyMatch(line -> line.endsWith("y                        100.00"))
                .anyMatch(line -> line.endsWith("z                         50.00"));
    }

    @Test
    void showsTheWorstClassFirstAndWhatItIsMostOftenTakenFor() throws Exception {
        ClassNames classes = names("right", "half", "tied", "wrong");

        String table =
                results(
                                List.of(0, 1, 1, 2, 2, 2, 3, 3, 3),
                                List.of(0, 1, 3, 2, 3, 0, 0, 1, 1),
                                classes,
                                classes)
                        .table();

        assertThat(table.lines())
                .containsExactly(
                        "index  class  images  Top-1 %  Top-5 %  most often taken for  % of them",
                        "    3  wrong       3     0.00   100.00  half                      66.67",
                        "    2  tied        3    33.33   100.00  right                     33.33",
                        "    1  half        2    50.00   100.00  wrong                     50.00",
                        "    0  right       1   100.00   100.00");
    }

    @Test
    void hasALineForEachOfAThousandClassesWithShortNames() throws Exception {
        List<Integer> labels = IntStream.range(0, 1000).boxed().toList();
        Integer[] answers = labels.toArray(Integer[]::new);
        answers[700] = 10;
        String[] long1000 = new String[1000];
        Arrays.setAll(
                long1000, i -> "class %03d with a very long name".formatted(i) + "g".repeat(50));
        ClassNames classes = names(long1000);

        ClassResults results = results(labels, List.of(answers), classes, classes);

        List<String> lines = results.table().lines().toList();
        assertThat(lines).hasSize(1001);
        assertThat(lines.get(1))
                .startsWith("  700  class 700 with a very long na...  ")
                .endsWith("class 010 with a very long na...     100.00");
        assertThat(lines).allMatch(line -> line.length() <= 120);
        assertThat(results.wholeNames()).hasSize(1000);
    }
}
