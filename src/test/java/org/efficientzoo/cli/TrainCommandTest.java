package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.efficientzoo.Slow;
import org.efficientzoo.training.sample.SampleData;
import org.efficientzoo.zoo.weights.Checkpoints;
import org.efficientzoo.zoo.weights.TensorSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Slow
class TrainCommandTest {

    private static final String MODEL = "shufflenet_v2_x0_5";

    @TempDir private static Path shared;

    @TempDir private Path folder;

    private static Path data;

    @BeforeAll
    static void draw() throws IOException {
        data = shared.resolve("data");
        new SampleData(0, 4, 1, 32).write(data, step -> {});
    }

    private Path run() {
        return folder.resolve("run");
    }

    /** Options take the place of the usual ones. */
    private Shell.Result train(Object... options) {
        Map<Object, Object> usual = new LinkedHashMap<>();
        usual.put("--output", run());
        usual.put("--recipe", "cifar10");
        usual.put("--model", MODEL);
        usual.put("--batch", 16);
        usual.put("--epochs", 1);
        List.of(options).forEach(usual::remove);
        List<Object> all = new ArrayList<>(List.of("train", data));
        usual.forEach((name, value) -> all.addAll(List.of(name, value)));
        all.addAll(List.of(options));
        return Shell.run(all.toArray());
    }

    @Test
    void trainsAndPrintsTheLastRow() throws IOException {
        String adamW =
                "{\"type\":\"adamw\",\"beta1\":0.9,\"beta2\":0.999,\"epsilon\":1e-8,\"weightDecay\":0}";
        Shell.Result result =
                train(
                        "--json",
                        "--learning-rate",
                        "+.02",
                        "--seed",
                        7,
                        "--weight-decay",
                        "0.05",
                        "--set",
                        "optimizer=" + adamW);

        assertThat(result.status()).as(result.err()).isZero();
        JsonObject row = result.document().getAsJsonObject();
        assertThat(row.get("epoch").getAsInt()).isEqualTo(1);
        assertThat(row.get("step").getAsInt()).isEqualTo(3);
        assertThat(row.get("val_top1").getAsDouble()).isBetween(0.0, 1.0);
        assertThat(result.err())
                .contains("shufflenet_v2_x0_5, 352,042 parameters, on PyTorch 2.7.1, cpu()")
                .contains("40 training and 10 validation images of 10 classes; 1 epochs, 3 steps")
                .contains("what came after the last one is lost if the run is killed")
                .containsPattern("epoch 1/1  loss \\d\\.\\d{4}  Top-1 .* validation Top-1 ");
        String written = Files.readString(run().resolve("recipe.json"));
        JsonObject recipe = JsonParser.parseString(written).getAsJsonObject();
        assertThat(recipe.get("learningRate").getAsDouble()).isEqualTo(0.02);
        assertThat(recipe.get("seed").getAsInt()).isEqualTo(7);
        JsonObject optimizer = recipe.getAsJsonObject("optimizer");
        assertThat(optimizer.get("type").getAsString()).isEqualTo("adamw");
        assertThat(optimizer.get("weightDecay").getAsDouble()).isEqualTo(0.05);
    }

    @Test
    void goesOnOnceTheRunHasEndedWithItsLastRow() {
        assertThat(train().status()).isZero();
        Shell.Result again = Shell.run("train", "--resume", "--output", run(), "--json");
        assertThat(again.status()).as(again.err()).isZero();
        assertThat(again.document().getAsJsonObject().get("epoch").getAsInt()).isEqualTo(1);
        assertThat(again.err()).contains("the run has come to its end already");
    }

    @Test
    void leavesOutALossThatJsonHasNoNumberFor() throws IOException {
        assertThat(train().status()).isZero();
        Path metrics = run().resolve("metrics.csv");
        List<String> lines = Files.readAllLines(metrics);
        List<String> columns = List.of(lines.get(0).split(",", -1));
        List<String> cells = new ArrayList<>(List.of(lines.get(1).split(",", -1)));
        cells.set(columns.indexOf("val_loss"), "Infinity");
        Files.write(metrics, List.of(lines.get(0), String.join(",", cells)));

        Shell.Result result = Shell.run("train", "--resume", "--output", run(), "--json");
        assertThat(result.status()).as(result.err()).isZero();
        JsonObject row = result.document().getAsJsonObject();
        assertThat(row.has("val_loss")).isFalse();
        assertThat(row.get("val_top1").getAsDouble()).isBetween(0.0, 1.0);
    }

