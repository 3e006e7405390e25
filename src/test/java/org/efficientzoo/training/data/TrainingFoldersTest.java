package org.efficientzoo.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.efficientzoo.training.data.ClassFolders.Sample;
import org.efficientzoo.zoo.ClassNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingFoldersTest {

    @TempDir private Path root;

    private Path image(String name) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "not decoded here");
    }

    private void train() throws IOException {
        image("train/bee/1.png");
        image("train/bee/2.png");
        image("train/ant/1.png");
    }

    private void fails(String message) {
        assertThatThrownBy(() -> TrainingFolders.of(root))
                .isInstanceOf(IOException.class)
                .hasMessage(message);
    }

    @Test
    void takesTheSortedFoldersOfTrainAsClasses() throws IOException {
        train();
        image("val/bee/9.png");

        TrainingFolders data = TrainingFolders.of(root);

        assertThat(data.classes().folders()).containsExactly("ant", "bee");
        assertThat(data.train())
                .containsExactly(
                        new Sample(root.resolve("train/ant/1.png"), 0),
                        new Sample(root.resolve("train/bee/1.png"), 1),
                        new Sample(root.resolve("train/bee/2.png"), 1));
        assertThat(data.validation()).containsExactly(new Sample(root.resolve("val/bee/9.png"), 1));
    }

    @Test
    void takesTheOrderOfAClassList() throws IOException {
        train();
        List<String> order = List.of("bee", "ant");

        TrainingFolders data = TrainingFolders.of(root, new ClassNames(order, order));

        assertThat(data.train()).extracting(Sample::label).containsExactly(1, 0, 0);
    }

    @Test
    void validatesOnTestWhereThereIsNoVal() throws IOException {
        train();
        image("test/ant/9.png");

        assertThat(TrainingFolders.of(root).validation())
                .containsExactly(new Sample(root.resolve("test/ant/9.png"), 0));
    }

    @Test
    void hasNoValidationWhereThereIsNoFolder() throws IOException {
        train();

        assertThat(TrainingFolders.of(root).validation()).isEmpty();
    }

    @Test
    void readsTheLabelsOfAFlatFolder() throws IOException {
        train();
        image("val/b 1.png");
        image("val/a.png");
        Files.writeString(root.resolve("val_labels.txt"), "b 1.png bee\r\n\na.png\tant\n");

        assertThat(TrainingFolders.of(root).validation())
                .containsExactly(
                        new Sample(root.resolve("val/a.png"), 0),
                        new Sample(root.resolve("val/b 1.png"), 1));
    }

    @Test
    void refusesAFolderWithoutTrain() throws IOException {
        image("ant/1.png");

        fails(root + " must have a folder train with a folder a class, found none");
    }

    @Test
    void refusesAFolderThatIsNotThere() {
        assertThatThrownBy(() -> TrainingFolders.of(root.resolve("no")))
                .hasMessageContaining("there is no such folder");
    }

    @Test
    void refusesOneClass() throws IOException {
        image("train/ant/1.png");

        fails(
                "there must be at least 2 classes to learn, found 1 in %s: ant"
                        .formatted(root.resolve("train")));
    }

    @Test
    void refusesAClassWithoutImages() throws IOException {
        train();
        Files.createDirectories(root.resolve("train/wasp"));

        fails(
                "every class must have images, found 1 without any in %s: wasp"
                        .formatted(root.resolve("train")));
    }

    @Test
    void refusesAListedClassWithoutImages() throws IOException {
        train();
        List<String> list = List.of("ant", "bee", "fly");

        assertThatThrownBy(() -> TrainingFolders.of(root, new ClassNames(list, list)))
                .hasMessageEndingWith("train: fly");
    }

    @Test
    void refusesValidationClassesThatTrainDoesNotKnow() throws IOException {
        train();
        image("val/ant/1.png");
        image("val/wasp/1.png");

        fails(
                "%s must have the classes of train, found 1 that it does not know: wasp"
                        .formatted(root.resolve("val")));
    }

    @Test
    void refusesAFlatFolderWithoutLabels() throws IOException {
        train();
        image("val/1.png");

        fails(
                "%s must have a folder a class, found images without one; nor is there %s"
                        .formatted(root.resolve("val"), root.resolve("val_labels.txt")));
    }

    private void labels(String text, String message) throws IOException {
        train();
        image("val/1.png");
        Path file = Files.writeString(root.resolve("val_labels.txt"), text);
        fails(message.formatted(file, root.resolve("val")));
    }

    @Test
    void refusesALabelThatTrainDoesNotKnow() throws IOException {
        labels("1.png wasp", "line 1 of %s must have a class of train, found wasp");
    }

    @Test
    void refusesALineWithoutAClass() throws IOException {
        labels("\n1.png", "line 2 of %s must be FILE CLASS, found 1.png");
    }

    @Test
    void refusesAnImageListedTwice() throws IOException {
        labels(
                "1.png ant\n1.png bee",
                "line 2 of %s must name another file than a line before, found 1.png bee");
    }

    @Test
    void refusesAnImageOutsideTheFolder() throws IOException {
        labels(
                "../train/ant/1.png ant",
                "line 1 of %s must name a file in %s, found ../train/ant/1.png ant");
    }

    @Test
    void refusesLabelsThatLackAnImage() throws IOException {
        labels("", "%s must have every image of %s, found 1 missing: 1.png");
    }

    @Test
    void refusesLabelsOfImagesThatAreNotThere() throws IOException {
        labels(
                "1.png ant\n2.png ant",
                "%s must name images that are there, found 1 that are not: %2$s/2.png");
    }

    @Test
    void knowsItsFingerprintAgain() throws IOException {
        train();
        DataFingerprint before = TrainingFolders.of(root).fingerprint();

        assertThat(before.trainImages()).isEqualTo(3);
        assertThat(before.bytes()).isEqualTo(3 * 16);
        assertThat(before.difference(TrainingFolders.of(root).fingerprint())).isEmpty();
    }

    @Test
    void seesThatAnImageWasAdded() throws IOException {
        train();
        DataFingerprint before = TrainingFolders.of(root).fingerprint();
        image("train/ant/2.png");

        assertThat(before.difference(TrainingFolders.of(root).fingerprint()))
                .hasValue(
                        "the data set must be the same, 3 training and 0 validation images of 2"
                                + " classes in 48 bytes, found 4 training and 0 validation images"
                                + " of 2 classes in 64 bytes");
    }

    @Test
    void seesThatAnImageWasRenamed() throws IOException {
        train();
        DataFingerprint before = TrainingFolders.of(root).fingerprint();
        Files.move(root.resolve("train/ant/1.png"), root.resolve("train/ant/5.png"));

        assertThat(before.difference(TrainingFolders.of(root).fingerprint()))
                .hasValue(
                        "the data set must be the same, found other names or sizes among its 3"
                                + " training and 0 validation images of 2 classes in 48 bytes");
    }
}
