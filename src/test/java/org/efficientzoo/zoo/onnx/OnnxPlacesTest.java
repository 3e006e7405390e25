package org.efficientzoo.zoo.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.efficientzoo.zoo.file.LimitedProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where an ONNX file may go, and what becomes of what is there. */
class OnnxPlacesTest {

    private static final Shape INPUT = new Shape(1, 3, 32, 32);
    private static final OnnxOptions BESIDE = OnnxOptions.DEFAULT.withExternalWeights(true);

    private static OnnxNetworks network;

    @TempDir private Path folder;

    private Path file;
    private Path data;

    @BeforeAll
    static void build() throws Exception {
        network = new OnnxNetworks("squeezenet1_1", INPUT);
    }

    @AfterAll
    static void release() {
        network.close();
    }

    @BeforeEach
    void nameTheFiles() {
        file = folder.resolve("net.onnx");
        data = folder.resolve("net.onnx.data");
    }

    private OnnxExport export(OnnxOptions options) throws Exception {
        return OnnxExporter.export(network.network(), INPUT, options, OnnxMetadata.of("net"), file);
    }

    private float[] run() throws Exception {
        return OnnxFiles.run(file, OnnxNetworks.x(INPUT), INPUT);
    }

    @Test
    void writesBehindLinks() throws Exception {
        boolean links = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        if (!links) {
            System.out.println("Skipped: this system may not let a test make links");
        }
        assumeThat(links).isTrue();
        Path other = Files.createDirectory(folder.resolve("other"));
        Path graph = Files.writeString(other.resolve("graph"), "old");
        Path weights = Files.writeString(other.resolve("weights"), "old");
        Files.createSymbolicLink(file, graph);
        Files.createSymbolicLink(data, weights);
        export(BESIDE);
        assertThat(file).isSymbolicLink();
        assertThat(data).isSymbolicLink();
        assertThat(Files.size(graph)).isBetween(10_000L, 1_000_000L);
        assertThat(Files.size(weights)).isGreaterThan(2_000_000);
        export(OnnxOptions.DEFAULT);
        assertThat(file).isSymbolicLink();
        assertThat(Files.size(graph)).isGreaterThan(2_000_000);
        assertThat(other.toFile().list()).containsExactlyInAnyOrder("graph", "weights");
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder("other", "net.onnx", "net.onnx.data");
    }

    /** As all other formats do: it is the folder that says who may put a file there. */
    @Test
    void refusesAReadOnlyFile() throws Exception {
        Files.writeString(file, "old");
        assertThat(file.toFile().setWritable(false)).isTrue();
        boolean readOnly = !Files.isWritable(file);
        if (!readOnly) {
            System.out.println("Skipped: this user may write to every file");
        }
        assumeThat(readOnly).isTrue();
        assertThatThrownBy(() -> export(OnnxOptions.DEFAULT))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(file + " is read-only; name another file");
        assertThat(file).hasContent("old");
    }

    @Test
    void comparesAGraphWithTheWeightsThatBelongToIt() throws Exception {
        Files.write(data, new byte[3 << 20]); // zeros in place of an older network
        OnnxExport export = export(BESIDE);
        assertThat(export.largestDifference().orElseThrow()).isLessThan(OnnxExporter.TOLERANCE);
        assertThat(export.data()).contains(data);
        assertThat(OnnxFiles.difference(network.logits(INPUT), run())).isLessThan(1e-4);
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("net.onnx", "net.onnx.data");
    }

    @Test
    void saysWhatIsNewWhereOnlyTheWeightsGotTheirPlace() throws IOException {
        Files.writeString(data, "old");
        Staging.Content content =
                (graph, weights) -> {
                    Files.writeString(graph, "graph");
                    Files.writeString(weights.orElseThrow(), "weights");
                    Files.createDirectory(file); // so that the graph's turn fails
                    return Optional.empty();
                };
        assertThatThrownBy(() -> Staging.pair(file, true, content))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "%s is written, the graph that it belongs to is not: %s is a directory; name a file in it; export both again",
                        data, file);
        assertThat(data).hasContent("weights");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("net.onnx", "net.onnx.data");
    }

    @Test
    void keepsBothOldFilesWhereTheNewOnesFail() throws IOException {
        Files.writeString(file, "old graph");
        Files.writeString(data, "old weights");
        Staging.Content content =
                (graph, weights) -> {
                    Files.writeString(graph, "graph");
                    Files.writeString(weights.orElseThrow(), "weights");
                    throw new IOException("they differ");
                };
        assertThatThrownBy(() -> Staging.pair(file, true, content)).hasMessage("they differ");
        assertThat(file).hasContent("old graph");
        assertThat(data).hasContent("old weights");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("net.onnx", "net.onnx.data");
    }

    /** The command line has not looked at a file that nobody asked for. */
    @Test
    void replacesNoWeightsThatItWasNotAskedFor() throws Exception {
        Files.writeString(data, "old");
        long most = 2_800_000; // bytes, fewer than the network's
        OnnxMetadata metadata = OnnxMetadata.of("net");
        assertThatThrownBy(
                        () ->
                                OnnxExporter.export(
                                        network.network(),
                                        INPUT,
                                        OnnxOptions.DEFAULT,
                                        metadata,
                                        file,
                                        most))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "the weights are too large for %s alone and belong in %s, which exists already; only --external-weights replaces it",
                        file, data);
        assertThat(data).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("net.onnx.data");
        Files.delete(data);
        OnnxExport export =
                OnnxExporter.export(
                        network.network(), INPUT, OnnxOptions.DEFAULT, metadata, file, most);
        assertThat(export.data()).contains(data);
        assertThat(Files.size(data)).isGreaterThan(most);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void saysWhatTheDiskSaidAndLeavesNothing(boolean external) throws Exception {
        Path target = Files.createDirectory(folder.resolve("work")).resolve("net.onnx");
        assertThat(LimitedProcess.run(folder, LargeGraph.class, target, external))
                .isEqualToIgnoringNewLines(
                        "cannot write %s: File too large; nothing was kept, free space or name another place"
                                .formatted(target));
        assertThat(target.getParent()).isEmptyDirectory();
    }
}
