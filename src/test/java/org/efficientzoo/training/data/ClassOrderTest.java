package org.efficientzoo.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.efficientzoo.training.data.ClassOrder.Rule;
import org.efficientzoo.zoo.ClassNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassOrderTest {

    private static final ClassNames IMAGENET = ClassNames.imagenet();
    private static final Path ROOT = Path.of("data");

    private static ClassOrder order(ClassNames network, String... labels) throws IOException {
        return ClassOrder.ofNetwork(List.of(labels), network, ROOT);
    }

    private static Map<String, Integer> indices(ClassNames network, String... labels)
            throws IOException {
        return order(network, labels).indices(List.of(labels));
    }

    private static ClassNames named(String... names) {
        return new ClassNames(List.of(names), List.of(names));
    }

    private static void fails(ClassNames network, String message, String... labels) {
        assertThatThrownBy(() -> order(network, labels))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(message);
    }

    @Test
    void takesTheOrderOfWeightsThatKnowTheNames() throws IOException {
        ClassNames network = named("owl", "cat", "dog");
        assertThat(order(network, "dog", "owl").rule()).isEqualTo(Rule.WEIGHTS);
        assertThat(indices(network, "dog", "owl")).isEqualTo(Map.of("dog", 2, "owl", 0));
    }

    @Test
    void takesTheOrderOfWeightsThatKnowTheWordNetNumbersAlsoBeforeNames() throws IOException {
        assertThat(order(IMAGENET, "n15075141").rule()).isEqualTo(Rule.WORDNET);
        assertThat(indices(IMAGENET, "n02085620-Chihuahua", "n01440764_tench", "goldfish"))
                .isEqualTo(Map.of("n02085620-Chihuahua", 151, "n01440764_tench", 0, "goldfish", 1));
    }

    @Test
    void takesWholeNumbersBelowTheOutputsForIndices() throws IOException {
        assertThat(order(IMAGENET, "0", "10", "9").rule()).isEqualTo(Rule.INDICES);
        assertThat(indices(IMAGENET, "0", "10", "9", "0998"))
                .isEqualTo(Map.of("0", 0, "10", 10, "9", 9, "0998", 998));
        String[] all = IntStream.range(0, 1000).mapToObj(Integer::toString).toArray(String[]::new);
        assertThat(indices(IMAGENET, all))
                .hasSize(1000)
                .allSatisfy((k, v) -> assertThat(k).isEqualTo(v.toString()));
        assertThat(order(ClassNames.numbered(20), "3", "12").rule()).isEqualTo(Rule.INDICES);
    }

    @Test
    void prefersTheNamesOfTheWeightsToIndices() throws IOException {
        ClassNames network = named("0", "1", "10", "2"); // sorted as texts by who trained it
        assertThat(indices(network, "10", "2")).isEqualTo(Map.of("10", 2, "2", 3));
    }

    @Test
    void sortsNumbersAsNumbersWhereTheyAreAsManyAsTheOutputs() throws IOException {
        ClassNames network = named("a", "b", "c");
        assertThat(order(network, "10", "2", "1").rule()).isEqualTo(Rule.NUMBERS);
        assertThat(indices(network, "10", "2", "1")).isEqualTo(Map.of("1", 0, "2", 1, "10", 2));
        assertThat(ClassOrder.sorted(List.of("10", "9", "100000000000000000000")).classes().names())
                .containsExactly("9", "10", "100000000000000000000");
    }

    @ParameterizedTest
    @CsvSource({"'5,1000', 1000", "'5,99999999999999999999', 99999999999999999999", "'1,01', 01"})
    void refusesNumbersThatAreNoIndices(String labels, String found) {
        fails(
                IMAGENET,
                "classes of data that are numbers must be other indices below 1000 each, or as many as there are outputs, found 2 with "
                        + found,
                labels.split(","));
    }

    @Test
    void namesAnUnknownClassWhereMostAreKnown() {
        ClassNames network = named("owl", "cat", "dog");
        fails(
                network,
                "the network does not know 1 of 3 classes of data: dogg; the nearest that it knows is dog; --classes-file gives another order",
                "cat",
                "dogg",
                "owl");
        fails(
                ClassNames.numbered(10),
                "the network does not know 1 of 3 classes of data: misc; --classes-file gives another order",
                "1",
                "2",
                "misc");
    }

    @Test
    void namesUnknownClassesBesideASingleWordNetNumber() {
        assertThatThrownBy(() -> order(IMAGENET, "n01440764", "n1", "n2", "n3"))
                .hasMessageStartingWith(
                        "the network does not know 3 of 4 classes of data: n1, n2, n3;");
    }

    @Test
    void sortsNamesOfWhichTheNetworkKnowsFewOrNone() throws IOException {
        ClassNames network = named("a", "b", "c", "cat");
        assertThat(order(network, "z", "x", "y").rule()).isEqualTo(Rule.NAMES);
        assertThat(indices(network, "zebra", "ant", "cat"))
                .isEqualTo(Map.of("ant", 0, "cat", 1, "zebra", 2));
    }

    @Test
    void takesNoNameThatTwoClassesHave() {
        fails(
                IMAGENET,
                "the network does not know 1 of 2 classes of data: crane; crane may be n02012849 or n03126707; --classes-file gives another order",
                "crane",
                "tench");
    }

    @Test
    void goesOverToTheOrderOfWeightsThatHaveTheSameClasses() {
        ClassOrder own = ClassOrder.sorted(List.of("ant", "bee", "fly"));
        assertThat(own.as(named("fly", "ant", "bee")))
                .hasValueSatisfying(
                        other -> {
                            assertThat(other.rule()).isEqualTo(Rule.WEIGHTS);
                            assertThat(other.classes().folders())
                                    .containsExactly("fly", "ant", "bee");
                        });
        assertThat(own.as(named("fly", "ant", "wasp"))).isEmpty();
        assertThat(own.as(named("fly", "ant", "bee", "wasp"))).isEmpty();
        assertThat(own.as(ClassNames.numbered(3))).isEmpty();
        assertThat(new ClassOrder(own.classes(), Rule.CLASSES_FILE).as(named("fly", "ant", "bee")))
                .isEmpty();
    }

    @Test
    void knowsItsRulesByTheirNamesInJson() {
        assertThat(Rule.values())
                .allSatisfy(rule -> assertThat(Rule.of(rule.toString())).hasValue(rule));
        assertThat(Rule.of("other")).isEmpty();
    }
}
