package org.efficientzoo.zoo;

import ai.djl.util.Utils;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Where this zoo keeps files on this machine. */
final class Folders {

    private static final String REPOSITORY_PROPERTY = "efficientzoo.repository";
    private static final String REPOSITORY_VARIABLE = "EFFICIENTZOO_REPOSITORY";

    private Folders() {}

    private static Path cache() {
        return Utils.getCacheDir().resolve("efficientzoo");
    }

    /** The published checkpoints, converted. */
    static Path published() {
        return cache().resolve("published");
    }

    /** The networks that ONNX Runtime runs. */
    static Path onnx() {
        return cache().resolve("onnx");
    }

    /** The repository that takes imported checkpoints unless another is named. */
    static Path repository() {
        return cache().resolve("repository");
    }

    /** All repositories of imported checkpoints; the ones that the user named come first. */
    static List<Path> repositories() {
        String named =
                Optional.ofNullable(System.getProperty(REPOSITORY_PROPERTY))
                        .or(() -> Optional.ofNullable(System.getenv(REPOSITORY_VARIABLE)))
                        .orElse("");
        List<Path> all = new ArrayList<>();
        Arrays.stream(named.split(File.pathSeparator))
                .filter(Predicate.not(String::isBlank))
                .map(Path::of)
                .forEach(all::add);
        all.add(repository());
        return all;
    }
}
