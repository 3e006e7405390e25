package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.ZooModel;
import java.nio.file.Path;
import java.util.Map;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.TestModels;
import org.efficientzoo.zoo.checkpoint.CheckpointCard;
import org.efficientzoo.zoo.torchscript.TorchScriptExport.Norms;
import org.efficientzoo.zoo.weights.Precision;
import org.efficientzoo.zoo.weights.SafetensorsFileWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose input is not an image of three channels. */
class ExportedTest {

    @TempDir private Path folder;

    private static ZooModel<NDList, NDList> grey() throws Exception {
        return EfficientModelZoo.load(
                TestModels.logits(Engines.PYTORCH)
                        .optFilter("weights", "none")
                        .optArgument("inputChannels", "1")
                        .build());
    }

    private static Exported exported(ZooModel<NDList, NDList> model) {
        return new Exported(model, CheckpointCard.fromMap(Map.of()));
    }

    @Test
    void isWrittenAndReadBack() throws Exception {
        try (ZooModel<NDList, NDList> model = grey()) {
            Exported exported = exported(model);
            assertThat(exported.input()).isEqualTo(new Shape(1, 1, 64, 64));
            Path script = folder.resolve("grey.pt");
            new ScriptExport(Norms.FOLDED).write(exported, script);
            assertThat(script).isNotEmptyFile();
            Path checkpoint = folder.resolve("grey.safetensors");
            new CheckpointExport(e -> new SafetensorsFileWriter(Precision.FLOAT32, Map.of()), false)
                    .write(exported, checkpoint);
            assertThat(checkpoint).isNotEmptyFile();
        }
    }
}
