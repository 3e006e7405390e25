package org.efficientzoo.zoo.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.OptionalLong;
import org.efficientzoo.Slow;
import org.efficientzoo.zoo.download.TestServer.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may pass is tried again, a few times. */
@Slow
class RetryTest extends FetchTest {

    private static final Reply SILENT = (request, socket) -> Thread.sleep(60_000);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "408 Request Timeout",
                "429 Too Many Requests",
                "500 Internal Server Error",
                "502 Bad Gateway",
                "503 Service Unavailable"
            })
    void asksAgainWhereTheServerIsBusyOrBroken(String status) throws IOException {
        server.then(TestServer.status(status), TestServer.status(status), served.whole());
        fetch(file());
        assertFetched();
        assertThat(server.requests()).hasSize(3);
        assertThat(messages)
                .hasSize(2)
                .allMatch(line -> line.contains("the server answered " + status.substring(0, 3)));
    }

    @Test
    void givesUpAfterTheLastAttempt() throws IOException {
        server.then(TestServer.status("503 Service Unavailable"));
        assertThat(refusal(file()))
                .contains("the server answered 503 (unavailable), in attempt 4 of 4")
                .contains("by hand");
        assertThat(server.requests()).hasSize(4);
        assertNothingThere();
    }

    @Test
    void waitsAsLongAsTheServerAsks() throws IOException {
        server.then(TestServer.status("429 Too Many Requests", "Retry-After: 1"), served.whole());
        fetch(file());
        assertFetched();
        assertThat(messages)
                .containsExactly(
                        "net-v1.pth: the server answered 429 (too many requests);"
                                + " trying again in 1.0 s (attempt 2 of 4)");
    }

    @Test
    void waitsUntilTheTimeThatTheServerNames() throws IOException {
        String soon =
                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(2));
        server.then(
                TestServer.status("503 Service Unavailable", "Retry-After: " + soon),
                served.whole());
        fetch(file());
        assertFetched();
        assertThat(messages).hasSize(1);
        assertThat(messages.get(0)).containsPattern("trying again in [12]\\.\\d s");
    }

    @Test
    void doesNotWaitForHours() throws IOException {
        server.then(TestServer.status("429 Too Many Requests", "Retry-After: 7200"));
        assertThat(refusal(file())).contains("429 (too many requests) and asks to wait 7200 s");
        assertThat(server.requests()).hasSize(1);
        assertNothingThere();
    }

    @Test
    void takesARetryAfterThatIsNoneForZero() throws IOException {
        server.then(TestServer.status("503 X", "Retry-After: tomorrow"), served.whole());
        fetch(file());
        assertFetched();
    }

    @Test
    void breaksOffAServerThatFallsSilent() throws IOException {
        server.then(served.stallAfter(80_000), served.whole());
        DownloadSettings impatient = settings(SETTINGS.connecting(), Duration.ofSeconds(2));
        downloader(impatient).fetch(file(), target(), recorder());
        assertFetched();
        assertThat(messages.get(0)).contains("nothing came for 2");
        assertThat(server.requests().get(1).header("Range")).isEqualTo("bytes=80000-");
    }

    @Test
    void breaksOffAServerThatDoesNotAnswer() throws IOException {
        server.then(SILENT, served.whole());
        DownloadSettings impatient = settings(Duration.ofMillis(300), SETTINGS.stall());
        downloader(impatient).fetch(file(), target(), recorder());
        assertFetched();
        assertThat(messages.get(0)).contains("no answer in time");
    }

    private static DownloadSettings settings(Duration connecting, Duration stall) {
        return new DownloadSettings(
                SETTINGS.mirror(),
                false,
                SETTINGS.attempts(),
                SETTINGS.firstWait(),
                SETTINGS.longestWait(),
                connecting,
                stall);
    }

    @Test
    void asksAgainWhereTheConnectionIsClosedWithoutAWord() throws IOException {
        server.then((request, socket) -> {}, served.whole());
        fetch(file());
        assertFetched();
    }

    @Test
    void asksAgainWhereTheAnswerIsGarbage() throws IOException {
        server.then(
                TestServer.reply("200 OK", new byte[9], "Content-Length: many"), served.whole());
        fetch(file());
        assertFetched();
    }

    @Test
    void saysThatNothingListensThere() throws IOException {
        URI nowhere;
        try (ServerSocket closed = new ServerSocket(0)) {
            nowhere = URI.create("http://127.0.0.1:" + closed.getLocalPort() + "/" + NAME);
        }
        assertThat(refusal(file(nowhere, "", OptionalLong.empty())))
                .contains("cannot connect, in attempt 4 of 4");
        assertThat(messages).hasSize(3);
        assertNothingThere();
    }

    @Test
    void saysThatAHostIsUnknown() throws IOException {
        URI unknown = URI.create("http://weights.invalid/" + NAME);
        assertThat(refusal(file(unknown, "", OptionalLong.empty()))).contains("unknown host");
        assertNothingThere();
    }

    @Test
    void canBeStoppedAndGoneOnWith() throws IOException {
        server.then(served.stallAfter(80_000), served.whole());
        Thread fetching = Thread.currentThread();
        DownloadListener stopping =
                new DownloadListener() {
                    @Override
                    public void progress(long done, OptionalLong total) {
                        if (done == 80_000) {
                            fetching.interrupt();
                        }
                    }
                };
        assertThatThrownBy(() -> downloader(SETTINGS).fetch(file(), target(), stopping))
                .isInstanceOf(InterruptedIOException.class)
                .hasMessage("the download of net-v1.pth was stopped");
        assertThat(Thread.interrupted()).as("still interrupted").isTrue();
        assertPart(80_000);
        fetch(file());
        assertFetched();
        assertThat(served.sent()).isEqualTo(BYTES.length);
    }
}
