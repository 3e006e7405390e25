package org.efficientzoo.zoo.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One fetch over a good line: it ends in the published file, or in a line that says why not. */
class DownloaderTest extends FetchTest {

    @Test
    void fetchesAFileOnce() throws IOException {
        server.then(served.whole());
        assertThat(fetch(file())).isEqualTo(target());
        assertFetched();
        fetch(file());
        assertThat(server.requests()).hasSize(1);
        assertThat(served.sent()).isEqualTo(BYTES.length);
    }

    @Test
    void makesTheFolder() throws IOException {
        server.then(served.whole());
        var deep = folder.resolve("a/b/" + NAME);
        downloader(SETTINGS).fetch(file(), deep, recorder());
        assertThat(deep).hasBinaryContent(BYTES);
    }

    @Test
    void writesIntoAFolderBehindALink() throws IOException {
        server.then(served.whole());
        var real = Files.createDirectory(folder.resolve("real"));
        var link = Files.createSymbolicLink(folder.resolve("link"), real);
        downloader(SETTINGS).fetch(file(), link.resolve(NAME), recorder());
        assertThat(real.resolve(NAME)).hasBinaryContent(BYTES);
    }

    @Test
    void leavesAFileThatIsThereAlone() throws IOException {
        Files.writeString(target(), "mine");
        fetch(file());
        assertThat(target()).hasContent("mine");
        assertThat(server.requests()).isEmpty();
        assertThat(names()).containsExactly(NAME);
    }

    @Test
    void takesTheStartOfAHash() throws IOException {
        server.then(served.whole());
        fetch(file(sha256(BYTES).substring(0, 8), OptionalLong.of(BYTES.length)));
        assertFetched();
        assertThat(messages).isEmpty();
    }

    @Test
    void tellsTheHashWhereNoneIsPublished() throws IOException {
        server.then(served.chunked());
        fetch(file("", OptionalLong.empty()));
        assertFetched();
        assertThat(messages)
                .containsExactly(
                        "no hash is published for net-v1.pth; its SHA-256 is " + sha256(BYTES));
    }

    @Test
    void tellsHowMuchHasCome() throws IOException {
        server.then(served.whole());
        List<Long> done = new ArrayList<>();
        List<OptionalLong> totals = new ArrayList<>();
        DownloadListener listener =
                new DownloadListener() {
                    @Override
                    public void progress(long bytes, OptionalLong total) {
                        done.add(bytes);
                        totals.add(total);
                    }
                };
        downloader(SETTINGS).fetch(file(), target(), listener);
        assertThat(done).isSorted().endsWith((long) BYTES.length);
        assertThat(totals).containsOnly(OptionalLong.of(BYTES.length));
    }

    @Test
    void beginsAnewOnceWhereTheHashIsWrong() throws IOException {
        byte[] wrong = BYTES.clone();
        wrong[100_000]++;
        server.then(new ServedFile(wrong, "\"v1\"").whole(), served.whole());
        fetch(file());
        assertFetched();
        assertThat(server.requests().get(1).header("Range")).isEmpty();
        assertThat(messages)
                .containsExactly(
                        "net-v1.pth: expected SHA-256 %s, found %s; beginning anew"
                                .formatted(sha256(BYTES), sha256(wrong)));
    }

    @Test
    void refusesAFileOfAnotherHash() throws IOException {
        byte[] wrong = ServedFile.random(BYTES.length, 2);
        server.then(new ServedFile(wrong, "\"v1\"").whole());
        assertThat(refusal(file("0123abcd", OptionalLong.empty())))
                .startsWith("cannot fetch net-v1.pth from " + server.address("/models/" + NAME))
                .contains("expected SHA-256 0123abcd, found " + sha256(wrong) + ", twice");
        assertThat(server.requests()).hasSize(2);
        assertNothingThere();
    }

    @Test
    void refusesAFileThatIsLongerThanPublished() throws IOException {
        server.then(served.whole());
        assertThat(refusal(file(sha256(BYTES), OptionalLong.of(150_000))))
                .contains("expected 150000 bytes, the server has 200000");
        assertNothingThere();
    }

    @Test
    void cutsOffAFileThatTurnsOutLonger() throws IOException {
        server.then(served.chunked());
        List<Long> done = new ArrayList<>();
        DownloadListener listener =
                new DownloadListener() {
                    @Override
                    public void progress(long bytes, OptionalLong total) {
                        done.add(bytes);
                    }
                };
        RemoteFile shorter = file("", OptionalLong.of(150_000));
        assertThatThrownBy(() -> downloader(SETTINGS).fetch(shorter, target(), listener))
                .hasMessageContaining("expected 150000 bytes at most, found more");
        assertThat(done).isNotEmpty().allMatch(bytes -> bytes <= 150_000);
        assertNothingThere();
    }

    @Test
    void refusesAFileThatIsShorterThanPublished() throws IOException {
        server.then(served.whole());
        assertThat(refusal(file("", OptionalLong.of(250_000))))
                .contains("expected 250000 bytes, the server has 200000");
        assertNothingThere();
    }

    @Test
    void refusesAFileThatTurnsOutShorter() throws IOException {
        server.then(served.chunked());
        assertThat(refusal(file("", OptionalLong.of(250_000))))
                .contains("it ended after 200000 of 250000 bytes, in attempt 4 of 4");
        assertThat(names()).doesNotContain(NAME);
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        server.then(TestServer.status("200 OK"));
        assertThat(refusal(file("", OptionalLong.empty()))).contains("there is nothing in it");
        assertNothingThere();
    }

    @Test
    void refusesAFileOfNoKnownSizeThatIsEndless() throws IOException {
        server.then(TestServer.reply("200 OK", new byte[9], "Content-Length: 5000000000"));
        assertThat(refusal(file()))
                .contains("expected 1073741824 bytes at most, the server has 5000000000");
        assertNothingThere();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "401 Unauthorized",
                "403 Forbidden",
                "404 Not Found",
                "410 Gone",
                "304 Not Modified",
                "204 No Content"
            })
    void doesNotAskAgainWhereTheAnswerIsNo(String status) throws IOException {
        server.then(TestServer.status(status));
        String address = server.address("/models/" + NAME).toString();
        assertThat(refusal(file()))
                .startsWith(
                        "cannot fetch net-v1.pth from %s: the server answered %s"
                                .formatted(address, status.substring(0, 3)))
                .endsWith(
                        "; download %s by hand, then run: zoo import FILE --model net"
                                .formatted(address));
        assertThat(server.requests()).hasSize(1);
        assertNothingThere();
    }

    @Test
    void knowsAPageThatAsksForALogin() throws IOException {
        byte[] page = "<html>log in</html>".getBytes(StandardCharsets.UTF_8);
        server.then(TestServer.reply("200 OK", page, "Content-Type: text/HTML; charset=utf-8"));
        assertThat(refusal(file()))
                .contains("a web page came in its place (text/html; charset=utf-8)");
        assertThat(server.requests()).hasSize(1);
        assertNothingThere();
    }

    @Test
    void refusesAFolderInPlaceOfAFile() throws IOException {
        Files.createDirectory(target());
        assertThat(refusal(file())).isEqualTo("expected a file, found the folder " + target());
        assertThat(names()).containsExactly(NAME);
    }
}
