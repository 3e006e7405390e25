package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.CheckpointFormat;
import org.efficientzoo.zoo.weights.Checkpoints;
import org.efficientzoo.zoo.weights.DjlFile;
import org.efficientzoo.zoo.weights.TensorSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What DJL's {@code model.save} writes of a network of the zoo. */
class DjlParametersTest {

    @TempDir private Path folder;

    /** The small network, saved by DJL. */
    private Path saved(String engine) throws Exception {
        Path weights = TestModels.weights(folder.resolve("w.safetensors"), 3);
        try (ZooModel<NDList, NDList> model =
                TestModels.logits(engine).optArgument("weightsFile", weights).build().loadModel()) {
            model.save(folder, "saved");
        }
        return folder.resolve("saved-0000.params");
    }

    private static float[] answer(String engine, Path weights) throws Exception {
        try (ZooModel<NDList, NDList> model =
                TestModels.logits(engine).optArgument("weightsFile", weights).build().loadModel()) {
            return TestModels.answer(model);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void isReadAsWeights(String engine) throws Exception {
        Path file = saved(engine);
        assertThat(CheckpointFormat.of(file)).isEqualTo(CheckpointFormat.DJL);
        assertThat(answer(engine, file))
                .isEqualTo(answer(engine, folder.resolve("w.safetensors")))
                .hasSize(TestModels.CLASSES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"squeezenet1_1", "shufflenet_v1_g3_x0_5", "shufflenet_v2_x0_5", "darknet19"})
    void givesEachParameterItsName(String name) throws Exception {
        NetworkOptions options = NetworkOptions.DEFAULT.withClasses(10);
        Path weights = TestModels.weights(folder.resolve("w.safetensors"), name, options, 5);
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optArtifactId("org.efficientzoo:" + name)
                        .optEngine(Engines.PYTORCH)
                        .optArgument("classes", "10")
                        .optArgument("weightsFile", weights)
                        .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            model.save(folder, "saved");
        }
        try (TensorSource expected = Checkpoints.open(weights);
                DjlFile found =
                        DjlFile.open(
                                folder.resolve("saved-0000.params"),
                                Networks.get(name).build(options))) {
            assertThat(found.tensors())
                    .containsExactlyInAnyOrderEntriesOf(expected.tensors())
                    .isNotEmpty();
            for (String tensor : expected.tensors().keySet()) {
                assertThat(found.read(tensor)).as(tensor).isEqualTo(expected.read(tensor));
            }
        }
    }

    @Test
    void saysWhatTheModelIs() throws Exception {
        Path file = saved(Engines.PYTORCH);
        assertThat(DjlFile.properties(file))
                .containsEntry("network", TestModels.NAME)
                .containsEntry("classes", "10")
                .containsEntry("crop", "64");
        Criteria<NDList, NDList> other =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optArtifactId("org.efficientzoo:squeezenet1_1")
                        .optEngine(Engines.PYTORCH)
                        .optArgument("weightsFile", file)
                        .build();
        assertThatThrownBy(other::loadModel)
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(file + " is a checkpoint of mobilenet_v2, not of squeezenet1_1");
        assertThatThrownBy(() -> Checkpoints.open(file))
                .hasMessage(file + " is a parameter file of DJL, which names no tensors");
    }

    @Test
    void refusesAnotherNetwork() throws Exception {
        Path file = saved(Engines.PYTORCH);
        assertThatThrownBy(() -> DjlFile.open(file, Networks.get("resnet50").build()))
                .hasMessage(
                        file
                                + " cannot be read as a parameter file of DJL: it must have the 267"
                                + " parameters of the network, found 262");
    }

    @ParameterizedTest
    @CsvSource({"0", "3", "6", "20", "300", "5000", "100000"})
    void refusesAFileThatWasCut(int length) throws Exception {
        byte[] whole = Files.readAllBytes(saved(Engines.PYTORCH));
        assertThat(whole.length).isGreaterThan(length);
        Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, length));
        assertThatThrownBy(
                        () ->
                                DjlFile.open(
                                        cut,
                                        Networks.get("mobilenet_v2").build(TestModels.OPTIONS)))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageStartingWith(cut + " cannot be read as a parameter file of DJL: ")
                .message()
                .hasLineCount(1);
    }
}
