package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.cli.Shell.Result;
import org.efficientzoo.reference.References;
import org.efficientzoo.zoo.TestFolders;
import org.efficientzoo.zoo.TestModels;
import org.efficientzoo.zoo.file.Sha256;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code import --repository models}: how trained weights come into the zoo's jar. */
class ShippingTest {

    private static final String NETWORK =
            "model/cv/image_classification/org/efficientzoo/mobilenet_v2";
    private static final Path OWN =
            Path.of(System.getProperty("project.root"), "models", NETWORK, "metadata.json");

    @TempDir private Path work;
    @TempDir private Path cache;

    private TestFolders folders;
    private Path network;
    private Path metadata;
    private Path checkpoint;

    @BeforeEach
    void copyTheMetadata() throws IOException {
        folders = new TestFolders(cache);
        network = Files.createDirectories(work.resolve("models").resolve(NETWORK));
        metadata = Files.copy(OWN, network.resolve("metadata.json"));
        checkpoint = TestModels.weights(work.resolve("w.safetensors"), 1);
    }

    @AfterEach
    void restore() {
        folders.close();
    }

    private Result ship(String... more) {
        List<Object> all = new ArrayList<>(List.of("import", checkpoint));
        all.addAll(List.of("--model", TestModels.NAME, "--width", TestModels.WIDTH));
        all.addAll(List.of("--half", "--repository", work.resolve("models")));
        all.addAll(List.of(more));
        if (!all.contains("--tag")) {
            all.addAll(List.of("--tag", "trial"));
        }
        if (!all.contains("--dataset")) {
            all.addAll(List.of("--dataset", "cifar10"));
        }
        return Shell.run(all.toArray());
    }

    private Path document(String name) throws IOException {
        return Files.writeString(work.resolve(name), name);
    }

    private JsonObject last() throws IOException {
        JsonObject all = JsonParser.parseString(Files.readString(metadata)).getAsJsonObject();
        List<JsonObject> rows = References.objects(all.get("artifacts"));
        return rows.get(rows.size() - 1);
    }

    @Test
    void addsARowAndLeavesTheOthersAsTheyAre() throws IOException {
        String before = Files.readString(metadata);
        assertThat(ship("--top1", "91.25", "--top5", "99.5", "--source", "us").status()).isZero();
        String after = Files.readString(metadata);
        int end = before.lastIndexOf("\n  ]\n}"); // of the artifacts
        assertThat(after)
                .startsWith(before.substring(0, end) + ",\n    {\n")
                .endsWith("\n    }\n  ]\n}\n");
        JsonObject row = last();
        assertThat(row.get("top1").getAsDouble()).isEqualTo(91.25);
        assertThat(row.get("top5").getAsDouble()).isEqualTo(99.5);
        assertThat(row.get("source").getAsString()).isEqualTo("us");
        assertThat(row.has("license")).isFalse();
        JsonObject arguments = row.getAsJsonObject("arguments");
        assertThat(arguments.get("classes").getAsString()).isEqualTo("10");
        assertThat(arguments.get("width").getAsString()).isEqualTo("0.25");
    }

    @Test
    void keepsHalvesAndDocumentsWithTheirHashes() throws IOException {
        Path card = document("card.md");
        Path recipe = document("recipe.json");
        Result result = ship("--document", card.toString(), "--document", recipe.toString());
        assertThat(result.status()).as(result.err()).isZero();
        JsonObject files = last().getAsJsonObject("files");
        assertThat(files.keySet()).containsExactly("weights", "card", "recipe");
        for (String key : files.keySet()) {
            JsonObject item = files.getAsJsonObject(key);
            Path file = network.resolve(item.get("uri").getAsString());
            assertThat(Files.size(file)).isEqualTo(item.get("size").getAsLong());
            assertThat(Sha256.of(file)).isEqualTo(item.get("sha256").getAsString());
        }
        assertThat(network.resolve("0.1.0/cifar10-trial/card.md")).hasSameBinaryContentAs(card);
        assertThat(Files.size(network.resolve("0.1.0/cifar10-trial.safetensors")))
                .isLessThan(Files.size(checkpoint) * 6 / 10);
    }

    @Test
    void replacesWeightsWithAllThatTheyHadInTheirPlace() throws IOException {
        ship("--document", document("card.md").toString(), "--top1", "90", "--license", "MIT");
        ship("--tag", "second");
        Path left = network.resolve("0.1.0/cifar10-trial/card.md");
        assertThat(left).exists();
        ship().failed(
                        "mobilenet_v2 has weights trial already; choose another tag, or replace them"
                                + " (--force)");
        assertThat(ship("--force", "--document", document("curves.png").toString()).status())
                .isZero();
        assertThat(left).doesNotExist();
        JsonObject all = JsonParser.parseString(Files.readString(metadata)).getAsJsonObject();
        List<JsonObject> rows = References.objects(all.get("artifacts"));
        JsonObject row = rows.get(rows.size() - 2);
        assertThat(row.getAsJsonObject("files").keySet()).containsExactly("weights", "curves");
        assertThat(row.keySet()).doesNotContain("top1", "license");
    }

    @Test
    void saysWhatIsWrongBeforeAnythingIsWritten() throws IOException {
        String before = Files.readString(metadata);
        ship("--top1", "101").failed("Top-1 must be 0 to 100 percent, found 101.0");
        ship("--top1", "9", "--top5", "8")
                .failed("Top-1 must be at most Top-5, found Top-1 9.0, Top-5 8.0");
        Path missing = work.resolve("no.md");
        ship("--document", missing.toString()).failed("there is no document " + missing);
        Path weights = document("weights.txt");
        ship("--document", weights.toString())
                .failed(
                        "documents must have different names, none of them weights, found "
                                + weights);
        ship("--dataset", "../up")
                .failed(
                        "the name of a data set must be letters, digits, '_', '.' and '-', found"
                                + " ../up");
        assertThat(Files.readString(metadata)).isEqualTo(before);
        assertThat(network.resolve("0.1.0")).doesNotExist();
    }

    @Test
    void saysNothingMoreOfPublishedWeights() {
        String refusal =
                "the weights imagenet1k_v1 of squeezenet1_1 are kept as published; choose another"
                        + " tag to say more of them, to store halves or in a repository of your"
                        + " own";
        for (String option :
                List.of(
                        "--half",
                        "--top1=9",
                        "--document=" + checkpoint,
                        "--repository=" + checkpoint.getParent(),
                        "--dataset=mine",
                        "--argument=crop=32")) {
            Shell.run(
                            "import",
                            checkpoint,
                            "--model",
                            "squeezenet1_1",
                            "--tag",
                            "imagenet1k_v1",
                            option)
                    .failed(refusal);
        }
    }
}
