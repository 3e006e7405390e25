package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.util.Progress;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.JsonVariants;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.file.SpecialFiles;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.Precision;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights in a repository that are not those that its metadata describe. */
class ForeignRepositoryTest {

    @TempDir private Path folder;

    private TestFolders folders;
    private Path file;
    private Path metadata;

    @BeforeEach
    void importWeights() throws Exception {
        Path repository = folder.resolve("repository");
        folders = new TestFolders(folder.resolve("cache"));
        folders.set("efficientzoo.repository", repository.toString());
        Path weights = TestModels.weights(folder.resolve("w.safetensors"), 1);
        file =
                new CheckpointImport(
                                Networks.get(TestModels.NAME),
                                "mine",
                                Optional.empty(),
                                Map.of("width", "0.25", "classes", "10", "crop", "64"),
                                Optional.empty(),
                                WeightsFacts.NONE,
                                List.of(),
                                Precision.FLOAT32,
                                Optional.of(repository),
                                false)
                        .run(weights)
                        .path();
        metadata = file.getParent().getParent().resolve("metadata.json");
    }

    @AfterEach
    void restore() {
        folders.close();
    }

    private static void load(String engine) throws Exception {
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optGroupId(EfficientModelZoo.GROUP_ID)
                        .optArtifactId(TestModels.NAME)
                        .optEngine(engine)
                        .optFilter("weights", "mine")
                        .build();
        try (ZooModel<NDList, NDList> model = EfficientModelZoo.load(criteria)) {
            assertThat(model.getProperty("weights")).isEqualTo("mine");
        }
    }

    private void describe(Consumer<JsonObject> change) throws IOException {
        JsonObject json = JsonParser.parseString(Files.readString(metadata)).getAsJsonObject();
        change.accept(
                json.getAsJsonArray("artifacts")
                        .get(0)
                        .getAsJsonObject()
                        .getAsJsonObject("files")
                        .getAsJsonObject("weights"));
        Files.writeString(metadata, json.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, "OnnxRuntime"})
    void areRefusedWithAFlippedBit(String engine) throws Exception {
        load(engine);
        String sound = Sha256.of(file);
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(bytes.length() / 2);
            int before = bytes.read();
            bytes.seek(bytes.length() / 2);
            bytes.write(before ^ 4);
        }
        assertThatThrownBy(() -> load(engine))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(
                        "%s must have the SHA-256 %s, as %s says, found %s; import it again"
                                .formatted(file, sound, metadata, Sha256.of(file)));
    }

    @Test
    void areRefusedWithAnotherHashOrSize() throws Exception {
        long size = Files.size(file);
        describe(item -> item.addProperty("size", size + 1));
        assertThatThrownBy(() -> load(Engines.PYTORCH))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(
                        "%s must have %d bytes, as %s says, found %d; import it again"
                                .formatted(file, size + 1, metadata, size));
        describe(item -> item.addProperty("size", size));
        describe(item -> item.addProperty("sha256", "0".repeat(64)));
        assertThatThrownBy(() -> load(Engines.PYTORCH))
                .hasMessageContaining("must have the SHA-256 0000");
    }

    @Test
    void areTakenWhereTheMetadataNameNoHashOrOneInCapitals() throws Exception {
        String hash = Sha256.of(file).toUpperCase(Locale.ROOT);
        describe(item -> item.addProperty("sha256", hash));
        load(Engines.PYTORCH);
        describe(item -> item.remove("sha256"));
        describe(item -> item.remove("size"));
        load(Engines.PYTORCH);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"top1\": 500 | Top-1 must be 0 to 100 percent, found 500.0",
                "\"arguments\": {\"network\": \"mobilenet_v2\", \"width\": \"abc\"} | found abc",
                "\"arguments\": {\"network\": \"mobilenet_v2\", \"crop\": \"-3\"} | -3"
            })
    void rowsWithImpossibleValuesNameTheFile(String value, String found) throws IOException {
        String text = Files.readString(metadata);
        String key = value.substring(0, value.indexOf(':'));
        Files.writeString(
                metadata,
                text.replaceFirst("\"snapshot\"", value + ", \"snapshot\"")
                        .replaceFirst("(?s)(snapshot.*)" + key + ": \\{.*?\\}", "$1\"was\": {}"));
        assertThatThrownBy(() -> load(Engines.PYTORCH))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageStartingWith(metadata + ": ")
                .hasMessageContaining(found);
    }

    @Test
    void everyValueOfTheMetadataIsReadOrRefusedInOneLine() throws IOException {
        List<String> variants = JsonVariants.of(JsonParser.parseString(Files.readString(metadata)));
        assertThat(variants).hasSizeGreaterThan(200);
        for (String text : variants) {
            Files.writeString(metadata, text);
            try {
                assertThat(Weights.of(Networks.get(TestModels.NAME))).isNotEmpty();
            } catch (UncheckedIOException e) {
                assertThat(e.getMessage()).startsWith(metadata.toString()).doesNotContain("\n");
            }
        }
    }

    @Test
    @Timeout(60) // a pipe would be waited for
    void metadataThatAreADeviceAreRefused() throws IOException {
        Files.delete(metadata);
        SpecialFiles.endless(metadata);
        assertThatThrownBy(() -> load(Engines.PYTORCH))
                .hasMessage(metadata + " must be a regular file, found a pipe or device");
    }

    @Test
    void messagesOfADownloadAreShownEscaped() {
        List<String> shown = new ArrayList<>();
        Progress progress =
                new Progress() {
                    @Override
                    public void reset(String message, long max, String trailingMessage) {
                        shown.add(message);
                    }

                    @Override
                    public void start(long initialProgress) {}

                    @Override
                    public void end() {}

                    @Override
                    public void increment(long increment) {}

                    @Override
                    public void update(long progress, String message) {}
                };
        DownloadProgress.of(progress).message("it is \u001b[31mred\n");
        assertThat(shown).containsExactly("it is \\u001b[31mred\\n");
    }
}
