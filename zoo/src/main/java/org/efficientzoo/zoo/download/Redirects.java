package org.efficientzoo.zoo.download;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.efficientzoo.zoo.download.DownloadFailure.Remedy;

/** Where a server sends a client on to. */
final class Redirects {

    private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);
    private static final Pattern UNESCAPED = Pattern.compile("[\\s\"<>\\\\^`{|}]");

    private Redirects() {}

    static Optional<String> location(HttpResponse<?> response) {
        return STATUSES.contains(response.statusCode())
                ? response.headers().firstValue("Location")
                : Optional.empty();
    }

    /** The next address; never from a safe line to an unsafe one, nor into this machine's files. */
    static URI follow(URI from, String location) throws DownloadFailure {
        URI to;
        try {
            String escaped =
                    UNESCAPED
                            .matcher(location.strip())
                            .replaceAll(c -> "%%%02X".formatted((int) c.group().charAt(0)));
            to = Addresses.withoutUser(from.resolve(new URI(escaped)));
            Addresses.check("a redirect", to);
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw refused("to what is no address", e);
        }
        if (Addresses.isFile(to)) {
            throw refused("to a file: address", null);
        }
        if (Addresses.scheme(from).equals("https") && !Addresses.scheme(to).equals("https")) {
            throw refused("from https to http, to " + to.getHost(), null);
        }
        return to;
    }

    private static DownloadFailure refused(String where, Throwable cause) {
        return new DownloadFailure(Remedy.BY_HAND, "the server redirects " + where, cause);
    }

    /** Which host it was that failed, where it is not the one that was asked. */
    static String note(URI asked, URI reached) {
        return asked.getAuthority().equals(reached.getAuthority())
                ? ""
                : " (redirected to " + reached.getAuthority() + ")";
    }
}
