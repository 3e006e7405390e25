package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.efficientzoo.cli.Shell.Result;
import org.efficientzoo.reference.References;
import org.efficientzoo.training.sample.SampleData;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Evaluates the weights of a training run of one epoch. */
class EvaluateRunTest {

    @TempDir private static Path shared;

    private static Path data;
    private static Path run;
    private static JsonObject metrics;

    @TempDir private Path work;

    @BeforeAll
    static void train() throws IOException {
        data = shared.resolve("data");
        run = shared.resolve("run");
        new SampleData(0, 4, 2, 32).write(data, pictures -> {});
        Result trained =
                Shell.run(
                        "train",
                        data,
                        "--output",
                        run,
                        "--model",
                        "shufflenet_v2_x0_5",
                        "--recipe",
                        "cifar10",
                        "--epochs",
                        1,
                        "--batch",
                        8,
                        "--learning-rate",
                        0.01,
                        "--set",
                        "average={\"decay\": 0.5, \"every\": 1}",
                        "--json");
        assertThat(trained.status()).as(trained.err()).isZero();
        metrics = JsonParser.parseString(trained.out()).getAsJsonObject();
    }

    private static JsonObject json(Object... arguments) {
        Object[] all = new Object[arguments.length + 2];
        all[0] = "evaluate";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[all.length - 1] = "--json";
        return Shell.run(all).json().getAsJsonObject();
    }

