package org.efficientzoo.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.efficientzoo.training.data.ClassFolders.Sample;
import org.efficientzoo.zoo.ClassNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run learns from and validates on, in the layouts that people have. */
class DataLayoutTest {

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

    private TrainingFolders with(ValidationImages asked) throws IOException {
        return TrainingFolders.of(root, Optional.empty(), Optional.of(asked), 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"val", "valid", "validation"})
    void validatesOnTheFolderWhateverItIsCalledAndNotOnTest(String name) throws IOException {
        train();
        image(name + "/ant/9.png");
        image("test/ant/8.png");

        TrainingFolders data = TrainingFolders.of(root);

        assertThat(data.validation())
                .containsExactly(new Sample(root.resolve(name + "/ant/9.png"), 0));
        assertThat(data.source().text()).isEqualTo(root.resolve(name).toString());
        assertThat(data.notes()).isEmpty();
    }

    @Test
    void saysThatTestChoosesTheWeightsWhereThereIsNothingElse() throws IOException {
        train();
        image("test/ant/9.png");

        assertThat(TrainingFolders.of(root).notes())
                .containsExactly(
                        root.resolve("test")
                                + " also chooses the best weights, as there is no folder val, valid or validation, so that its accuracy flatters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"test/1.png", "test/images/1.png", "test/notes.txt"})
    void leavesATestFolderWithoutClassesAlone(String file) throws IOException {
        train();
        image(file);

        TrainingFolders data = TrainingFolders.of(root);

        assertThat(data.validation()).isEmpty();
        assertThat(data.source().text()).isEqualTo("none");
        assertThat(data.notes())
                .containsExactly(
                        root.resolve("test")
                                + " has images without classes of train, and is left alone");
    }

    @Test
    void validatesOnANamedFolderOrOnNone() throws IOException {
        train();
        image("val/ant/9.png");
        image("other/bee/8.png");

        assertThat(with(new ValidationImages.Folder("other")).validation())
                .containsExactly(new Sample(root.resolve("other/bee/8.png"), 1));
        assertThat(with(new ValidationImages.None()).validation()).isEmpty();
        assertThatThrownBy(() -> with(new ValidationImages.Folder("no")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("there is no such folder");
    }

    @Test
    void namesAFolderFromTheDataSetWhereItLiesInIt() {
        Path data = root.resolve("data").toAbsolutePath();
        for (String folder : List.of("mine", data.resolve("mine").toString(), "a/../mine")) {
            assertThat(new ValidationImages.Folder(folder).in(data))
                    .isEqualTo(new ValidationImages.Folder("mine"));
        }
        assertThat(new ValidationImages.Folder("../else").in(data))
                .isEqualTo(new ValidationImages.Folder(root.resolve("else").toString()));
    }

    @Test
    void knowsAFolderElsewhereAgainWhereTheDataSetHasMoved() throws IOException {
        train();
        image("else/val/bee/9.png");
        Path data = Files.createDirectories(root.resolve("data"));
        Files.move(root.resolve("train"), data.resolve("train"));
        ValidationImages asked = new ValidationImages.Folder(root.resolve("else/val").toString());
        DataFingerprint before =
                TrainingFolders.of(data, Optional.empty(), Optional.of(asked), 0).fingerprint();
        Path moved = Files.move(data, root.resolve("moved"));
        assertThat(TrainingFolders.of(moved, Optional.empty(), Optional.of(asked), 0).fingerprint())
                .isEqualTo(before);
    }

    /** Twelve images of each of two classes, without folders train and val. */
    private void classes() throws IOException {
        for (int i = 0; i < 12; i++) {
            image("ant/" + i + ".png");
            image("bee/" + i + ".png");
        }
    }

    private TrainingFolders split(double share, long seed) throws IOException {
        return TrainingFolders.of(
                root, Optional.empty(), Optional.of(new ValidationImages.Split(share)), seed);
    }

    private static long count(List<Sample> samples, int label) {
        return samples.stream().filter(sample -> sample.label() == label).count();
    }

    @Test
    void splitsAFifthOfEachClassOffWhereThereIsNoTrain() throws IOException {
        classes();
        image("fly/1.png"); // a single one is to be learned from
        image("test/1.png");

        TrainingFolders data = TrainingFolders.of(root);

        assertThat(data.classes().folders()).containsExactly("ant", "bee", "fly");
        assertThat(data.source().text()).isEqualTo("split 0.2, seed 0");
        for (int label : List.of(0, 1)) {
            assertThat(count(data.validation(), label)).isEqualTo(2);
            assertThat(count(data.train(), label)).isEqualTo(10);
        }
        assertThat(count(data.train(), 2)).isEqualTo(1);
        assertThat(data.train()).doesNotContainAnyElementsOf(data.validation());
        assertThat(data.notes()).singleElement().asString().contains("is left alone");
    }

    @Test
    void splitsBySeedTheSameImagesEachTime() throws IOException {
        classes();
        assertThat(split(0.5, 1)).isEqualTo(split(0.5, 1));
        assertThat(split(0.5, 1).validation()).isNotEqualTo(split(0.5, 2).validation());
        assertThat(count(split(0.001, 1).validation(), 0)).isEqualTo(1);
        assertThat(count(split(0.999, 1).train(), 0)).isEqualTo(1);
        assertThatThrownBy(() -> split(1, 1))
                .hasMessage("the share of a split must be above 0 and below 1, found 1.0");
    }

    @Test
    void splitsTheImagesOfTrainWhereItIsAsked() throws IOException {
        train();
        image("val/ant/9.png");
        assertThat(split(0.5, 0).validation()).hasSize(1).allMatch(image -> image.label() == 1);
        assertThat(split(0.5, 0).train()).hasSize(2);
    }

    @Test
    void seesThatAnImageWasAddedToWhatIsSplit() throws IOException {
        classes();
        DataFingerprint before = TrainingFolders.of(root).fingerprint();
        image("ant/new.png");
        assertThat(before.difference(TrainingFolders.of(root).fingerprint())).isPresent();
    }

    @Test
    void validatesOnAFolderBesideClassesWithoutTrain() throws IOException {
        classes();
        image("valid/ant/1.png");
        TrainingFolders data = TrainingFolders.of(root);
        assertThat(data.classes().folders()).containsExactly("ant", "bee");
        assertThat(data.train()).hasSize(24);
        assertThat(data.validation()).hasSize(1);
        image("mine/bee/1.png");
        TrainingFolders mine = with(new ValidationImages.Folder("mine"));
        assertThat(mine.classes().folders()).containsExactly("ant", "bee");
        assertThat(mine.validation()).hasSize(1);
    }

    @Test
    void takesClassesThatAreCalledAsPartsAre() throws IOException {
        for (int i = 0; i < 2; i++) {
            image("valid/" + i + ".png");
            image("invalid/" + i + ".png");
            image("vehicles/bus/" + i + ".png");
            image("vehicles/car/" + i + ".png");
            image("vehicles/train/" + i + ".png");
        }
        Path vehicles = root.resolve("vehicles");
        assertThat(TrainingFolders.of(vehicles).classes().folders())
                .containsExactly("bus", "car", "train");
        Files.move(vehicles, root.resolve(".vehicles"));
        assertThat(TrainingFolders.of(root).classes().folders())
                .containsExactly("invalid", "valid");
    }

    @Test
    void countsWhatItPassesOver() throws IOException {
        train();
        image("train/ant/notes.txt");
        image("val/ant/1.png");
        image("val/ant/.git/1.png");
        assertThat(TrainingFolders.of(root).notes())
                .containsExactly(
                        "passed over: 1 that are not images, such as %s; 1 hidden files or folders"
                                .formatted(root.resolve("train/ant/notes.txt")));
    }

    @Test
    void goesOverToTheOrderOfWeightsWithTheSameClasses() throws IOException {
        train();
        image("val/bee/9.png");
        List<String> order = List.of("bee", "ant");

        TrainingFolders data = TrainingFolders.of(root).inOrderOf(new ClassNames(order, order));

        assertThat(data.classes().folders()).containsExactly("bee", "ant");
        assertThat(data.train()).extracting(Sample::label).containsExactly(1, 0, 0);
        assertThat(data.validation()).extracting(Sample::label).containsExactly(0);
        assertThat(data.order().rule()).isEqualTo(ClassOrder.Rule.WEIGHTS);
    }
}
