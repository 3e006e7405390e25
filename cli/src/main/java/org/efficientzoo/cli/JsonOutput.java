package org.efficientzoo.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.PrintWriter;

/** One JSON document on standard output. */
final class JsonOutput {

    private static final char DELETE = 0x7F;
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private JsonOutput() {}

    static void print(PrintWriter out, Object document) {
        out.print(ascii(GSON.toJson(document)));
        out.println();
        out.flush();
    }

    /**
     * Escapes what the encoding of standard output might not have, which may be plain ASCII, and
     * the only control character that Gson leaves as it is.
     */
    private static String ascii(String json) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            text.append(c < DELETE ? String.valueOf(c) : "\\u%04x".formatted((int) c));
        }
        return text.toString();
    }
}
