package org.efficientzoo.zoo.download;

import java.net.URI;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A published file.
 *
 * @param address where it is published, {@code https:}, {@code http:} or {@code file:}
 * @param name the name it is known by, also on a mirror
 * @param sha256 its SHA-256 in hexadecimal, or the first 8 or more digits of it, or empty where
 *     none is published
 * @param size its length in bytes, where it is published
 * @param importing the command that takes the file when it was fetched by hand, told to the user
 *     when it cannot be fetched; may be empty
 * @param most the bytes that it may have where its size is not published
 */
public record RemoteFile(
        URI address, String name, String sha256, OptionalLong size, String importing, long most) {

    /** The bytes that a file may have of which nothing is known: 1 GiB. */
    public static final long MOST = 1L << 30; // the largest of the zoo's has a third of it

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]*");
    private static final Pattern HASH = Pattern.compile("|[0-9a-f]{8,64}");

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is not as described above
     */
    public RemoteFile {
        sha256 = sha256.toLowerCase(Locale.ROOT);
        Addresses.check("the address of a file", address);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "the name of a file must be letters, digits and . _ + -, found " + name);
        }
        if (!HASH.matcher(sha256).matches()) {
            throw new IllegalArgumentException(
                    "a SHA-256 must be 8 to 64 hexadecimal digits or empty, found " + sha256);
        }
        if (size.isPresent() && size.getAsLong() <= 0) {
            throw new IllegalArgumentException(
                    "the size of a file must be positive, found " + size.getAsLong());
        }
        if (most <= 0) {
            throw new IllegalArgumentException(
                    "the most bytes of a file must be positive, found " + most);
        }
    }

    /**
     * A file that may have {@link #MOST} bytes where its size is not published.
     *
     * @param address where it is published
     * @param name the name it is known by
     * @param sha256 its SHA-256 or the start of it, or empty
     * @param size its length in bytes, where it is published
     * @param importing the command that takes the file when it was fetched by hand
     * @throws IllegalArgumentException as the other constructor
     */
    public RemoteFile(
            URI address, String name, String sha256, OptionalLong size, String importing) {
        this(address, name, sha256, size, importing, MOST);
    }

    /**
     * A file that is named as its address ends, and whose size is not published.
     *
     * @param address where it is published
     * @param sha256 its SHA-256 or the start of it, or empty
     * @throws IllegalArgumentException if the address ends in no name or the hash is none
     */
    public RemoteFile(URI address, String sha256) {
        this(address, lastSegment(address), sha256, OptionalLong.empty(), "");
    }

    private static String lastSegment(URI address) {
        String path = address.getPath() == null ? "" : address.getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
