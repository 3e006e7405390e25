package org.efficientzoo.zoo.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl;
import java.nio.file.Path;
import org.efficientzoo.Slow;
import org.efficientzoo.zoo.file.Sha256;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The exporter writes the same bytes as when the number in {@code OnnxCache} was last raised, for a
 * network of each family. Its arithmetic is Java's, which is the same on all machines.
 */
@Slow
class OnnxBytesTest {

    private static final Shape INPUT = new Shape(1, 3, 64, 64);

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "squeezenet1_0, 45959482c48ab81e",
        "mobilenet_v1, be52865c2a9ff411",
        "mobilenet_v2, 2c56c249cd5eaf54",
        "shufflenet_v1_g3_x0_5, 103be845154b8fee",
        "shufflenet_v2_x0_5, 981a5f51a363d18f",
        "resnet50, b9cd5fba8f3e18e9",
        "resnext50_32x4d, b6bdf3998333cc0d",
        "darknet19, 10dc45513d5e4e9a",
        "darknet53, c3d9d7617fb3c69a"
    })
    void otherBytesNeedAnotherNumberInTheCache(String name, String hash) throws Exception {
        OnnxOptions options = OnnxOptions.DEFAULT.withDynamicSize(true).withVerify(false);
        Path file = folder.resolve("net.onnx");
        try (OnnxNetworks net = new OnnxNetworks(name, INPUT)) {
            OnnxExporter.export(net.network(), INPUT, options, OnnxMetadata.of("net"), file);
        }
        OnnxMl.ModelProto model = OnnxFiles.read(file).toBuilder().clearProducerVersion().build();
        assertThat(Sha256.of(model.toByteArray()))
                .as(
                        "the hash of an exported network: files that were kept would go on in use,"
                                + " so raise OnnxCache.EXPORTER, then put the new hash here")
                .startsWith(hash);
    }
}
