package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.cli.Shell.Result;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.TestFolders;
import org.efficientzoo.zoo.TestImages;
import org.efficientzoo.zoo.TestModels;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.Precision;
import org.efficientzoo.zoo.weights.SafetensorsFileWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text of others that would take over a terminal, wherever a command prints it. */
class ForeignTextTest {

    /** Sets the title, clears the screen, turns red, adds a line, begins the line again. */
    private static final String EVIL =
            "\u001b]0;PWNED\u0007\u001b[2J\u001b[31mRED\u001b[0m\nefficient-zoo: all is well\rb";

    private static final String SHOWN =
            "\\u001b]0;PWNED\\u0007\\u001b[2J\\u001b[31mRED\\u001b[0m\\nefficient-zoo: all is well\\rb";

    private static final String TURNED = "\u202e\u009b";

    @TempDir private Path folder;

    private static Result run(Object... arguments) {
        Result result = Shell.run(arguments);
        for (String text : List.of(result.out(), result.err())) {
            String lines = text.replace(System.lineSeparator(), "\n");
            assertThat(lines).doesNotContainPattern("[\\p{Cc}\u202e&&[^\n]]");
        }
        return result;
    }

    private Path weights(Map<String, String> metadata) throws IOException {
        Path file = folder.resolve("w.safetensors");
        var shapes =
                ParameterShapes.of(
                        Networks.get(TestModels.NAME).build(TestModels.OPTIONS), TestModels.INPUT);
        try (Formula formula = new Formula(shapes, 1, List.of())) {
            new SafetensorsFileWriter(Precision.FLOAT32, metadata).write(formula, file);
        }
        return file;
    }

    private static Result classify(Path weights, Object... more) {
        List<Object> all =
                new ArrayList<>(List.of("classify", "--model", TestModels.NAME, "--width"));
        all.addAll(List.of(TestModels.WIDTH, "--weights-file", weights));
        all.addAll(List.of(more));
        return run(all.toArray());
    }

    private Path namedWeights() throws IOException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < TestModels.CLASSES; i++) {
            names.add(EVIL + TURNED + i);
        }
        return weights(
                Map.of(
                        "classes",
                        Integer.toString(TestModels.CLASSES),
                        "classNames",
                        new Gson().toJson(names)));
    }

    @Test
    void namesOfClassesInACheckpointAreShownEscaped() throws IOException {
        Path image = TestImages.patches(folder.resolve("a.png"), 1);
        Result result = classify(namedWeights(), image);
        assertThat(result.err()).isEmpty();
        assertThat(result.out().lines()).hasSize(6).last().asString().contains(SHOWN + "\\u202e");
    }

    @Test
    void jsonHasThemAsTheyAre() throws IOException {
        Path image = TestImages.patches(folder.resolve("a.png"), 1);
        JsonObject answer =
                classify(namedWeights(), image, "--json")
                        .json()
                        .getAsJsonArray()
                        .get(0)
                        .getAsJsonObject();
        JsonObject best = answer.getAsJsonArray("classes").get(0).getAsJsonObject();
        assertThat(best.get("name").getAsString()).startsWith(EVIL + TURNED);
        assertThat(run("summary", "squeezenet1_1", "--json").out()).isNotEmpty();
    }

    @Test
    void jsonEscapesDeleteToo() {
        StringWriter text = new StringWriter();
        JsonOutput.print(new PrintWriter(text), List.of("a\u007fb\u001b\u202e"));
        assertThat(text.toString()).contains("\"a\\u007fb\\u001b\\u202e\"");
    }

    @Test
    void namesOfFilesAreShownEscaped() throws IOException {
        Path weights = weights(Map.of("classes", Integer.toString(TestModels.CLASSES)));
        String name = EVIL.replace("/", "");
        Path image = TestImages.patches(folder.resolve(name + ".png"), 1);
        Path broken = Files.writeString(folder.resolve(name + ".jpg"), "no image");
        Result result = classify(weights, image, broken);
        assertThat(result.out()).contains(SHOWN + ".png").hasLineCount(6);
        assertThat(result.err()).contains(SHOWN.substring(0, 40)).hasLineCount(1);
        assertThat(run("classify", folder.resolve(name), "--model", "squeezenet1_1").status())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"network", "crop", "classNames", "classes", "mean"})
    void metadataOfACheckpointAreShownEscaped(String key) throws IOException {
        Path weights = weights(Map.of(key, EVIL + TURNED));
        for (String verbose : List.of("--verbose", "--json")) {
            Result result =
                    run("import", weights, "--model", TestModels.NAME, "--tag", "mine", verbose);
            assertThat(result.out()).isEmpty();
            assertThat(result.err()).contains("PWNED", "\\u001b", "\\u202e", "\\u009b");
        }
        assertThat(classify(weights, folder.resolve("none.png")).err()).hasLineCount(1);
    }

    @Test
    void metadataOfARepositoryAreShownEscaped() throws IOException {
        JsonObject properties = new JsonObject();
        properties.addProperty("dataset", EVIL);
        properties.addProperty("weights", EVIL);
        JsonObject row = new JsonObject();
        row.add("properties", properties);
        JsonObject arguments = new JsonObject();
        arguments.addProperty("network", "squeezenet1_1");
        row.add("arguments", arguments);
        row.addProperty("source", EVIL);
        row.addProperty("top1", 1.0);
        JsonObject item = new JsonObject();
        item.addProperty("uri", "a");
        JsonObject files = new JsonObject();
        files.add("weights", item);
        row.add("files", files);
        JsonArray artifacts = new JsonArray();
        artifacts.add(row);
        JsonObject metadata = new JsonObject();
        metadata.add("artifacts", artifacts);
        Path file =
                folder.resolve("model/cv/image_classification/org/efficientzoo")
                        .resolve("squeezenet1_1")
                        .resolve("metadata.json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, metadata.toString());
        try (TestFolders folders = new TestFolders(folder.resolve("cache"))) {
            folders.set("efficientzoo.repository", folder.toString());
            assertThat(run("list").out()).contains(SHOWN);
            item.addProperty("uri", "../../" + EVIL);
            Files.writeString(file, metadata.toString());
            assertThat(run("list").err()).contains("must name files inside its folder");
        }
    }

    @Test
    void recipesAndTheFilesOfARunAreShownEscaped() throws IOException {
        JsonObject recipe = new JsonObject();
        recipe.addProperty(EVIL, EVIL);
        Path run = Files.createDirectory(folder.resolve("run"));
        Files.writeString(run.resolve("recipe.json"), recipe.toString());
        Result evaluated = run("evaluate", "--run", run);
        assertThat(evaluated.err()).contains("PWNED").hasLineCount(1);
        assertThat(run("train", folder, "--recipe", run.resolve("recipe.json")).status())
                .isNotZero();
        JsonObject environment = new JsonObject();
        environment.addProperty("engine", EVIL);
        Files.writeString(run.resolve("environment.json"), environment.toString());
        Result resumed = run("train", "--resume", "--output", run);
        assertThat(resumed.status()).isNotZero();
        assertThat(run("classify", "a", "--model", EVIL).err()).contains("PWNED");
    }
}
