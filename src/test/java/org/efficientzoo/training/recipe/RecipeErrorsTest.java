package org.efficientzoo.training.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.efficientzoo.reference.JsonVariants;
import org.efficientzoo.zoo.file.SmallFile;
import org.efficientzoo.zoo.file.SpecialFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A wrong recipe is told what is wrong in one line. */
class RecipeErrorsTest {

    private static final String SCHEDULES =
            "constant, cosine, polynomial, exponential, steps, multistep, warmup, byepoch";

    @TempDir private Path folder;

    /** Sets a value of ResNet's recipe and reads it. */
    private static void fails(String path, String value, String line) throws IOException {
        JsonObject recipe = Recipes.with(Recipes.find("resnet"), path, value);
        assertThatThrownBy(() -> Recipes.read(recipe))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(line);
    }

    private void failsToRead(String text, String line) throws IOException {
        Path file = Files.writeString(folder.resolve("mine.json"), text);
        failsToFind(file, line);
    }

    private void failsToFind(Path file, String line) {
        assertThatThrownBy(() -> Recipes.find(file.toString()))
                .isInstanceOf(IOException.class)
                .satisfies(
                        e ->
                                assertThat(e.getMessage().replace(folder.toString(), "FOLDER"))
                                        .isEqualTo(line));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "epoch | unknown recipe key epoch; did you mean epochs?",
                "optimizer.momentun | unknown recipe key optimizer.momentun;"
                        + " did you mean optimizer.momentum?",
                "epochs.first | epochs must be a number, found {\"first\":1}",
                "aug | unknown recipe key aug; did you mean augmentation?",
                "clipping.type | unknown recipe key clipping.type; clipping has kind, limit",
                "lr | unknown recipe key lr; a recipe has source, network, start, seed, epochs,"
                        + " batch, part, dropLast, learningRate, schedule, optimizer, rules,"
                        + " frozen, clipping, labelSmoothing, average, augmentation, validation,"
                        + " validationImages"
            })
    void tellsAnUnknownKey(String path, String line) throws IOException {
        fails(path, "1", line);
    }

    @Test
    void tellsAKeyThatATypeDoesNotHave() throws IOException {
        fails(
                "schedule",
                "{\"type\": \"constant\", \"floor\": 0}",
                "unknown recipe key schedule.floor; schedule has none");
    }

    @Test
    void tellsAllMissingKeysAtOnce() throws IOException {
        fails("epochs", "null", "a recipe or its base must have epochs");
        fails(
                "optimizer.type",
                "adamw",
                "a recipe or its base must have optimizer.beta1, optimizer.beta2,"
                        + " optimizer.epsilon, optimizer.weightDecay");
        fails("average.decay", "0.99", "a recipe or its base must have average.every");
        assertThatThrownBy(() -> Recipes.read(new JsonObject()))
                .hasMessage(
                        "a recipe or its base must have source, network, start, seed, epochs,"
                                + " batch, part, dropLast, learningRate, schedule, optimizer,"
                                + " rules, frozen, clipping, labelSmoothing, augmentation,"
                                + " validation");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "epochs | ten | epochs must be a number, found \"ten\"",
                "epochs | '' | epochs must be a number, found \"\"",
                "epochs | NaN | epochs must be a number, found \"NaN\"",
                "epochs | 1.5 | epochs must be a whole number, found 1.5",
                "epochs | 1e-99999 | epochs must be a whole number, found 1e-99999",
                "epochs | 3e10 | epochs must be within -2147483648 and 2147483647, found 3e10",
                "seed | 1e20 | seed must be within -9223372036854775808 and 9223372036854775807,"
                        + " found 1e20",
                "learningRate | true | learningRate must be a number, found true",
                "learningRate | 1e400 | learningRate must be a finite number, found 1e400",
                "network.dropout | 1e39 | network.dropout must be a finite number, found 1e39",
                "dropLast | 1 | dropLast must be true or false, found 1",
                "source | 5 | source must be a text, found 5",
                "network | resnet50 | network must be an object, found \"resnet50\"",
                "rules | none | rules must be a list, found \"none\"",
                "rules.0.decay | 0 | rules must be a list, found {\"0\":{\"decay\":0}}",
                "frozen | [1] | frozen[0] must be a text, found 1",
                "frozen | [null] | frozen[0] must be a text, found null",
                "augmentation.mean | [0, \"x\", 0] |"
                        + " augmentation.mean[1] must be a number, found \"x\""
            })
    void tellsAValueOfTheWrongType(String path, String value, String line) throws IOException {
        fails(path, value, line);
    }

    @Test
    void cutsALongValueShort() throws IOException {
        fails(
                "epochs",
                "9".repeat(99) + "x",
                "epochs must be a number, found \"" + "9".repeat(59) + "...");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "epochs | 0 | epochs must be at least 1, found 0",
                "batch | -1 | batch must be at least 1, found -1",
                "part | -1 | part must be at least 0, found -1",
                "learningRate | 0 | learningRate must be above 0 and a float, found 0.0",
                "labelSmoothing | 2 | labelSmoothing must be in 0..1, found 2.0",
                "start.dataset | cifar10 | the data set of the weights to start from goes with"
                        + " their tag, found cifar10 without weights (start of the recipe)",
                "start.freshHead | true |"
                        + " a fresh head goes with weights or a file to start from, found neither"
                        + " (--weights, --weights-file) (start of the recipe)",
                "start.headRate | 0 |"
                        + " headRate must be above 0, found 0.0 (start of the recipe)",
                "optimizer.momentum | 1 | momentum must be at least 0 and below 1, found 1.0"
                        + " (optimizer of the recipe)",
                "optimizer.dampening | 1 | dampening must be at least 0 and below 1, found 1.0"
                        + " (optimizer of the recipe)",
                "schedule.epochs | 0 | the epochs of a schedule must be above 0, found 0.0"
                        + " (schedule of the recipe)",
                "clipping.kind | norm | the limit of gradients must be above 0, found 0.0"
                        + " (clipping of the recipe)",
                "clipping.limit | 1 | a limit of gradients needs the kind norm or value, found"
                        + " none with 1.0; without one the limit is 0 (clipping of the recipe)",
                "augmentation.scale.min | 2 | a range must have 0 < min <= max, found 2.0 to 1.0"
                        + " (augmentation.scale of the recipe)",
                "augmentation.mean | [0, 0] | mean must be 3 finite numbers, found [0.0, 0.0]"
                        + " (augmentation of the recipe)",
                "validation.crop | 0 | resize and crop must be at least 1, found 256 and 0"
                        + " (validation of the recipe)"
            })
    void tellsAValueOutOfItsRange(String path, String value, String line) throws IOException {
        fails(path, value, line);
    }

    @Test
    void tellsTwoStarts() throws IOException {
        fails(
                "start",
                "{\"weights\": \"a\", \"weightsFile\": \"b.pth\"}",
                "a run starts from one checkpoint, found weights a and the file b.pth"
                        + " (start of the recipe)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "validation.interpolation | nearest | validation.interpolation must be one of"
                        + " bilinear, bicubic, darknet, found nearest",
                "augmentation.policy | [] | augmentation.policy must be one of none, trivial,"
                        + " rand, found []",
                "rules | [{\"kinds\":[\"norms\"],\"names\":\"*\",\"rate\":1,\"decay\":0}] |"
                        + " rules[0].kinds[0] must be one of convolution, depthwise, linear, norm,"
                        + " bias, other, found norms"
            })
    void tellsTheChoicesOfAValue(String path, String value, String line) throws IOException {
        fails(path, value, line);
    }

    @Test
    void tellsTheTypes() throws IOException {
        fails(
                "schedule",
                "cosine",
                "schedule must be an object whose type is one of %s, found \"cosine\""
                        .formatted(SCHEDULES));
        fails(
                "schedule.type",
                "linear",
                "schedule.type must be one of %s, found linear".formatted(SCHEDULES));
        fails("optimizer.type", "7", "optimizer.type must be one of sgd, rmsprop, adamw, found 7");
        fails(
                "schedule",
                "{\"type\":\"byepoch\",\"schedule\":{\"floor\":0}}",
                "schedule.schedule.type must be one of %s, found none".formatted(SCHEDULES));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"epochs\": 1 | End of input at line 1 column 13 path $.epochs",
                "{\"epochs\": 1,} | Expected name at line 1 column 15 path $.epochs",
                "{'epochs': 1} | a mistake at line 1 column 3 path $.",
                "epochs: 1 | a mistake at line 1 column 1 path $",
                "{\"a\": 1} {} | a mistake at line 1 column 11 path $"
            },
            quoteCharacter = '`')
    void tellsWhereAFileIsNoJson(String text, String reason) throws IOException {
        failsToRead(text, "the recipe FOLDER/mine.json is no JSON: " + reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "1", "null", "\"resnet\""})
    void tellsThatAFileIsNoObject(String text) throws IOException {
        failsToRead(text, "the recipe FOLDER/mine.json must be a JSON object");
    }

    @Test
    void tellsOtherBytesThanText() throws IOException {
        Path file = folder.resolve("mine.json");
        Files.write(file, "{\"source\": \"café\"}".getBytes(StandardCharsets.ISO_8859_1));

        failsToFind(file, "FOLDER/mine.json must be UTF-8 text, found other bytes");
    }

    @Test
    void tellsAFolder() {
        failsToFind(folder, "a recipe must be a JSON file, found the folder FOLDER");
    }

    @Test
    void tellsTheNearestNames() {
        failsToFind(
                folder.resolve("resnets.json"),
                "there is no recipe and no file FOLDER/resnets.json;"
                        + " did you mean resnet or resnext?");
        assertThatThrownBy(() -> Recipes.find("mobilenet"))
                .hasMessage(
                        "there is no recipe and no file mobilenet;"
                                + " did you mean mobilenet_v1 or mobilenet_v2?");
    }

    @Test
    void tellsTheRecipeWhoseBaseIsNotThere() throws IOException {
        failsToRead(
                "{\"base\": \"darknets.json\"}",
                "there is no recipe and no file FOLDER/darknets.json, the base of"
                        + " FOLDER/mine.json; did you mean darknet or resnet?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "null", "{}", "[\"resnet\"]"})
    void tellsABaseThatIsNoName(String base) throws IOException {
        failsToRead(
                "{\"base\": %s}".formatted(base),
                "the base of FOLDER/mine.json must be the name or the file of another recipe,"
                        + " found "
                        + base);
    }

    @Test
    void tellsACircleOfBases() throws IOException {
        Files.writeString(folder.resolve("yours.json"), "{\"base\": \"mine.json\"}");

        failsToRead(
                "{\"base\": \"yours.json\"}",
                "a recipe must not be based on itself, found FOLDER/mine.json, FOLDER/yours.json,"
                        + " FOLDER/mine.json");
        failsToRead(
                "{\"base\": \"mine.json\"}",
                "a recipe must not be based on itself, found FOLDER/mine.json, FOLDER/mine.json");
    }

    @Test
    @Timeout(60) // a pipe would be waited for
    void baseIsNoPipeAndNoDevice() throws Exception {
        SpecialFiles.pipe(folder.resolve("pipe.json"));
        SpecialFiles.endless(folder.resolve("endless.json"));
        for (String base : List.of("pipe.json", "endless.json")) {
            Path file = folder.resolve("mine.json");
            Files.writeString(file, "{\"base\": \"%s\"}".formatted(base));
            failsToFind(
                    file,
                    "FOLDER/%s must be a regular file, found a pipe or device".formatted(base));
        }
    }

    @Test
    void fileIsNotTooLarge() throws IOException {
        Path file = folder.resolve("mine.json");
        Files.write(file, new byte[SmallFile.MOST + 1]);
        failsToFind(file, "FOLDER/mine.json must have at most 16 MiB, found 16777217 bytes");
    }

    @Test
    void everyValueIsReadOrRefusedInOneLine() throws IOException {
        List<String> variants = JsonVariants.of(Recipes.find("torchvision_v2"));
        assertThat(variants).hasSizeGreaterThan(300);
        Path file = folder.resolve("mine.json");
        for (String text : variants) {
            Files.writeString(file, text);
            try {
                assertThat(Recipes.read(Recipes.find(file.toString()))).isNotNull();
            } catch (IllegalArgumentException | IOException e) {
                assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
            }
        }
    }
}
