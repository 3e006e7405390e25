package org.efficientzoo.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.efficientzoo.training.data.ClassFolders.Sample;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.TestImages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassFoldersTest {

    @TempDir private Path root;

    /** Empty files do: nothing is decoded here. */
    private void touch(String... files) throws IOException {
        for (String name : files) {
            Path file = root.resolve(name);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
    }

    private Sample sample(String file, int label) {
        return new Sample(root.resolve(file), label);
    }

    private static ClassNames classes(String... folders) {
        return new ClassNames(List.of(folders), List.of(folders));
    }

    @Test
    void numbersTheFoldersInSortedOrder() throws IOException {
        touch("dog/b.jpg", "dog/a.jpg", "cat/z.jpg", "Zebra/1.jpg");
        ClassFolders folders = ClassFolders.of(root);
        assertThat(folders.classes().folders()).containsExactly("Zebra", "cat", "dog");
        assertThat(folders.samples())
                .containsExactly(
                        sample("Zebra/1.jpg", 0),
                        sample("cat/z.jpg", 1),
                        sample("dog/a.jpg", 2),
                        sample("dog/b.jpg", 2));
    }

    @Test
    void takesTheNumbersOfAClassListThatMayHaveMore() throws IOException {
        touch("cat/1.jpg", "dog/1.jpg");
        ClassFolders folders = ClassFolders.of(root, classes("owl", "dog", "cat"));
        assertThat(folders.classes().size()).isEqualTo(3);
        assertThat(folders.samples())
                .containsExactly(sample("cat/1.jpg", 2), sample("dog/1.jpg", 1));
    }

    @Test
    void takesAFolderThatHasTheFullNameOfItsClass() throws IOException {
        touch("golden retriever/1.jpg", "n2/1.jpg");
        ClassNames classes =
                new ClassNames(List.of("n1", "n2"), List.of("golden retriever", "cat"));
        assertThat(ClassFolders.of(root, classes).samples())
                .containsExactly(sample("golden retriever/1.jpg", 0), sample("n2/1.jpg", 1));
    }

    @Test
    void findsImagesAtAnyDepthWhateverTheCaseOfTheirEnding() throws IOException {
        touch("cat/1.JPEG", "cat/a/2.Png", "cat/a/b/3.bmp", "cat/4.gif", "cat/notes.txt", "cat/5");
        assertThat(ClassFolders.of(root).samples())
                .extracting(Sample::file)
                .containsExactly(
                        root.resolve("cat/1.JPEG"),
                        root.resolve("cat/4.gif"),
                        root.resolve("cat/a/2.Png"),
                        root.resolve("cat/a/b/3.bmp"));
    }

    @Test
    void findsImagesThatNobodyHereDecodesSoThatTheyAreReported() throws IOException {
        touch("cat/1.webp", "cat/2.tif", "cat/3.ppm", "cat/4.wbmp");
        assertThat(ClassFolders.of(root).samples())
                .extracting(Sample::file)
                .containsExactly(
                        root.resolve("cat/1.webp"),
                        root.resolve("cat/2.tif"),
                        root.resolve("cat/3.ppm"));
    }

    @Test
    void passesOverHiddenFilesAndFolders() throws IOException {
        touch(".cache/1.jpg", "cat/1.jpg", "cat/._1.jpg", "readme.txt");
        ClassFolders folders = ClassFolders.of(root);
        assertThat(folders.classes().folders()).containsExactly("cat");
        assertThat(folders.samples()).containsExactly(sample("cat/1.jpg", 0));
    }

    @Test
    void keepsTheNumberOfAClassWithoutImages() throws IOException {
        touch("cat/1.jpg", "dog/1.jpg");
        Files.createDirectory(root.resolve("cow"));
        assertThat(ClassFolders.of(root).samples())
                .containsExactly(sample("cat/1.jpg", 0), sample("dog/1.jpg", 2));
    }

    @Test
    void namesTheFoldersThatTheListDoesNotKnow() throws IOException {
        touch("cat/1.jpg", "dog/1.jpg", "owl/1.jpg");
        assertThatThrownBy(() -> ClassFolders.of(root, classes("cat", "cow")))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(
                        "the class list does not know 2 of 3 class folders of %s: dog, owl", root);
    }

    @Test
    void namesFiveOfManyUnknownFolders() throws IOException {
        touch("a/1.jpg", "b/1.jpg", "c/1.jpg", "d/1.jpg", "e/1.jpg", "f/1.jpg");
        assertThatThrownBy(() -> ClassFolders.of(root, classes("cat")))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(
                        "the class list does not know 6 of 6 class folders of %s: a, b, c, d, e, ...",
                        root);
    }

    @Test
    void refusesAnEmptyFolder() {
        assertThatThrownBy(() -> ClassFolders.of(root))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(root + " must have a folder a class, found none");
    }

    @Test
    void refusesAFlatFolder() throws IOException {
        touch("1.jpg", "2.jpg");
        assertThatThrownBy(() -> ClassFolders.of(root))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(root + " must have a folder a class, found images without one");
    }

    @Test
    void refusesClassFoldersWithoutImages() throws IOException {
        touch("cat/notes.txt", "dog/notes.txt");
        assertThatThrownBy(() -> ClassFolders.of(root))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("there are no images in the class folders of " + root);
    }

    @Test
    void namesAFolderThatIsNotThere() {
        Path missing = root.resolve("missing");
        assertThatThrownBy(() -> ClassFolders.of(missing))
                .isExactlyInstanceOf(NoSuchFileException.class)
                .hasMessage(missing + ": there is no such folder");
    }

    @Test
    void refusesAFile() throws IOException {
        touch("file");
        Path file = root.resolve("file");
        assertThatThrownBy(() -> ClassFolders.of(file))
                .isExactlyInstanceOf(NotDirectoryException.class)
                .hasMessage(file + " is no folder");
    }

    @Test
    void endsOnAFolderThatContainsItself() throws IOException {
        touch("cat/1.jpg");
        Files.createSymbolicLink(root.resolve("cat/again"), root.resolve("cat"));
        assertThatThrownBy(() -> ClassFolders.of(root))
                .isExactlyInstanceOf(FileSystemLoopException.class);
    }

    @Test
    void passesOverHiddenFoldersAndThoseOfSystemsAtAnyDepth() throws IOException {
        touch(
                ".git/1.jpg",
                "__MACOSX/cat/1.jpg",
                "cat/1.jpg",
                "cat/.ipynb_checkpoints/1.jpg",
                "cat/a/@eaDir/x/1.jpg",
                "cat/a/.hidden/b/1.jpg");
        ClassFolders folders = ClassFolders.of(root);
        assertThat(folders.classes().folders()).containsExactly("cat");
        assertThat(folders.samples()).containsExactly(sample("cat/1.jpg", 0));
        assertThat(folders.passedOver()).isEqualTo(new PassedOver(0, 5, Optional.empty()));
        assertThat(folders.passedOver().note()).hasValue("passed over: 5 hidden files or folders");
        assertThat(ClassFolders.unlabelled(root)).containsExactly(root.resolve("cat/1.jpg"));
    }

    @Test
    void reachesADataSetThatIsInAHiddenFolderItself() throws IOException {
        touch(".cache/cat/1.jpg");
        assertThat(ClassFolders.of(root.resolve(".cache")).samples()).hasSize(1);
    }

    @Test
    void knowsOtherEndingsOfJpegAndImagesWithoutOneByTheirContents() throws IOException {
        touch("cat/1.jfif", "cat/2.JPE", "cat/3.jpg", "cat/notes.txt");
        Path picture = TestImages.patches(root.resolve("cat/4.png"), 1);
        byte[] png = Files.readAllBytes(picture);
        byte[] bmp = new byte[60];
        bmp[0] = 'B';
        bmp[1] = 'M';
        bmp[14] = 40;
        Files.write(root.resolve("cat/5"), png);
        Files.write(root.resolve("cat/6.data"), png);
        Files.write(root.resolve("cat/7"), bmp);
        Files.writeString(root.resolve("cat/BMW"), "BMW and other makers of cars, in some words");
        ClassFolders folders = ClassFolders.of(root);
        assertThat(folders.samples())
                .extracting(sample -> sample.file().getFileName().toString())
                .containsExactly("1.jfif", "2.JPE", "3.jpg", "4.png", "5", "6.data", "7");
        assertThat(folders.passedOver().files()).isEqualTo(2);
        assertThat(folders.passedOver().note().orElseThrow())
                .startsWith("passed over: 2 that are not images, such as " + root.resolve("cat"));
    }

    @Test
    void countsWhatLiesBesideTheClassFolders() throws IOException {
        touch("cat/1.jpg", "readme.md", "1.jpg");
        assertThat(ClassFolders.of(root).passedOver().files()).isEqualTo(2);
    }

    @Test
    void sortsFoldersThatAreNumbersByNumber() throws IOException {
        touch("10/1.jpg", "9/1.jpg", "1/1.jpg");
        assertThat(ClassFolders.of(root).classes().folders()).containsExactly("1", "9", "10");
    }

    @Test
    void refusesThePartsOfADataSetWhateverTheyAreCalled() throws IOException {
        touch("Training/cat/1.jpg", "Testing/cat/1.jpg");
        assertThatThrownBy(() -> ClassFolders.of(root))
                .hasMessage(
                        "%s holds the parts of a data set, not its classes; name one: %s",
                        root, root.resolve("Training"));
    }

    @Test
    void takesNoOrderThatIsAGuessWhereItMustBeCertain() throws IOException {
        touch("cat/1.jpg", "dog/1.jpg");
        ClassNames nameless = ClassNames.numbered(2);
        assertThat(ClassFolders.ofNetworkForCertain(root, nameless).order().rule())
                .isEqualTo(ClassOrder.Rule.NAMES);
        assertThatThrownBy(() -> ClassFolders.ofNetworkForCertain(root, classes("a", "b")))
                .hasMessageStartingWith("the class list does not know 2 of 2 class folders");
        assertThatThrownBy(() -> ClassFolders.ofNetworkForCertain(root, ClassNames.numbered(3)))
                .hasMessageStartingWith("the class list does not know 2 of 2 class folders");
    }
}
