package org.efficientzoo.blocks.analysis;

/**
 * Text of others, made safe to print: what would move the cursor, color the terminal, end the line
 * or turn the direction of writing is shown as an escape such as {@code \u001b}. All other text,
 * accented letters, Chinese and emoji among it, stays as it is.
 */
public final class SafeText {

    private SafeText() {}

    /**
     * Makes a text safe to print as one line.
     *
     * @param text any text
     * @return the text, its line breaks shown as escapes, too
     */
    public static String line(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints()
                .forEach(
                        c -> {
                            if (isHarmless(c)) {
                                safe.appendCodePoint(c);
                            } else {
                                safe.append(escape(c));
                            }
                        });
        return safe.toString();
    }

    private static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> // without its other half
                    false;
            default -> !isDirection(c);
        };
    }

    /** Unicode's property Bidi_Control. */
    private static boolean isDirection(int c) {
        return c == 0x061C
                || c == 0x200E
                || c == 0x200F
                || (0x202A <= c && c <= 0x202E)
                || (0x2066 <= c && c <= 0x2069);
    }

    private static String escape(int c) {
        return switch (c) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> "\\u%04x".formatted(c); // all of them are in the first plane
        };
    }
}
