package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.Criteria;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.efficientzoo.reference.Engines;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metadata in a user's own repository that are not what they should be. */
class DamagedRepositoryTest {

    private static final String NETWORK = "squeezenet1_1";

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{\"artifacts\": null}",
                "{\"artifacts\": {}}",
                "{\"artifacts\": [null]}",
                "{\"artifacts\": [5]}",
                "{\"artifacts\": [{\"files\": {\"weights\": {\"uri\": \"a\"}}}]}",
                "{\"artifacts\": [{\"properties\": {}, \"files\": {}}]}",
                "{\"artifacts\": [{\"properties\": {\"a\": null}, \"arguments\": {}}]}",
                "{\"artifacts\": [{\"properties\": {}, \"arguments\": {\"a\": null}}]}",
                "{\"artifacts\": [{\"properties\": {}, \"arguments\": {},"
                        + " \"files\": {\"weights\": {}}}]}"
            })
    void isNamedInOneLine(String text) throws IOException {
        Path metadata =
                folder.resolve("model/cv/image_classification/org/efficientzoo")
                        .resolve(NETWORK)
                        .resolve("metadata.json");
        Files.createDirectories(metadata.getParent());
        Files.writeString(metadata, text);
        try (TestFolders folders = new TestFolders(folder.resolve("cache"))) {
            folders.set("efficientzoo.repository", folder.toString());
            Criteria<NDList, NDList> criteria =
                    Criteria.builder()
                            .setTypes(NDList.class, NDList.class)
                            .optGroupId(EfficientModelZoo.GROUP_ID)
                            .optArtifactId(NETWORK)
                            .optEngine(Engines.PYTORCH)
                            .optFilter("weights", "none")
                            .build();
            String line = metadata + " is not the JSON that it should be";
            assertThatThrownBy(() -> EfficientModelZoo.load(criteria))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage(line);
            assertThatThrownBy(criteria::isDownloaded)
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage(line);
        }
    }
}
