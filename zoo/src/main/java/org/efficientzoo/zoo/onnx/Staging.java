package org.efficientzoo.zoo.onnx;

import ai.djl.MalformedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.efficientzoo.zoo.file.ScratchFolder;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.file.WholeFile;
import org.efficientzoo.zoo.network.Logits.Difference;

/** Gives ONNX files their place when they are whole and compared; what fails leaves nothing. */
final class Staging {

    private Staging() {}

    /** Writes a graph where it gets ready, and compares it there. */
    @FunctionalInterface
    interface Content {

        /**
         * Writes.
         *
         * @param file takes the graph
         * @param data takes the weights, by whose name beside it the graph finds them
         */
        Optional<Difference> write(Path file, Optional<Path> data)
                throws IOException, MalformedModelException;
    }

    /** Writes a graph with its weights inside. */
    static OnnxExport alone(Path target, Content content)
            throws IOException, MalformedModelException {
        try (WholeFile whole = WholeFile.replacing(target)) {
            Optional<Difference> difference = content.write(whole.path(), Optional.empty());
            String sha256 = Sha256.of(whole.path());
            whole.commit();
            return export(target, Optional.empty(), sha256, difference);
        }
    }

    /**
     * Writes a graph with its weights beside it. Both are compared under their final names in a
     * folder of their own.
     *
     * @param asked whether the caller knows of the second file, so that it may replace one
     */
    static OnnxExport pair(Path target, boolean asked, Content content)
            throws IOException, MalformedModelException {
        Path data = OnnxExport.dataOf(target);
        if (!asked && Files.exists(data)) {
            throw new IOException(
                    "the weights are too large for %s alone and belong in %s, which exists already; only --external-weights replaces it"
                            .formatted(target, data));
        }
        try (WholeFile graph = WholeFile.replacing(target);
                WholeFile weights = asked ? WholeFile.replacing(data) : WholeFile.creating(data);
                ScratchFolder folder =
                        ScratchFolder.in(graph.path().getParent(), ".efficient-zoo-")) {
            Path file = folder.file(target.getFileName().toString());
            Path values = folder.file(data.getFileName().toString());
            Optional<Difference> difference = content.write(file, Optional.of(values));
            Files.copy(values, weights.stream());
            Files.copy(file, graph.stream());
            weights.store();
            graph.store();
            String sha256 = Sha256.of(graph.path());
            weights.commit(); // first, so that no new graph lacks its weights
            try {
                graph.commit();
            } catch (IOException e) {
                throw new IOException(
                        "%s is written, the graph that it belongs to is not: %s; export both again"
                                .formatted(data, e.getMessage()),
                        e);
            }
            return export(target, Optional.of(data), sha256, difference);
        }
    }

    private static OnnxExport export(
            Path target, Optional<Path> data, String sha256, Optional<Difference> difference) {
        return new OnnxExport(
                target.toAbsolutePath(),
                data.map(Path::toAbsolutePath),
                sha256,
                difference(difference, Difference::deviations),
                difference(difference, Difference::absolute));
    }

    private static OptionalDouble difference(
            Optional<Difference> found, ToDoubleFunction<Difference> part) {
        return found.stream().mapToDouble(part).findFirst();
    }
}
