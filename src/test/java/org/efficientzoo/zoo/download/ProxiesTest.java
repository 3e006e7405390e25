package org.efficientzoo.zoo.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The test server is the proxy: it is asked for addresses of hosts that there are not. */
class ProxiesTest extends FetchTest {

    private static final URI ADDRESS = URI.create("http://weights.example/m/" + NAME);
    private static final String ASKED = "GET http://weights.example/m/net-v1.pth HTTP/1.1";

    @AfterEach
    void clear() {
        for (String name : List.of("Host", "Port", "User", "Password")) {
            System.clearProperty("http.proxy" + name);
        }
        System.clearProperty("socksProxyHost");
    }

    private RemoteFile remote() {
        return file(ADDRESS, sha256(BYTES), OptionalLong.empty());
    }

    private Downloader behind(String proxy) {
        return new Downloader(SETTINGS, new Proxies(Map.of("http_proxy", proxy)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://", ""})
    void asksTheProxyOfTheEnvironment(String scheme) throws IOException {
        server.then(served.whole());
        behind(scheme + "127.0.0.1:" + server.port()).fetch(remote(), target(), recorder());
        assertFetched();
        assertThat(server.requests().get(0).line()).isEqualTo(ASKED);
        assertThat(server.requests().get(0).header("Proxy-Authorization")).isEmpty();
    }

    @Test
    void tellsTheProxyItsUser() throws IOException {
        server.then(served.whole());
        behind("http://me:w%20rd@127.0.0.1:" + server.port()).fetch(remote(), target(), recorder());
        assertFetched();
        assertThat(server.requests().get(0).header("Proxy-Authorization"))
                .isEqualTo(Proxies.basic("me:w rd"));
    }

    @Test
    void asksTheProxyOfJavasPropertiesFirst() throws IOException {
        System.setProperty("http.proxyHost", "127.0.0.1");
        System.setProperty("http.proxyPort", Integer.toString(server.port()));
        System.setProperty("http.proxyUser", "me");
        System.setProperty("http.proxyPassword", "word");
        server.then(served.whole());
        behind("http://127.0.0.1:9").fetch(remote(), target(), recorder());
        assertFetched();
        assertThat(server.requests().get(0).line()).isEqualTo(ASKED);
        assertThat(server.requests().get(0).header("Proxy-Authorization"))
                .isEqualTo("Basic bWU6d29yZA==");
    }

    @Test
    void saysThatTheProxyAsksForALogin() throws IOException {
        server.then(TestServer.status("407 Proxy Authentication Required"));
        assertThat(refusal(behind("127.0.0.1:" + server.port()), remote()))
                .contains("the server answered 407 (the proxy asks for a login");
        assertThat(server.requests()).hasSize(1);
        assertNothingThere();
    }

    @ParameterizedTest
    @CsvSource({
        "socks5://me:word@127.0.0.1:9, socks5://127.0.0.1:9",
        "https://127.0.0.1:9, https://127.0.0.1:9",
        "http://me:wo rd@x, what is no address",
        "http://, what is no address",
        "http:///x, an address without a host"
    })
    void doesNotGoPastAProxyThatItCannotUse(String proxy, String found) throws IOException {
        RemoteFile near = file();
        server.then(served.whole());
        assertThat(refusal(behind(proxy), near))
                .contains("the proxy must be an http:// address, found " + found + ";");
        assertThat(server.requests()).isEmpty();
        assertNothingThere();
    }

    @Test
    void doesNotGoPastASocksProxyOfJavasProperties() throws IOException {
        System.setProperty("socksProxyHost", "127.0.0.1");
        assertThat(refusal(remote())).contains("found a SOCKS proxy in Java's system properties");
        assertNothingThere();
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.example/x, https_proxy=p:1 http_proxy=q:2, p:1",
        "http://a.example/x, https_proxy=p:1 http_proxy=q:2, q:2",
        "https://a.example/x, HTTPS_PROXY=p:1, p:1",
        "https://a.example/x, HTTPS_PROXY=p:1 https_proxy=q:2, q:2",
        "http://a.example/x, HTTP_PROXY=p:1, none",
        "http://a.example/x, all_proxy=p:1, p:1",
        "https://a.example/x, ALL_PROXY=http://p:1, p:1",
        "https://a.example/x, https_proxy=p, p:1080",
        "https://a.example/x, http_proxy=p:1, none",
        "https://a.example/x, https_proxy=p:1 no_proxy=*, none",
        "https://a.example/x, https_proxy=p:1 no_proxy=a.example, none",
        "https://A.example/x, https_proxy=p:1 NO_PROXY=b;.EXAMPLE, none",
        "https://a.example/x, https_proxy=p:1 no_proxy=example, none",
        "https://a.example/x, https_proxy=p:1 no_proxy=ample, p:1",
        "https://a.example/x, https_proxy=p:1 no_proxy=b.a.example, p:1",
        "https://10.1.2.3/x, https_proxy=p:1 no_proxy=10.1.2.3, none",
        "https://[::1]/x, https_proxy=p:1 no_proxy=::1, none",
        "https://[fd00::1]/x, https_proxy=p:1 no_proxy=fd00::/8, none",
        "https://[fd00::1]/x, https_proxy=p:1 no_proxy=::1, p:1",
        "https://10.1.2.3/x, https_proxy=p:1 no_proxy=2.3, p:1",
        "https://10.1.2.3/x, https_proxy=p:1 no_proxy=10.1.0.0/16, none",
        "https://10.1.2.3/x, https_proxy=p:1 no_proxy=10.1.2.0/31, p:1",
        "https://a.example/x, https_proxy=p:1 no_proxy=0.0.0.0/0, p:1"
    })
    void readsTheEnvironmentAsCurlDoes(URI address, String variables, String expected) {
        Map<String, String> environment =
                Arrays.stream(variables.split(" "))
                        .map(variable -> variable.split("=", 2))
                        .collect(
                                Collectors.toMap(
                                        parts -> parts[0], parts -> parts[1].replace(';', ',')));
        List<Proxy> chosen = new Proxies(environment).select(address);
        assertThat(chosen).hasSize(1);
        String found =
                chosen.get(0).address() instanceof InetSocketAddress place
                        ? place.getHostString() + ":" + place.getPort()
                        : "none";
        assertThat(found).isEqualTo(expected);
    }
}
