package org.efficientzoo.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileNamesTest {

    @TempDir private Path root;

    /** Prints what it finds in a folder, in a process of its own. */
    static final class Names {

        private Names() {}

        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            ClassFolders folders = ClassFolders.of(folder);
            String names = String.join(",", folders.classes().folders());
            String file = FileNames.of(folder, folders.samples().get(0).file());
            System.out.println(escaped(names + " " + file));
        }
    }

    private static String escaped(String text) {
        return text.chars()
                .mapToObj(c -> c < 0x80 ? Character.toString(c) : "<%x>".formatted(c))
                .collect(Collectors.joining());
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "other systems have no such locale")
    void areReadInALocaleThatHasNoLettersForThem() throws Exception {
        assumeThat(System.getProperty("sun.jnu.encoding")).isEqualTo("UTF-8");
        String file = "K\u00e4fer/a/\u732b.png";
        Files.createDirectories(root.resolve("\u732b"));
        Files.createDirectories(root.resolve(file).getParent());
        Files.createFile(root.resolve(file));
        ProcessBuilder java =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Names.class.getName(),
                        root.toString());
        java.environment().put("LC_ALL", "C");
        Process process = java.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said.strip()).isEqualTo("K<e4>fer,<732b> K<e4>fer/a/<732b>.png");
    }

    @Test
    void goOnFromTheFolder() {
        Path folder = Path.of("data");
        assertThat(FileNames.of(folder.resolve("cat"))).isEqualTo("cat");
        assertThat(FileNames.of(folder, folder.resolve("cat/1.png"))).isEqualTo("cat/1.png");
        assertThat(FileNames.of(Path.of(""), Path.of("cat/1.png"))).isEqualTo("cat/1.png");
    }
}
