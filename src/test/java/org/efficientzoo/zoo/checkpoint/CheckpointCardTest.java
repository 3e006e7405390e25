package org.efficientzoo.zoo.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointCardTest {

    private static final CheckpointCard CARD =
            new CheckpointCard(
                    Map.of("network", "mobilenet_v2", "classes", "2", "width", "0.25"),
                    List.of("dog, \"big\"", "Kätzchen"),
                    Optional.of("BSD-2-Clause"),
                    Optional.of("here"),
                    Optional.of("efficient-zoo 1.0"));

    @Test
    void isReadAsItIsWritten() {
        assertThat(CheckpointCard.fromMap(CARD.toMap())).isEqualTo(CARD);
    }

    @Test
    void namesItsArgumentsAsALookUpDoes() {
        assertThat(CARD.toMap())
                .isEqualTo(
                        Map.of(
                                "format",
                                "pt",
                                "network",
                                "mobilenet_v2",
                                "classes",
                                "2",
                                "width",
                                "0.25",
                                "classNames",
                                "[\"dog, \\\"big\\\"\",\"Kätzchen\"]",
                                "license",
                                "BSD-2-Clause",
                                "source",
                                "here",
                                "producer",
                                "efficient-zoo 1.0"));
    }

    @Test
    void saysNothingOfWhatIsNotKnown() {
        CheckpointCard empty = CheckpointCard.fromMap(Map.of());
        assertThat(empty.toMap()).isEqualTo(Map.of("format", "pt"));
    }

    /** As the first files of this project have it, those that ship among them. */
    @Test
    void readsTheOtherSpellingOfALicense() {
        assertThat(CheckpointCard.fromMap(Map.of("licence", "MIT")).license()).contains("MIT");
        assertThat(CheckpointCard.fromMap(Map.of("licence", "MIT", "license", "CC0-1.0")).license())
                .contains("CC0-1.0");
    }

    @Test
    void passesOverKeysOfOthers() {
        Map<String, String> metadata =
                Map.of("network", "resnet50", "weightsFile", "/secret/place", "epoch", "3");
        assertThat(CheckpointCard.fromMap(metadata).toMap())
                .isEqualTo(Map.of("format", "pt", "network", "resnet50"));
    }

    @Test
    void refusesAnArgumentThatIsNone() {
        assertThatThrownBy(
                        () ->
                                new CheckpointCard(
                                        Map.of("weightsFile", "f"),
                                        List.of(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a checkpoint carries no argument weightsFile");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "null", "dog", "{}", "[\"dog\",null]", "[[\"dog\"],[]]", "[\"dog\""})
    void refusesClassNamesThatAreNoList(String names) {
        Map<String, String> metadata = Map.of("classes", "2", "classNames", names);
        assertThatThrownBy(() -> CheckpointCard.fromMap(metadata))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("classNames must be a JSON list of texts, found " + names);
    }

    @Test
    void refusesAnotherNumberOfNamesThanOfClasses() {
        assertThatThrownBy(
                        () ->
                                CheckpointCard.fromMap(
                                        Map.of("classes", "3", "classNames", "[\"dog\",\"cat\"]")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "a checkpoint must have a name for each class, found 2 names, classes 3");
        assertThatThrownBy(() -> CheckpointCard.fromMap(Map.of("classNames", "[\"dog\"]")))
                .hasMessageEndingWith("found 1 names, classes unknown");
    }
}
