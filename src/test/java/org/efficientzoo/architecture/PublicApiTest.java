package org.efficientzoo.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.training.Evaluation;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.junit.jupiter.api.Test;

/**
 * Every public name is meant to be public: a change shows in {@code public-api.txt}, which this
 * test writes anew to {@code target/} when it differs.
 */
class PublicApiTest {

    @Test
    void isTheOneInTheGoldenFile() throws Exception {
        List<String> found = new ArrayList<>();
        for (Class<?> inModule :
                List.of(EfficientBlock.class, EfficientModelZoo.class, Evaluation.class)) {
            for (String name : classes(inModule)) {
                describe(Class.forName(name, false, getClass().getClassLoader()), found);
            }
        }
        assertThat(found).isNotEmpty();
        String text = String.join("\n", found) + "\n";
        Path written = Path.of("target", "public-api.txt");
        Files.createDirectories(written.getParent());
        Files.writeString(written, text);
        try (InputStream golden = getClass().getResourceAsStream("/public-api.txt")) {
            assertThat(golden).as("public-api.txt").isNotNull();
            assertThat(text)
                    .as("the public names, as now written to %s", written.toAbsolutePath())
                    .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** The names of the classes beside a class, in its folder or jar. */
    private static List<String> classes(Class<?> inModule) throws IOException, URISyntaxException {
        URI place = inModule.getProtectionDomain().getCodeSource().getLocation().toURI();
        if (Files.isDirectory(Path.of(place))) {
            return classes(Path.of(place));
        }
        try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + place), Map.of())) {
            return classes(jar.getPath("/"));
        }
    }

    private static List<String> classes(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(file -> file.endsWith(".class") && !file.contains("-info"))
                    .map(file -> file.substring(0, file.length() - 6).replace('/', '.'))
                    .sorted()
                    .toList();
        }
    }

    private static void describe(Class<?> type, List<String> lines) {
        for (Class<?> outer = type; outer != null; outer = outer.getEnclosingClass()) {
            if (!visible(outer.getModifiers())) {
                return;
            }
        }
        lines.add(type.getName() + " extends " + type.getSuperclass());
        List<String> members = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            if (visible(field)) {
                members.add("  " + field.getType().getSimpleName() + " " + field.getName());
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (visible(constructor)) {
                members.add("  new" + parameters(constructor));
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (visible(method) && !method.isBridge()) {
                String result = method.getReturnType().getSimpleName();
                members.add("  " + result + " " + method.getName() + parameters(method));
            }
        }
        members.stream().sorted().forEach(lines::add);
    }

    private static String parameters(Executable executable) {
        return Arrays.stream(executable.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", "(", ")"));
    }

    private static boolean visible(Member member) {
        return visible(member.getModifiers()) && !member.isSynthetic();
    }

    private static boolean visible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }
}
