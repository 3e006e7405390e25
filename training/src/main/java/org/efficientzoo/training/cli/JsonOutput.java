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
        GSON.toJson(document, out);
        out.println();
        out.flush();
    }
}
