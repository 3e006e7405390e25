package org.efficientzoo.zoo.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The hash by which files of weights are known. */
public final class Sha256 {

    /** Longer than the clock of any file system takes to its next value. */
    private static final Duration CLOCK_STEP = Duration.ofSeconds(3);

    private static final Map<Path, Hashed> HASHED = new ConcurrentHashMap<>();

    private Sha256() {}

    /**
     * Hashes a file.
     *
     * @param file the file
     * @return its SHA-256 in lower-case hexadecimal digits
     * @throws IOException if it is no regular file or reading fails
     */
    public static String of(Path file) throws IOException {
        SmallFile.checkRegular(file); // of any size
        MessageDigest digest = digest();
        try (OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            Files.copy(file, out);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Hashes a file, but only once in this process as long as its size and the time of its last
     * change stay the same.
     *
     * @param file the file
     * @return its SHA-256 in lower-case hexadecimal digits
     * @throws IOException if it is no regular file or reading fails
     */
    public static String remembered(Path file) throws IOException {
        Path real = file.toRealPath();
        State state = State.of(real);
        Hashed before = HASHED.get(real);
        if (before != null && before.state.equals(state)) {
            return before.hash;
        }
        boolean settled = state.changed.plus(CLOCK_STEP).isBefore(Instant.now());
        String hash = of(real);
        if (settled && state.equals(State.of(real))) {
            HASHED.put(real, new Hashed(state, hash));
        }
        return hash;
    }

    /** What changes with a file, unless it is changed twice between two steps of the clock. */
    private record State(long size, Instant changed, Optional<Object> key) {

        static State of(Path file) throws IOException {
            BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
            return new State(
                    found.size(),
                    found.lastModifiedTime().toInstant(),
                    Optional.ofNullable(found.fileKey()));
        }
    }

    private record Hashed(State state, String hash) {}

    /**
     * Hashes bytes.
     *
     * @param bytes the bytes
     * @return their SHA-256 in lower-case hexadecimal digits
     */
    public static String of(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
