package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import com.google.gson.Gson;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of {@code models/} are those that its metadata names, byte for byte. */
class ShippedFilesTest {

    private static final Path MODELS =
            Path.of(System.getProperty("project.root"), "models").normalize();

    @TempDir private Path folder;

    /** What is wrong with a tree of models. */
    private static List<String> problems(Path models) throws IOException {
        List<String> problems = new ArrayList<>();
        TreeSet<Path> unnamed = new TreeSet<>();
        List<Path> all;
        try (Stream<Path> files = Files.walk(models)) {
            all = files.filter(Files::isRegularFile).filter(f -> !f.endsWith(".lock")).toList();
        }
        unnamed.addAll(all);
        unnamed.removeIf(file -> file.startsWith(models.resolve("classes")));
        for (Path file : all) {
            if (!file.endsWith("metadata.json")) {
                continue;
            }
            unnamed.remove(file);
            for (ArtifactRow row : rows(file)) {
                for (ArtifactRow.Item item : row.files().values()) {
                    Path named = file.resolveSibling(item.uri());
                    unnamed.remove(named);
                    if (!item.uri().startsWith(row.version() + "/")) {
                        problems.add(named + " is not in the folder of its version");
                    }
                    if (!Files.isRegularFile(named)) {
                        problems.add(named + " is missing");
                    } else if (Files.size(named) != item.size()
                            || !Sha256.of(named).equals(item.sha256())) {
                        problems.add(named + " is another file");
                    }
                }
            }
        }
        unnamed.forEach(file -> problems.add(file + " is in no metadata"));
        return problems;
    }

    private static List<ArtifactRow> rows(Path metadata) throws IOException {
        try (Reader reader = Files.newBufferedReader(metadata)) {
            return new Gson().fromJson(reader, ArtifactRow.Metadata.class).artifacts();
        }
    }

    @Test
    void areTheOnesThatTheMetadataNames() throws IOException {
        assertThat(problems(MODELS)).isEmpty();
    }

    @Test
    void wouldBeMissedOrFoundOtherwise() throws Exception {
        try (ShippedTree tree = ShippedTree.of(folder)) {
            Path values = tree.ship("good", 1, 80).path();
            assertThat(problems(tree.models())).isEmpty();
            Path note = Files.writeString(values.resolveSibling("note.txt"), "new");
            assertThat(problems(tree.models())).containsExactly(note + " is in no metadata");
            Files.delete(note);
            Path card = values.resolveSibling("cifar10-good").resolve("card.md");
            Files.writeString(card, "# Good\n");
            assertThat(problems(tree.models())).containsExactly(card + " is another file");
            Files.delete(card);
            assertThat(problems(tree.models())).containsExactly(card + " is missing");
        }
    }

    /** Every set of weights that ships, and one that a test ships so that there is one. */
    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void fillTheirNetworks(String engine) throws Exception {
        try (ShippedTree tree = ShippedTree.of(folder)) {
            tree.ship("good", 1, 80);
            assertThat(shipped(Networks.get(TestModels.NAME), tree.repository())).hasSize(1);
            for (var repository : List.of(tree.repository(), new ClassPathRepository())) {
                for (NetworkEntry network : Networks.all()) {
                    for (Weights weights : shipped(network, repository)) {
                        fills(weights, engine, repository);
                    }
                }
            }
        }
    }

    private static List<Weights> shipped(NetworkEntry network, ClassPathRepository repository) {
        return Weights.of(network, repository).stream().filter(Weights::isShipped).toList();
    }

    private static void fills(Weights weights, String engine, ClassPathRepository repository)
            throws Exception {
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optModelZoo(new EfficientModelZoo(repository))
                        .optArtifactId(weights.network())
                        .optFilters(weights.properties())
                        .optEngine(engine)
                        .build();
        try (ZooModel<NDList, NDList> model = criteria.loadModel()) {
            Shape input = ModelArguments.of(model.getProperties()).input();
            float[] logits = TestModels.answer(model, Formula.input(input, 11), input);
            Optional<ClassNames> names = ClassNames.ofDataset(weights.dataset());
            assertThat(names).as("classes of %s", weights).isPresent();
            assertThat(logits).as(weights.toString()).hasSize(names.get().size());
            assertThat(logits).doesNotContain(Float.NaN).doesNotHaveDuplicates();
            assertThat(EfficientModelZoo.classNames(model)).isEqualTo(names.get());
            assertThat(weights.facts().license()).as("licence of %s", weights).isPresent();
            assertThat(weights.facts().top1()).as("Top-1 of %s", weights).isPresent();
        }
    }
}
