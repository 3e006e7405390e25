package org.efficientzoo.zoo.download;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/** What is asked of an address, and how one is shown. */
final class Addresses {

    private static final Set<String> SCHEMES = Set.of("https", "http", "file");

    private Addresses() {}

    static void check(String what, URI address) {
        boolean complete = isFile(address) ? address.getPath() != null : address.getHost() != null;
        if (!SCHEMES.contains(scheme(address)) || !complete) {
            throw new IllegalArgumentException(
                    what + " must begin with https://, http:// or file:///, found " + address);
        }
    }

    static String scheme(URI address) {
        return address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
    }

    static boolean isFile(URI address) {
        return scheme(address).equals("file");
    }

    /** An address without the user and password that it may carry. */
    static URI withoutUser(URI address) {
        return address.getRawUserInfo() == null
                ? address
                : URI.create(
                        address.toString().replaceFirst("//[^/@]*@", "//")); // the first authority
    }
}
