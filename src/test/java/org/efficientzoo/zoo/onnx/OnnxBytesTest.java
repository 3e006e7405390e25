package org.efficientzoo.zoo.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl;
import java.nio.file.Path;
import org.efficientzoo.zoo.weights.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The exporter writes the same bytes as when the number in {@code OnnxCache} was last raised. Its
 * arithmetic is Java's, which is the same on all machines.
 */
class OnnxBytesTest {

    private static final Shape INPUT = new Shape(1, 3, 32, 32);
    private static final String HASH =
            "981a5f51a363d18f60c2efb94cf39b06f8137e1c9a4db3f7836e23241d4d4926";

    @TempDir private Path folder;

    @Test
    void otherBytesNeedAnotherNumberInTheCache() throws Exception {
        OnnxOptions options = OnnxOptions.DEFAULT.withDynamicSize(true).withVerify(false);
        Path file = folder.resolve("net.onnx");
        try (OnnxNetworks net = new OnnxNetworks("shufflenet_v2_x0_5", INPUT)) {
            OnnxExporter.export(net.network(), INPUT, options, OnnxMetadata.of("net"), file);
        }
        OnnxMl.ModelProto model = OnnxFiles.read(file).toBuilder().clearProducerVersion().build();
        assertThat(Sha256.of(model.toByteArray()))
                .as(
                        "the hash of an exported network: files that were kept would go on in use,"
                                + " so raise OnnxCache.EXPORTER, then put the new hash here")
                .isEqualTo(HASH);
    }
}
