package org.efficientzoo.zoo.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectTest extends FetchTest {

    private static final URI FROM = URI.create("https://a.example/x/y?z");

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void goesWhereItIsSent(int status) throws IOException {
        server.then(TestServer.status(status + " Moved", "Location: /other?a=b"), served.whole());
        fetch(file());
        assertFetched();
        assertThat(server.requests().get(1).line()).isEqualTo("GET /other?a=b HTTP/1.1");
    }

    @Test
    void goesToAnotherServerAndAsksItForTheRest() throws IOException {
        try (TestServer store = new TestServer()) {
            store.then(served.cutAfter(80_000), served.whole());
            server.then(TestServer.status("302 Found", "Location: " + store.address("/signed")));
            fetch(file());
            assertThat(store.requests().get(1).header("Range")).isEqualTo("bytes=80000-");
        }
        assertFetched();
        assertThat(server.requests()).hasSize(2);
        assertThat(served.sent()).isEqualTo(BYTES.length);
    }

    @Test
    void endsALoop() throws IOException {
        server.then(TestServer.status("302 Found", "Location: /models/" + NAME));
        assertThat(refusal(file())).contains("the server redirects more than 10 times");
        assertThat(server.requests()).hasSize(11);
        assertNothingThere();
    }

    @Test
    void namesTheServerThatFailed() throws IOException {
        try (TestServer store = new TestServer()) {
            store.then(TestServer.status("403 Forbidden"));
            server.then(TestServer.status("302 Found", "Location: " + store.address("/signed")));
            assertThat(refusal(file()))
                    .contains(
                            "the server answered 403 (forbidden) (redirected to 127.0.0.1:"
                                    + store.port());
        }
        assertNothingThere();
    }

    @ParameterizedTest
    @CsvSource({
        "http://a.example/x, 'from https to http, to a.example'",
        "ftp://a.example/x, to what is no address",
        "file:///etc/passwd, to a file: address",
        "https:///x, to what is no address",
        "mailto:x, to what is no address"
    })
    void doesNotGoWhereItShouldNot(String location, String reason) {
        assertThatThrownBy(() -> Redirects.follow(FROM, location))
                .isInstanceOf(DownloadFailure.class)
                .hasMessage("the server redirects " + reason);
    }

    @Test
    void doesNotReadAFileThatAServerNames() throws IOException {
        server.then(TestServer.status("302 Found", "Location: file:///etc/passwd"));
        assertThat(refusal(file())).contains("the server redirects to a file: address");
        assertNothingThere();
    }

    @ParameterizedTest
    @CsvSource({
        "https://b.example/c, https://b.example/c",
        "/c d?e|f, https://a.example/c%20d?e%7Cf",
        "c, https://a.example/x/c",
        "//b.example/c, https://b.example/c",
        "https://me:word@b.example/c, https://b.example/c"
    })
    void readsAddressesAsTheyAreSent(String location, URI expected) throws DownloadFailure {
        assertThat(Redirects.follow(FROM, location)).isEqualTo(expected);
    }

    @Test
    void needsNoAddressToRefuseARedirectWithoutOne() throws IOException {
        server.then(TestServer.status("302 Found"));
        assertThat(refusal(file("", OptionalLong.empty()))).contains("the server answered 302");
        assertNothingThere();
    }
}
