package org.efficientzoo.training.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.PrintWriter;

/** One JSON document on standard output. */
final class JsonOutput {

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private JsonOutput() {}

    static void print(PrintWriter out, Object document) {
        out.println(ascii(GSON.toJson(document)));
        out.flush();
    }

    /** Escapes what the encoding of standard output might not have: it may be plain ASCII. */
    private static String ascii(String json) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            text.append(c < 0x80 ? String.valueOf(c) : "\\u%04x".formatted((int) c));
        }
        return text.toString();
    }
}
