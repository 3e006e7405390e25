package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.ZooModel;
import ai.onnx.proto.OnnxMl;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.onnx.OnnxExport;
import org.efficientzoo.zoo.onnx.OnnxOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of the zoo as ONNX files. */
class OnnxModelsTest {

    @TempDir private Path folder;

    @Test
    void writesWhatTheModelKnowsOfItself() throws Exception {
        Path weights = TestModels.weights(folder.resolve("net.safetensors"), 3);
        try (ZooModel<NDList, NDList> model =
                EfficientModelZoo.load(
                        TestModels.logits(Engines.PYTORCH)
                                .optArgument("weightsFile", weights.toString())
                                .optArgument("license", "BSD-3-Clause")
                                .build())) {
            OnnxExport export =
                    OnnxModels.export(model, OnnxOptions.DEFAULT, folder.resolve("net.onnx"));
            assertThat(export.largestDifference().orElseThrow()).isLessThan(1e-4);
            assertThat(metadata(export.path()))
                    .containsEntry("network", TestModels.NAME)
                    .containsEntry("classes", "10")
                    .doesNotContainKey("class_names") // nobody has named them
                    .containsEntry("crop_width", "64")
                    .containsEntry("license", "BSD-3-Clause");
        }
    }

    @Test
    void namesTheClassesThatSomebodyHasNamed() throws Exception {
        try (ZooModel<NDList, NDList> model =
                EfficientModelZoo.load(
                        TestModels.logits(Engines.PYTORCH)
                                .optFilter("weights", "none")
                                .optArgument("synset", "a,b,c,d,e,f,g,h,i,j")
                                .build())) {
            assertThat(exported(model))
                    .containsEntry("class_names", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj");
        }
    }

    @Test
    void anUntrainedNetworkKnowsNoImageNet() throws Exception {
        try (ZooModel<NDList, NDList> model =
                EfficientModelZoo.load(
                        TestModels.logits(Engines.PYTORCH)
                                .optFilter("weights", "none")
                                .optArgument("classes", "1000")
                                .build())) {
            assertThat(exported(model))
                    .containsEntry("classes", "1000")
                    .doesNotContainKey("class_names");
        }
        Path weights =
                TestModels.weights(
                        folder.resolve("thousand.safetensors"),
                        TestModels.NAME,
                        TestModels.OPTIONS.withClasses(1000),
                        1);
        try (ZooModel<NDList, NDList> model =
                EfficientModelZoo.load(
                        TestModels.logits(Engines.PYTORCH)
                                .optArgument("weightsFile", weights)
                                .optArgument("classes", "1000")
                                .build())) {
            assertThat(exported(model).get("class_names")).startsWith("tench");
        }
    }

    private Map<String, String> exported(ZooModel<NDList, NDList> model) throws Exception {
        OnnxOptions options = OnnxOptions.DEFAULT.withVerify(false);
        return metadata(OnnxModels.export(model, options, folder.resolve("x.onnx")).path());
    }

    private static Map<String, String> metadata(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return OnnxMl.ModelProto.parseFrom(in).getMetadataPropsList().stream()
                    .collect(
                            Collectors.toMap(
                                    OnnxMl.StringStringEntryProto::getKey,
                                    OnnxMl.StringStringEntryProto::getValue));
        }
    }
}
