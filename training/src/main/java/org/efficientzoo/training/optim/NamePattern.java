package org.efficientzoo.training.optim;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A pattern on names of parameters in which {@code *} stands for any characters, dots included. */
final class NamePattern {

    private static final int SHOWN = 3;

    private final String text;
    private final Pattern pattern;

    NamePattern(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("a pattern of names must not be empty");
        }
        this.text = text;
        this.pattern =
                Pattern.compile(
                        Arrays.stream(text.split("\\*", -1))
                                .map(Pattern::quote)
                                .collect(Collectors.joining(".*")));
    }

    boolean matches(String name) {
        return pattern.matcher(name).matches();
    }

    /** The names that match. */
    List<String> among(Collection<String> names) {
        List<String> found = names.stream().filter(this::matches).toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "a pattern must match a parameter, found %s; parameters are %s, ..."
                            .formatted(
                                    text,
                                    names.stream().limit(SHOWN).collect(Collectors.joining(", "))));
        }
        return found;
    }
}
