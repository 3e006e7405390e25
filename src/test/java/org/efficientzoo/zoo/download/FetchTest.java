package org.efficientzoo.zoo.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server, a folder to fetch to, and short times. */
abstract class FetchTest {

    static final String NAME = "net-v1.pth";
    static final byte[] BYTES = ServedFile.random(200_000, 1);
    static final DownloadSettings SETTINGS =
            new DownloadSettings(
                    Optional.empty(),
                    false,
                    4,
                    Duration.ofMillis(2),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(10)); // a busy machine is no silent server

    @TempDir Path folder;
    TestServer server;
    final ServedFile served = new ServedFile(BYTES, "\"v1\"");
    final List<String> messages = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws IOException {
        server = new TestServer();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    Path target() {
        return folder.resolve(NAME);
    }

    RemoteFile file() {
        return file(sha256(BYTES), OptionalLong.empty());
    }

    RemoteFile file(String sha256, OptionalLong size) {
        return file(server.address("/models/" + NAME), sha256, size);
    }

    static RemoteFile file(URI address, String sha256, OptionalLong size) {
        return new RemoteFile(address, NAME, sha256, size, "zoo import FILE --model net");
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    DownloadListener recorder() {
        return new DownloadListener() {
            @Override
            public void message(String line) {
                messages.add(line);
            }
        };
    }

    static Downloader downloader(DownloadSettings settings) {
        return new Downloader(settings, new Proxies(Map.of()));
    }

    Path fetch(RemoteFile file) throws IOException {
        return downloader(SETTINGS).fetch(file, target(), recorder());
    }

    /** The one line with which a fetch fails. */
    String refusal(RemoteFile file) {
        return refusal(downloader(SETTINGS), file);
    }

    String refusal(Downloader downloader, RemoteFile file) {
        IOException failure =
                catchThrowableOfType(
                        IOException.class, () -> downloader.fetch(file, target(), recorder()));
        assertThat(failure).as("the failure of the fetch").isNotNull();
        assertThat(failure.getMessage()).isNotBlank().doesNotContain("\n", "null");
        return failure.getMessage();
    }

    /** The names in the folder. */
    List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    void assertFetched() throws IOException {
        assertThat(names()).containsExactly(NAME);
        assertThat(target()).hasBinaryContent(BYTES);
    }

    void assertNothingThere() throws IOException {
        assertThat(names()).isEmpty();
    }

    /** What is left of a fetch that another run can go on with. */
    void assertPart(int length) throws IOException {
        assertThat(names()).containsExactly(NAME + ".part", NAME + ".part.origin");
        assertThat(folder.resolve(NAME + ".part")).hasSize(length);
    }
}
