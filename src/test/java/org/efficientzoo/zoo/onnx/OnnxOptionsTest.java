package org.efficientzoo.zoo.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each option of the exporter does. */
class OnnxOptionsTest {

    private static final Shape INPUT = new Shape(2, 3, 64, 64);
    private static final OnnxOptions DEFAULT = OnnxOptions.DEFAULT.withVerify(false);

    private static OnnxNetworks shuffle;

    @TempDir private Path folder;

    @BeforeAll
    static void build() throws Exception {
        shuffle = new OnnxNetworks("shufflenet_v2_x1_0", INPUT);
    }

    @AfterAll
    static void release() {
        shuffle.close();
    }

    private OnnxExport export(OnnxOptions options) throws Exception {
        OnnxMetadata metadata =
                OnnxMetadata.of("net").withTransform(EvaluationTransform.imagenet());
        Path file = folder.resolve("net.onnx");
        return OnnxExporter.export(shuffle.network(), INPUT, options, metadata, file);
    }

    private static double difference(OnnxExport export) throws Exception {
        float[] found = OnnxFiles.run(export.path(), OnnxNetworks.x(INPUT), INPUT);
        return OnnxFiles.difference(shuffle.logits(INPUT), found);
    }

    @Test
    void reorderedChannelsNeedNoShuffle() throws Exception {
        OnnxExport export = export(DEFAULT);
        assertThat(OnnxFiles.operators(export.path()))
                .contains("Concat", "Slice")
                .doesNotContain("Transpose", "Reshape", "Gather");
        assertThat(difference(export)).isLessThan(1e-5);
    }

    @Test
    void literalChannelsAreShuffledByATransposition() throws Exception {
        OnnxExport export = export(DEFAULT.withPermuteChannels(false));
        assertThat(OnnxFiles.operators(export.path()))
                .contains("Transpose")
                .doesNotContain("Gather");
        assertThat(difference(export)).isLessThan(1e-5);
    }

    @Test
    void unfoldedNormsStay() throws Exception {
        for (boolean permuted : List.of(true, false)) {
            OnnxExport export = export(DEFAULT.withFoldNorms(false).withPermuteChannels(permuted));
            assertThat(OnnxFiles.operators(export.path()))
                    .filteredOn("BatchNormalization"::equals)
                    .hasSize(56);
            assertThat(difference(export)).isLessThan(1e-5);
        }
    }

    @Test
    void softmaxGivesProbabilities() throws Exception {
        OnnxExport export = export(DEFAULT.withSoftmax(true));
        float[] found = OnnxFiles.run(export.path(), OnnxNetworks.x(INPUT), INPUT);
        float[] logits = shuffle.logits(INPUT);
        assertThat(found).hasSameSizeAs(logits);
        for (int i = 0; i < found.length; i++) {
            int image = i / OnnxNetworks.CLASSES * OnnxNetworks.CLASSES;
            double sum = 0;
            for (int c = 0; c < OnnxNetworks.CLASSES; c++) {
                sum += Math.exp((double) logits[image + c] - logits[i]);
            }
            assertThat(found[i] * sum).isCloseTo(1, within(1e-4));
        }
        assertThat(OnnxFiles.read(export.path()).getGraph().getOutput(0).getName())
                .isEqualTo("probabilities");
    }

    @Test
    void halfWeightsTakeHalfTheSpace() throws Exception {
        long full = Files.size(export(DEFAULT).path());
        OnnxExport export = export(DEFAULT.withHalfWeights(true));
        assertThat(Files.size(export.path())).isBetween(full / 2, full * 6 / 10);
        assertThat(difference(export)).isBetween(1e-6, OnnxExporter.HALF_TOLERANCE);
    }

    @Test
    void externalWeightsLieBesideTheGraph() throws Exception {
        OnnxExport export = export(DEFAULT.withExternalWeights(true));
        assertThat(export.data()).contains(folder.resolve("net.onnx.data"));
        assertThat(Files.size(export.path())).isLessThan(200_000);
        assertThat(Files.size(export.data().orElseThrow())).isGreaterThan(4_000_000);
        assertThat(difference(export)).isLessThan(1e-5);
    }

    @Test
    void freeSizesAreNamedAndFixedOnesAreNumbers() throws Exception {
        assertThat(dimensions(export(DEFAULT))).isEqualTo("batch 3 64 64");
        assertThat(dimensions(export(DEFAULT.withDynamicSize(true))))
                .isEqualTo("batch 3 height width");
    }

    private static String dimensions(OnnxExport export) throws Exception {
        return OnnxFiles.read(export.path())
                .getGraph()
                .getInput(0)
                .getType()
                .getTensorType()
                .getShape()
                .getDimList()
                .stream()
                .map(d -> d.hasDimParam() ? d.getDimParam() : Long.toString(d.getDimValue()))
                .collect(Collectors.joining(" "));
    }

    @Test
    void givesTheSameBytesTwice() throws Exception {
        OnnxExport first = export(DEFAULT);
        byte[] bytes = Files.readAllBytes(first.path());
        OnnxExport second = export(DEFAULT);
        assertThat(Files.readAllBytes(second.path())).isEqualTo(bytes);
        assertThat(second.sha256()).isEqualTo(first.sha256()).hasSize(64);
    }

    @Test
    void tellsHowFarItIsFromTheNetwork() throws Exception {
        OnnxExport export = export(OnnxOptions.DEFAULT);
        assertThat(export.largestDifference().orElseThrow()).isBetween(0.0, 1e-5);
        assertThat(export(DEFAULT).largestDifference()).isEmpty();
    }

    @Test
    void saysWhatTheNetworkIs() throws Exception {
        OnnxMl.ModelProto model = OnnxFiles.read(export(DEFAULT).path());
        Map<String, String> found =
                model.getMetadataPropsList().stream()
                        .collect(
                                Collectors.toMap(
                                        OnnxMl.StringStringEntryProto::getKey,
                                        OnnxMl.StringStringEntryProto::getValue));
        assertThat(found)
                .containsEntry("network", "net")
                .containsEntry("resize", "256")
                .containsEntry("crop_height", "224")
                .containsEntry("interpolation", "bilinear")
                .containsEntry("mean", "0.485,0.456,0.406")
                .containsEntry("channel_order", "rgb")
                .doesNotContainKey("license");
        assertThat(model.getProducerName()).isEqualTo("Efficient Zoo");
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(17);
    }
}
