package org.efficientzoo.zoo.download;

import ai.djl.util.Utils;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * How files are fetched.
 *
 * @param mirror an address that has the same files by their names; then nothing else is asked
 * @param offline whether nothing may leave the machine; a {@code file:} mirror may still be read
 * @param attempts how often a fetch is tried before it fails; the count begins anew with an attempt
 *     that brings a good piece of the file
 * @param firstWait the longest wait before the second attempt; it doubles with each further one
 * @param longestWait the longest wait between two attempts; where the server asks for a longer one
 *     the fetch fails
 * @param connecting how long a connection may take
 * @param stall how long a server may stay silent
 * @param leastSpeed the bytes a second that a server must send, 0 for any
 * @param speedTime the span of time over which its speed is taken
 */
public record DownloadSettings(
        Optional<URI> mirror,
        boolean offline,
        int attempts,
        Duration firstWait,
        Duration longestWait,
        Duration connecting,
        Duration stall,
        long leastSpeed,
        Duration speedTime) {

    /**
     * The published addresses, 5 attempts, waits of 1 s to 60 s, 20 s to connect, 30 s silence, 1
     * KiB a second over 60 s.
     */
    public static final DownloadSettings DEFAULT =
            new DownloadSettings(
                    Optional.empty(),
                    false,
                    5,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(30),
                    1024,
                    Duration.ofSeconds(60));

    private static final String MIRROR = "efficientzoo.mirror";
    private static final String MIRROR_VARIABLE = "EFFICIENTZOO_MIRROR";
    private static final String OFFLINE = "efficientzoo.offline";
    private static final String LEAST_SPEED = "efficientzoo.leastSpeed";
    private static final String LEAST_SPEED_VARIABLE = "EFFICIENTZOO_LEAST_SPEED";
    private static final String SPEED_TIME = "efficientzoo.speedTime";
    private static final String SPEED_TIME_VARIABLE = "EFFICIENTZOO_SPEED_TIME";

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if the mirror is no address of a folder, or a number or
     *     duration is not positive
     */
    public DownloadSettings {
        mirror.ifPresent(
                address -> {
                    Addresses.check("the mirror", address);
                    if (address.getRawQuery() != null || address.getRawFragment() != null) {
                        throw new IllegalArgumentException(
                                "the mirror must have no ? and no #, found " + address);
                    }
                });
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts must be positive, found " + attempts);
        }
        positive("the first wait", firstWait);
        positive("the longest wait", longestWait);
        positive("the time to connect", connecting);
        positive("the time of silence", stall);
        if (leastSpeed < 0) {
            throw new IllegalArgumentException(
                    "the least speed must be at least 0, found " + leastSpeed);
        }
        positive("the time of the least speed", speedTime);
    }

    /**
     * Settings with the default least speed.
     *
     * @param mirror an address that has the same files by their names
     * @param offline whether nothing may leave the machine
     * @param attempts how often a fetch is tried before it fails
     * @param firstWait the longest wait before the second attempt
     * @param longestWait the longest wait between two attempts
     * @param connecting how long a connection may take
     * @param stall how long a server may stay silent
     * @throws IllegalArgumentException as the other constructor
     */
    public DownloadSettings(
            Optional<URI> mirror,
            boolean offline,
            int attempts,
            Duration firstWait,
            Duration longestWait,
            Duration connecting,
            Duration stall) {
        this(
                mirror,
                offline,
                attempts,
                firstWait,
                longestWait,
                connecting,
                stall,
                DEFAULT.leastSpeed,
                DEFAULT.speedTime);
    }

    private static void positive(String what, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(what + " must be positive, found " + duration);
        }
    }

    /**
     * The defaults, with the mirror, the offline switch and the least speed that the user has set:
     * the system property {@code efficientzoo.mirror}, else the environment variable {@code
     * EFFICIENTZOO_MIRROR}; the system property {@code efficientzoo.offline}, else what DJL has for
     * itself; {@code efficientzoo.leastSpeed} (bytes a second), else {@code
     * EFFICIENTZOO_LEAST_SPEED}; {@code efficientzoo.speedTime} (seconds), else {@code
     * EFFICIENTZOO_SPEED_TIME}.
     *
     * @return the settings
     * @throws IllegalArgumentException if the mirror is no address, or a number is none
     */
    public static DownloadSettings fromEnvironment() {
        return from(System::getProperty, System.getenv(), Utils::isOfflineMode);
    }

    static DownloadSettings from(
            Function<String, String> properties,
            Map<String, String> environment,
            BooleanSupplier djlOffline) {
        BiFunction<String, String, Optional<String>> set =
                (property, variable) ->
                        Optional.ofNullable(properties.apply(property))
                                .or(() -> Optional.ofNullable(environment.get(variable)))
                                .map(String::strip)
                                .filter(text -> !text.isEmpty());
        Optional<URI> mirror = set.apply(MIRROR, MIRROR_VARIABLE).map(DownloadSettings::address);
        boolean offline =
                Optional.ofNullable(properties.apply(OFFLINE))
                        .map(Boolean::parseBoolean)
                        .orElseGet(djlOffline::getAsBoolean);
        return new DownloadSettings(
                mirror,
                offline,
                DEFAULT.attempts,
                DEFAULT.firstWait,
                DEFAULT.longestWait,
                DEFAULT.connecting,
                DEFAULT.stall,
                set.apply(LEAST_SPEED, LEAST_SPEED_VARIABLE)
                        .map(text -> whole(LEAST_SPEED, text))
                        .orElse(DEFAULT.leastSpeed),
                set.apply(SPEED_TIME, SPEED_TIME_VARIABLE)
                        .map(text -> Duration.ofSeconds(whole(SPEED_TIME, text)))
                        .orElse(DEFAULT.speedTime));
    }

    private static long whole(String what, String text) {
        if (!text.matches("\\d{1,9}")) {
            throw new IllegalArgumentException(
                    what + " must be a whole number of at most 9 digits, found " + text);
        }
        return Long.parseLong(text);
    }

    private static URI address(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("the mirror must be an address, found " + text, e);
        }
    }

    /** Where a file is fetched from: the mirror if there is one, else where it is published. */
    URI addressOf(RemoteFile file) {
        return mirror.map(URI::toString)
                .map(folder -> URI.create(folder + (folder.endsWith("/") ? "" : "/") + file.name()))
                .orElse(file.address());
    }
}
