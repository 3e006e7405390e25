package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.blocks.analysis.Complexity;
import org.efficientzoo.cli.Shell.Result;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.reference.References;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.TestModels;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.Precision;
import org.efficientzoo.zoo.weights.PyTorchFileWriter;
import org.efficientzoo.zoo.weights.SafetensorsFileWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportCommandTest extends ImportTests {

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void putsACheckpointWhereALookUpFindsItByItsTag(String engine) throws Exception {
        Path file = checkpoint("best.pth");
        JsonObject document = importing(file, "--json").json().getAsJsonObject();
        assertThat(document.keySet()).containsExactly("model", "tag", "path", "tensors", "sha256");
        assertThat(document.get("tag").getAsString()).isEqualTo("best");
        Path path = Path.of(document.get("path").getAsString());
        assertThat(document.get("sha256").getAsString()).isEqualTo(Sha256.of(path));
        assertThat(document.get("tensors").getAsInt()).isEqualTo(small(11).tensors().size());
        assertThat(answer(tagged(engine, "best")))
                .isEqualTo(answer(TestModels.logits(engine).optArgument("weightsFile", file)));
        assertThat(files(cache.resolve("efficientzoo/repository")))
                .containsExactly(
                        "model/cv/image_classification/org/efficientzoo/mobilenet_v2/0.1.0/custom-best.safetensors",
                        "model/cv/image_classification/org/efficientzoo/mobilenet_v2/metadata.json");
    }

    @Test
    void knowsTheClassesAndThePreprocessingOfWhatItImported() throws Exception {
        Path classes =
                Files.writeString(work.resolve("classes"), "a\tAnt\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
        importing(
                checkpoint("w.pth"),
                "--tag",
                "mine",
                "--dataset",
                "insects",
                "--classes-file",
                classes,
                "--argument",
                "crop=64",
                "--argument",
                "mean=0.5,0.5,0.5");
        Criteria<NDList, NDList> criteria =
                tagged(Engines.PYTORCH, "mine").optFilter("dataset", "insects").build();
        try (ZooModel<NDList, NDList> model = EfficientModelZoo.load(criteria)) {
            EvaluationTransform transform = EfficientModelZoo.transform(model);
            assertThat(transform.cropHeight()).isEqualTo(64);
            assertThat(transform.mean()).containsExactly(0.5f, 0.5f, 0.5f);
            assertThat(EfficientModelZoo.classNames(model).names()).startsWith("Ant", "b");
            assertThat(EfficientModelZoo.classNames(model).folders()).startsWith("a", "b");
        }
    }

    @Test
    void takesOverWhatAFileSaysOfItself() throws Exception {
        Path file = work.resolve("w.safetensors");
        Map<String, String> card =
                Map.of(
                        "network",
                        "mobilenet_v2",
                        "width",
                        "0.25",
                        "classes",
                        "10",
                        "crop",
                        "64",
                        "license",
                        "CC0-1.0");
        try (Formula formula = small(11)) {
            new SafetensorsFileWriter(Precision.FLOAT32, card).write(formula, file);
        }
        assertThat(Shell.run("import", file, "--model", "mobilenet_v2").status()).isZero();
        try (ZooModel<NDList, NDList> model =
                EfficientModelZoo.load(tagged(Engines.PYTORCH, "w").build())) {
            assertThat(EfficientModelZoo.transform(model).cropWidth()).isEqualTo(64);
            assertThat(model.getProperty("license")).isEqualTo("CC0-1.0");
        }
        Shell.run("import", file, "--model", "squeezenet1_1")
                .failed(file + " is a checkpoint of mobilenet_v2, not of squeezenet1_1");
    }

    @Test
    void keepsTheStrideOfTheStem() throws Exception {
        assertThat(importing(checkpoint("w.pth"), "--tag", "cifar", "--stem-stride", "1").status())
                .isZero();
        try (ZooModel<NDList, NDList> model =
                EfficientModelZoo.load(tagged(Engines.PYTORCH, "cifar").build())) {
            assertThat(model.getProperty("stemStride")).isEqualTo("1");
            Complexity cost = Complexity.of(model.getBlock(), TestModels.INPUT);
            assertThat(cost.layers().get(0).output()).isEqualTo(new Shape(1, 8, 64, 64));
        }
        Criteria<NDList, NDList> published =
                tagged(Engines.PYTORCH, "cifar").optArgument("stemStride", "4").build();
        assertThatThrownBy(() -> EfficientModelZoo.load(published))
                .hasMessage("the weights cifar of mobilenet_v2 need stemStride 1, found 4");
    }

    @Test
    void takesNoFileOfOnesOwnForAPublishedOneWithAnotherStem() throws Exception {
        Path file = work.resolve("w.pth");
        EfficientBlock network =
                Networks.get("shufflenet_v2_x0_5").build(NetworkOptions.DEFAULT.withStemStride(1));
        try (Formula formula =
                new Formula(ParameterShapes.of(network, TestModels.INPUT), 11, List.of())) {
            new PyTorchFileWriter(Precision.FLOAT32).write(formula, file);
        }
        List<Object> line =
                List.of("import", file, "--model", "shufflenet_v2_x0_5", "--tag", "imagenet1k_v1");
        assertThat(Shell.run(line.toArray()).err())
                .contains("must have a SHA-256 that begins with f707e7126e");
        Stream<Object> small = Stream.concat(line.stream(), Stream.of("--stem-stride", "1"));
        assertThat(Shell.run(small.toArray()).err()).isEmpty();
    }

    @Test
    void isListed() throws IOException {
        importing(checkpoint("w.pth"), "--tag", "mine");
        JsonObject row =
                References.objects(Shell.run("list", "--json").json()).stream()
                        .filter(r -> r.get("name").getAsString().equals("mobilenet_v2"))
                        .findFirst()
                        .orElseThrow();
        List<JsonObject> weights = References.objects(row.get("weights"));
        JsonObject last = weights.get(weights.size() - 1);
        assertThat(last.get("tag").getAsString()).isEqualTo("mine");
        assertThat(last.get("local").getAsBoolean()).isTrue();
        assertThat(Shell.run("list").out())
                .containsPattern("custom +here +mine, width 0\\.25 \\(imported\\)");
    }

    @Test
    void replacesNothingUnlessItIsTold() throws Exception {
        importing(checkpoint("w.pth"), "--tag", "mine");
        Path other = work.resolve("other.pth");
        try (Formula formula = small(12)) {
            new PyTorchFileWriter(Precision.FLOAT32).write(formula, other);
        }
        float[] before = answer(tagged(Engines.PYTORCH, "mine"));
        importing(other, "--tag", "mine")
                .failed(
                        "mobilenet_v2 has weights mine already; choose another tag, or replace them (--force)");
        assertThat(answer(tagged(Engines.PYTORCH, "mine"))).isEqualTo(before);
        assertThat(importing(other, "--tag", "mine", "--force").status()).isZero();
        assertThat(answer(tagged(Engines.PYTORCH, "mine"))).isNotEqualTo(before);
        assertThat(importing(other, "--tag", "second").status()).isZero();
        assertThat(answer(tagged(Engines.PYTORCH, "second")))
                .isEqualTo(answer(tagged(Engines.PYTORCH, "mine")));
    }

    @Test
    void usesARepositoryOfOnesOwn() throws Exception {
        Path own = work.resolve("own");
        importing(checkpoint("w.pth"), "--tag", "mine", "--repository", own);
        assertThat(files(cache)).isEmpty();
        assertThat(files(own)).hasSize(2);
        folders.set("efficientzoo.repository", own.toString());
        assertThat(answer(tagged(Engines.PYTORCH, "mine"))).hasSize(10);
    }

    @Test
    void leavesNothingOfACheckpointThatDoesNotFit() throws IOException {
        Path file = checkpoint("w.pth");
        Result result = Shell.run("import", file, "--model", "squeezenet1_1");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err())
                .contains("do not fit squeezenet1_1")
                .endsWith("; it fits mobilenet_v2 of width 0.25 with 10 classes\n")
                .hasLineCount(1);
        assertThat(files(cache)).isEmpty();
    }

    @Test
    void leavesNoWeightsWhoseDocumentsHaveNoPlace() throws IOException {
        Path own = work.resolve("own");
        Path card = Files.writeString(work.resolve("card.md"), "a card");
        Path folder = own.resolve("model/cv/image_classification/org/efficientzoo/mobilenet_v2");
        Path taken = folder.resolve("0.1.0/custom-mine/card.md");
        Files.createDirectories(taken);
        Files.writeString(taken.resolve("something"), "in its place");
        Object[] options = {"--tag", "mine", "--repository", own, "--document", card};
        Result result = importing(checkpoint("w.pth"), options);
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains(taken.toString()).hasLineCount(1);
        assertThat(files(folder)).containsExactly("0.1.0/custom-mine/card.md/something");
    }

    @Test
    void takesNoOtherFileForPublishedOnes() throws IOException {
        Path file = checkpoint("w.pth");
        Shell.run("import", file, "--model", "mobilenet_v2", "--tag", "imagenet1k_v2")
                .failed(
                        "the weights imagenet1k_v2 of mobilenet_v2 must have a SHA-256 that begins"
                                + " with 7ebf99e0, found "
                                + Sha256.of(file)
                                + "; choose another tag for other weights");
        assertThat(files(cache)).isEmpty();
    }

    @Test
    void takesAPublishedFileThatWasFetchedByHand() throws Exception {
        Path file = work.resolve("model.safetensors");
        var shapes =
                ParameterShapes.of(Networks.get("shufflenet_v1_g3_x0_5").build(), TestModels.INPUT);
        try (Formula formula = new Formula(shapes, 3, List.of())) {
            TestModels.write(formula, file);
        }
        Result result =
                Shell.run("import", file, "--model", "shufflenet_v1_g3_x0_5", "--tag", "megvii");
        assertThat(result.status()).as(result.err()).isZero();
        Criteria<NDList, NDList> criteria =
                tagged(Engines.PYTORCH, "megvii").optArtifactId("shufflenet_v1_g3_x0_5").build();
        try (ZooModel<NDList, NDList> model = EfficientModelZoo.load(criteria)) {
            assertThat(model.getProperty("channelOrder")).isEqualTo("bgr");
        }
        assertThat(Shell.run("list").out()).containsPattern("57\\.300 +80\\.000 +here +megvii");
        // nobody publishes a hash that would tell whose file it is
        Object[] again = {"import", file, "--model", "shufflenet_v1_g3_x0_5", "--tag", "megvii"};
        Shell.run(again)
                .failed(
                        "shufflenet_v1_g3_x0_5 has weights megvii already; choose another tag, or"
                                + " replace them (--force)");
        List<Object> forced = new ArrayList<>(List.of(again));
        forced.add("--force");
        assertThat(Shell.run(forced.toArray()).status()).isZero();
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        Path file = checkpoint("w.pth");
        importing(work.resolve("missing.pth"))
                .failed("there is no such weights file: " + work.resolve("missing.pth"));
        importing(file, "--tag", "none")
                .failed(
                        "a tag must be letters, digits, '_', '.' and '-', and not none, found none");
        importing(file, "--tag", "a/b")
                .failed("a tag must be letters, digits, '_', '.' and '-', and not none, found a/b");
        importing(file, "--argument", "meen=0,0,0")
                .failed("unknown argument meen; did you mean mean?");
        Shell.run("import", file, "--model", "mobilenet_v3");
        assertThat(files(cache)).isEmpty();
    }
}
