package org.efficientzoo.training.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.efficientzoo.training.optim.AdamW;
import org.efficientzoo.training.optim.Schedule;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipesTest {

    private static final Path PROJECT = Path.of(System.getProperty("project.root"));

    @TempDir private Path folder;

    static List<String> names() {
        return Recipes.names();
    }

    private static Recipe named(String name) throws IOException {
        return Recipes.read(Recipes.find(name));
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    /** Each number, text and flag by the keys that lead to it. */
    private static Map<String, String> leaves(JsonElement json) {
        Map<String, String> leaves = new TreeMap<>();
        collect(json, "", leaves);
        return leaves;
    }

    private static void collect(JsonElement json, String path, Map<String, String> leaves) {
        if (json.isJsonObject()) {
            for (Map.Entry<String, JsonElement> entry : json.getAsJsonObject().entrySet()) {
                collect(entry.getValue(), path + "." + entry.getKey(), leaves);
            }
        } else if (json.isJsonArray()) {
            JsonArray array = json.getAsJsonArray();
            for (int i = 0; i < array.size(); i++) {
                collect(array.get(i), path + "." + i, leaves);
            }
        } else {
            String text = json.getAsString();
            boolean number = json.getAsJsonPrimitive().isNumber();
            leaves.put(path, number ? Double.toString(Double.parseDouble(text)) : text);
        }
    }

    /** How many numbers, texts and flags a value is made of. */
    private static long count(Object value) throws ReflectiveOperationException {
        if (value instanceof Optional<?> optional) {
            return optional.isPresent() ? count(optional.get()) : 0;
        }
        if (value instanceof NetworkOptions options) {
            return options.values().size();
        }
        long count = 0;
        if (value instanceof List<?> list) {
            for (Object element : list) {
                count += count(element);
            }
        } else if (value instanceof Record fields) {
            for (RecordComponent component : fields.getClass().getRecordComponents()) {
                count += count(component.getAccessor().invoke(fields));
            }
        } else {
            count = 1;
        }
        return count;
    }

    @Test
    void theListAndTheFolderHaveTheSameNames() throws IOException {
        try (Stream<Path> files = Files.list(PROJECT.resolve("training/recipes"))) {
            List<String> found = files.map(file -> file.getFileName().toString()).sorted().toList();
            assertThat(Recipes.names().stream().map(name -> name + ".json").toList())
                    .isEqualTo(found);
        }
    }

    @Test
    void theGuideHasARowForEachName() throws IOException {
        List<String> rows = Files.readAllLines(PROJECT.resolve("docs/training.md"));
        for (String name : Recipes.names()) {
            Recipe recipe = named(name);
            assertThat(rows)
                    .as("the row of %s", name)
                    .anyMatch(
                            row ->
                                    row.startsWith("| `" + name + "` |")
                                            && row.contains("| " + recipe.batch() + " |")
                                            && row.contains("| " + recipe.epochs() + " |"));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void readsWhatItWrites(String name) throws IOException {
        Recipe recipe = named(name);

        assertThat(Recipes.read(json(Recipes.text(recipe)))).isEqualTo(recipe);
        assertThat(leaves(Recipes.json(recipe))).isEqualTo(leaves(Recipes.find(name)));
    }

    @ParameterizedTest
    @MethodSource("names")
    void writesEveryNumber(String name) throws Exception {
        Recipe recipe = named(name);

        Map<String, String> leaves = leaves(json(Recipes.text(recipe)));

        long types = leaves.keySet().stream().filter(path -> path.endsWith(".type")).count();
        assertThat(leaves.size() - types).isEqualTo(count(recipe));
    }

    @ParameterizedTest
    @MethodSource("names")
    void saysWhereItsNumbersAreFrom(String name) throws IOException {
        assertThat(named(name).source()).isNotBlank().doesNotContain("\n");
        if (!name.equals("resnet")) { // on which the others are based
            assertThat(named(name).source()).isNotEqualTo(named("resnet").source());
        }
    }

    @Test
    void hasARecipeForEachNetwork() throws IOException {
        for (NetworkEntry network : Networks.all()) {
            Recipe recipe = named(Recipes.nameFor(network));
            assertThat(recipe.network()).as(network.name()).isEqualTo(NetworkSettings.ANY);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cifar10", "sample"})
    void everyNetworkHasWhatTheRecipesOfSmallImagesSet(String name) throws IOException {
        NetworkSettings settings = named(name).network();

        assertThat(settings.arguments()).containsOnlyKeys("stemStride", "dropout");
        for (NetworkEntry network : Networks.all()) {
            NetworkOptions options = settings.options().withClasses(10);
            assertThat(network.build(options)).isNotNull();
        }
    }

    @Test
    void changesOneValueAndLeavesTheOthers() throws IOException {
        JsonObject before = Recipes.find("resnet");
        JsonObject changed = Recipes.with(before, "optimizer.momentum", "0.8");

        Map<String, String> expected = leaves(before);
        expected.put(".optimizer.momentum", "0.8");
        assertThat(leaves(changed)).isEqualTo(expected);
        assertThat(before).isEqualTo(Recipes.find("resnet"));
    }

    @Test
    void takesNumbersFlagsListsObjectsAndTexts() throws IOException {
        JsonObject recipe = Recipes.find("resnet");
        recipe = Recipes.with(recipe, "dropLast", "true");
        recipe = Recipes.with(recipe, "frozen", "[\"conv1.*\"]");
        recipe = Recipes.with(recipe, "network.name", "resnet50");
        recipe = Recipes.with(recipe, "start.weightsFile", "runs/#1 [old]/best.safetensors");
        recipe = Recipes.with(recipe, "source", "");
        recipe = Recipes.with(recipe, "average", "{\"decay\": 0.99, \"every\": 1}");
        recipe = Recipes.with(recipe, "schedule", "{\"type\": \"cosine\", \"floor\": 0}");

        Recipe read = Recipes.read(recipe);

        assertThat(read.dropLast()).isTrue();
        assertThat(read.frozen()).containsExactly("conv1.*");
        assertThat(read.network().name()).contains("resnet50");
        assertThat(read.start().weightsFile()).contains("runs/#1 [old]/best.safetensors");
        assertThat(read.source()).isEmpty();
        assertThat(read.average().orElseThrow().decay()).isEqualTo(0.99);
        assertThat(read.schedule()).isEqualTo(new Schedule.Cosine(0));
    }

    @Test
    void nullTakesAnOptionalValueAway() throws IOException {
        JsonObject recipe = Recipes.with(Recipes.find("torchvision_v2"), "average", "null");

        assertThat(Recipes.read(recipe).average()).isEmpty();
    }

    @Test
    void anotherTypeReplacesAllValues() throws IOException {
        String optimizer =
                """
                {"type": "adamw", "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-8, "weightDecay": 0.1}
                """;

        JsonObject recipe = Recipes.with(Recipes.find("resnet"), "optimizer", optimizer);

        assertThat(Recipes.read(recipe).optimizer()).isEqualTo(new AdamW(0.9, 0.99, 1e-8, 0.1));
    }

    @Test
    void completesAFileWithAFileBesideIt() throws IOException {
        Files.writeString(folder.resolve("mine.json"), "{\"base\": \"cifar10\", \"epochs\": 3}");
        Path file = folder.resolve("ours.json");
        Files.writeString(
                file, "{\"base\": \"mine.json\", \"batch\": 7, \"augmentation\": {\"flip\": 0}}");

        Recipe recipe = Recipes.read(Recipes.find(file.toString()));

        Map<String, String> expected = leaves(Recipes.find("cifar10"));
        expected.putAll(Map.of(".epochs", "3.0", ".batch", "7.0", ".augmentation.flip", "0.0"));
        assertThat(leaves(Recipes.json(recipe))).isEqualTo(expected);
    }

    @Test
    void takesTheRecipeThatARunWrote() throws IOException {
        Recipe recipe = named("darknet");
        Path file = Files.writeString(folder.resolve("recipe.json"), Recipes.text(recipe));

        assertThat(named(file.toString())).isEqualTo(recipe);
    }
}
