package org.efficientzoo.zoo.weights;

import java.io.IOException;

/**
 * What is wrong with a file, as one line, whatever names the file itself brings into it; who knows
 * the file's name puts it before the message.
 */
final class Malformed extends IOException {

    private static final long serialVersionUID = 1;
    private static final int LONGEST = 400;

    Malformed(String rule) {
        super(line(rule));
    }

    /**
     * Text that may be shown: control characters and separators of lines become question marks, and
     * what is too long is cut.
     */
    static String line(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints()
                .limit(LONGEST)
                .map(point -> isShown(point) ? point : '?')
                .forEach(line::appendCodePoint);
        return text.codePointCount(0, text.length()) > LONGEST ? line + "..." : line.toString();
    }

    private static boolean isShown(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
