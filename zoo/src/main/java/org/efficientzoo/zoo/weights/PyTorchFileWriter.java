package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Writes a state dict as {@code torch.save} does since PyTorch 1.6: a zip archive, nothing in it
 * compressed, of a pickle that describes the tensors and an entry of values for each, aligned to 64
 * bytes. {@code torch.load} reads it, also with {@code weights_only=True}.
 *
 * @param floats how floats are stored
 */
public record PyTorchFileWriter(Precision floats) implements CheckpointWriter {

    @Override
    public void write(TensorSource tensors, OutputStream out) throws IOException {
        List<EncodedTensor> stored = EncodedTensor.of(tensors, floats);
        TorchArchive archive = new TorchArchive(out);
        archive.write("data.pkl", pickle(stored));
        for (int i = 0; i < stored.size(); i++) {
            EncodedTensor tensor = stored.get(i);
            FloatBuffer values = tensors.read(tensor.name());
            archive.write("data/" + i, tensor.size(), to -> tensor.write(values, to));
        }
        archive.end();
    }

    /** An {@code OrderedDict} of tensors, each with the record of its number. */
    private static byte[] pickle(List<EncodedTensor> tensors) {
        PickleWriter pickle = new PickleWriter().orderedDict().mark();
        for (int i = 0; i < tensors.size(); i++) {
            EncodedTensor tensor = tensors.get(i);
            pickle.text(tensor.name())
                    .tensor(tensor.type().storage(), Integer.toString(i), tensor.shape(), false);
        }
        return pickle.items().end();
    }
}
