package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.nio.file.Path;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.weights.Checkpoints;
import org.efficientzoo.zoo.weights.GivenTensors;
import org.efficientzoo.zoo.weights.TensorSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint of a run that diverged is not used without a word. */
class CheckpointValuesTest {

    private static final String VARIANCE = "features.0.1.running_var";
    private static final String WEIGHT = "classifier.1.weight";

    @TempDir private Path folder;
    @TempDir private Path cache;

    private TestFolders folders;

    @BeforeEach
    void useAnEmptyCache() {
        folders = new TestFolders(cache);
    }

    @AfterEach
    void restore() {
        folders.close();
    }

    private Path with(String tensor, int index, float value) throws IOException {
        Path sound = TestModels.weights(folder.resolve("sound.safetensors"), 3);
        try (TensorSource source = Checkpoints.open(sound);
                GivenTensors tensors = GivenTensors.of(source)) {
            tensors.values(tensor)[index] = value;
            return TestModels.write(tensors, folder.resolve("w.safetensors"));
        }
    }

    private static Criteria.Builder<NDList, NDList> criteria(String engine, Path weights) {
        return TestModels.logits(engine).optArgument("weightsFile", weights);
    }

    @ParameterizedTest
    @CsvSource({
        "classifier.1.weight, 0, NaN, finite",
        "classifier.1.weight, 8200, -Infinity, finite", // in the third block that is checked
        "features.0.1.bias, 7, Infinity, finite",
        "features.0.1.running_mean, 0, NaN, finite",
        "features.0.1.running_var, 0, Infinity, finite and 0 or more",
        "features.0.1.running_var, 7, -1.0E-6, finite and 0 or more"
    })
    void namesTheTensorThatNoSoundTrainingLeaves(String tensor, int index, float value, String rule)
            throws Exception {
        Path file = with(tensor, index, value);
        for (String engine : Engines.names()) {
            Criteria<NDList, NDList> criteria = criteria(engine, file).build();
            assertThatThrownBy(criteria::loadModel)
                    .isExactlyInstanceOf(MalformedModelException.class)
                    .hasMessage(
                            "%s cannot be used: the values of the tensor %s must be %s, found %s at %d; optArgument(\"force\", \"true\") uses it all the same"
                                    .formatted(file, tensor, rule, value, index));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "classifier.1.weight, -3e38",
        "features.0.1.running_var, 0",
        "features.0.1.running_var, -0.0"
    })
    void takesWhatIsUnusualButSound(String tensor, float value) throws Exception {
        try (ZooModel<NDList, NDList> model =
                criteria(Engines.PYTORCH, with(tensor, 0, value)).build().loadModel()) {
            assertThat(model.getBlock().isInitialized()).isTrue();
        }
    }

    @Test
    void takesAnyValuesThatAreForced() throws Exception {
        try (ZooModel<NDList, NDList> model =
                criteria(Engines.PYTORCH, with(WEIGHT, 0, Float.NaN))
                        .optArgument("force", "true")
                        .build()
                        .loadModel()) {
            assertThat(TestModels.answer(model)).contains(Float.NaN);
        }
    }

    @Test
    void asksForNoSoundValuesOfAClassifierThatIsFresh() throws Exception {
        try (ZooModel<NDList, NDList> model =
                criteria(Engines.PYTORCH, with(WEIGHT, 0, Float.NaN))
                        .optArgument("skipHead", "true")
                        .build()
                        .loadModel()) {
            assertThat(TestModels.answer(model)).doesNotContain(Float.NaN);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"OnnxRuntime"})
    void isAskedAgainWhereAForcedModelWasKept(String engine) throws Exception {
        Path file = with(VARIANCE, 0, -1e-6f);
        criteria(engine, file).optArgument("force", "true").build().loadModel().close();
        Criteria<NDList, NDList> criteria = criteria(engine, file).build();
        assertThatThrownBy(criteria::loadModel)
                .isExactlyInstanceOf(MalformedModelException.class)
                .hasMessageContaining(VARIANCE);
    }
}
