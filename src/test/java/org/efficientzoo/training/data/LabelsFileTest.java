package org.efficientzoo.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.efficientzoo.zoo.TestImages;
import org.efficientzoo.zoo.file.SpecialFiles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that say the classes of images, as people have them. */
class LabelsFileTest {

    @TempDir private Path root;

    @BeforeEach
    void train() throws IOException {
        touch("train/ant/1.png", "train/bee/1.png", "train/red wasp/1.png");
    }

    private void touch(String... files) throws IOException {
        for (String name : files) {
            Path file = root.resolve(name);
            Files.createDirectories(file.getParent());
            Files.createFile(file);
        }
    }

    private Map<String, Integer> read(String list, String text) throws IOException {
        Files.writeString(root.resolve(list), text);
        Map<String, Integer> labels = new TreeMap<>();
        TrainingFolders.of(root)
                .validation()
                .forEach(
                        image ->
                                labels.put(
                                        FileNames.of(root.resolve("val"), image.file()),
                                        image.label()));
        return labels;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uFEFFa.png ant\nb.png bee\n",
                "a.png\tant\r\nb.png\tbee\r\n",
                "a.png,ant\nb.png,bee",
                "file,class\na.png,ant\nb.png,bee",
                "\uFEFFFILE,CLASS\r\n\"a.png\",\"ant\"\r\n\"b.png\",\"bee\"\r\n",
                "something;else\na.png;ant\nb.png;bee",
                ",filename,width,label\n0,a.png,32,ant\n1,b.png,32,bee\n",
                "id,breed\na,ant\nb,bee\n",
                "a.png 0\nb.png 1\n",
                "val/a.png 0\nval/b.png 1\n",
                "./a.png ant\nval\\b.png bee\n",
                "a.png, ant\nb.png, bee\n",
            })
    void readsWhatPeopleWrite(String text) throws IOException {
        touch("val/a.png", "val/b.png");
        assertThat(read("val_labels.txt", text)).isEqualTo(Map.of("a.png", 0, "b.png", 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"val_labels.txt", "val_labels.csv", "val.txt", "val.csv"})
    void findsTheTextByItsName(String name) throws IOException {
        touch("val/a.png");
        assertThat(read(name, "a.png bee")).isEqualTo(Map.of("a.png", 1));
    }

    @Test
    void readsTheAnnotationsOfTinyImageNet() throws IOException {
        touch("val/images/val_0.JPEG", "val/images/val_1.JPEG");
        String text = "val_0.JPEG\tbee\t0\t32\t44\t62\nval_1.JPEG\tant\t52\t55\t57\t59\n";
        assertThat(read("val/val_annotations.txt", text))
                .isEqualTo(Map.of("images/val_0.JPEG", 1, "images/val_1.JPEG", 0));
        assertThat(TrainingFolders.of(root).notes()).isEmpty();
    }

    @Test
    void readsNamesThatHaveSpacesAndCommas() throws IOException {
        touch("val/a b.png", "val/c.png", "val/d,e.png");
        assertThat(read("val_labels.txt", "a b.png ant\nc.png bee\nd,e.png bee\n"))
                .isEqualTo(Map.of("a b.png", 0, "c.png", 1, "d,e.png", 1));
        assertThat(read("val_labels.txt", "\"d,e.png\",red wasp\nc.png,bee\na b.png,ant\n"))
                .isEqualTo(Map.of("a b.png", 0, "c.png", 1, "d,e.png", 2));
        Files.delete(root.resolve("val/a b.png"));
        assertThat(read("val_labels.txt", "c.png red wasp\nd,e.png bee\n"))
                .isEqualTo(Map.of("c.png", 2, "d,e.png", 1));
    }

    @Test
    void takesNumbersForNamesWhereTheClassesHaveSuchNames() throws IOException {
        touch("n/train/5/1.png", "n/train/7/1.png", "n/val/a.png", "n/val/b.png");
        Files.writeString(root.resolve("n/val_labels.txt"), "a.png 7\nb.png 5\n");
        assertThat(TrainingFolders.of(root.resolve("n")).validation())
                .extracting(ClassFolders.Sample::label)
                .containsExactly(1, 0);
    }

    @Test
    void learnsFromAFolderWithoutClassFolders() throws IOException {
        touch("flat/train/1.png", "flat/train/2.png", "flat/val/1.png");
        Files.writeString(root.resolve("flat/train.txt"), "1.png 0\n2.png 1\n");
        Files.writeString(root.resolve("flat/val.txt"), "1.png 1\n");
        TrainingFolders data = TrainingFolders.of(root.resolve("flat"));
        assertThat(data.train()).extracting(ClassFolders.Sample::label).containsExactly(0, 1);
        assertThat(data.validation()).extracting(ClassFolders.Sample::label).containsExactly(1);
    }

    /** It may list what is to be found, or files without classes. */
    @Test
    void leavesATextAloneThatIsNotNamedAfterLabelsWhereThereAreClassFolders() throws IOException {
        touch("val/bee/a.png");
        assertThat(read("val.txt", "bee/a.png")).isEqualTo(Map.of("bee/a.png", 1));
    }

    @Test
    void refusesIndicesThatNoClassHas() throws IOException {
        touch("val/a.png", "val/b.png");
        assertThatThrownBy(() -> read("val_labels.txt", "a.png 1\nb.png 3\n"))
                .hasMessage(
                        "line 2 of %s must have a class of train, found 3",
                        root.resolve("val_labels.txt"));
    }

    @Test
    void takesNoFirstLineForAHeaderThatNamesAnImageThatIsNotThere() throws IOException {
        touch("val/b.png");
        for (String first : List.of("a.png,bee", "a.png,cat")) {
            assertThatThrownBy(() -> read("val_labels.txt", first + "\nb.png,bee\n"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("a.png");
        }
    }

    @Test
    @Timeout(60) // a device has no end
    void isNoDevice() throws IOException {
        TestImages.patches(
                Files.createDirectories(root.resolve("d/train/ant")).resolve("1.png"), 1);
        TestImages.patches(
                Files.createDirectories(root.resolve("d/train/bee")).resolve("1.png"), 3);
        TestImages.patches(Files.createDirectories(root.resolve("d/val")).resolve("2.png"), 2);
        Path labels = SpecialFiles.endless(root.resolve("d/val_labels.txt"));
        assertThatThrownBy(() -> TrainingFolders.of(root.resolve("d")))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(labels + " must be a regular file, found a pipe or device");
    }
}
