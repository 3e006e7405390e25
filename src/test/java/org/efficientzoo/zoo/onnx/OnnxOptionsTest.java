package org.efficientzoo.zoo.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.efficientzoo.Slow;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each option of the exporter does. */
@Slow
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

    /** What ONNX 1.17 says that the releases of an opset wrote. */
    private static final Map<Integer, Long> FORMATS =
            Map.of(11, 6L, 12, 7L, 13, 7L, 15, 8L, 17, 8L, 19, 9L, 20, 9L, 21, 10L, 22, 10L);

    @ParameterizedTest
    @ValueSource(ints = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})
    void everyOpsetOfTheRangeRunsInOnnxRuntime(int opset) throws Exception {
        OnnxOptions options = OnnxOptions.DEFAULT.withOpset(opset);
        OnnxExport export = export(options);
        assertThat(export.largestDifference().orElseThrow()).isLessThan(OnnxExporter.TOLERANCE);
        OnnxMl.ModelProto model = OnnxFiles.read(export.path());
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(opset);
        if (FORMATS.containsKey(opset)) {
            assertThat(model.getIrVersion()).isEqualTo(FORMATS.get(opset));
        }
        OnnxOptions all =
                options.withFoldNorms(false)
                        .withPermuteChannels(false)
                        .withDynamicSize(true)
                        .withSoftmax(true)
                        .withPixelInput(true)
                        .withHalfWeights(true);
        assertThat(export(all).largestDifference().orElseThrow())
                .isLessThan(OnnxExporter.HALF_TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 23, 0, -1})
    void refusesOtherOpsets(int opset) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DEFAULT.withOpset(opset))
                .withMessage("the opset must be 11 to 22, found " + opset);
    }

    /** Networks with pools of all kinds, padded ones and such with incomplete windows. */
    @ParameterizedTest
    @ValueSource(ints = {OnnxOptions.FIRST_OPSET, OnnxOptions.LAST_OPSET})
    void everyFamilyRunsInTheFirstAndLastOpset(int opset) throws Exception {
        OnnxOptions options = OnnxOptions.DEFAULT.withOpset(opset);
        for (String name :
                List.of("squeezenet1_0", "mobilenet_v2", "shufflenet_v1_g3_x0_5", "darknet19")) {
            try (OnnxNetworks network = new OnnxNetworks(name, INPUT)) {
                for (boolean dynamic : new boolean[] {false, true}) {
                    Path file = folder.resolve(name + dynamic);
                    OnnxExport export =
                            OnnxExporter.export(
                                    network.network(),
                                    INPUT,
                                    options.withDynamicSize(dynamic),
                                    OnnxMetadata.of(name),
                                    file);
                    assertThat(export.largestDifference().orElseThrow())
                            .isLessThan(OnnxExporter.TOLERANCE);
                }
            }
        }
    }
}
