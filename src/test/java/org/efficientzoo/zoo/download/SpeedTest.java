package org.efficientzoo.zoo.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import org.efficientzoo.zoo.download.TestServer.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers that never come to an end. */
@Timeout(120)
class SpeedTest extends FetchTest {

    private static final long SECOND = 1_000_000_000;

    /** Sends a piece again and again, in chunks, so that no length is told. */
    private static Reply endless(int length, long pause) {
        return (request, socket) -> {
            OutputStream out = socket.getOutputStream();
            out.write(TestServer.head("200 OK", "Transfer-Encoding: chunked"));
            String size = Integer.toHexString(length) + "\r\n";
            while (true) { // until the client closes
                out.write(size.getBytes(StandardCharsets.US_ASCII));
                out.write(new byte[length]);
                out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                out.flush();
                Thread.sleep(pause);
            }
        };
    }

    private static DownloadSettings settings(long leastSpeed, Duration time) {
        return new DownloadSettings(
                SETTINGS.mirror(),
                false,
                2,
                SETTINGS.firstWait(),
                SETTINGS.longestWait(),
                SETTINGS.connecting(),
                SETTINGS.stall(),
                leastSpeed,
                time);
    }

    @Test
    void breaksOffAServerThatSendsTooSlowlyForEver() throws IOException {
        server.then(endless(1, 5));
        // no network sends so much, so that the test depends on no clock
        Downloader downloader = downloader(settings(1L << 50, Duration.ofMillis(20)));
        assertThat(refusal(downloader, file()))
                .contains("the server must send 1125899906842624 bytes a second, found ")
                .contains(", in attempt 2 of 2; download ");
        assertThat(names()).doesNotContain(NAME);
    }

    @Test
    void goesOnWhereASlowServerWasLeft() throws IOException {
        server.then(served.cutAfter(80_000), served.whole());
        downloader(settings(0, Duration.ofMillis(1))).fetch(file(), target(), recorder());
        assertFetched();
    }

    @Test
    void takesNoMoreThanTheFileMayHave() throws IOException {
        server.then(endless(10_000, 0));
        RemoteFile file =
                new RemoteFile(
                        server.address("/models/" + NAME),
                        NAME,
                        "",
                        OptionalLong.empty(),
                        "",
                        50_000);
        assertThat(refusal(file)).contains("expected 50000 bytes at most, found more, twice");
        assertNothingThere();
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void refusesALengthAboveWhatTheFileMayHave() throws IOException {
        server.then(served.whole());
        RemoteFile file =
                new RemoteFile(
                        server.address("/models/" + NAME),
                        NAME,
                        "",
                        OptionalLong.empty(),
                        "",
                        50_000);
        assertThat(refusal(file)).contains("expected 50000 bytes at most, the server has 200000");
        assertNothingThere();
    }

    @Test
    void measuresOneSpanAfterTheOther() throws IOException {
        LeastSpeed speed = new LeastSpeed(100, Duration.ofSeconds(10));
        speed.count(9 * SECOND, 0); // the span is not over
        speed.count(SECOND, 1000); // just enough
        speed.count(9 * SECOND, 5000);
        speed.count(2 * SECOND, 0); // a span of 11 s, and it counts nothing for the next
        assertThatThrownBy(() -> speed.count(10 * SECOND, 999))
                .hasMessage("the server must send 100 bytes a second, found 999 bytes in 10.0 s");
        LeastSpeed any = new LeastSpeed(0, Duration.ofSeconds(10));
        assertThatCode(() -> any.count(100 * SECOND, 0)).doesNotThrowAnyException();
    }

    private static DownloadSettings from(Map<String, String> properties, Map<String, String> env) {
        return DownloadSettings.from(properties::get, env, () -> false);
    }

    @Test
    void takesTheLeastSpeedFromPropertiesElseTheEnvironment() {
        Map<String, String> environment =
                Map.of("EFFICIENTZOO_LEAST_SPEED", "7", "EFFICIENTZOO_SPEED_TIME", "8");
        assertThat(from(Map.of(), Map.of()).leastSpeed()).isEqualTo(1024);
        assertThat(from(Map.of(), Map.of()).speedTime()).isEqualTo(Duration.ofSeconds(60));
        assertThat(from(Map.of(), environment).leastSpeed()).isEqualTo(7);
        assertThat(from(Map.of(), environment).speedTime()).isEqualTo(Duration.ofSeconds(8));
        Map<String, String> properties =
                Map.of("efficientzoo.leastSpeed", " 0 ", "efficientzoo.speedTime", "9");
        assertThat(from(properties, environment).leastSpeed()).isZero();
        assertThat(from(properties, environment).speedTime()).isEqualTo(Duration.ofSeconds(9));
    }

    @ParameterizedTest
    @CsvSource({
        "efficientzoo.leastSpeed, -1, must be a whole number of at most 9 digits",
        "efficientzoo.leastSpeed, 1e3, must be a whole number of at most 9 digits",
        "efficientzoo.speedTime, 0, must be positive"
    })
    void refusesAnImpossibleLeastSpeed(String property, String value, String rule) {
        assertThatThrownBy(() -> from(Map.of(property, value), Map.of()))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(rule);
    }
}
