package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.reference.Engines;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.network.DarkNet19;
import org.efficientzoo.zoo.network.DarkNet53;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.Networks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DarknetFileTest {

    private static final Shape INPUT = new Shape(1, 3, 64, 64);
    private static final int BODY = 79_206; // floats of the narrow DarkNet-19's layers
    private static final int A_CLASS = 65; // a bias and 64 weights

    @TempDir private Path folder;

    /** A DarkNet of a sixteenth of the channels. */
    private static Block narrow(String name, int classes) {
        return name.equals("darknet19")
                ? DarkNet19.builder().optWidth(1 / 16.0).optClasses(classes).build()
                : DarkNet53.builder().optWidth(1 / 16.0).optClasses(classes).build();
    }

    private static Formula formula(Block network) {
        return new Formula(ParameterShapes.of(network, INPUT), 5, List.of());
    }

    /** All but the classifier. */
    private static Formula body(Block network) {
        Map<String, Shape> shapes = new LinkedHashMap<>(ParameterShapes.of(network, INPUT));
        String head = StateDict.head(network, INPUT) + ".";
        shapes.keySet().removeIf(name -> name.startsWith(head));
        return new Formula(shapes, 5, List.of());
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("net.weights"), bytes);
    }

    private static byte[] sound() throws IOException {
        return DarknetWriter.file(formula(narrow("darknet19", 7)));
    }

    private void refuses(byte[] bytes, String complaint) throws IOException {
        Path file = write(bytes);
        assertThatThrownBy(() -> DarknetFile.open(file, narrow("darknet19", 7), INPUT))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(file + " is no valid Darknet weights file: " + complaint);
    }

    private static void assertSameTensors(TensorSource found, TensorSource expected)
            throws IOException {
        assertThat(expected.tensors()).isNotEmpty();
        assertThat(found.tensors()).containsExactlyInAnyOrderEntriesOf(expected.tensors());
        for (String name : expected.tensors().keySet()) {
            assertThat(found.read(name)).as(name).isEqualTo(expected.read(name));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "darknet19, 0, 1, 4",
        "darknet19, 0, 2, 8",
        "darknet53, 0, 1, 4",
        "darknet53, 0, 2, 8",
        "darknet53, 1, 0, 8"
    })
    void readsWhatWasWrittenUnderEitherHeader(String name, int major, int minor, int seenBytes)
            throws IOException {
        Block network = narrow(name, 7);
        Formula formula = formula(network);
        byte[] header = DarknetWriter.header(major, minor, seenBytes);
        Path file = write(DarknetWriter.join(header, DarknetWriter.values(formula)));

        try (DarknetFile source = DarknetFile.open(file, network, INPUT)) {
            assertSameTensors(source, formula);
            assertThat(source.description()).isEqualTo(file.toString());
        }
    }

    @Test
    void listsTheTensorsInTheOrderOfTheFile() throws IOException {
        try (DarknetFile source = DarknetFile.open(write(sound()), narrow("darknet19", 7), INPUT)) {
            assertThat(source.tensors().keySet())
                    .startsWith(
                            "features.0.bn.bias",
                            "features.0.bn.weight",
                            "features.0.bn.running_mean",
                            "features.0.bn.running_var",
                            "features.0.conv.weight",
                            "features.1.bn.bias")
                    .endsWith("features.17.conv.weight", "classifier.bias", "classifier.weight");
            assertThat(source.tensors().get("classifier.weight"))
                    .isEqualTo(new TensorInfo(DataType.FLOAT32, new Shape(7, 64, 1, 1)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"darknet19", "darknet53"})
    void hasNoClassifierWhereTheFileEndsBeforeIt(String name) throws Exception {
        Block network = narrow(name, 7);
        Formula body = body(network);
        String head = StateDict.head(network, INPUT);
        Path file = write(DarknetWriter.file(body));

        try (NDManager manager = Engines.manager(Engines.PYTORCH);
                DarknetFile source = DarknetFile.open(file, network, INPUT)) {
            assertSameTensors(source, body);
            assertThatThrownBy(() -> new StateDict(network, INPUT, false).load(source, manager))
                    .isExactlyInstanceOf(MalformedModelException.class)
                    .hasMessage(
                            "the tensors of %s do not fit the network: 2 missing: %s.bias, %s.weight",
                            file, head, head);
            new StateDict(network, INPUT, true).load(source, manager);
            assertThat(network.isInitialized()).isTrue();
        }
    }

    @Test
    void tellsAClassifierOfOtherClassesByTheLength() throws Exception {
        Block network = narrow("darknet53", 7);
        Path file = write(DarknetWriter.file(formula(narrow("darknet53", 10))));

        try (NDManager manager = Engines.manager(Engines.PYTORCH);
                DarknetFile source = DarknetFile.open(file, network, INPUT)) {
            assertThatThrownBy(() -> new StateDict(network, INPUT, false).load(source, manager))
                    .isExactlyInstanceOf(MalformedModelException.class)
                    .hasMessage(
                            "the tensors of %s do not fit the network: 2 misshapen: "
                                    + "head.fc.bias (expected (7), found (10)), "
                                    + "head.fc.weight (expected (7, 64), found (10, 64))",
                            file);
            new StateDict(network, INPUT, true).load(source, manager);
            assertThat(network.isInitialized()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "darknet53, 20, 162482580", // darknet53.conv.74, all but the classifier
        "darknet53, 20, 166582580", // darknet53.weights
        "darknet19, 16, 79327120" // darknet19_448.conv.23
    })
    void hasTheLengthsOfThePublishedFiles(String name, int header, long length) throws IOException {
        Path file = folder.resolve("published");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.write(DarknetWriter.header(0, header == 20 ? 2 : 1, header - 12));
            sparse.setLength(length);
        }
        try (DarknetFile source = DarknetFile.open(file, Networks.get(name).build(), INPUT)) {
            assertThat(source.tensors()).isNotEmpty();
        }
    }

    @Test
    void readsTheValuesWhenTheyAreAskedFor() throws IOException {
        Path file = write(sound());
        try (DarknetFile source = DarknetFile.open(file, narrow("darknet19", 7), INPUT)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                ByteBuffer changed = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
                channel.write(changed.putFloat(0, 42), 20);
            }
            assertThat(source.read("features.0.bn.bias").get(0)).isEqualTo(42);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, A_CLASS - 1, -7 * A_CLASS - 1, -8 * A_CLASS})
    void refusesALengthThatNoNumberOfClassesMakes(int more) throws IOException {
        byte[] sound = sound();
        refuses(
                Arrays.copyOf(sound, sound.length + 4 * more),
                "it must have %d floats and, where it has a classifier, %d more for each class, found %d; %s"
                        .formatted(
                                BODY,
                                A_CLASS,
                                BODY + 7 * A_CLASS + more,
                                more < -7 * A_CLASS
                                        ? "it is cut short or of another network"
                                        : "it is cut short or of a detector as YOLOv3, whose"
                                                + " backbone alone is darknet53.conv.74"));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 3})
    void refusesAPartOfAFloat(int more) throws IOException {
        byte[] sound = sound();
        refuses(
                Arrays.copyOf(sound, sound.length + more),
                "its values must be whole floats of 4 bytes, found %d bytes; it is cut short or damaged, download it again"
                        .formatted(sound.length - 20 + more));
    }

    @ParameterizedTest
    @CsvSource({"1001, 0", "0, 1000", "-1, 2", "0, -2147483648", "2147483647, 2147483647"})
    void refusesVersionsThatDarknetNeverHad(int major, int minor) throws IOException {
        byte[] values = DarknetWriter.values(formula(narrow("darknet19", 7)));
        refuses(
                DarknetWriter.join(DarknetWriter.header(major, minor, 8), values),
                "its version must be 0.0 to 999.999, found %d.%d".formatted(major, minor));
    }

    @ParameterizedTest
    @CsvSource({"0, 16", "11, 16", "12, 20", "19, 20"})
    void refusesAFileThatEndsInsideItsHeader(int length, int needed) throws IOException {
        refuses(
                Arrays.copyOf(sound(), length),
                "its header must have %d bytes, found %d".formatted(needed, length));
    }

    @Test
    void refusesAPageThatAServerSentInstead() throws IOException {
        Path file =
                write("<!DOCTYPE html>\n<html lang=\"en\">\n".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> DarknetFile.open(file, narrow("darknet53", 7), INPUT))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("its version must be 0.0 to 999.999, found 1329865020.");
    }

    static Stream<NetworkEntry> others() {
        return Networks.all().stream().filter(network -> !network.name().startsWith("darknet"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void isOfNoUseToOtherNetworks(NetworkEntry network) throws IOException {
        Path file = write(sound());
        Block block = network.build();
        assertThatThrownBy(() -> DarknetFile.open(file, block, INPUT))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(
                        file
                                + " is a Darknet weights file, which names no tensors; it can be"
                                + " loaded into darknet19 and darknet53 only");
    }

    @Test
    void refusesATensorThatItDoesNotHave() throws IOException {
        Path file = write(sound());
        try (DarknetFile source = DarknetFile.open(file, narrow("darknet19", 7), INPUT)) {
            assertThatThrownBy(() -> source.read("features.0.conv.bias"))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("there is no tensor features.0.conv.bias in " + file);
        }
    }

    @Test
    void namesTheFileThatIsNotThereOrADirectory() {
        Block network = narrow("darknet19", 7);
        Path missing = folder.resolve("missing.weights");
        assertThatThrownBy(() -> DarknetFile.open(missing, network, INPUT))
                .isExactlyInstanceOf(NoSuchFileException.class)
                .hasMessage(missing + ": there is no such weights file");
        assertThatThrownBy(() -> DarknetFile.open(folder, network, INPUT))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(folder + " is a directory, not a Darknet weights file");
    }
}