    /** The run without its states, so that something can be missing. */
    private Path copy() throws IOException {
        Path copy = work.resolve("copy");
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.getFileName().toString().startsWith("state-")) {
                    Path target = copy.resolve(run.relativize(file));
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                }
            }
        }
        return copy;
    }

    private Path copyOn(Path data) throws IOException {
        Path copy = copy();
        Path environment = copy.resolve("environment.json");
        JsonObject json = JsonParser.parseString(Files.readString(environment)).getAsJsonObject();
        json.addProperty("data", data.toString());
        Files.writeString(environment, json.toString());
        return copy;
    }

    private static void misused(Result result, String line) {
        assertThat(result.err().lines())
                .containsExactly(
                        "efficient-zoo: " + line,
                        "'efficient-zoo evaluate --help' shows how it is used");
        assertThat(result.out()).isEmpty();
        assertThat(result.status()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"last, val", "average, average"})
    void findsWhatTheRunFoundWhenItValidated(String checkpoint, String column) {
        JsonObject document = json("--run", run, "--checkpoint", checkpoint);

        assertThat(document.get("model").getAsString()).isEqualTo("shufflenet_v2_x0_5");
        assertThat(document.get("weights").getAsString())
                .isEqualTo(run.resolve("checkpoints/" + checkpoint + ".safetensors").toString());
        assertThat(document.get("folder").getAsString()).isEqualTo(data.resolve("val").toString());
        assertThat(document.get("images").getAsInt()).isEqualTo(20);
        double top1 = metrics.get(column + "_top1").getAsDouble();
        double loss = metrics.get(column + "_loss").getAsDouble();
        assertThat(document.get("top1").getAsDouble()).isEqualTo(top1);
        assertThat(document.get("loss").getAsDouble()).isCloseTo(loss, within(1e-3)); // other batch
        assertThat(References.objects(document.get("per_class")))
                .hasSize(10)
                .allMatch(row -> row.get("images").getAsInt() == 2)
                .anyMatch(row -> row.get("name").getAsString().equals("warm_star"));
        assertThat(document.getAsJsonArray("confusion")).hasSize(10);
    }

    @Test
    void takesTheBestWeightsOfAFolderThatIsARun() {
        JsonObject named = json("--run", run);
        JsonObject itself = json(run);

        assertThat(named.get("weights").getAsString())
                .isEqualTo(run.resolve("checkpoints/best.safetensors").toString());
        named.remove("images_per_second");
        itself.remove("images_per_second");
        assertThat(itself).isEqualTo(named);
    }

    @Test
    void putsClassFoldersIntoTheOrderOfTheRun() throws IOException {
        Path folder = work.resolve("two");
        for (String name : List.of("warm_star", "ring")) {
            Path picture = data.resolve("val").resolve(name).resolve("00000.png");
            Files.createDirectories(folder.resolve(name));
            Files.copy(picture, folder.resolve(name).resolve("1.png"));
        }

        JsonObject document = json(folder, "--run", run);

        List<String> classes = Files.readAllLines(run.resolve("classes.txt"));
        assertThat(References.objects(document.get("per_class")))
                .extracting(row -> row.get("index").getAsInt())
                .containsExactly(classes.indexOf("ring"), classes.indexOf("warm_star"));
        assertThat(document.getAsJsonArray("confusion")).hasSize(2);
    }

    @Test
    void failsWhereTheRunDoesNotKnowAClassFolder() throws IOException {
        Path folder = work.resolve("other");
        Files.createDirectories(folder.resolve("Ring"));

        Shell.run("evaluate", folder, "--run", run)
                .failed(
                        "the class list does not know 1 of 1 class folders of %s: Ring"
                                .formatted(folder));
    }

    @Test
    void saysOnStandardErrorWhichImagesItTook() {
        Result result = Shell.run("evaluate", run, "--per-class");

        assertThat(result.status()).isZero();
        assertThat(result.err())
                .isEqualTo(
                        "note: the images are those that the run validates on, %s%nclass order: the names, sorted%n"
                                .formatted(data.resolve("val")));
        List<String> lines = result.out().lines().toList();
        assertThat(lines).hasSize(5 + 1 + 1 + 10);
        assertThat(lines.get(0)).startsWith("shufflenet_v2_x0_5, " + run).endsWith(", PyTorch");
        assertThat(lines.get(6)).startsWith("index  class           images  Top-1 %  Top-5 %");
        List<Double> shares =
                lines.subList(7, 17).stream()
                        .map(line -> Double.valueOf(line.strip().split(" +", -1)[3]))
                        .toList();
        assertThat(shares).isSorted();
    }

    @Test
    void drawsTheConfusionPicture() throws IOException {
        Path picture = work.resolve("confusion.png");

        json(run, "--confusion-picture", picture);

        assertThat(ImageIO.read(picture.toFile()).getWidth()).isGreaterThan(500);
    }

    @Test
    void complainsOfThePictureBeforeItEvaluates() {
        Shell.run("evaluate", run, "--confusion-picture", work)
                .failed(work + " is a directory; name a file in it");
        Shell.run("evaluate", run, "--confusion-picture", work.resolve("no/1.png"))
                .failed("there is no folder %s; create it first".formatted(work.resolve("no")));
    }

    @Test
    void readsValidationImagesThatALabelsFileNames() throws IOException {
        Path flat = Files.createDirectories(work.resolve("flat/val"));
        Files.copy(data.resolve("val/ring/00000.png"), flat.resolve("a.png"));
        Files.copy(data.resolve("val/cross/00000.png"), flat.resolve("b.png"));
        Files.writeString(work.resolve("flat/val_labels.txt"), "a.png ring\nb.png cross\n");

        JsonObject document = json(copyOn(work.resolve("flat")));

        assertThat(document.get("images").getAsInt()).isEqualTo(2);
        assertThat(References.objects(document.get("per_class")))
                .extracting(row -> row.get("name").getAsString())
                .containsExactly("cross", "ring");
    }

    @Test
    void failsWhereTheDataSetOfTheRunIsGoneOrHasNoValidationImages() throws IOException {
        Path elsewhere = work.resolve("elsewhere");
        Path copy = copyOn(elsewhere);
        Shell.run("evaluate", copy)
                .failed("the data set of the run is not there any more: " + elsewhere);

        Files.createDirectories(elsewhere.resolve("train"));
        Shell.run("evaluate", copy)
                .failed(
                        "the data set %s of the run has no images to validate on; name a folder of images"
                                .formatted(elsewhere));
    }

    @Test
    void saysWhichWeightsARunHas() throws IOException {
        Path copy = copy();
        Files.delete(copy.resolve("checkpoints/average.safetensors"));
        Shell.run("evaluate", copy, "--checkpoint", "average")
                .failed(
                        "the run %s has no weights average; there is best and last"
                                .formatted(copy));

        Files.delete(copy.resolve("checkpoints/best.safetensors"));
        Shell.run("evaluate", copy)
                .failed("the run %s has no weights best; there is last".formatted(copy));

        Files.delete(copy.resolve("checkpoints/last.safetensors"));
        Shell.run("evaluate", "--run", copy)
                .failed(
                        "the run %s has no weights yet: none of its epochs is over"
                                .formatted(copy));
    }

    @Test
    void failsWhereThereIsNoRun() throws IOException {
        Path missing = work.resolve("missing");
        Shell.run("evaluate", "--run", missing).failed("there is no such run: " + missing);
        Shell.run("evaluate", data.resolve("val"), "--run", data)
                .failed(data + " holds no run: it has no recipe.json");

        Path recipe = Files.writeString(work.resolve("recipe.json"), "{}");
        assertThat(Shell.run("evaluate", "--run", work).err())
                .startsWith("efficient-zoo: the recipe %s: ".formatted(recipe))
                .hasLineCount(1);
        String other =
                Files.readString(run.resolve("recipe.json"))
                        .replaceFirst("\"name\": \"shufflenet_v2_x0_5\",?", "");
        Files.writeString(recipe, other);
        Shell.run("evaluate", "--run", work).failed(recipe + " names no network");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--model", "--weights", "--weights-file", "--classes", "--width"})
    void refusesToDescribeTheNetworkOfARunOnceMore(String option) {
        misused(
                Shell.run("evaluate", run, option, 1),
                "a run has its own network and weights, found " + option);
    }

    @Test
    void refusesWhatNeedsARunOrAFolder() throws IOException {
        misused(
                Shell.run("evaluate", run, "--run", run),
                "there must be one run, found %s and %s".formatted(run, run));
        misused(
                Shell.run("evaluate", run, "--classes-file", run.resolve("classes.txt")),
                "--classes-file is for the classes of a FOLDER, found none");
        misused(
                Shell.run("evaluate", data, "--model", "resnet50", "--checkpoint", "best"),
                "--checkpoint is for the weights of a run, found no run");
        misused(
                Shell.run("evaluate", run, "--checkpoint", "first"),
                "Invalid value for option '--checkpoint': a run has no weights first; there is"
                        + " best, last, average");
        misused(Shell.run("evaluate"), "FOLDER or --run=RUN is missing");
        misused(Shell.run("evaluate", data), "--model=NAME or --run=RUN is missing");
        misused(
                Shell.run("evaluate", run, "--confusion"),
                "--confusion is for --json; --confusion-picture draws the matrix");
    }
}
