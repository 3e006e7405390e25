package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of {@code torch.save}, in the zip format or in that of PyTorch before 1.6.
 *
 * <p>It must hold a state dict, alone or among the data that a training script saves with it. Of
 * several the one under {@code state_dict}, {@code model_state_dict}, {@code model}, {@code net},
 * {@code network} or {@code module} is taken, and one of moving averages ({@code state_dict_ema},
 * {@code model_ema}, {@code ema_state_dict}, {@code ema}) only where there is no other. If there is
 * one alone, it may be under any key or in a list; {@link #notes()} says where it was.
 *
 * <p>The pickle inside is read as data: it runs nothing. Objects of classes that are known to hold
 * data may lie beside the weights and are passed over; any other name of Python is refused. Values
 * are read when they are asked for; those that are float32 and contiguous in a record that is not
 * deflated are a view of the file. A deflated record may grow to 1 MiB or a hundredfold, and a
 * tensor may have no more elements than 1 Mi, the bytes of the file or the elements of its storage.
 * Checksums of the archive are not compared.
 *
 * @see <a href="https://pytorch.org/docs/stable/notes/serialization.html">the format</a>
 */
public final class PyTorchFile extends StoredTensors {

    private static final String WHAT = "a PyTorch checkpoint";
    private static final long ALWAYS_READ = 1 << 20;

    private final List<String> notes;

    private PyTorchFile(
            Path file, FileBytes bytes, Map<String, StoredTensor> tensors, List<String> notes) {
        super(file, bytes, tensors);
        this.notes = notes;
    }

    /**
     * Opens a file and checks all but the values.
     *
     * @param file the file
     * @return the open file
     * @throws IOException if it cannot be read or is no such file; the message says in one line
     *     why, and what it is instead where that can be told
     */
    public static PyTorchFile open(Path file) throws IOException {
        return open(file, FileBytes.open(file, WHAT));
    }

    /** Reads what a channel holds; the name is for messages alone. */
    static PyTorchFile open(Path name, SeekableByteChannel channel) throws IOException {
        return open(name, new FileBytes(channel));
    }

    private static PyTorchFile open(Path file, FileBytes bytes) throws IOException {
        try {
            return read(file, bytes);
        } catch (Malformed e) {
            bytes.close();
            throw new IOException(file + " cannot be read as " + WHAT + ": " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    private static PyTorchFile read(Path name, FileBytes file) throws IOException {
        CheckpointFormat format = CheckpointFormat.of(file);
        TorchContent content =
                switch (format) {
                    case PYTORCH -> TorchZip.read(file);
                    case PYTORCH_STREAM -> TorchStream.read(file);
                    default -> throw new Malformed("it is " + format.title());
                };
        TorchWeights.Found found = TorchWeights.of(content.root());
        checkNumber(found.tensors().size());
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, Pickled> entry : found.tensors().entrySet()) {
            try {
                tensors.put(entry.getKey(), tensor(entry.getValue(), content, file.size()));
            } catch (Malformed e) {
                throw new Malformed("the tensor %s: %s".formatted(entry.getKey(), e.getMessage()));
            }
        }
        return new PyTorchFile(name, file, tensors, found.notes());
    }

    @Override
    public List<String> notes() {
        return notes;
    }

    private static StoredTensor tensor(Pickled value, TorchContent content, long fileSize)
            throws Malformed {
        TorchTensor tensor = TorchTensor.of(value);
        Section whole = content.storages().get(tensor.storage().key());
        if (whole == null) {
            throw new Malformed("its storage %s is not there".formatted(tensor.storage().key()));
        }
        Section section = tensor.storage().of(whole);
        Layout layout = tensor.layout();
        long elements = section.size() / tensor.type().getNumOfBytes();
        if (layout.count() > 0 && layout.end() > elements) {
            throw new Malformed(
                    "its elements must lie within the %d of its storage, found %d to %d"
                            .formatted(elements, layout.offset(), layout.end()));
        }
        long most = Math.max(ALWAYS_READ, Math.max(fileSize, elements));
        if (layout.count() > most) {
            throw new Malformed(
                    "it must have at most %d elements, found %d".formatted(most, layout.count()));
        }
        return new StoredTensor(tensor.type(), content.order(), section, layout);
    }
}
