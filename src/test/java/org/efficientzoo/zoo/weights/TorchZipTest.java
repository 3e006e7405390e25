package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The zip archives of PyTorch: what they may be, and what makes one unsound. */
class TorchZipTest {

    private static final byte[] VALUES = TorchWriter.floats(1.5f, -2, 3);
    private static final byte[] PICKLE = HandMadePickle.oneTensor(3, 0, new long[] {3}, 1);

    private static TorchWriter sound() {
        return TorchWriter.archive(PICKLE, VALUES);
    }

    private static void refuses(byte[] archive, String rule) {
        assertThatThrownBy(() -> TorchWriter.open(archive))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("x.pth cannot be read as a PyTorch checkpoint: " + rule);
    }

    private static void reads(byte[] archive) throws IOException {
        try (PyTorchFile source = TorchWriter.open(archive)) {
            assertThat(TorchWriter.values(source, "w")).containsExactly(1.5f, -2, 3);
        }
    }

    /** The archive with numbers of the directory's n-th header changed. */
    private static byte[] patched(byte[] archive, int header, int offset, int length, long value) {
        ByteBuffer bytes = ByteBuffer.wrap(archive.clone()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < length; i++) {
            bytes.put(header(bytes, header) + offset + i, (byte) (value >>> (8 * i)));
        }
        return bytes.array();
    }

    /** Where the directory's n-th header begins. */
    private static int header(ByteBuffer bytes, int header) {
        int at = -1;
        for (int i = 0; i <= header; i++) {
            do {
                at++;
            } while (bytes.getInt(at) != 0x02014b50);
        }
        return at;
    }

    @Test
    void readsStoredAndDeflatedRecords() throws IOException {
        reads(sound().zip());
        reads(sound().deflated().zip());
    }

    @Test
    void readsTheByteOrderThatIsRecorded() throws IOException {
        byte[] big = TorchWriter.floats(ByteOrder.BIG_ENDIAN, 1.5f, -2, 3);
        reads(TorchWriter.archive(PICKLE, big).record("any name/byteorder", "big").zip());
        reads(TorchWriter.archive(PICKLE, VALUES).record("any name/byteorder", "little").zip());
        refuses(
                sound().record("any name/byteorder", "middle").zip(),
                "its byteorder must be little or big, found middle");
    }

    @Test
    void readsOtherTypesInTheByteOrderThatIsRecorded() throws IOException {
        byte[] pickle =
                new HandMadePickle()
                        .raw("}")
                        .text("w")
                        .tensor("ShortStorage", "0", 4, 3, new long[] {2}, 0)
                        .raw("s")
                        .stop();
        byte[] shorts = {9, 9, 9, 9, 9, 9, 1, 2};
        try (PyTorchFile source =
                TorchWriter.open(
                        TorchWriter.archive(pickle, shorts)
                                .record("any name/byteorder", "big")
                                .zip())) {
            assertThat(TorchWriter.values(source, "w")).containsExactly(258, 258);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil",
                "any name/../../evil",
                "any name/..",
                "..",
                "/etc/passwd",
                "any name\\..\\evil",
                "C:/evil"
            })
    void refusesNamesThatLeadElsewhere(String name) {
        // the library turns backslashes into slashes when it writes, and again when it reads
        byte[] archive = sound().record(name.replace('\\', '^'), "x").zip();
        for (int i = 0; i < archive.length; i++) {
            archive[i] = archive[i] == '^' ? (byte) '\\' : archive[i];
        }
        String shown = name.replace('\\', '/');
        refuses(archive, "the name of its record " + shown + " leads elsewhere");
    }

    @ParameterizedTest
    @ValueSource(strings = {"any name/...", "any name/..a", "any name/data/0..1"})
    void readsNamesThatHaveDotsAlone(String name) throws IOException {
        reads(sound().record(name, "x").zip());
    }

    @Test
    void refusesRecordsOfTheSameName() {
        byte[] archive = sound().record("any name/data/1", "x").zip();
        for (int i = 0; i + 15 <= archive.length; i++) {
            String name = new String(archive, i, 15, StandardCharsets.US_ASCII);
            archive[i + 14] = name.equals("any name/data/1") ? (byte) '0' : archive[i + 14];
        }
        refuses(archive, "its record any name/data/0 is there twice");
    }

    @ParameterizedTest
    @CsvSource({
        "8, 2, 1, 'its record any name/data/0 is encrypted'",
        "10, 2, 12, 'its record any name/data/0 is packed by method 12'",
        "24, 4, 13, 'its record any name/data/0 is stored, but 13 bytes have become 12'",
        "20, 4, 11, 'its record any name/data/0 is stored, but 12 bytes have become 11'"
    })
    void refusesRecordsThatLie(int offset, int length, long value, String rule) {
        refuses(patched(sound().zip(), 1, offset, length, value), rule);
    }

    @Test
    void refusesRecordsBeyondTheFile() {
        byte[] longer = patched(sound().zip(), 1, 20, 4, 1_000_000);
        refuses(
                patched(longer, 1, 24, 4, 1_000_000),
                "its zip directory must lie at its end and name what is there; the file is cut"
                        + " short or damaged, download it again");
    }

