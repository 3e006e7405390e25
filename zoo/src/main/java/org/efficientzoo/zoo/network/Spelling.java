package org.efficientzoo.zoo.network;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds the known names that a mistyped one may have meant. */
public final class Spelling {

    private Spelling() {}

    /**
     * The nearest names, whatever the distance: those that go on as the name begins, then others.
     *
     * @param name what was typed
     * @param known the names there are
     * @param most how many to return at most
     * @return the names, nearest first
     */
    public static List<String> nearest(String name, Collection<String> known, int most) {
        Comparator<String> nearestFirst =
                Comparator.comparing((String other) -> !squash(other).startsWith(squash(name)))
                        .thenComparingInt(other -> distance(name, other));
        return known.stream().sorted(nearestFirst).limit(most).toList();
    }

    /**
     * The edits (insert, delete, replace a character) that make one name of the other; case and
     * characters that are neither letter nor digit do not count.
     *
     * @param first a name
     * @param second another one
     * @return their number
     */
    public static int distance(String first, String second) {
        String a = squash(first);
        String b = squash(second);
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replace, 1 + Math.min(previous[j], row[j - 1]));
            }
            previous = row;
        }
        return previous[b.length()];
    }

    private static String squash(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }
}