    @Test
    void writesWeightsThatALookUpTakesAsTheyAre() throws IOException {
        train("--width", "0.25", "--model", "mobilenet_v1");
        Path best = run().resolve("checkpoints/best.safetensors");
        try (TensorSource source = Checkpoints.open(best)) {
            assertThat(source.metadata())
                    .containsEntry("network", "mobilenet_v1")
                    .containsEntry("width", "0.25")
                    .containsEntry("stemStride", "1")
                    .containsEntry("crop", "32");
        }
        Shell.Result result =
                Shell.run(
                        "evaluate",
                        data.resolve("val"),
                        "--model",
                        "mobilenet_v1",
                        "--weights-file",
                        best,
                        "--json");
        assertThat(result.json().getAsJsonObject().get("images").getAsInt()).isEqualTo(10);
    }

    /** A tag or file takes the place of what the recipe of another run starts from. */
    @Test
    void startsFromWhatIsSaidAndNotFromWhatTheRecipeSays() throws IOException {
        assertThat(train().status()).isZero();
        Path last = run().resolve("checkpoints/last.safetensors");
        Object[] fromTag = {"--set", "start={\"weights\":\"cifar10_v1\",\"dataset\":\"cifar10\"}"};
        Path second = folder.resolve("second");
        List<Object> options = new ArrayList<>(List.of(fromTag));
        options.addAll(List.of("--weights-file", last, "--output", second));
        Shell.Result result = train(options.toArray());
        assertThat(result.status()).as(result.err()).isZero();
        JsonObject start =
                JsonParser.parseString(Files.readString(second.resolve("recipe.json")))
                        .getAsJsonObject()
                        .getAsJsonObject("start");
        assertThat(start.has("weights")).isFalse();
        assertThat(start.has("dataset")).isFalse();
        assertThat(start.get("weightsFile").getAsString()).isEqualTo(last.toString());
    }

    @Test
    void startsFromWeightsWithAFreshHeadAndFrozenFeatures() throws IOException {
        assertThat(train().status()).isZero();
        Path first = run().resolve("checkpoints/last.safetensors");
        Path two = folder.resolve("two"); // classes
        for (String name : List.of("circle", "square")) {
            for (String part : List.of("train", "val")) {
                Path to = Files.createDirectories(two.resolve(part).resolve(name));
                try (Stream<Path> files = Files.list(firstFolder(data.resolve(part)))) {
                    for (Path file : files.toList()) {
                        Files.copy(file, to.resolve(file.getFileName()));
                    }
                }
            }
        }
        Path tuned = folder.resolve("tuned");
        Shell.Result result =
                Shell.run(
                        "train",
                        two,
                        "--output",
                        tuned,
                        "--recipe",
                        "cifar10",
                        "--model",
                        MODEL,
                        "--batch",
                        4,
                        "--epochs",
                        1,
                        "--weights-file",
                        first,
                        "--fresh-head",
                        "--head-rate",
                        10,
                        "--freeze",
                        "conv1.*",
                        "--freeze",
                        "stage*");
        assertThat(result.status()).as(result.err()).isZero();
        try (TensorSource before = Checkpoints.open(first);
                TensorSource after =
                        Checkpoints.open(tuned.resolve("checkpoints/last.safetensors"))) {
            for (String name : after.tensors().keySet()) {
                boolean frozen = name.startsWith("conv1") || name.startsWith("stage");
                boolean same =
                        before.tensors().get(name).shape().equals(after.tensors().get(name).shape())
                                && before.read(name).equals(after.read(name));
                assertThat(same).as(name).isEqualTo(frozen);
            }
            assertThat(after.tensors().get("fc.weight").shape().get(0)).isEqualTo(2);
        }
    }

