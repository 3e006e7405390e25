package org.efficientzoo.zoo.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** After a cut the rest is asked for, where it is sure to be the rest of the same file. */
class ResumeTest extends FetchTest {

    private static final String OTHER_TAG = "\"v2\"";

    /** One run that ends after a cut, with a part left for the next. */
    private void runThatIsCutAfter(int length) throws IOException {
        server.then(served.cutAfter(length), served.whole());
        DownloadSettings once =
                new DownloadSettings(
                        SETTINGS.mirror(),
                        false,
                        1,
                        SETTINGS.firstWait(),
                        SETTINGS.longestWait(),
                        SETTINGS.connecting(),
                        SETTINGS.stall());
        assertThat(refusal(downloader(once), file())).contains("in attempt 1 of 1");
        assertPart(length);
    }

    @Test
    void asksForTheRestAfterEachCut() throws IOException {
        server.then(
                served.cutAfter(80_000),
                served.cutAfter(50_000),
                served.cutAfter(0),
                served.whole());
        fetch(file());
        assertFetched();
        assertThat(server.requests().stream().map(request -> request.header("Range")))
                .containsExactly("", "bytes=80000-", "bytes=130000-", "bytes=130000-");
        assertThat(served.sent()).isEqualTo(BYTES.length);
        assertThat(messages).hasSize(3).allMatch(line -> line.contains("trying again in"));
    }

    @Test
    void doesNotCountAttemptsThatBringAGoodPiece() throws IOException {
        byte[] bytes = ServedFile.random(9 << 20, 3);
        ServedFile large = new ServedFile(bytes, "\"v1\"");
        server.then(large.cutAfter((1 << 20) + 1));
        fetch(file(sha256(bytes), OptionalLong.empty()));
        assertThat(server.requests()).hasSize(9);
        assertThat(target()).hasBinaryContent(bytes);
        assertThat(names()).containsExactly(NAME);
    }

    @Test
    void goesOnInAnotherRun() throws IOException {
        runThatIsCutAfter(120_000);
        fetch(file());
        assertFetched();
        assertThat(served.sent()).isEqualTo(BYTES.length);
    }

    @Test
    void asksForNothingWhereAllHasCome() throws IOException {
        runThatIsCutAfter(120_000);
        Files.write(folder.resolve(NAME + ".part"), BYTES);
        fetch(file());
        assertFetched();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void takesTheWholeFromAServerThatKnowsNoRanges() throws IOException {
        server.then(served.cutAfter(80_000), served.withoutRanges());
        fetch(file());
        assertFetched();
        assertThat(server.requests().get(1).header("Range")).isEqualTo("bytes=80000-");
        assertThat(served.sent()).isEqualTo(80_000 + BYTES.length);
    }

    @Test
    void beginsAnewWhereTheFileHasChanged() throws IOException {
        byte[] old = ServedFile.random(BYTES.length, 7);
        server.then(new ServedFile(old, OTHER_TAG).cutAfter(80_000), served.whole());
        fetch(file("", OptionalLong.empty()));
        assertFetched();
        assertThat(server.requests().get(1).header("If-Range")).isEqualTo(OTHER_TAG);
    }

    @Test
    void beginsAnewWhereTheRestIsOfAnotherFile() throws IOException {
        byte[] rest = Arrays.copyOfRange(BYTES, 80_000, BYTES.length);
        server.then(
                served.cutAfter(80_000),
                TestServer.reply(
                        "206 Partial Content",
                        rest,
                        "ETag: " + OTHER_TAG,
                        "Content-Length: " + rest.length,
                        "Content-Range: bytes 80000-199999/200000"),
                served.whole());
        fetch(file("", OptionalLong.empty()));
        assertFetched();
        assertThat(server.requests().get(2).header("Range")).isEmpty();
    }

    @Test
    void beginsAnewWhereTheRestIsFromAnotherPlace() throws IOException {
        byte[] rest = Arrays.copyOfRange(BYTES, 70_000, BYTES.length);
        server.then(
                served.cutAfter(80_000),
                TestServer.reply(
                        "206 Partial Content",
                        rest,
                        "Content-Length: " + rest.length,
                        "Content-Range: bytes 70000-199999/200000"),
                served.whole());
        fetch(file("", OptionalLong.empty()));
        assertFetched();
        assertThat(messages).hasSizeGreaterThan(1);
        assertThat(messages.get(1)).contains("another file now than it had before");
    }

    @Test
    void beginsAnewWhereTheServerHasNoSuchRange() throws IOException {
        server.then(
                served.cutAfter(80_000),
                TestServer.status("416 Range Not Satisfiable"),
                served.whole());
        fetch(file());
        assertFetched();
    }

    @Test
    void beginsAnewWhereTheServerTellsNothingToKnowTheFileBy() throws IOException {
        server.then(new ServedFile(BYTES, "").cutAfter(80_000), served.whole());
        fetch(file());
        assertFetched();
        assertThat(server.requests().get(1).header("Range")).isEmpty();
    }

    @Test
    void goesOnByTheDateWhereThereIsNoTag() throws IOException {
        String date = "Wed, 21 Oct 2015 07:28:00 GMT";
        byte[] rest = Arrays.copyOfRange(BYTES, 80_000, BYTES.length);
        server.then(
                TestServer.reply(
                        "200 OK",
                        Arrays.copyOf(BYTES, 80_000),
                        "ETag: W/\"weak\"",
                        "Last-Modified: " + date,
                        "Content-Length: 200000"),
                TestServer.reply(
                        "206 Partial Content",
                        rest,
                        "ETag: W/\"weak\"",
                        "Last-Modified: " + date,
                        "Content-Length: " + rest.length,
                        "Content-Range: bytes 80000-199999/200000"));
        fetch(file("", OptionalLong.empty()));
        assertFetched();
        assertThat(server.requests().get(1).header("If-Range")).isEqualTo(date);
    }

    @Test
    void beginsAnewWhereThePartIsOfAnotherAddress() throws IOException {
        runThatIsCutAfter(120_000);
        try (TestServer other = new TestServer().then(served.whole())) {
            fetch(file(other.address("/" + NAME), sha256(BYTES), OptionalLong.empty()));
            assertThat(other.requests().get(0).header("Range")).isEmpty();
        }
        assertFetched();
    }

    @Test
    void beginsAnewWhereThePartOfAnEarlierRunWasHarmed() throws IOException {
        runThatIsCutAfter(120_000);
        byte[] harmed = Arrays.copyOf(BYTES, 120_000);
        harmed[5]++;
        Files.write(folder.resolve(NAME + ".part"), harmed);
        server.then(served.whole());
        fetch(file());
        assertFetched();
        assertThat(messages).anyMatch(line -> line.contains("beginning anew"));
    }

    @Test
    void beginsAnewWhereItIsNotKnownWhatAPartIsOf() throws IOException {
        runThatIsCutAfter(120_000);
        Files.writeString(folder.resolve(NAME + ".part.origin"), "torn");
        Files.write(folder.resolve(NAME + ".part"), new byte[BYTES.length + 1]);
        server.then(served.whole());
        fetch(file());
        assertFetched();
        assertThat(server.requests()).hasSize(2);
        assertThat(server.requests().get(1).header("Range")).isEmpty();
    }
}
