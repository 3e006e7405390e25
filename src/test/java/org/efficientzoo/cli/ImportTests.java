package org.efficientzoo.cli;

import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.cli.Shell.Result;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.TestFolders;
import org.efficientzoo.zoo.TestModels;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.Precision;
import org.efficientzoo.zoo.weights.PyTorchFileWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the tests of {@code import} share: a checkpoint of a small network, and a cache of their
 * own.
 */
abstract class ImportTests {

    @TempDir Path work;
    @TempDir Path cache;

    TestFolders folders;

    @BeforeEach
    void useAnEmptyCache() {
        folders = new TestFolders(cache);
    }

    @AfterEach
    void restore() {
        folders.close();
    }

    /** A checkpoint of the small network, as a training script of PyTorch leaves it. */
    Path checkpoint(String name) throws IOException {
        Path file = work.resolve(name);
        try (Formula formula = small(11)) {
            new PyTorchFileWriter(Precision.FLOAT32).write(formula, file);
        }
        return file;
    }

    static Formula small(long salt) {
        return new Formula(
                ParameterShapes.of(
                        Networks.get(TestModels.NAME).build(TestModels.OPTIONS), TestModels.INPUT),
                salt,
                List.of(new Formula.ScaleRule(".conv.3.weight", 0.5)));
    }

    static Result importing(Path file, Object... options) {
        List<Object> all = new ArrayList<>(List.of("import", file, "--model", TestModels.NAME));
        all.addAll(List.of("--width", "0.25"));
        all.addAll(List.of(options));
        return Shell.run(all.toArray());
    }

    static float[] answer(Criteria.Builder<NDList, NDList> criteria) throws Exception {
        try (ZooModel<NDList, NDList> model = EfficientModelZoo.load(criteria.build())) {
            return TestModels.answer(model);
        }
    }

    static Criteria.Builder<NDList, NDList> tagged(String engine, String tag) {
        return Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optGroupId("org.efficientzoo")
                .optArtifactId(TestModels.NAME)
                .optEngine(engine)
                .optFilter("weights", tag);
    }

    static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .filter(name -> !name.endsWith(".lock"))
                    .sorted()
                    .toList();
        }
    }
}
