package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.efficientzoo.zoo.onnx.OnnxExport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxCacheTest {

    private static final int AT_ONCE = 4;

    @TempDir Path parent;

    private Path folder() {
        return parent.resolve("onnx");
    }

    private OnnxCache cache() {
        return cache("0.1.0");
    }

    private OnnxCache cache(String version) {
        return new OnnxCache(folder(), "fire", "hash and options", version);
    }

    private static Path file(OnnxCache cache, OnnxCache.Use maker) throws Exception {
        List<Path> read = new ArrayList<>();
        cache.read(maker, read::add);
        assertThat(read).hasSize(1);
        return read.get(0);
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.toList();
        }
    }

    /** Each has a cache of its own, as processes do, and none finds a file when it begins. */
    @Test
    void oneFileIsKeptOfSeveralThatAreMadeAtOnce() throws Exception {
        CyclicBarrier allMaking = new CyclicBarrier(AT_ONCE);
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<Path>> made = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                made.add(
                        pool.submit(
                                () ->
                                        file(
                                                cache(),
                                                file -> {
                                                    Files.writeString(file, "network");
                                                    await(allMaking);
                                                })));
            }
            for (Future<Path> one : made) {
                assertThat(one.get()).hasContent("network");
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(kept()).hasSize(1);
        assertThat(file(cache(), file -> Files.writeString(file, "another")))
                .isEqualTo(kept().get(0))
                .hasContent("network");
    }

    private static void await(CyclicBarrier barrier) throws IOException {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /** Which is in the manifests of jars alone. */
    @Test
    void theVersionIsThatOfTheJar() throws IOException {
        String place =
                OnnxCache.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        boolean packaged = place.endsWith(".jar");
        if (!packaged) {
            System.out.println("Skipped: the classes are in no jar, but in " + place);
        }
        Assumptions.assumeTrue(packaged, "the classes are in no jar");
        try (JarFile jar = new JarFile(place)) { // the package may be that of these tests
            assertThat(jar.getManifest().getMainAttributes().getValue("Implementation-Version"))
                    .matches("\\d+\\.\\d+\\.\\d+.*");
        }
    }

    @Test
    void anotherVersionMakesAFileOfItsOwn() throws Exception {
        file(cache("0.1.0"), made -> Files.writeString(made, "network"));
        assertThat(file(cache("0.2.0"), made -> Files.writeString(made, "better")))
                .hasContent("better");
        assertThat(kept()).hasSize(2);
    }

    @Test
    void whatFailsLeavesNothing() {
        OnnxCache.Use failing =
                file -> {
                    Files.writeString(file, "half");
                    throw new IOException("no space left");
                };
        assertThatThrownBy(() -> file(cache(), failing)).hasMessage("no space left");
        assertThat(folder()).isEmptyDirectory();
    }

    @Test
    void whatHasItsWeightsBesideItIsReadWhereItWasMade() throws Exception {
        List<String> read = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            cache().read(
                            made -> {
                                Files.writeString(made, "graph");
                                Files.writeString(OnnxExport.dataOf(made), "weights");
                            },
                            made -> read.add(Files.readString(OnnxExport.dataOf(made))));
        }
        assertThat(read).containsExactly("weights", "weights");
        assertThat(kept()).isEmpty();
    }

    @Test
    void aDamagedFileGivesWay() throws Exception {
        Path file = file(cache(), made -> Files.writeString(made, "network"));
        Files.writeString(file, "damaged");
        assertThat(file(cache(), made -> Files.writeString(made, "network")))
                .isEqualTo(file)
                .hasContent("network");
        assertThat(kept()).hasSize(1);
    }

    /** As if another process had deleted it between the look and the reading. */
    @Test
    void aFileThatIsGoneWhenItIsReadIsMadeAgain() throws Exception {
        Path file = file(cache(), made -> Files.writeString(made, "network"));
        Files.delete(file);
        Files.createSymbolicLink(file, parent.resolve("gone"));
        assertThat(file(cache(), made -> Files.writeString(made, "network")))
                .isEqualTo(file)
                .hasContent("network");
    }

    @Test
    void saysWhereItCannotWrite() throws Exception {
        Files.writeString(folder(), "a file");
        assertThatThrownBy(() -> file(cache(), made -> Files.writeString(made, "network")))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "cannot write in the folder %s, which keeps networks for OnnxRuntime; DJL_CACHE_DIR names another place",
                        folder());
    }
}
