package org.efficientzoo.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import org.efficientzoo.blocks.analysis.SafeText;

/**
 * Standard output or standard error, where texts of others, such as names of files and classes, are
 * printed: a line and what is put into a format cannot carry escape sequences or line breaks to the
 * terminal. {@link #print} and {@link #write} take text that is ready: a table, help, JSON.
 */
final class SafeWriter extends PrintWriter {

    /** Writes to a stream in the stream's encoding, and flushes after each line. */
    SafeWriter(PrintStream stream) {
        super(stream, true);
    }

    @Override
    public void println(String line) {
        super.println(SafeText.line(String.valueOf(line)));
    }

    @Override
    public void println(Object line) {
        println(String.valueOf(line));
    }

    @Override
    public PrintWriter format(String format, Object... values) {
        return super.format(format, safe(values));
    }

    @Override
    public PrintWriter format(Locale locale, String format, Object... values) {
        return super.format(locale, format, safe(values));
    }

    private static Object[] safe(Object[] values) {
        return Arrays.stream(values).map(SafeWriter::safe).toArray();
    }

    private static Object safe(Object value) {
        return value == null || value instanceof Number || value instanceof Boolean
                ? value
                : SafeText.line(value.toString());
    }
}
