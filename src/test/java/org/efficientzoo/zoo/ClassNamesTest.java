package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.efficientzoo.zoo.file.SmallFile;
import org.efficientzoo.zoo.file.SpecialFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassNamesTest {

    @TempDir private Path folder;

    private Path save(String text) throws IOException {
        return Files.writeString(folder.resolve("classes.txt"), text);
    }

    @Test
    void partsFolderAndNameAtTheFirstSpaceBehindAnIdentifier() throws IOException {
        ClassNames names = ClassNames.read(save("n01440764 tench\nn01443537   a  goldfish \n"));
        assertThat(names.folders()).containsExactly("n01440764", "n01443537");
        assertThat(names.names()).containsExactly("tench", "a  goldfish");
        assertThat(names.size()).isEqualTo(2);
    }

    @Test
    void partsFolderAndNameAtATab() throws IOException {
        ClassNames names = ClassNames.read(save("cat\ta cat\nhot dog\ta dog\nowl\n"));
        assertThat(names.folders()).containsExactly("cat", "hot dog", "owl");
        assertThat(names.names()).containsExactly("a cat", "a dog", "owl");
    }

    @Test
    void showsTheWholeLineWhereItsFirstWordIsNoIdentifier() throws IOException {
        ClassNames names = ClassNames.read(save("golden retriever\nbald eagle\ncat\n"));
        assertThat(names.folders()).containsExactly("golden", "bald", "cat");
        assertThat(names.names()).containsExactly("golden retriever", "bald eagle", "cat");
    }

    @Test
    void takesTheWholeLineForTheFolderWhereFirstWordsAreAlike() throws IOException {
        ClassNames names = ClassNames.read(save("golden retriever\ngolden eagle\ncat\n"));
        assertThat(names.folders())
                .containsExactly("golden retriever", "golden eagle", "cat")
                .isEqualTo(names.names());
    }

    @Test
    void passesOverEmptyLinesByteOrderMarksAndTheLineEndsOfWindows() throws IOException {
        ClassNames names = ClassNames.read(save("\uFEFF\r\na1 one\r\n\r\nb2 two\r\n"));
        assertThat(names.folders()).containsExactly("a1", "b2");
        assertThat(names.names()).containsExactly("one", "two");
    }

    @Test
    void allowsOneNameForTwoFolders() throws IOException {
        assertThat(ClassNames.read(save("a\tcrane\nb\tcrane\n")).names())
                .containsExactly("crane", "crane");
    }

    @Test
    void knowsTheClassesOfCifar10InTheOrderOfTheirFolders() {
        ClassNames names = ClassNames.cifar10();
        assertThat(names.folders())
                .containsExactly(
                        "airplane",
                        "automobile",
                        "bird",
                        "cat",
                        "deer",
                        "dog",
                        "frog",
                        "horse",
                        "ship",
                        "truck")
                .isEqualTo(names.names());
        assertThat(ClassNames.ofDataset("cifar10")).contains(names);
        assertThat(ClassNames.ofDataset("../cifar10")).isEmpty();
    }

    @Test
    void refusesAFolderThatStandsTwice() throws IOException {
        Path file = save("a\tone\nb\ttwo\na\tthree\n");
        assertThatThrownBy(() -> ClassNames.read(file))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(file + " is no class list: the class a is listed twice");
    }

    @Test
    void refusesAListOfNothing() throws IOException {
        Path file = save("\n \n");
        assertThatThrownBy(() -> ClassNames.read(file))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(
                        file
                                + " is no class list: a class list must have at least one class, found 0");
    }

    @Test
    void refusesWhatIsNoText() throws IOException {
        Path file = folder.resolve("latin.txt");
        Files.write(file, "a b\u00e4r\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ClassNames.read(file))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(file + " must be UTF-8 text, found other bytes");
    }

    @Test
    void namesAFileThatIsNotThere() {
        Path missing = folder.resolve("missing.txt");
        assertThatThrownBy(() -> ClassNames.read(missing))
                .isExactlyInstanceOf(NoSuchFileException.class)
                .hasMessage(missing + ": there is no such class list");
        assertThatThrownBy(() -> ClassNames.read(folder))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(folder + " is a directory, not a class list");
    }

    @Test
    void knowsTheClassesOfImageNet() {
        ClassNames imagenet = ClassNames.imagenet();
        assertThat(imagenet.size()).isEqualTo(1000);
        assertThat(imagenet.folders()).isSorted().allMatch(f -> f.matches("n\\d{8}"));
        assertThat(imagenet.folders()).startsWith("n01440764", "n01443537");
        assertThat(imagenet.names()).startsWith("tench", "goldfish").endsWith("toilet tissue");
    }

    @Test
    void haveANameForEachFolder() {
        assertThatThrownBy(() -> new ClassNames(List.of("a", "b"), List.of("c")))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "a class list must have a name for each folder, found 2 folders, 1 names");
    }

    @Test
    void numbersClassesFromZero() {
        assertThat(ClassNames.numbered(3).names()).isEqualTo(List.of("0", "1", "2"));
        assertThatThrownBy(() -> ClassNames.numbered(0))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("a class list must have at least one class, found 0");
    }

    @Test
    void takesNamesOfACheckpointAsTheyAre() {
        ClassNames names = ClassNames.ofCard(List.of("0 door car", "1 door car", " a  b "));
        assertThat(names.names()).containsExactly("0 door car", "1 door car", " a  b ");
        assertThat(names.folders()).isEqualTo(names.names());
        assertThat(ClassNames.ofCard(List.of("n01 tench", "n02 tench")).names())
                .containsExactly("n01 tench", "n02 tench");
    }

    @Test
    void takesNamesOfACheckpointThatAreNotUnique() {
        ClassNames names = ClassNames.ofCard(List.of("crane", "crane", ""));
        assertThat(names.names()).containsExactly("crane", "crane", "");
        assertThat(names.folders()).containsExactly("0", "1", "2");
    }

    @Test
    void readsItsOwnLinesFromACheckpoint() {
        for (ClassNames names :
                List.of(
                        ClassNames.imagenet(),
                        ClassNames.cifar10(),
                        ClassNames.ofCard(List.of("0 door car", "1 door car")),
                        ClassNames.ofCard(List.of("crane", "crane")),
                        new ClassNames(List.of("a b", "c"), List.of("a b", "d e")))) {
            assertThat(ClassNames.ofCard(names.lines())).isEqualTo(names);
        }
    }

    @Test
    @Timeout(60) // a pipe would be waited for
    void refusesAPipeAndAFileThatIsTooLarge() throws Exception {
        Path pipe = SpecialFiles.pipe(folder.resolve("pipe"));
        assertThatThrownBy(() -> ClassNames.read(pipe))
                .hasMessage(pipe + " must be a regular file, found a pipe or device");
        Path large = Files.write(folder.resolve("large"), new byte[SmallFile.MOST + 1]);
        assertThatThrownBy(() -> ClassNames.read(large))
                .hasMessage(large + " must have at most 16 MiB, found 16777217 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "a\tb", " a", "a ", "\uFEFFa"})
    void refusesToWriteDownANameThatCouldNotBeReadAgain(String name) {
        ClassNames classes = new ClassNames(List.of("cat", name), List.of("cat", name));
        assertThatThrownBy(classes::checkLines)
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the name of a class must have no line break, no tab, and no space at its ends, found \"%s\"",
                        name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 door car", "a, b", "\"a\"", "K\u00e4fer", "\u732b", "1"})
    void writesDownOtherNames(String name) {
        ClassNames classes = new ClassNames(List.of("0 cat", name), List.of("0 cat", name));
        classes.checkLines();
    }
}
