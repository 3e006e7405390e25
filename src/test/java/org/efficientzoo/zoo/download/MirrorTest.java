package org.efficientzoo.zoo.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Another place that has the files, and none at all. */
class MirrorTest extends FetchTest {

    @TempDir private Path mirror;

    private static Downloader with(String mirror, boolean offline) {
        return downloader(
                new DownloadSettings(
                        Optional.of(mirror).filter(text -> !text.isEmpty()).map(URI::create),
                        offline,
                        2,
                        SETTINGS.firstWait(),
                        SETTINGS.longestWait(),
                        SETTINGS.connecting(),
                        SETTINGS.stall()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/some/where", "/some/where/"})
    void asksTheMirrorAndNoOneElse(String path) throws IOException {
        server.then(served.whole());
        try (TestServer other = new TestServer().then(served.whole())) {
            with(other.address(path).toString(), false).fetch(file(), target(), recorder());
            assertThat(other.requests().get(0).line())
                    .isEqualTo("GET /some/where/net-v1.pth HTTP/1.1");
        }
        assertFetched();
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void namesTheMirrorThatDoesNotHaveTheFile() throws IOException {
        try (TestServer other = new TestServer().then(TestServer.status("404 Not Found"))) {
            String address = other.address("/m").toString();
            assertThat(refusal(with(address, false), file()))
                    .startsWith("cannot fetch net-v1.pth from " + address + "/net-v1.pth: ")
                    .contains("download " + server.address("/models/net-v1.pth") + " by hand");
        }
        assertNothingThere();
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void tellsTheMirrorItsUserAndNoOneElse() throws IOException {
        try (TestServer other = new TestServer()) {
            other.then(TestServer.status("302 Found", "Location: " + server.address("/x")));
            server.then(TestServer.status("404 Not Found"));
            String address = "http://me:word@127.0.0.1:" + other.port() + "/m";
            assertThat(refusal(with(address, false), file())).doesNotContain("word");
            assertThat(other.requests().get(0).header("Authorization"))
                    .isEqualTo("Basic bWU6d29yZA==");
            assertThat(server.requests().get(0).header("Authorization")).isEmpty();
        }
        assertNothingThere();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsAMirrorOnTheDiskAlsoOffline(boolean offline) throws IOException {
        Files.write(mirror.resolve(NAME), BYTES);
        with(mirror.toUri().toString(), offline).fetch(file(), target(), recorder());
        assertFetched();
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void checksTheFilesOfAMirror() throws IOException {
        Files.write(mirror.resolve(NAME), ServedFile.random(500, 5));
        assertThat(refusal(with(mirror.toUri().toString(), true), file()))
                .contains("expected SHA-256 " + sha256(BYTES));
        assertNothingThere();
        assertThat(
                        refusal(
                                with(mirror.toUri().toString(), true),
                                file("", OptionalLong.of(BYTES.length))))
                .contains("expected 200000 bytes, found 500");
        assertNothingThere();
    }

    @Test
    void saysThatAMirrorOnTheDiskHasNoSuchFile() throws IOException {
        assertThat(refusal(with(mirror.toUri().toString(), true), file()))
                .startsWith(
                        "cannot fetch net-v1.pth from %s: there is no such file; "
                                .formatted(mirror.resolve(NAME).toUri()));
        assertNothingThere();
    }

    @Test
    void takesNoFolderForAFile() throws IOException {
        Files.createDirectory(mirror.resolve(NAME));
        assertThat(refusal(with(mirror.toUri().toString(), true), file()))
                .contains(": it is a folder; ");
        assertNothingThere();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http://127.0.0.1:9/m"})
    void saysOfflineWhatIsMissingAndWhereItGoes(String address) throws IOException {
        assertThat(refusal(with(address, true), file()))
                .isEqualTo(
                        "net-v1.pth is not in %s, and nothing is fetched offline; download %s by hand"
                                        .formatted(folder, file().address())
                                + ", then run: "
                                + file().importing());
        assertNothingThere();
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void findsAFileOfflineThatIsThere() throws IOException {
        Files.write(target(), BYTES);
        assertThat(with("", true).fetch(file(), target(), recorder())).isEqualTo(target());
        assertFetched();
    }

    @Test
    void readsTheMirrorOfThePropertyBeforeThatOfTheVariable() {
        Map<String, String> variable = Map.of("EFFICIENTZOO_MIRROR", "https://v.example/m");
        Map<String, String> property = Map.of("efficientzoo.mirror", "file:///p");
        assertThat(DownloadSettings.from(property::get, variable, () -> false).mirror())
                .contains(URI.create("file:///p"));
        assertThat(DownloadSettings.from(Map.<String, String>of()::get, variable, () -> false))
                .extracting(DownloadSettings::mirror)
                .isEqualTo(Optional.of(URI.create("https://v.example/m")));
        assertThat(DownloadSettings.from(Map.<String, String>of()::get, Map.of(), () -> false))
                .isEqualTo(DownloadSettings.DEFAULT);
    }

    @Test
    void takesAnEmptyVariableForNone() {
        Map<String, String> empty = Map.of("EFFICIENTZOO_MIRROR", " ");
        assertThat(DownloadSettings.from(name -> null, empty, () -> false).mirror()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true, false, true", "false, true, false", ", true, true", ", false, false"})
    void isOfflineAsThePropertySaysElseAsDjlIs(String own, boolean djl, boolean expected) {
        DownloadSettings settings =
                DownloadSettings.from(
                        name -> name.equals("efficientzoo.offline") ? own : null,
                        Map.of(),
                        () -> djl);
        assertThat(settings.offline()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/mnt/weights",
                "ftp://a.example/m",
                "https://a.example/m?b",
                "https:///m",
                "not an address",
                "jar:file:///x.jar!/"
            })
    void refusesAMirrorThatIsNone(String mirror) {
        Map<String, String> properties = Map.of("efficientzoo.mirror", mirror);
        assertThatThrownBy(() -> DownloadSettings.from(properties::get, Map.of(), () -> false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the mirror must")
                .hasMessageContaining("found " + mirror);
    }
}
