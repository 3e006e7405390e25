package org.efficientzoo.zoo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EncodedImageTest {

    @TempDir private Path folder;

    static List<String> names() {
        List<String> names = List.copyOf(Fixtures.decoded().keySet());
        assertThat(names).hasSizeGreaterThan(90);
        return names;
    }

    @ParameterizedTest
    @MethodSource("names")
    void decodesAPartAsThePartOfTheWhole(String name) throws IOException {
        EncodedImage image = new ImageDecoder().open(Fixtures.bytes(name));
        RgbImage whole = image.decode();
        assertThat(whole.width()).isEqualTo(image.width());
        assertThat(whole.height()).isEqualTo(image.height());
        var random = new Random(name.hashCode());
        for (int i = 0; i < 8; i++) {
            int left = random.nextInt(image.width());
            int top = random.nextInt(image.height());
            int width = 1 + random.nextInt(image.width() - left);
            int height = 1 + random.nextInt(image.height() - top);

            assertThat(image.decode(left, top, width, height))
                    .isEqualTo(whole.crop(left, top, width, height));
        }
    }

    @Test
    void refusesATruncatedJpegWhateverPartIsAskedFor() throws IOException {
        byte[] jpeg = Fixtures.bytes("444.jpg");
        EncodedImage image = new ImageDecoder().open(Arrays.copyOf(jpeg, jpeg.length / 2));

        assertThatThrownBy(() -> image.decode(0, 0, 1, 1))
                .isInstanceOf(ImageDecodingException.class)
                .hasMessageContaining("found a truncated one");
    }

    @Test
    void namesTheFileWhenItsPixelsAreDamaged() throws IOException {
        byte[] jpeg = Fixtures.bytes("444.jpg");
        Path file = Files.write(folder.resolve("half.jpg"), Arrays.copyOf(jpeg, jpeg.length / 2));
        EncodedImage image = new ImageDecoder().open(file);

        assertThatThrownBy(image::decode)
                .isInstanceOf(ImageDecodingException.class)
                .hasMessageStartingWith(file + ": a JPEG must be whole");
    }

    @Test
    void refusesAPartThatLeavesTheImage() throws IOException {
        EncodedImage image = new ImageDecoder().open(Fixtures.bytes("444.jpg"));

        assertThatThrownBy(() -> image.decode(1, 0, image.width(), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a crop must lie within ");
    }
}
