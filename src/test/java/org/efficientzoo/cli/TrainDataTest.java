package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.training.sample.SampleData;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code train} on folders as people have them. */
class TrainDataTest {

    @TempDir private Path folder;

    private Path data;
    private Path run;

    @BeforeEach
    void draw() throws IOException {
        data = folder.resolve("data");
        run = folder.resolve("run");
        new SampleData(0, 4, 1, 32).write(data, step -> {});
    }

    private Shell.Result train(Path root, Object... options) {
        List<Object> all = new ArrayList<>(List.of("train", root, "--output", run));
        all.addAll(List.of("--recipe", "cifar10", "--model", "shufflenet_v2_x0_5"));
        all.addAll(List.of("--batch", 15, "--epochs", 1, "--json"));
        all.addAll(List.of(options));
        return Shell.run(all.toArray());
    }

    private static JsonObject row(Shell.Result result) {
        assertThat(result.status()).as(result.err()).isZero();
        return result.document().getAsJsonObject();
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "other systems have no such names")
    void refusesAClassThatCouldNotBeWrittenDownBeforeTheRun() throws IOException {
        for (String part : List.of("train", "val")) {
            Path ring = data.resolve(part).resolve("ring");
            Files.move(ring, ring.resolveSibling("ri\nng"));
        }

        Shell.Result result = train(data);

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err())
                .startsWith("efficient-zoo: the name of a class must have no line break, no tab,")
                .hasLineCount(1);
        assertThat(run).doesNotExist();
    }

    @Test
    void splitsClassFoldersAndGoesOnWithTheSameImages() throws IOException {
        Path classes = data.resolve("train");
        Shell.Result begun = train(classes);
        JsonObject row = row(begun);
        assertThat(begun.err())
                .contains("30 training and 10 validation images of 10 classes")
                .contains("class order: the names, sorted")
                .contains("validation: split 0.2, seed 0");
        assertThat(row.get("class_order").getAsString()).isEqualTo("names");
        assertThat(row.get("validation").getAsString()).isEqualTo("split 0.2, seed 0");
        assertThat(run.resolve("environment.json"))
                .content()
                .contains("\"validation\": \"split 0.2, seed 0\"");
        JsonObject found =
                Shell.run("evaluate", run, "--checkpoint", "last", "--json")
                        .json()
                        .getAsJsonObject();
        assertThat(found.get("images").getAsInt()).isEqualTo(10);
        assertThat(found.get("top1")).isEqualTo(row.get("val_top1"));
        assertThat(row(train(classes, "--resume")).get("class_order").getAsString())
                .isEqualTo("names");

        Path image = classes.resolve("ring/00000.png");
        Files.copy(image, image.resolveSibling("more.png"));

        assertThat(train(classes, "--resume").err())
                .startsWith("efficient-zoo: the data set must be the same, ")
                .hasLineCount(1);
        assertThat(Shell.run("evaluate", run).err())
                .startsWith("efficient-zoo: the data set must be the same, ")
                .hasLineCount(1);
    }

    @Test
    void keepsTheFolderToValidateOnInTheRecipe() throws IOException {
        Path mine = Files.move(data.resolve("val"), data.resolve("mine"));
        JsonObject row = row(train(data, "--validation", mine));
        assertThat(row.get("validation").getAsString()).isEqualTo(mine.toString());
        assertThat(run.resolve("recipe.json")).content().contains("\"folder\": \"mine\"");

        Path moved = Files.move(data, folder.resolve("moved"));

        Shell.Result again = train(moved, "--resume", "--validation", moved.resolve("mine"));
        assertThat(row(again).get("validation").getAsString())
                .isEqualTo(moved.resolve("mine").toString());
        train(moved, "--resume", "--validation", "none")
                .failed(
                        "--resume goes on with the recipe of the run, in which"
                                + " validationImages.type is \"folder\", found \"none\"");
    }

    @Test
    void validatesOnNothingWhereItIsAsked() {
        Shell.Result result = train(data, "--validation", "none");
        assertThat(row(result).get("validation").getAsString()).isEqualTo("none");
        assertThat(row(result).has("val_top1")).isFalse();
        assertThat(result.err()).contains("note: nothing is validated");
    }

    @Test
    void refusesSharesAndFoldersThatAreNone() {
        train(data, "--split", 1)
                .failed(
                        "the share of a split must be above 0 and below 1, found 1.0"
                                + " (validationImages of the recipe)");
        train(data, "--split", "half")
                .failed("validationImages.share must be a number, found \"half\"");
        train(data, "--validation", "nowhere")
                .failed("there is no such folder: " + data.resolve("nowhere"));
        assertThat(train(data, "--split", 0.5, "--validation", "none").status()).isEqualTo(2);
        assertThat(run).doesNotExist();
    }
}
