package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import com.google.gson.JsonObject;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.efficientzoo.Slow;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.Weights;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The CIFAR-10 weights that ship, on the data set's 10,000 test images, where they lie beside the
 * project, and on ten pictures drawn by a script anywhere.
 */
@Slow
class CifarWeightsTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root")).normalize();
    private static final Path IMAGES = ROOT.resolve("../shared/data/cifar10.tar.gz").normalize();
    private static final Path PICTURES = ROOT.resolve("src/test/resources/cifar10");

    @TempDir private static Path folder;

    static List<Weights> shipped() {
        return Networks.all().stream()
                .flatMap(network -> Weights.of(network).stream())
                .filter(weights -> weights.isShipped() && weights.dataset().equals("cifar10"))
                .toList();
    }

    @Test
    void areOfThreeFamiliesAndGoodOnes() {
        assertThat(shipped().stream().map(w -> Networks.get(w.network()).family()).distinct())
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(shipped())
                .allSatisfy(w -> assertThat(w.facts().top1().orElseThrow()).isGreaterThan(86))
                .anySatisfy(
                        w -> assertThat(w.facts().top1().orElseThrow()).isGreaterThanOrEqualTo(90));
    }

    /** The drawn pictures by their class. */
    private static List<Path> pictures() throws IOException {
        try (Stream<Path> files = Files.list(PICTURES)) {
            List<Path> pictures =
                    files.filter(file -> file.toString().endsWith(".png")).sorted().toList();
            assertThat(pictures).hasSize(10);
            return pictures;
        }
    }

    /** Simple drawings are no photos: one of ten may be taken for something else. */
    @ParameterizedTest
    @ValueSource(strings = {Engines.PYTORCH, Engines.MXNET})
    void knowDrawnPictures(String engine) throws Exception {
        List<Weights> all = shipped();
        assertThat(all).isNotEmpty();
        for (Weights weights : all) {
            List<String> wrong = new ArrayList<>();
            try (ZooModel<Path, Classifications> model = load(weights, engine);
                    Predictor<Path, Classifications> predictor = model.newPredictor()) {
                for (Path picture : pictures()) {
                    String best = predictor.predict(picture).best().getClassName();
                    if (!picture.endsWith(best + ".png")) {
                        wrong.add(picture.getFileName() + " is no " + best);
                    }
                }
            }
            assertThat(wrong).as("%s on %s", weights.network(), engine).hasSizeLessThan(2);
        }
    }

    private static ZooModel<Path, Classifications> load(Weights weights, String engine)
            throws Exception {
        return Criteria.builder()
                .setTypes(Path.class, Classifications.class)
                .optArtifactId("org.efficientzoo:" + weights.network())
                .optFilter("dataset", "cifar10")
                .optFilter("weights", weights.tag())
                .optEngine(engine)
                .build()
                .loadModel();
    }

    /** The test images, unpacked once. */
    private static synchronized Path images() throws IOException {
        Path unpacked = folder.resolve("test");
        if (Files.exists(unpacked)) {
            return unpacked;
        }
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(
                        new GzipCompressorInputStream(
                                new BufferedInputStream(Files.newInputStream(IMAGES))))) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                Path file = folder.resolve(entry.getName()).normalize();
                if (entry.isFile() && file.startsWith(unpacked)) {
                    Files.createDirectories(file.getParent());
                    Files.copy(tar, file);
                }
            }
        }
        return unpacked;
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void reachTheirTop1OnTheTestImages(Weights weights) throws IOException {
        if (!Files.isRegularFile(IMAGES)) {
            System.out.println("Skipped: there are no images, " + IMAGES);
            Assumptions.abort("there are no images");
        }
        JsonObject document =
                Shell.run(
                                "evaluate",
                                images(),
                                "--model",
                                weights.network(),
                                "--dataset",
                                "cifar10",
                                "--weights",
                                weights.tag(),
                                "--json")
                        .json()
                        .getAsJsonObject();
        assertThat(document.get("images").getAsInt()).isEqualTo(10_000);
        double image = 1e-4; // rounding may turn one that lies between two classes
        assertThat(document.get("top1").getAsDouble())
                .isCloseTo(weights.facts().top1().orElseThrow() / 100, within(2.5 * image));
        assertThat(document.get("top5").getAsDouble())
                .isCloseTo(weights.facts().top5().orElseThrow() / 100, within(2.5 * image));
        assertThat(document.getAsJsonObject("published").get("top1").getAsDouble())
                .isEqualTo(weights.facts().top1().orElseThrow() / 100, within(1e-9));
    }
}