    private static Path firstFolder(Path parent) throws IOException {
        try (Stream<Path> folders = Files.list(parent)) {
            return folders.sorted().findFirst().orElseThrow();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--batch 41 | a batch must not be larger than the training set, found a batch of 41, 40 images",
                "--epochs 0 | epochs must be at least 1, found 0",
                "--epochs many | epochs must be a number, found \"many\"",
                "--model shufflenet_v2_x05 | unknown network shufflenet_v2_x05; did you mean shufflenet_v2_x0_5 or shufflenet_v2_x1_5 or shufflenet_v1_g2_x0_5?",
                "--recipe cifar | there is no recipe and no file cifar; did you mean cifar10 or resnet?",
                "--set optimizer.momentun=0.5 | unknown recipe key optimizer.momentun; did you mean optimizer.momentum?",
                "--set augmentation.std=[0,1,1] | std must be 3 finite numbers other than 0, found [0.0, 1.0, 1.0] (augmentation of the recipe)",
                "--fresh-head | a fresh head goes with weights or a file to start from, found neither (--weights, --weights-file) (start of the recipe)",
                "--width .5.5 | network.width must be a number, found \".5.5\"",
                "--width 1e999999999 | network.width must be a finite number, found 1E+999999999",
                "--freeze nothing.* | a pattern must match a parameter, found nothing.*; parameters are conv1.0.weight, conv1.1.weight, conv1.1.bias, ...",
                "--weights-file nowhere.pth | there is no such weights file: nowhere.pth",
                "--engine Torch | unknown engine Torch; there is PyTorch, MXNet and OnnxRuntime",
                "--engine onnxruntime | train needs the engine PyTorch or MXNet, found onnxruntime",
                "--workers 0 | workers must be at least 1, found 0",
                "--save-minutes NaN | --save-minutes must be a millisecond to 1,000,000 minutes, found NaN",
                "--save-minutes 1e9 | --save-minutes must be a millisecond to 1,000,000 minutes, found 1.0E9",
                "--most-unreadable 2 | the share of unreadable files must lie within 0 and 1, found 2.0",
                "--stem-stride 4 --batch 39 | batch norms of maps of one pixel need 2 images or more at once, found 1: 40 images in batches of 39; choose another batch or part, or dropLast",
            })
    void refusesWithOneLine(String options, String message) {
        Shell.Result result = train((Object[]) options.split(" "));
        result.failed(message.strip());
        assertThat(run()).doesNotExist();
    }

    @Test
    void namesTheFileOfAWrongRecipe() throws IOException {
        String text = "{\"base\": \"cifar10\", \"labelSmoothing\": 2}";
        Path file = Files.writeString(folder.resolve("mine.json"), text);
        String wrong = "labelSmoothing must be in 0..1, found ";
        train("--recipe", file).failed("the recipe %s: %s2.0".formatted(file, wrong));
        train("--recipe", file, "--label-smoothing", 3).failed(wrong + "3.0");
        Files.writeString(file, text.replace("2", "null"));
        train("--recipe", file)
                .failed(
                        "the recipe %s: a recipe or its base must have labelSmoothing"
                                .formatted(file));
        Files.writeString(file, "{\"source\": \"mine\"}");
        assertThat(train("--recipe", file).err())
                .contains("the recipe %s: a recipe or its base must have start".formatted(file));
        assertThat(run()).doesNotExist();
    }

