package org.efficientzoo.training.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes down how a run goes. */
final class Journal implements AutoCloseable {

    private final RunFolder folder;

    Journal(RunFolder folder) throws IOException {
        this.folder = folder;
        if (!Files.exists(folder.metrics())) {
            Files.writeString(folder.metrics(), String.join(",", Row.header()) + "\n");
        }
    }

    void add(Map<String, Object> row) throws IOException {
        String line = row.values().stream().map(Object::toString).collect(Collectors.joining(","));
        Files.writeString(folder.metrics(), line + "\n", StandardOpenOption.APPEND);
    }

    @Override
    public void close() {}
}
