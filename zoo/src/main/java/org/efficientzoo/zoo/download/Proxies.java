package org.efficientzoo.zoo.download;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.efficientzoo.zoo.download.DownloadFailure.Remedy;

/**
 * The proxies: those of Java's system properties, else those of the environment variables that curl
 * reads, in the way that it reads them.
 */
final class Proxies extends ProxySelector {

    private static final int DEFAULT_PORT = 1080; // curl's

    private final Map<String, String> environment;

    Proxies(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public List<Proxy> select(URI address) {
        if (isJavasOwn(address)) {
            return ProxySelector.getDefault().select(address);
        }
        return List.of(
                ofEnvironment(address)
                        .map(proxy -> new InetSocketAddress(proxy.getHost(), port(proxy)))
                        .map(place -> new Proxy(Proxy.Type.HTTP, place))
                        .orElse(Proxy.NO_PROXY));
    }

    @Override
    public void connectFailed(URI address, SocketAddress place, IOException failure) {
        // The attempt fails with the same reason.
    }

    /**
     * The first words of a request to a proxy.
     *
     * @return the value of the header {@code Proxy-Authorization}, if a user is named
     * @throws DownloadFailure if the proxy is of a kind that cannot be used: to go past it would be
     *     against what the user asked for
     */
    Optional<String> authorization(URI address) throws DownloadFailure {
        if (isJavasOwn(address)) {
            List<Proxy> chosen = ProxySelector.getDefault().select(address);
            if (!chosen.isEmpty() && chosen.get(0).type() == Proxy.Type.SOCKS) {
                throw unusable("a SOCKS proxy in Java's system properties");
            }
            String scheme = Addresses.scheme(address);
            return property(scheme + ".proxyUser")
                    .map(user -> user + ":" + property(scheme + ".proxyPassword").orElse(""))
                    .map(Proxies::basic);
        }
        Optional<URI> proxy;
        try {
            proxy = ofEnvironment(address);
        } catch (IllegalArgumentException e) {
            throw unusable("what is no address");
        }
        if (proxy.isPresent() && proxy.get().getHost() == null) {
            throw unusable("an address without a host");
        }
        if (proxy.isPresent() && !Addresses.scheme(proxy.get()).equals("http")) {
            throw unusable(Addresses.withoutUser(proxy.get()).toString());
        }
        return proxy.map(URI::getUserInfo).map(Proxies::basic);
    }

    private static DownloadFailure unusable(String found) {
        return new DownloadFailure(
                Remedy.BY_HAND, "the proxy must be an http:// address, found " + found);
    }

    static String basic(String userAndPassword) {
        byte[] bytes = userAndPassword.getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(bytes);
    }

    private static boolean isJavasOwn(URI address) {
        ProxySelector selector = ProxySelector.getDefault();
        boolean named =
                Stream.of("http.proxyHost", "https.proxyHost", "socksProxyHost")
                                .anyMatch(name -> property(name).isPresent())
                        || Boolean.getBoolean("java.net.useSystemProxies");
        return selector != null
                && (named
                        || selector.select(address).stream()
                                .anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT));
    }

    private static Optional<String> property(String name) {
        return Optional.ofNullable(System.getProperty(name)).filter(value -> !value.isBlank());
    }

    private Optional<URI> ofEnvironment(URI address) {
        String scheme = Addresses.scheme(address);
        return variable(scheme + "_proxy")
                // Web servers set HTTP_PROXY to what a stranger sent: curl does not read it either.
                .or(() -> scheme.equals("http") ? Optional.empty() : variable("HTTPS_PROXY"))
                .or(() -> variable("all_proxy"))
                .or(() -> variable("ALL_PROXY"))
                .filter(proxy -> !isExempt(address.getHost()))
                .map(proxy -> proxy.contains("://") ? proxy : "http://" + proxy)
                .map(URI::create);
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name))
                .map(String::strip)
                .filter(value -> !value.isEmpty());
    }

    private static int port(URI proxy) {
        return proxy.getPort() < 0 ? DEFAULT_PORT : proxy.getPort();
    }

    private boolean isExempt(String host) {
        String list = variable("no_proxy").or(() -> variable("NO_PROXY")).orElse("");
        String name = host.toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", ""); // of IPv6
        return list.equals("*")
                || Arrays.stream(list.toLowerCase(Locale.ROOT).split("[,\\s]+"))
                        .filter(entry -> !entry.isEmpty())
                        .anyMatch(entry -> covers(entry, name));
    }

    private static boolean covers(String entry, String host) {
        int slash = entry.indexOf('/');
        if (slash >= 0) {
            return isNumeric(host)
                    && isNumeric(entry.substring(0, slash))
                    && entry.substring(slash + 1).matches("\\d{1,3}")
                    && sameStart(
                            bytes(host),
                            bytes(entry.substring(0, slash)),
                            Integer.parseInt(entry.substring(slash + 1)));
        }
        String domain = entry.startsWith(".") ? entry.substring(1) : entry;
        return host.equals(domain) || (!isNumeric(host) && host.endsWith("." + domain));
    }

    private static boolean isNumeric(String host) {
        return host.matches("[0-9.]+") || host.contains(":");
    }

    private static byte[] bytes(String numericHost) {
        try {
            return InetAddress.getByName(numericHost).getAddress();
        } catch (UnknownHostException e) {
            return new byte[0];
        }
    }

    private static boolean sameStart(byte[] a, byte[] b, int bits) {
        if (a.length == 0 || a.length != b.length || bits > 8 * a.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            if ((((a[i / 8] ^ b[i / 8]) >> (7 - i % 8)) & 1) != 0) {
                return false;
            }
        }
        return true;
    }
}
