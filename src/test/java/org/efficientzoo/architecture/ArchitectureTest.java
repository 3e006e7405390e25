package org.efficientzoo.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of docs/architecture.md, read off the sources' imports. */
class ArchitectureTest {

    private static final Path ROOT = Path.of(System.getProperty("project.root"));
    private static final int MOST_LINES = 400;
    private static final Pattern PACKAGE =
            Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);
    private static final Pattern IMPORT =
            Pattern.compile(
                    "^import (?:static )?([a-z][\\w.]*?)\\.[A-Z][\\w.]*;", Pattern.MULTILINE);

    private static final Map<String, Set<String>> IMPORTS = new TreeMap<>();

    @BeforeAll
    static void readImports() throws IOException {
        for (String module : List.of("blocks", "zoo", "training", "cli")) {
            for (Path file : sources(ROOT.resolve(module).resolve("src/main/java"))) {
                String text = Files.readString(file);
                Matcher name = PACKAGE.matcher(text);
                assertThat(name.find()).as("package of %s", file).isTrue();
                Set<String> imports =
                        IMPORTS.computeIfAbsent(name.group(1), key -> new HashSet<>());
                IMPORT.matcher(text).results().forEach(match -> imports.add(match.group(1)));
            }
        }
        assertThat(IMPORTS).hasSizeGreaterThan(5);
    }

    private static List<Path> sources(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    private static void importsNone(String from, String forbidden) {
        IMPORTS.forEach(
                (name, imports) -> {
                    if (isIn(name, from)) {
                        assertThat(imports)
                                .as("imports of %s", name)
                                .noneMatch(other -> isIn(other, forbidden));
                    }
                });
    }

    private static boolean isIn(String name, String parent) {
        return name.equals(parent) || name.startsWith(parent + ".");
    }

    @Test
    void arrowsPointFromTrainingToZooToBlocks() {
        importsNone("org.efficientzoo.blocks", "org.efficientzoo.zoo");
        importsNone("org.efficientzoo.blocks", "org.efficientzoo.training");
        importsNone("org.efficientzoo.zoo", "org.efficientzoo.training");
    }

    @Test
    void noEngineIsNamedInTheLibraries() {
        for (String engine : List.of("ai.djl.pytorch", "ai.djl.mxnet", "ai.djl.onnxruntime")) {
            importsNone("org.efficientzoo", engine);
        }
    }

    @Test
    void theBlocksNeedDjlsApiAndNothingElse() {
        IMPORTS.forEach(
                (name, imports) -> {
                    if (isIn(name, "org.efficientzoo.blocks")) {
                        assertThat(imports)
                                .as("imports of %s", name)
                                .allMatch(
                                        other ->
                                                isIn(other, "java")
                                                        || isIn(other, "ai.djl")
                                                        || isIn(other, "org.efficientzoo.blocks"));
                    }
                });
    }

    @Test
    void noTwoPackagesNeedEachOther() {
        IMPORTS.keySet()
                .forEach(
                        name ->
                                assertThat(reachable(name))
                                        .as("packages that %s needs", name)
                                        .doesNotContain(name));
    }

    private static Set<String> reachable(String from) {
        Set<String> found = new HashSet<>();
        Deque<String> next = new ArrayDeque<>(others(from));
        while (!next.isEmpty()) {
            String name = next.pop();
            if (found.add(name)) {
                next.addAll(others(name));
            }
        }
        return found;
    }

    private static List<String> others(String name) {
        return IMPORTS.get(name).stream()
                .filter(other -> IMPORTS.containsKey(other) && !other.equals(name))
                .toList();
    }

    @Test
    void filesAreShort() throws IOException {
        for (String folder : List.of("blocks", "zoo", "training", "cli", "src/test")) {
            for (Path file : sources(ROOT.resolve(folder))) {
                if (file.toString().contains("/target/")) {
                    continue;
                }
                assertThat(Files.readAllLines(file).size())
                        .as("lines of %s", file)
                        .isLessThanOrEqualTo(MOST_LINES);
            }
        }
    }
}
