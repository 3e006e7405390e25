package org.efficientzoo.zoo.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.efficientzoo.zoo.download.TestServer.Reply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** https, with a certificate that only a process that is told so trusts. */
class SafeLineTest extends FetchTest {

    private static final String PASSWORD = "changeit";
    private static final String TUNNEL = "-Djdk.http.auth.tunneling.disabledSchemes=";

    @TempDir private static Path keys;
    private static Path store;

    private TestServer safe;

    @BeforeAll
    static void makeACertificate() throws IOException, InterruptedException {
        store = keys.resolve("store.p12");
        String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process process =
                new ProcessBuilder(
                                List.of(
                                        keytool,
                                        "-genkeypair",
                                        "-keystore",
                                        store.toString(),
                                        "-storetype",
                                        "PKCS12",
                                        "-storepass",
                                        PASSWORD,
                                        "-alias",
                                        "weights",
                                        "-keyalg",
                                        "EC",
                                        "-dname",
                                        "CN=weights.example",
                                        "-ext",
                                        "SAN=dns:weights.example,ip:127.0.0.1"))
                        .redirectErrorStream(true)
                        .redirectOutput(keys.resolve("log").toFile())
                        .start();
        assertThat(process.waitFor()).as(() -> "keytool: " + keys.resolve("log")).isZero();
    }

    @BeforeEach
    void startSafely() throws IOException, GeneralSecurityException {
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            certificates.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(certificates, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        safe = new TestServer(context.getServerSocketFactory());
    }

    @AfterEach
    void stopSafely() throws IOException {
        safe.close();
    }

    private URI address(String host) {
        return URI.create("https://" + host + ":" + safe.port() + "/" + NAME);
    }

    /** What a process says that trusts the certificate. */
    private String fetchTrusting(String host, Map<String, String> environment, String option)
            throws IOException, InterruptedException {
        try (FetchProcess process =
                new FetchProcess(
                        address(host),
                        sha256(BYTES),
                        target(),
                        environment,
                        "-Djavax.net.ssl.trustStore=" + store,
                        "-Djavax.net.ssl.trustStorePassword=" + PASSWORD,
                        option)) {
            return process.lastLine();
        }
    }

    @Test
    void doesNotTrustEveryCertificateNorAskAgain() throws IOException {
        safe.then(served.whole());
        assertThat(refusal(file(address("127.0.0.1"), "", OptionalLong.empty())))
                .contains("certification path");
        assertThat(messages).isEmpty();
        assertNothingThere();
    }

    @Test
    void isNotLedToAnUnsafeLine() throws Exception {
        server.then(served.whole());
        safe.then(TestServer.status("302 Found", "Location: " + server.address("/x")));
        assertThat(fetchTrusting("127.0.0.1", Map.of(), "-ea"))
                .contains("the server redirects from https to http, to 127.0.0.1;");
        assertThat(server.requests()).isEmpty();
        assertNothingThere();
    }

    @Test
    void passesAProxyByATunnelWithItsUser() throws Exception {
        safe.then(served.whole());
        server.then(tunnel());
        String proxy = "http://me:word@127.0.0.1:" + server.port();
        assertThat(fetchTrusting("weights.example", Map.of("https_proxy", proxy), TUNNEL))
                .isEqualTo("done");
        assertFetched();
        assertThat(server.requests().get(0).line())
                .isEqualTo("CONNECT weights.example:%d HTTP/1.1".formatted(safe.port()));
        assertThat(server.requests().get(0).header("Proxy-Authorization"))
                .isEqualTo("Basic bWU6d29yZA==");
        assertThat(safe.requests().get(0).header("Proxy-Authorization")).isEmpty();
    }

    @Test
    void saysWhatLetsAUserThroughATunnel() throws Exception {
        server.then(TestServer.status("407 Proxy Authentication Required"));
        String proxy = "http://me:word@127.0.0.1:" + server.port();
        assertThat(fetchTrusting("weights.example", Map.of("https_proxy", proxy), "-ea"))
                .contains("the server answered 407 (the proxy asks for a login; ")
                .contains(TUNNEL + ")")
                .doesNotContain("word");
        assertThat(server.requests()).hasSize(1);
        assertNothingThere();
    }

    /** Joins the client to the safe server, whatever host it asks for. */
    private Reply tunnel() {
        return (request, socket) -> {
            try (Socket there = new Socket(InetAddress.getLoopbackAddress(), safe.port())) {
                OutputStream out = socket.getOutputStream();
                out.write(TestServer.head("200 Connection established"));
                out.flush();
                Thread up = new Thread(() -> copy(socket, there));
                up.start();
                copy(there, socket);
                up.join(1000);
            }
        };
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // one of them went away
        }
    }
}
