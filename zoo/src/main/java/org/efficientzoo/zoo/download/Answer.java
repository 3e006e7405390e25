package org.efficientzoo.zoo.download;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.efficientzoo.zoo.download.DownloadFailure.Remedy;
import org.efficientzoo.zoo.download.PartFile.Origin;

/** What the head of a server's answer says. */
final class Answer {

    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d+/(\\d{1,18}|\\*)");

    private final HttpResponse<Body> response;
    private final URI asked;

    Answer(HttpResponse<Body> response, URI asked) {
        this.response = response;
        this.asked = asked;
    }

    int status() {
        return response.statusCode();
    }

    Body body() {
        return response.body();
    }

    private String header(String name) {
        return response.headers().firstValue(name).orElse("").strip();
    }

    /** What the file can be recognised by later; nothing where the server does not say. */
    Optional<Origin> origin(OptionalLong total) {
        String tag = header("ETag");
        String validator = tag.startsWith("\"") ? tag : header("Last-Modified");
        return validator.isEmpty()
                ? Optional.empty()
                : Optional.of(new Origin(asked, validator, total));
    }

    /** Whether this is the rest of that file, from that byte on. */
    boolean goesOn(Optional<Origin> known, long offset) {
        Matcher range = RANGE.matcher(header("Content-Range"));
        if (known.isEmpty() || !range.matches() || Long.parseLong(range.group(1)) != offset) {
            return false;
        }
        OptionalLong total = known.get().total();
        boolean sameLength =
                total.isEmpty()
                        || range.group(2).equals("*")
                        || Long.parseLong(range.group(2)) == total.getAsLong();
        String validator = header(known.get().hasEntityTag() ? "ETag" : "Last-Modified");
        return sameLength && (validator.isEmpty() || validator.equals(known.get().validator()));
    }

    /**
     * The length of the whole file.
     *
     * @throws DownloadFailure if it is not the published one, or more than it may have
     */
    OptionalLong total(RemoteFile file) throws DownloadFailure {
        OptionalLong published = file.size();
        OptionalLong length = response.headers().firstValueAsLong("Content-Length");
        if (length.isEmpty()) {
            return published;
        }
        if (published.isPresent() && published.getAsLong() != length.getAsLong()) {
            throw new DownloadFailure(
                    Remedy.RESTART,
                    "expected %d bytes, the server has %d"
                            .formatted(published.getAsLong(), length.getAsLong()));
        }
        if (published.isEmpty() && length.getAsLong() > file.most()) {
            throw new DownloadFailure(
                    Remedy.BY_HAND,
                    "expected %d bytes at most, the server has %d"
                            .formatted(file.most(), length.getAsLong()));
        }
        return length;
    }

    void refuseWebPage() throws DownloadFailure {
        String type = header("Content-Type").toLowerCase(Locale.ROOT);
        if (type.startsWith("text/html") || type.startsWith("application/xhtml")) {
            throw new DownloadFailure(
                    Remedy.BY_HAND,
                    "a web page came in its place ("
                            + type
                            + "), as from a network or server that asks for a login"
                            + Redirects.note(asked, response.uri()));
        }
    }

    /** The failure that a status other than success is. */
    DownloadFailure refusal(Duration longestWait) {
        int status = status();
        String reason =
                "the server answered "
                        + status
                        + meaning(status)
                        + Redirects.note(asked, response.uri());
        if (status != 408 && status != 425 && status != 429 && status < 500) {
            return new DownloadFailure(Remedy.BY_HAND, reason);
        }
        Duration wait = retryAfter();
        if (wait.compareTo(longestWait) > 0) {
            return new DownloadFailure(
                    Remedy.BY_HAND, reason + " and asks to wait " + wait.toSeconds() + " s");
        }
        return DownloadFailure.retry(reason, wait);
    }

    private static String meaning(int status) {
        return switch (status) {
            case 401 -> " (it asks for a login)";
            case 403 -> " (forbidden)";
            case 404 -> " (not found)";
            case 407 ->
                    " (the proxy asks for a login; Java tells a proxy the user that its address"
                            + " names, for https only if started with"
                            + " -Djdk.http.auth.tunneling.disabledSchemes=)";
            case 410 -> " (gone)";
            case 429 -> " (too many requests)";
            case 503 -> " (unavailable)";
            default -> "";
        };
    }

    private Duration retryAfter() {
        String value = header("Retry-After");
        if (value.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(value));
        }
        try {
            Instant until =
                    ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            Duration wait = Duration.between(Instant.now(), until);
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeException e) {
            return Duration.ZERO;
        }
    }
}
