package org.efficientzoo.cli;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.file.Path;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.blocks.PlainPass;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.checkpoint.CheckpointCard;
import org.efficientzoo.zoo.file.WholeFile;
import org.efficientzoo.zoo.image.Noise;
import org.efficientzoo.zoo.weights.CheckpointWriter;
import org.efficientzoo.zoo.weights.Checkpoints;
import org.efficientzoo.zoo.weights.NetworkTensors;
import org.efficientzoo.zoo.weights.StateDict;
import org.efficientzoo.zoo.weights.TensorSource;

/**
 * A model that is to be written for elsewhere.
 *
 * @param model the model
 * @param card what the file is to say of it, where the format has a place for that
 */
record Exported(Model model, CheckpointCard card) {

    private static final long SEED = 7;

    /** Writes the values of the network as a checkpoint. */
    void write(CheckpointWriter writer, WholeFile file) throws IOException {
        writer.write(new NetworkTensors(model.getBlock()), file.stream());
    }

    /** The shape of one image as the model takes it. */
    Shape input() {
        return EfficientModelZoo.input(model);
    }

    /** The model's logits for the image of noise, one operation after the other. */
    float[] logits() {
        try (NDManager manager = manager()) {
            return logits(model.getBlock(), manager);
        }
    }

    /** The logits, for the same image, of a fresh network that a checkpoint fills. */
    float[] logitsOf(Path checkpoint) throws IOException, MalformedModelException {
        EfficientBlock fresh = EfficientModelZoo.network(model);
        try (NDManager manager = manager();
                TensorSource source = Checkpoints.open(checkpoint)) {
            new StateDict(fresh, input(), false).keepingAnyValues().load(source, manager);
            return logits(fresh, manager);
        }
    }

    /** On a CPU: the convolutions of a GPU are not as exact as what is compared. */
    private NDManager manager() {
        return model.getNDManager().getEngine().newBaseManager(Device.cpu());
    }

    /** One image of noise, always the same. */
    float[] noise() {
        return Noise.of(input(), SEED);
    }

    private float[] logits(Block network, NDManager manager) {
        NDArray x = manager.create(noise(), input());
        return PlainPass.compute(network, new ParameterStore(manager, false), x).toFloatArray();
    }
}
