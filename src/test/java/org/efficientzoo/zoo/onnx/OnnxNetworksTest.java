package org.efficientzoo.zoo.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.Slow;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOptions;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every network of the registry as an ONNX file. */
@Slow
class OnnxNetworksTest {

    private static final Shape SMALL = new Shape(1, 3, 64, 64);
    private static final Shape ODD = new Shape(5, 3, 75, 97);
    private static final OnnxOptions UNVERIFIED = OnnxOptions.DEFAULT.withVerify(false);

    @TempDir private Path folder;

    static List<String> names() {
        return Networks.all().stream().map(NetworkEntry::name).toList();
    }

    @Test
    void coversTheRegistry() {
        assertThat(names()).hasSize(40);
    }

    /** With -Defficientzoo.onnx.keep=FOLDER the files stay there, for check_onnx.py. */
    private Path file(String name) {
        return Optional.ofNullable(System.getProperty("efficientzoo.onnx.keep"))
                .map(Path::of)
                .orElse(folder)
                .resolve(name + ".onnx");
    }

    @ParameterizedTest
    @MethodSource("names")
    void computesInOnnxRuntimeWhatTheNetworkComputes(String name) throws Exception {
        try (OnnxNetworks net = new OnnxNetworks(name, SMALL)) {
            OnnxExport export =
                    OnnxExporter.export(
                            net.network(),
                            SMALL,
                            UNVERIFIED.withDynamicSize(true),
                            OnnxMetadata.of(name),
                            file(name));
            for (Shape shape : List.of(SMALL, ODD)) {
                float[] found = OnnxFiles.run(export.path(), OnnxNetworks.x(shape), shape);
                assertThat(OnnxFiles.difference(net.logits(shape), found))
                        .as("difference at %s in standard deviations", shape)
                        .isLessThan(OnnxExporter.TOLERANCE);
            }
            checkTidiness(OnnxFiles.read(export.path()).getGraph(), net);
        }
    }

    @Test
    void computesSmallImagesWithoutTheFirstHalvings() throws Exception {
        Shape small = new Shape(2, 3, 32, 32);
        NetworkOptions options =
                NetworkOptions.DEFAULT.withClasses(OnnxNetworks.CLASSES).withStemStride(1);
        String name = "shufflenet_v2_x0_5";
        try (OnnxNetworks net = new OnnxNetworks(name, options, small)) {
            OnnxExport export =
                    OnnxExporter.export(
                            net.network(),
                            small,
                            UNVERIFIED,
                            OnnxMetadata.of(name),
                            folder.resolve("small.onnx"));
            float[] found = OnnxFiles.run(export.path(), OnnxNetworks.x(small), small);
            assertThat(OnnxFiles.difference(net.logits(small), found))
                    .isLessThan(OnnxExporter.TOLERANCE);
        }
    }

    private static void checkTidiness(OnnxMl.GraphProto graph, OnnxNetworks net) {
        List<String> operators =
                graph.getNodeList().stream().map(OnnxMl.NodeProto::getOpType).toList();
        assertThat(operators)
                .isNotEmpty()
                .doesNotContain("Identity", "Shape", "BatchNormalization", "Dropout", "Constant");
        assertThat(graph.getNodeList())
                .extracting(OnnxMl.NodeProto::getName)
                .doesNotHaveDuplicates()
                .allMatch(name -> !name.isBlank());
        assertThat(graph.getInitializerList())
                .extracting(OnnxMl.TensorProto::getName)
                .doesNotHaveDuplicates();
        List<String> kernels =
                BlockNames.parameters(net.network()).entrySet().stream()
                        .filter(entry -> entry.getValue().getType() == Parameter.Type.WEIGHT)
                        .map(Map.Entry::getKey)
                        .toList();
        assertThat(graph.getInitializerList())
                .extracting(OnnxMl.TensorProto::getName)
                .filteredOn(name -> name.endsWith(".weight"))
                .containsExactlyInAnyOrderElementsOf(kernels);
    }

    @ParameterizedTest
    @ValueSource(strings = {"squeezenet1_0", "shufflenet_v1_g3_x1_0", "shufflenet_v2_x0_5"})
    void hasTheSizesOfItsInputBuiltInUnlessAskedOtherwise(String name) throws Exception {
        try (OnnxNetworks net = new OnnxNetworks(name, SMALL)) {
            Path fixed = folder.resolve("fixed.onnx");
            OnnxMetadata metadata = OnnxMetadata.of(name);
            OnnxExporter.export(net.network(), SMALL, UNVERIFIED, metadata, fixed);
            Shape batch = new Shape(5, 3, 64, 64);
            assertComputes(net, fixed, batch);
            Shape larger = new Shape(2, 3, 96, 80);
            assertThatThrownBy(() -> OnnxFiles.run(fixed, OnnxNetworks.x(larger), larger))
                    .isInstanceOf(OrtException.class)
                    .hasMessageContaining("invalid dimensions");
            Path free = folder.resolve("free.onnx");
            OnnxOptions options = UNVERIFIED.withDynamicSize(true);
            OnnxExporter.export(net.network(), SMALL, options, metadata, free);
            assertComputes(net, free, batch);
            assertComputes(net, free, larger);
        }
    }

    private static void assertComputes(OnnxNetworks net, Path file, Shape shape) throws Exception {
        float[] found = OnnxFiles.run(file, OnnxNetworks.x(shape), shape);
        assertThat(OnnxFiles.difference(net.logits(shape), found))
                .isLessThan(OnnxExporter.TOLERANCE);
    }
}
