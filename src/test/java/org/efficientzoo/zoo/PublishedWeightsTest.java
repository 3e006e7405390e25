package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.reference.Formula.ScaleRule;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.Interpolation;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.Precision;
import org.efficientzoo.zoo.weights.PyTorchFileWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Published weights are fetched once, checked, converted and kept. */
@Slow
class PublishedWeightsTest {

    private static final String V1 = "mobilenetv1_100.ra4_e3600_r224_in1k.safetensors";
    private static final Shape INPUT = new Shape(1, 3, 64, 64);

    @TempDir private Path served;
    @TempDir private Path cache;

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private TestFolders folders;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    String name = exchange.getRequestURI().getPath().substring(1);
                    requests.add(name);
                    Path file = served.resolve(name);
                    try (exchange) {
                        if (Files.exists(file)) {
                            exchange.sendResponseHeaders(200, Files.size(file));
                            try (OutputStream out = exchange.getResponseBody()) {
                                Files.copy(file, out);
                            }
                        } else {
                            exchange.sendResponseHeaders(404, -1);
                        }
                    }
                });
        server.start();
        folders =
                new TestFolders(cache)
                        .set(
                                "efficientzoo.mirror",
                                "http://127.0.0.1:" + server.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        folders.close();
        server.stop(0);
    }

    private static Formula formula(String name, NetworkOptions options) {
        return new Formula(
                ParameterShapes.of(Networks.get(name).build(options), INPUT),
                5,
                List.of(new ScaleRule(".conv.3.weight", 0.5)));
    }

    private Path serve(String name, String file) throws IOException {
        return TestModels.write(formula(name, NetworkOptions.DEFAULT), served.resolve(file));
    }

    private static Criteria.Builder<NDList, NDList> criteria(String name) {
        return Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optGroupId("org.efficientzoo")
                .optArtifactId(name)
                .optEngine(Engines.PYTORCH);
    }

    private static float[] logits(Criteria.Builder<NDList, NDList> criteria) throws Exception {
        try (ZooModel<NDList, NDList> model = EfficientModelZoo.load(criteria.build())) {
            return TestModels.answer(model, Formula.input(INPUT, 11), INPUT);
        }
    }

    private List<String> kept() throws IOException {
        try (Stream<Path> files = Files.walk(cache)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> cache.relativize(file).toString())
                    .toList();
        }
    }

    @Test
    void fetchesWhatIsAskedForTheFirstTime() throws Exception {
        Path file = serve("mobilenet_v1", V1);
        float[] expected = logits(criteria("mobilenet_v1").optArgument("weightsFile", file));
        assertThat(requests).isEmpty();
        assertThat(logits(criteria("mobilenet_v1"))).isEqualTo(expected);
        assertThat(requests).containsExactly(V1);
        assertThat(kept())
                .containsExactlyInAnyOrder(
                        "efficientzoo/published/" + V1, "efficientzoo/published/" + V1 + ".sha256");
        assertThat(logits(criteria("mobilenet_v1"))).isEqualTo(expected);
        assertThat(logits(criteria("mobilenet_v1").optEngine(Engines.MXNET))).hasSize(1000);
        assertThat(requests).as("requests of four look-ups").hasSize(1);
        Path kept = cache.resolve("efficientzoo/published/" + V1);
        byte[] bytes = Files.readAllBytes(kept);
        bytes[bytes.length - 1] ^= 1;
        Files.write(kept, bytes);
        assertThatThrownBy(() -> logits(criteria("mobilenet_v1")))
                .hasMessageStartingWith(kept + " must have the SHA-256 ");
    }

    @Test
    void needsNoServerOnceItIsThere() throws Exception {
        serve("mobilenet_v1", V1);
        float[] expected = logits(criteria("mobilenet_v1"));
        folders.set("efficientzoo.offline", "true");
        assertThat(logits(criteria("mobilenet_v1"))).isEqualTo(expected);
    }

    @Test
    void readsAMirrorThatIsAFolder() throws Exception {
        serve("mobilenet_v1", V1);
        folders.set("efficientzoo.offline", "true");
        folders.set("efficientzoo.mirror", served.toUri().toString());
        assertThat(logits(criteria("mobilenet_v1"))).hasSize(1000);
        assertThat(requests).isEmpty();
    }

    @Test
    void saysWhatToDoByHandWhereNothingMayBeFetched() {
        folders.set("efficientzoo.offline", "true");
        assertThatThrownBy(() -> logits(criteria("resnet50").optFilter("weights", "imagenet1k_v1")))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "resnet50-0676ba61.pth is not in "
                                + cache.resolve("efficientzoo/published")
                                + ", and nothing is fetched offline; download"
                                + " https://download.pytorch.org/models/resnet50-0676ba61.pth by"
                                + " hand, then run: efficient-zoo import FILE --model resnet50 --tag"
                                + " imagenet1k_v1");
    }

    @Test
    void saysWhatToDoByHandWhereTheServerLacksTheFile() throws IOException {
        assertThatThrownBy(() -> logits(criteria("squeezenet1_1")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot fetch squeezenet1_1-b8a52dc0.pth from http://127.")
                .hasMessageContaining("404")
                .hasMessageEndingWith(
                        "download https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth by"
                                + " hand, then run: efficient-zoo import FILE --model squeezenet1_1"
                                + " --tag imagenet1k_v1");
        assertThat(kept()).isEmpty();
    }

    @Test
    void keepsNothingWithAnotherHash() throws IOException {
        serve("squeezenet1_1", "squeezenet1_1-b8a52dc0.pth");
        assertThatThrownBy(() -> logits(criteria("squeezenet1_1")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected SHA-256 b8a52dc0, found ");
        assertThat(kept()).isEmpty();
    }

    @Test
    void keepsNothingThatIsNoCheckpointOfTheNetwork() throws IOException {
        serve("squeezenet1_1", V1);
        assertThatThrownBy(() -> logits(criteria("mobilenet_v1")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("do not fit mobilenet_v1")
                .hasMessageEndingWith("; it fits squeezenet1_1 with 1000 classes");
        assertThat(kept()).isEmpty();
        Files.writeString(served.resolve(V1), "<!DOCTYPE html><html>log in</html>");
        assertThatThrownBy(() -> logits(criteria("mobilenet_v1")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("it is an HTML page");
        assertThat(kept()).isEmpty();
    }

    @Test
    void checksTheHashOfTheWholeFileAndConvertsIt() throws Exception {
        Path file = served.resolve("squeezenet1_1-published.pth");
        try (Formula formula = formula("squeezenet1_1", NetworkOptions.DEFAULT)) {
            new PyTorchFileWriter(Precision.FLOAT32).write(formula, file);
        }
        var network = Networks.get("squeezenet1_1");
        String address = System.getProperty("efficientzoo.mirror") + "/" + file.getFileName();
        System.clearProperty("efficientzoo.mirror");
        Weights weights = TestWeights.published(network, address, file);
        Path converted =
                PublishedFiles.path(
                        network, weights, org.efficientzoo.zoo.download.DownloadListener.NONE);
        assertThat(converted.getFileName()).hasToString("squeezenet1_1-published.safetensors");
        assertThat(logits(criteria("squeezenet1_1").optArgument("weightsFile", converted)))
                .isEqualTo(logits(criteria("squeezenet1_1").optArgument("weightsFile", file)));
        assertThat(requests).hasSize(1);
        assertThat(kept()).hasSize(2);
    }

    @Test
    void bringsThePreprocessingAndTheStructureOfTheWeights() throws Exception {
        NetworkOptions half = NetworkOptions.DEFAULT.withWidth(0.5);
        TestModels.write(
                formula("mobilenet_v2", half),
                served.resolve("mobilenetv2_050.lamb_in1k.safetensors"));
        serve("darknet53", "darknet53.c2ns_in1k.safetensors");
        var lamb = criteria("mobilenet_v2").optFilter("weights", "lamb_in1k").build();
        try (ZooModel<NDList, NDList> model = EfficientModelZoo.load(lamb)) {
            EvaluationTransform transform = EfficientModelZoo.transform(model);
            assertThat(transform.interpolation()).isEqualTo(Interpolation.BICUBIC);
            assertThat(model.getProperty("width")).isEqualTo("0.5");
            assertThat(model.getProperty("weights")).isEqualTo("lamb_in1k");
            assertThat(model.getProperty("license")).isEqualTo("Apache-2.0");
            assertThat(model.getProperty("source"))
                    .isEqualTo(
                            "https://huggingface.co/timm/mobilenetv2_050.lamb_in1k/resolve/main/model.safetensors");
        }
        try (ZooModel<NDList, NDList> model =
                EfficientModelZoo.load(criteria("darknet53").build())) {
            assertThat(model.getProperty("weights")).isEqualTo("c2ns_in1k");
            assertThat(model.getProperty("leakySlope")).isEqualTo("0.01");
        }
    }

    @Test
    void tellsDjlWhetherTheWeightsAreThere() throws Exception {
        serve("mobilenet_v1", V1);
        Criteria<NDList, NDList> criteria = criteria("mobilenet_v1").build();
        assertThat(criteria.isDownloaded()).isFalse();
        criteria.downloadModel();
        assertThat(criteria.isDownloaded()).isTrue();
        assertThat(requests).hasSize(1);
        assertThat(criteria("mobilenet_v1").optFilter("weights", "none").build().isDownloaded())
                .isTrue();
    }

    @Test
    void sendsAUserToThePageOfWeightsThatNobodyMayFetch() {
        var criteria = criteria("shufflenet_v1_g3_x1_0").optFilter("weights", "megvii").build();
        assertThatThrownBy(() -> EfficientModelZoo.load(criteria))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessage(
                        "the weights megvii of shufflenet_v1_g3_x1_0 must be downloaded by hand from"
                                + " https://github.com/megvii-model/ShuffleNet-Series/tree/master/ShuffleNetV1;"
                                + " then 'efficient-zoo import FILE --model shufflenet_v1_g3_x1_0"
                                + " --tag megvii' takes the file");
    }
}