    @Test
    void countsTheImagesThatItSkips() throws IOException {
        Path damaged = folder.resolve("damaged");
        new SampleData(0, 4, 1, 32).write(damaged, step -> {});
        Path broken = firstFolder(damaged.resolve("val")).resolve("broken.png");
        Files.writeString(broken, "no picture");
        Shell.Result result =
                Shell.run(
                        "train",
                        damaged,
                        "--output",
                        run(),
                        "--recipe",
                        "cifar10",
                        "--model",
                        MODEL,
                        "--batch",
                        16,
                        "--epochs",
                        2,
                        "--most-unreadable",
                        "0.2");
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.err()).containsOnlyOnce("skipped: " + broken);
        assertThat(result.err().lines().filter(line -> line.startsWith("epoch ")))
                .filteredOn(line -> line.endsWith("  images skipped so far: 1"))
                .hasSize(2);
    }

    @Test
    void refusesAFolderThatHoldsSomething() throws IOException {
        assertThat(train().status()).isZero();
        train().failed(
                        run()
                                + " holds a run already; --resume goes on with it, or name another"
                                + " folder");
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.writeString(other.resolve("a.txt"), "a");
        train("--output", other).failed(other + " is not empty; name another folder");
    }

    @Test
    void refusesToResumeWhatIsNoRun() {
        String begins = "; without --resume it is begun";
        resume().failed("there is no run " + run() + begins);
        resume("--epochs", 3).failed("there is no run " + run() + begins);
        Shell.run("train", "--resume", "--output", data)
                .failed(data + " holds no run: it has no recipe.json");
    }

    @Test
    void goesOnWhereTheTagOfTheRunIsSaidAgain() {
        Shell.Result begun = train("--set", "start.dataset=cifar10", "--weights", "cifar10_v1");
        assertThat(begun.status()).as(begun.err()).isZero();
        Shell.Result again = resume("--weights", "cifar10_v1");
        assertThat(again.status()).as(again.err()).isZero();
        resume("--weights", "none")
                .failed(
                        "--resume goes on with the recipe of the run, in which start.weights is"
                                + " \"cifar10_v1\", found \"none\"");
    }

    private Shell.Result resume(Object... rest) {
        List<Object> all = new ArrayList<>(List.of("train", "--resume", "--output", run()));
        all.addAll(List.of(rest));
        return Shell.run(all.toArray());
    }

    /** The whole command again, as a job that may be killed at any moment is started. */
    @Test
    void theSameCommandWithResumeBeginsARunAndGoesOnWithIt() throws IOException {
        Shell.Result begun = train("--resume", "--epochs", 1);
        assertThat(begun.status()).as(begun.err()).isZero();
        assertThat(begun.err()).contains(run() + " holds no run yet, which begins now");
        byte[] weights = Files.readAllBytes(run().resolve("checkpoints/last.safetensors"));

        Shell.Result again = train("--resume", "--epochs", 1);

        assertThat(again.status()).as(again.err()).isZero();
        assertThat(again.err()).contains("the run has come to its end already");
        assertThat(run().resolve("checkpoints/last.safetensors")).hasBinaryContent(weights);
    }

    @Test
    void refusesToChangeTheRecipeOfARun() throws IOException {
        assertThat(train().status()).isZero();
        String rule = "--resume goes on with the recipe of the run, in which ";
        resume("--epochs", 3).failed(rule + "epochs is 1, found 3");
        resume("--model", "squeezenet1_1")
                .failed(rule + "network.name is \"shufflenet_v2_x0_5\", found \"squeezenet1_1\"");
        resume("--weights-file", "a.pth")
                .failed(
                        rule
                                + "start.weightsFile is not set, found \""
                                + Path.of("a.pth").toAbsolutePath()
                                + "\"");
        resume("--set", "schedule={\"type\":\"constant\"}")
                .failed(rule + "schedule.type is \"warmup\", found \"constant\"");
        Path classes = Files.writeString(folder.resolve("classes.txt"), "a\nb\n");
        resume("--classes-file", classes)
                .failed("--resume goes on with the classes of the run, found others in " + classes);
        Path same = run().resolve("classes.txt");
        Shell.Result unchanged = resume("--model", MODEL, "--epochs", 1, "--classes-file", same);
        assertThat(unchanged.status()).as(unchanged.err()).isZero();
    }

    @Test
    void refusesWhatIsNoDataSet() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        Object[] rest = {"--output", run(), "--model", MODEL, "--recipe", "cifar10"};
        Shell.run(with(empty, rest))
                .failed(empty + " must have a folder train with a folder a class, found none");
        Path one = folder.resolve("one");
        Files.createDirectories(one.resolve("train/cat"));
        Files.writeString(one.resolve("train/cat/1.png"), "");
        Shell.run(with(one, rest))
                .failed(
                        "there must be at least 2 classes to learn, found 1 in %s: cat"
                                .formatted(one.resolve("train")));
        assertThat(run()).doesNotExist();
    }

    private static Object[] with(Path root, Object... rest) {
        List<Object> all = new ArrayList<>(List.of("train", root));
        all.addAll(List.of(rest));
        return all.toArray();
    }
}
