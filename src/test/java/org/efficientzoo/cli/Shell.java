package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.Properties;

/** Runs commands inside this process, and leaves the process as it was. */
final class Shell {

    private Shell() {}

    /** What a command left behind. */
    record Result(int status, String out, String err) {

        /** Standard output as one JSON document, after a success. */
        JsonElement json() {
            assertThat(err).isEmpty();
            assertThat(status).isZero();
            return document();
        }

        /** Standard output as one JSON document. */
        JsonElement document() {
            assertThat(out).isNotBlank().matches(text -> text.chars().allMatch(c -> c < 0x80));
            return JsonParser.parseString(out);
        }

        /** Checks that the command failed with one line, nothing printed and nothing half-done. */
        void failed(String line) {
            assertThat(err).isEqualTo("efficient-zoo: " + line + System.lineSeparator());
            assertThat(out).isEmpty();
            assertThat(status).isEqualTo(1);
        }
    }

    static Result run(Object... arguments) {
        String[] texts = new String[arguments.length];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = arguments[i].toString();
        }
        Properties before = (Properties) System.getProperties().clone();
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Charset charset = Charset.defaultCharset();
        try {
            System.setOut(new PrintStream(outBytes, true, charset));
            System.setErr(new PrintStream(errBytes, true, charset));
            int status = Main.run(texts);
            return new Result(status, outBytes.toString(charset), errBytes.toString(charset));
        } finally {
            System.setOut(out);
            System.setErr(err);
            System.setProperties(before);
        }
    }
}
