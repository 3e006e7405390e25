package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The formats of checkpoints that are read, told apart by their first bytes. */
public enum CheckpointFormat {
    /** A length of 8 bytes, a JSON header, the values. */
    SAFETENSORS,
    /** The zip archive of {@code torch.save}. */
    PYTORCH,
    /** The pickles and storages of {@code torch.save} before PyTorch 1.6. */
    PYTORCH_STREAM,
    /** The numbers of Darknet's {@code .weights}, which say nothing of their layers. */
    DARKNET;

    private static final int HEAD = 512;

    /** Other files, by how they begin: one character a byte. */
    private record Other(Pattern begin, String what) {

        Other(String begin, String what) {
            this(Pattern.compile(begin, Pattern.DOTALL), what);
        }
    }

    private static final List<Other> OTHERS =
            List.of(
                    new Other("\\s*<(!doctype|html|head|body).*", "an HTML page"),
                    new Other("\\s*<\\?xml.*", "an XML document"),
                    new Other("version https://git-lfs.*", "a pointer file of Git LFS"),
                    new Other("djl@.*", "a parameter file of DJL"),
                    new Other("\\x12\\x01\\x00{6}.*", "a parameter file of MXNet"),
                    new Other("\\x1f\\x8b.*", "a gzip archive"),
                    new Other("bzh[1-9].*", "a bzip2 archive"),
                    new Other("\\xfd7zxz\\x00.*", "an xz archive"),
                    new Other("7z\\xbc\\xaf.*", "a 7-Zip archive"),
                    new Other("\\x28\\xb5\\x2f\\xfd.*", "a Zstandard archive"),
                    new Other(
                            "(storages|tensors|pickle|sys_info)\\x00.{248,}ustar.*",
                            "a checkpoint in the tar format of PyTorch 0.1"),
                    new Other(".{257}ustar.*", "a tar archive"),
                    new Other("\\x89png.*", "a PNG image"),
                    new Other("\\xff\\xd8\\xff.*", "a JPEG image"),
                    new Other("\\x89hdf.*", "an HDF5 file, as Keras writes"),
                    new Other("\\x93numpy.*", "an array of NumPy"),
                    new Other(
                            "\\x08[\\x01-\\x14][\\x12\\x1a\\x22\\x2a\\x32\\x3a\\x42].*",
                            "an ONNX model"),
                    new Other("\\x80[\\x02-\\x05].*", "a pickle that torch.save did not write"));

    /**
     * Tells the format of a file by its content, whatever its name.
     *
     * @param file the file
     * @return its format; whether all of it is sound is found when it is opened
     * @throws IOException if it cannot be read or is none of the formats; the message says what it
     *     is where that can be told
     */
    public static CheckpointFormat of(Path file) throws IOException {
        try (FileBytes bytes = FileBytes.open(file, "a weights file")) {
            return of(bytes);
        } catch (Malformed e) {
            throw new IOException(file + " is no weights file: " + e.getMessage(), e);
        }
    }

    static CheckpointFormat of(FileBytes file) throws IOException {
        long size = file.size();
        if (size == 0) {
            throw new Malformed("it is empty");
        }
        ByteBuffer bytes = file.range(0, Math.min(size, HEAD)).order(ByteOrder.LITTLE_ENDIAN);
        String head = StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
        if (head.startsWith("PK\3\4") || head.startsWith("PK\5\6")) {
            return PYTORCH;
        }
        if (isStream(bytes.duplicate())) {
            return PYTORCH_STREAM;
        }
        if (head.length() > 8 && head.charAt(8) == '{' && bytes.getInt(4) == 0) {
            return SAFETENSORS;
        }
        String lower = head.toLowerCase(Locale.ROOT);
        Optional<Other> other =
                OTHERS.stream().filter(kind -> kind.begin().matcher(lower).matches()).findFirst();
        if (other.isPresent()) {
            throw new Malformed("it is " + other.get().what());
        }
        if (isDarknet(bytes)) {
            return DARKNET;
        }
        throw new Malformed("it is neither a safetensors, nor a PyTorch, nor a Darknet file");
    }

    private static boolean isStream(ByteBuffer bytes) {
        try {
            return PickleMachine.read(bytes, name -> false).value().equals(TorchStream.MAGIC);
        } catch (Malformed e) {
            return false;
        }
    }

    /** The version of the format, 0.1.0 or 0.2.0 in practice. */
    private static boolean isDarknet(ByteBuffer bytes) {
        return bytes.limit() >= 16
                && isBetween(0, bytes.getInt(0), 1)
                && isBetween(0, bytes.getInt(4), 10)
                && isBetween(0, bytes.getInt(8), 10);
    }

    private static boolean isBetween(int least, int value, int most) {
        return least <= value && value <= most;
    }
}
