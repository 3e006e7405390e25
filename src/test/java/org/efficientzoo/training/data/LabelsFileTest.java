package org.efficientzoo.training.data;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.efficientzoo.zoo.TestImages;
import org.efficientzoo.zoo.file.SpecialFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LabelsFileTest {

    @TempDir private Path root;

    @Test
    @Timeout(60) // a device has no end
    void isNoDevice() throws IOException {
        TestImages.patches(Files.createDirectories(root.resolve("train/ant")).resolve("1.png"), 1);
        TestImages.patches(Files.createDirectories(root.resolve("train/bee")).resolve("1.png"), 3);
        TestImages.patches(Files.createDirectories(root.resolve("val")).resolve("2.png"), 2);
        Path labels = SpecialFiles.endless(root.resolve("val_labels.txt"));
        assertThatThrownBy(() -> TrainingFolders.of(root))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage(labels + " must be a regular file, found a pipe or device");
    }
}
