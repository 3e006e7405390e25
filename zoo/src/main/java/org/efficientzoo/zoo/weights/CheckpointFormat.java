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
    SAFETENSORS("a safetensors file"),
    /** The zip archive of {@code torch.save}. */
    PYTORCH("a PyTorch checkpoint"),
    /** The pickles and storages of {@code torch.save} before PyTorch 1.6. */
    PYTORCH_STREAM("a PyTorch checkpoint"),
    /** The numbers of Darknet's {@code .weights}, which say nothing of their layers. */
    DARKNET("a Darknet weights file"),
    /** The {@code .params} of DJL: the parameters of a model in the order of its blocks. */
    DJL("a parameter file of DJL"),
    /** The JSON of a checkpoint in several files, {@code model.safetensors.index.json}. */
    INDEX("the index of a checkpoint in several files");

    private static final int HEAD = 512;
    private static final int WORDS = 60;
    private static final String TEXT = "[\\x09\\x0a\\x0d\\x20-\\x7e]*+";
    private static final Pattern INDEX_BEGIN =
            Pattern.compile("\\s*\\{.*\"weight_map\"\\s*:.*", Pattern.DOTALL);

    private final String title;

    CheckpointFormat(String title) {
        this.title = title;
    }

    /** What a file of the format is called in messages. */
    String title() {
        return title;
    }

    /** Other files, by how they begin: one character a byte. */
    private record Other(Pattern begin, String what) {

        Other(String begin, String what) {
            this(Pattern.compile(begin, Pattern.DOTALL), what);
        }
    }

    private static final String SAVE = "; weights are read that torch.save or safetensors saved";
    private static final String UNPACK = "; unpack it first";
    private static final String AGAIN = "; download it again";

    private static final List<Other> OTHERS =
            List.of(
                    new Other("\\s*<(!doctype|html|head|body).*", "an HTML page" + AGAIN),
                    new Other("\\s*<\\?xml.*", "an XML document"),
                    new Other(
                            "version https://git-lfs.*",
                            "a pointer file of Git LFS; fetch the file itself (git lfs pull)"),
                    new Other("\\x12\\x01\\x00{6}.*", "a parameter file of MXNet" + SAVE),
                    new Other("\\x1f\\x8b.*", "a gzip archive" + UNPACK),
                    new Other("bzh[1-9].*", "a bzip2 archive" + UNPACK),
                    new Other("\\xfd7zxz\\x00.*", "an xz archive" + UNPACK),
                    new Other("7z\\xbc\\xaf.*", "a 7-Zip archive" + UNPACK),
                    new Other("\\x28\\xb5\\x2f\\xfd.*", "a Zstandard archive" + UNPACK),
                    new Other("rar!.*", "a RAR archive" + UNPACK),
                    new Other(
                            "(storages|tensors|pickle|sys_info)\\x00.{248,}ustar.*",
                            "a checkpoint in the tar format of PyTorch 0.1; save it again with a"
                                    + " later PyTorch"),
                    new Other(".{257}ustar.*", "a tar archive" + UNPACK),
                    new Other("\\x89png.*", "a PNG image"),
                    new Other("\\xff\\xd8\\xff.*", "a JPEG image"),
                    new Other("gif8.*", "a GIF image"),
                    new Other("riff.{4}webp.*", "a WebP image"),
                    new Other("%pdf-.*", "a PDF document"),
                    new Other("\\x7felf.*", "a program"),
                    new Other("salted__.*", "an encrypted file"),
                    new Other("\\x00\\x01\\x00{4}.*", "the log of a download by aria2" + AGAIN),
                    new Other("\\x89hdf.*", "an HDF5 file, as Keras writes" + SAVE),
                    new Other("\\x93numpy.*", "an array of NumPy" + SAVE),
                    new Other("gguf.*", "a GGUF model" + SAVE),
                    new Other(".{4}tfl3.*", "a TensorFlow Lite model" + SAVE),
                    new Other(".{4}et[0-9]{2}.*", "an ExecuTorch program" + SAVE),
                    new Other(".{4}ortm.*", "a model in the ORT format" + SAVE),
                    new Other("[pf]trt.*", "an engine of TensorRT" + SAVE),
                    new Other(
                            "\\x04\\x00{3}[\\x01-\\x08]\\x00{3}.{4}v 1.*",
                            "a file of Lua Torch" + SAVE),
                    new Other("\\x81\\xa6params.*", "a file of Flax" + SAVE),
                    new Other(
                            "\\x08\\x01\\x12[\\x80-\\xff]{0,4}[\\x00-\\x7f]\\x0a.*",
                            "a SavedModel of TensorFlow or a model of Core ML" + SAVE),
                    new Other(
                            "\\x08[\\x02-\\x14]\\x12[\\x80-\\xff]{0,4}[\\x00-\\x7f]\\x0a.*",
                            "a model of Core ML" + SAVE),
                    new Other(
                            "\\x08[\\x01-\\x14][\\x12\\x1a\\x22\\x2a\\x32\\x3a\\x42].*",
                            "an ONNX model" + SAVE),
                    new Other(
                            "\\x80[\\x02-\\x05].*|\\((d|l|i)p[0-9]*\\n.*|[\\x5d\\x7d]q\\x00.*",
                            "a pickle that torch.save did not write; save a state_dict() with it"),
                    new Other("\\s*[{\\x5b]" + TEXT, "a JSON text"),
                    new Other("7767517\\n.*", "the text of an ncnn model" + SAVE),
                    new Other(TEXT, "a text"),
                    new Other(
                            "\\x0a[\\x01-\\x7f](\\x0a[\\x01-\\x7f])?[\\x20-\\x7e]{3}.*",
                            "a model of TensorFlow or Caffe" + SAVE),
                    new Other("\\x00{512}", "a file of zeros" + AGAIN));

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
        if (head.startsWith("DJL@")) {
            return DJL;
        }
        if (INDEX_BEGIN.matcher(head).matches()) {
            return INDEX;
        }
        String lower = head.toLowerCase(Locale.ROOT);
        Optional<Other> other =
                OTHERS.stream().filter(kind -> kind.begin().matcher(lower).matches()).findFirst();
        if (other.isPresent()) {
            throw new Malformed("it is " + other.get().what() + beginning(other.get(), head));
        }
        if (isDarknet(bytes)) {
            return DARKNET;
        }
        throw new Malformed("it is neither a safetensors, nor a PyTorch, nor a Darknet file");
    }

    /** The first words of a text, often an error of a server. */
    private static String beginning(Other kind, String head) {
        if (!kind.what().endsWith("text")) {
            return "";
        }
        String words = head.strip();
        return ", " + words.substring(0, Math.min(WORDS, words.length()));
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
                && isBetween(0, bytes.getInt(8), 10)
                && bytes.getLong(0) != 0; // there was no version 0.0
    }

    private static boolean isBetween(int least, int value, int most) {
        return least <= value && value <= most;
    }
}
