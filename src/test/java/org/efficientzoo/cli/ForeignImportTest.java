package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.efficientzoo.cli.Shell.Result;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.TestModels;
import org.efficientzoo.zoo.weights.GivenTensors;
import org.efficientzoo.zoo.weights.Precision;
import org.efficientzoo.zoo.weights.RenamedSource;
import org.efficientzoo.zoo.weights.SafetensorsFileWriter;
import org.junit.jupiter.api.Test;

/** Checkpoints of other programs, and what the import says of them. */
class ForeignImportTest extends ImportTests {

    /** The small network under other names. */
    private Path prefixed(String prefix, String suffix) throws IOException {
        Path file = work.resolve("prefixed.safetensors");
        try (Formula formula = small(11);
                RenamedSource renamed = new RenamedSource(formula, name -> prefix + name)) {
            GivenTensors all = GivenTensors.of(renamed);
            all.with(suffix, DataType.FLOAT32, new Shape(1), 1);
            TestModels.write(all, file);
        }
        return file;
    }

    @Test
    void saysWhichPrefixItRemovedAndWhatItLeftOut() throws Exception {
        Path file = prefixed("model.", "criterion.weight");
        String removed = "the prefix model. is removed from the names of its tensors";
        String left =
                "1 of its tensors are left out, which are not of the network: criterion.weight";
        assertThat(importing(file).out()).contains("note    " + removed, "note    " + left);
        JsonObject document = importing(file, "--tag", "again", "--json").json().getAsJsonObject();
        assertThat(document.getAsJsonArray("notes"))
                .extracting(JsonElement::getAsString)
                .containsExactly(removed, left);
        assertThat(answer(tagged(Engines.PYTORCH, "again")))
                .isEqualTo(
                        answer(
                                TestModels.logits(Engines.PYTORCH)
                                        .optArgument("weightsFile", checkpoint("w.pth"))));
    }

    @Test
    void importsBadValuesOnlyByForce() throws Exception {
        Path file = work.resolve("bad.safetensors");
        try (Formula formula = small(11);
                GivenTensors tensors = GivenTensors.of(formula)) {
            tensors.values("features.0.1.running_var")[2] = -0.5f;
            TestModels.write(tensors, file);
        }
        String bad =
                "the values of the tensor features.0.1.running_var must be finite and 0 or more,"
                        + " found -0.5 at 2";
        importing(file)
                .failed(
                        "%s cannot be imported: %s; --force imports it all the same"
                                .formatted(file, bad));
        assertThat(files(cache)).isEmpty();
        assertThat(importing(file, "--force").out()).contains("note    " + bad);
        assertThat(answer(tagged(Engines.PYTORCH, "bad"))).hasSize(10);
        importing(checkpoint("sound.pth"), "--tag", "sound", "--force");
        try (ZooModel<NDList, NDList> model =
                EfficientModelZoo.load(tagged(Engines.PYTORCH, "sound").build())) {
            assertThat(model.getProperty("force")).isNull();
        }
    }

    @Test
    void importsWithAFreshClassifier() throws Exception {
        Path file = work.resolve("body.safetensors");
        try (Formula formula = small(11);
                GivenTensors all = GivenTensors.of(formula)) {
            GivenTensors body = new GivenTensors();
            all.tensors()
                    .forEach(
                            (name, info) -> {
                                if (!name.startsWith("classifier")) {
                                    body.with(
                                            name, info.dataType(), info.shape(), all.values(name));
                                }
                            });
            TestModels.write(body, file);
        }
        assertThat(importing(file).err())
                .endsWith(
                        "; all but the classifier fits: ask for a fresh one (--fresh-head of import"
                                + " and train, or optArgument(\"skipHead\", \"true\"))"
                                + System.lineSeparator());
        importing(file, "--fresh-head")
                .failed(
                        "a fresh classifier needs its number of classes (--classes-file FILE or"
                                + " --argument classes=N)");
        Result result = importing(file, "--fresh-head", "--argument", "classes=7");
        assertThat(result.out()).contains("note    the classifier is fresh, to be trained");
        Criteria<NDList, NDList> criteria =
                tagged(Engines.PYTORCH, "body").optFilter("dataset", "custom").build();
        try (ZooModel<NDList, NDList> model = EfficientModelZoo.load(criteria)) {
            assertThat(TestModels.answer(model)).hasSize(7).doesNotContain(Float.NaN);
            assertThat(model.getProperty("skipHead")).isNull();
        }
    }

    @Test
    void showsTheNamesOfACheckpointAsTheyAre() throws Exception {
        Path file = work.resolve("w.safetensors");
        String names =
                IntStream.range(0, 10)
                        .mapToObj(i -> "\"" + i + " door car\"")
                        .collect(Collectors.joining(",", "[", "]"));
        Map<String, String> card =
                Map.of("network", "mobilenet_v2", "classes", "10", "classNames", names);
        try (Formula formula = small(11)) {
            new SafetensorsFileWriter(Precision.FLOAT32, card).write(formula, file);
        }
        importing(file);
        List<Criteria.Builder<NDList, NDList>> lookUps =
                List.of(
                        tagged(Engines.PYTORCH, "w"),
                        TestModels.logits(Engines.PYTORCH).optArgument("weightsFile", file));
        for (Criteria.Builder<NDList, NDList> lookUp : lookUps) {
            try (ZooModel<NDList, NDList> model = EfficientModelZoo.load(lookUp.build())) {
                assertThat(EfficientModelZoo.classNames(model).names())
                        .startsWith("0 door car", "1 door car");
            }
        }
    }
}
