package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.reference.References;
import org.efficientzoo.zoo.network.DarkNet53;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that Darknet's own library has read and answered with; it lies beside the project. */
class DarknetReferenceTest {

    private static final Path FILE =
            Path.of(
                            System.getProperty("project.root"),
                            "../shared/reference/checkpoints/darknet53_narrow.weights")
                    .normalize();
    private static final JsonObject REFERENCE =
            References.json("checkpoints/darknet53_narrow.json");
    private static final Shape SHAPE = References.shape(REFERENCE.get("input_shape"));
    private static final long SALT = REFERENCE.get("salt").getAsLong();

    @BeforeAll
    static void needsTheFile() {
        if (!Files.isRegularFile(FILE)) {
            System.out.println("Skipped: the checkpoint is not there, " + FILE);
        }
        assumeThat(FILE).isRegularFile();
    }

    private static Block network() {
        return DarkNet53.builder().optWidth(1 / 8.0).optClasses(10).build();
    }

    @Test
    void readsTheTensorsThatWereWritten() throws Exception {
        Map<String, Shape> shapes =
                References.shapes(REFERENCE.get("tensors_in_file_order_of_layers"));
        assertThat(shapes).isNotEmpty();
        try (Formula formula = new Formula(shapes, SALT, References.scaleRules(REFERENCE));
                DarknetFile source = DarknetFile.open(FILE, network(), SHAPE)) {
            assertThat(source.tensors()).hasSameSizeAs(shapes);
            for (String name : shapes.keySet()) {
                assertThat(source.read(name)).as(name).isEqualTo(formula.read(name));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void givesTheLogitsOfTheReferenceAndOfDarknet(String engine) throws Exception {
        Block block = network();
        try (NDManager manager = Engines.manager(engine);
                DarknetFile source = DarknetFile.open(FILE, block, SHAPE)) {
            new StateDict(block, SHAPE, false).load(source, manager);
            NDArray x = manager.create(Formula.input(SHAPE, SALT), SHAPE);
            float[] found =
                    block.forward(new ParameterStore(manager, false), new NDList(x), false)
                            .singletonOrThrow()
                            .toFloatArray();

            double[] logits = References.doubles(REFERENCE.get("logits"));
            double[] darknets = References.doubles(REFERENCE.get("darknet_library_logits"));
            double mean = Arrays.stream(logits).average().orElseThrow();
            double std =
                    Math.sqrt(
                            Arrays.stream(logits)
                                    .map(v -> (v - mean) * (v - mean))
                                    .average()
                                    .orElseThrow());
            assertThat(found).hasSameSizeAs(logits);
            for (int i = 0; i < found.length; i++) { // the tolerances of the references
                assertThat(Math.abs(found[i] - logits[i]))
                        .as("logit %d", i)
                        .isLessThan(3e-5 * std + 3e-5 * Math.abs(logits[i]));
                assertThat(Math.abs(found[i] - darknets[i]))
                        .as("Darknet's logit %d", i)
                        .isLessThan(1e-3 * std);
            }
        }
    }
}
