package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a safetensors file says of itself. */
class SafetensorsMetadataTest {

    private static SafetensorsFile open(String header) throws IOException {
        return SafetensorsFile.open(
                Path.of("x.safetensors"),
                new SeekableInMemoryByteChannel(SafetensorsWriter.file(header, new byte[0])));
    }

    @Test
    void readsItInItsOrder() throws IOException {
        String header =
                "{\"__metadata__\": {\"network\": \"resnet50\", \"crop\": \"224\", \"a\": \"\"}}";
        try (SafetensorsFile source = open(header)) {
            assertThat(source.metadata())
                    .containsExactly(
                            entry("network", "resnet50"), entry("crop", "224"), entry("a", ""));
            assertThat(source.tensors()).isEmpty();
            assertThatThrownBy(() -> source.metadata().clear())
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    void isEmptyWhereThereIsNone() throws IOException {
        try (SafetensorsFile source = open("{}")) {
            assertThat(source.metadata()).isEmpty();
        }
    }

    @Test
    void isEmptyWhereItIsNull() throws IOException {
        try (SafetensorsFile source = open("{\"__metadata__\": null}")) {
            assertThat(source.metadata()).isEmpty();
        }
    }

    @Test
    void readsPicturesOfMegabytes() throws IOException {
        String picture = "v".repeat(3 << 20);
        String header = "{\"__metadata__\": {\"modelspec\": \"" + picture + "\"}}";
        try (SafetensorsFile source = open(header)) {
            assertThat(source.metadata()).containsExactly(entry("modelspec", picture));
        }
    }

    static List<Arguments> attacks() {
        String json = "its header is not the JSON it should be";
        return List.of(
                Arguments.of("{\"a\": 5}", "the metadata a is no text"),
                Arguments.of("{\"a\": null}", "the metadata a is no text"),
                Arguments.of("{\"a\": true}", "the metadata a is no text"),
                Arguments.of("{\"a\": {\"b\": \"c\"}}", "the metadata a is no text"),
                Arguments.of("{\"a\": [\"b\"]}", "the metadata a is no text"),
                Arguments.of("{\"a\": \"1\", \"a\": \"2\"}", "the metadata a is there twice"),
                Arguments.of("{\"a\\nb\": 5}", "the metadata a?b is no text"),
                Arguments.of("{}, \"__metadata__\": {}", "the tensor __metadata__ is there twice"),
                Arguments.of("[]", json),
                Arguments.of("\"text\"", json));
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void saysInOneLineWhatIsWrong(String metadata, String rule) {
        assertThatThrownBy(() -> open("{\"__metadata__\": " + metadata + "}"))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("x.safetensors is not a valid safetensors file: " + rule);
    }
}
