package org.efficientzoo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.efficientzoo.training.data.TrainingFolders;
import org.efficientzoo.zoo.file.LimitedProcess;
import org.efficientzoo.zoo.image.ImageDecoder;
import org.efficientzoo.zoo.image.RgbImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleDataCommandTest {

    @TempDir private Path parent;

    private Shell.Result draw(String name, Object... options) {
        return Shell.run(
                Stream.concat(
                                Stream.of(
                                        "sample-data",
                                        parent.resolve(name),
                                        "--images",
                                        2,
                                        "--val-images",
                                        1,
                                        "--size",
                                        24),
                                Stream.of(options))
                        .toArray());
    }

    private Map<String, String> digests(String name) throws Exception {
        Path folder = parent.resolve(name);
        Map<String, String> digests = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                digests.put(folder.relativize(file).toString(), HexFormat.of().formatHex(hash));
            }
        }
        assertThat(digests).hasSize(30);
        return digests;
    }

    @Test
    void drawsADataSetOfTenClasses() throws IOException {
        Shell.Result result = draw("data");

        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .isEqualTo(
                        "20 training and 10 validation pictures of 10 classes in %s%n"
                                .formatted(parent.resolve("data")));
        TrainingFolders data = TrainingFolders.of(parent.resolve("data"));
        assertThat(data.classes().size()).isEqualTo(10);
        assertThat(data.train()).hasSize(20);
        assertThat(data.validation()).hasSize(10);
        RgbImage picture = new ImageDecoder().decode(data.train().get(0).file());
        assertThat(List.of(picture.width(), picture.height())).containsExactly(24, 24);
        try (Stream<Path> left = Files.list(parent)) {
            assertThat(left).containsExactly(parent.resolve("data"));
        }
    }

    @Test
    void drawsTheSameBytesForTheSameSeed() throws Exception {
        draw("one", "--seed", 3);
        draw("two", "--seed", 3);

        assertThat(digests("one")).isEqualTo(digests("two"));
    }

    @Test
    void drawsNoPictureTwice() throws Exception {
        draw("one");
        draw("two", "--seed", 1);

        assertThat(digests("one").values()).doesNotHaveDuplicates();
        assertThat(digests("one").values()).doesNotContainAnyElementsOf(digests("two").values());
    }

    @Test
    void refusesAFolderWithSomethingInIt() throws IOException {
        Path file = Files.createDirectories(parent.resolve("data")).resolve("mine.txt");
        Files.writeString(file, "mine");

        draw("data").failed("the folder must be new or empty: " + parent.resolve("data"));

        assertThat(file).hasContent("mine");
    }

    @Test
    void takesAnEmptyFolder() throws IOException {
        Files.createDirectories(parent.resolve("data"));

        assertThat(draw("data").status()).isZero();
    }

    @Test
    void refusesAPictureThatIsTooSmall() throws IOException {
        Shell.run("sample-data", parent.resolve("data"), "--size", 8)
                .failed("a picture's sides must have 16 to 1024 pixels, found 8");

        assertThat(parent.resolve("data")).doesNotExist();
    }

    /** Where files may not grow as large as a picture: a full disk does the same. */
    @Test
    void saysWhyAPictureCannotBeWrittenAndKeepsNone() throws Exception {
        Path data = parent.resolve("data");
        Path log = Files.createDirectory(parent.resolve("log"));
        String printed =
                LimitedProcess.run(
                        log, Main.class, "sample-data", data, "--size", 1024, "--images", 40);
        assertThat(printed)
                .isEqualTo(
                        "efficient-zoo: cannot write %s: File too large; nothing was kept, free space or name another place%n"
                                .formatted(data));
        try (Stream<Path> left = Files.list(parent)) {
            assertThat(left).containsExactly(log);
        }
    }
}
