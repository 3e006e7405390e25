package org.efficientzoo.zoo;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.Precision;

/**
 * A class path entry like the zoo's own: all its metadata, but of weights only those that a test
 * ships, halves of the small network's.
 */
public final class ShippedTree implements AutoCloseable {

    private static final Path OWN = Path.of(System.getProperty("project.root"), "models");
    private static final String MODELS = "org/efficientzoo/models";

    private final Path root;
    private final URLClassLoader loader;

    private ShippedTree(Path root, URL url) {
        this.root = root;
        this.loader = new URLClassLoader(new URL[] {url}, null);
    }

    /** Makes a tree in an empty folder, with no weights. */
    public static ShippedTree of(Path root) throws IOException {
        for (NetworkEntry network : Networks.all()) {
            String path = "model/cv/image_classification/org/efficientzoo/" + network.name();
            String text = Files.readString(OWN.resolve(path).resolve("metadata.json"));
            JsonObject metadata = JsonParser.parseString(text).getAsJsonObject();
            JsonArray untrained = new JsonArray();
            untrained.add(metadata.getAsJsonArray("artifacts").get(0));
            metadata.add("artifacts", untrained);
            Path folder = Files.createDirectories(root.resolve(MODELS).resolve(path));
            Files.writeString(folder.resolve("metadata.json"), metadata.toString());
        }
        return new ShippedTree(root, root.toUri().toURL());
    }

    /** The folder on the class path. */
    public Path root() {
        return root;
    }

    /** What is {@code models/} in the project. */
    public Path models() {
        return root.resolve(MODELS);
    }

    /** Ships weights by the formula under a tag, beside a document. */
    public CheckpointImport.Result ship(String tag, long salt, double top1) throws Exception {
        Path card = Files.writeString(root.resolve("card.md"), "# " + tag + "\n");
        Path values = TestModels.weights(root.resolve("w.safetensors"), salt);
        try {
            return adding(tag, Optional.of(models()), top1, List.of(card)).run(values);
        } finally {
            Files.delete(card);
            Files.delete(values);
        }
    }

    /** What puts weights of the small network, trained on CIFAR-10, anywhere. */
    static CheckpointImport adding(
            String tag, Optional<Path> repository, double top1, List<Path> documents) {
        WeightsFacts facts =
                new WeightsFacts(
                        Optional.of(top1),
                        Optional.of(99.5),
                        Optional.of("Efficient Zoo"),
                        Optional.of("Apache-2.0"));
        return new CheckpointImport(
                Networks.get(TestModels.NAME),
                tag,
                Optional.of("cifar10"),
                Map.of("width", Double.toString(TestModels.WIDTH), "crop", "64"),
                Optional.empty(),
                facts,
                documents,
                Precision.FLOAT16,
                repository,
                false);
    }

    /** The same tree as a jar. */
    ShippedTree packed(Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(models())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(
                        new JarEntry(root.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, entries);
            }
        }
        return new ShippedTree(root, jar.toUri().toURL());
    }

    /** What the zoo sees of it. */
    ClassPathRepository repository() {
        return new ClassPathRepository(this::open);
    }

    private InputStream open(String name) {
        return loader.getResourceAsStream(name.substring(1));
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}