    @Test
    void refusesRecordsThatOverlap() {
        TorchWriter three = TorchWriter.archive(PICKLE, VALUES, VALUES);
        byte[] archive = three.zip();
        ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
        long second = bytes.getInt(header(bytes, 1) + 42);
        refuses(
                patched(archive, 2, 42, 4, second),
                "its records any name/data/0 and any name/data/1 overlap");
    }

    @Test
    void refusesARecordThatGrowsBeyondMeasure() {
        byte[] pickle = HandMadePickle.oneTensor(1 << 20, 0, new long[] {1 << 20}, 1);
        byte[] archive = TorchWriter.archive(pickle, new byte[4 << 20]).deflated().zip();
        assertThat(archive.length).isLessThan(10_000);
        assertThatThrownBy(() -> TorchWriter.open(archive))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageMatching(
                        "x.pth cannot be read as a PyTorch checkpoint: "
                                + "its record any name/data/0 would grow from \\d+ bytes to 4194304");
    }

    @Test
    void readsASmallRecordHoweverItGrows() throws IOException {
        byte[] pickle = HandMadePickle.oneTensor(1 << 18, 0, new long[] {1 << 18}, 1);
        byte[] archive = TorchWriter.archive(pickle, new byte[1 << 20]).deflated().zip();
        try (PyTorchFile source = TorchWriter.open(archive)) {
            assertThat(TorchWriter.values(source, "w")).hasSize(1 << 18).containsOnly(0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 11, 13, 16, 20})
    void refusesDeflatedValuesOfAnotherLength(int length) throws IOException {
        byte[] archive = TorchWriter.archive(PICKLE, new byte[length]).deflated().zip();
        byte[] lying = patched(archive, 1, 24, 4, 12);
        try (PyTorchFile source = TorchWriter.open(lying)) {
            assertThatThrownBy(() -> source.read("w"))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage(
                            "the tensor w cannot be read in x.pth: "
                                    + "a deflated record does not have the 12 bytes that it should");
        }
    }

    @Test
    void refusesDeflatedValuesThatLackTheirEnd() throws IOException {
        byte[] archive = sound().deflated().zip();
        ByteBuffer bytes = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN);
        long stored = bytes.getInt(header(bytes, 1) + 20);
        try (PyTorchFile source = TorchWriter.open(patched(archive, 1, 20, 4, stored - 1))) {
            assertThatThrownBy(() -> source.read("w"))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessageEndingWith("does not have the 12 bytes that it should");
        }
    }

    @Test
    void refusesOtherArchives() {
        String other = "it is a zip archive that torch.save did not write";
        refuses(new TorchWriter().record("a/b.txt", "x").zip(), other);
        refuses(new TorchWriter().zip(), other);
        refuses(new TorchWriter().record("data.pkl", PICKLE).zip(), other);
        refuses(sound().record("other/data.pkl", PICKLE).zip(), other);
        refuses(new TorchWriter().record("a/b/data.pkl", PICKLE).zip(), other);
        refuses(
                sound().record("any name/constants.pkl", PICKLE).zip(),
                "it is a TorchScript archive; save a state_dict() alone");
    }

    @Test
    void refusesAStorageThatIsNotThere() {
        refuses(TorchWriter.archive(PICKLE).zip(), "the tensor w: its storage 0 is not there");
    }

    @ParameterizedTest
    @CsvSource({
        "a/conv1.npy, an archive of NumPy arrays; save a state_dict() with torch.save",
        "model.weights.h5, a model of Keras; save a state_dict() with torch.save",
        "coefficients.bin, a model of Deeplearning4j; save a state_dict() with torch.save",
        "a/best.pth, a zip archive that holds a/best.pth; unpack it first",
        "model.safetensors, a zip archive that holds model.safetensors; unpack it first",
        "m/serving.properties, an archive of a DJL model; unpack it first",
        "MAR-INF/MANIFEST.json, an archive of TorchServe; unpack it first",
        "m/archive_format, a program of torch.export; save a state_dict() with torch.save",
        "serialized_exported_program.json, a program of torch.export; save a state_dict() with torch.save",
        "__0_0.distcp, a distributed checkpoint; make it one file with dcp_to_torch_save",
        "Data/com.apple.CoreML/model.mlmodel, a model of Core ML; save a state_dict() with torch.save"
    })
    void saysWhatAnotherArchiveIs(String record, String what) {
        refuses(new TorchWriter().record("a.txt", "x").record(record, "x").zip(), "it is " + what);
    }

    @Test
    void saysThatAnArchiveWasCut() {
        byte[] whole = sound().zip();
        String cut =
                "its zip directory must lie at its end and name what is there; the file is cut"
                        + " short or damaged, download it again";
        refuses(Arrays.copyOf(whole, whole.length / 2), cut);
        refuses(Arrays.copyOf(whole, whole.length - 1), cut);
    }

    @Test
    void refusesADirectoryThatWouldFillTheMemory() {
        TorchWriter many = sound();
        for (int i = 0; i < 80_000; i++) {
            many.record("any name/data/x" + i, new byte[0]);
        }
        refuses(many.zip(), "its zip directory must have at most 4194304 bytes, found more");
    }
}
