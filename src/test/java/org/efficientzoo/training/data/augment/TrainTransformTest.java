package org.efficientzoo.training.data.augment;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.ImageDecoder;
import org.efficientzoo.zoo.image.Interpolation;
import org.efficientzoo.zoo.image.Resampler;
import org.efficientzoo.zoo.image.Resize;
import org.efficientzoo.zoo.image.RgbImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TrainTransformTest {

    private static final Gson GSON = new Gson();

    static List<AugmentFixtures.Resized> resizedCrops() {
        return AugmentFixtures.EXPECTED.resizedCrops();
    }

    private static Augmentation with(Augmentation augmentation, String... changes) {
        JsonObject json = GSON.toJsonTree(augmentation).getAsJsonObject();
        for (String change : changes) {
            json.add(
                    change.substring(0, change.indexOf('=')),
                    com.google.gson.JsonParser.parseString(
                            change.substring(change.indexOf('=') + 1)));
        }
        return GSON.fromJson(json, Augmentation.class);
    }

    @ParameterizedTest
    @MethodSource("resizedCrops")
    void flipsAndNormalisesToTheFloatsOfTorchvision(AugmentFixtures.Resized expected) {
        RgbImage part =
                Resampler.resize(
                        AugmentFixtures.picture()
                                .crop(
                                        expected.left(),
                                        expected.top(),
                                        expected.width(),
                                        expected.height()),
                        32,
                        32,
                        expected.interpolation());
        var transform = new TrainTransform(with(Augmentation.cifar10(), "padding=0", "flip=1"));

        float[] planes = transform.apply(part, Draws.ofImage(0, 0, 0));

        ByteBuffer bytes =
                ByteBuffer.allocate(planes.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(planes);
        assertThat(AugmentFixtures.sha256(bytes.array())).isEqualTo(expected.planes());
    }

    @Test
    void centresAsTheEvaluationDoes() {
        Augmentation centre =
                with(Augmentation.imagenet(24), "crop=\"CENTRE\"", "resize=30", "flip=0");
        float[] expected = new float[3 * 24 * 24];
        new EvaluationTransform(
                        new Resize.ShorterSide(30),
                        24,
                        24,
                        Interpolation.BILINEAR,
                        EvaluationTransform.IMAGENET_MEAN,
                        EvaluationTransform.IMAGENET_STD)
                .apply(AugmentFixtures.picture(), expected, 0);

        assertThat(
                        new TrainTransform(centre)
                                .apply(AugmentFixtures.picture(), Draws.ofImage(0, 0, 0)))
                .containsExactly(expected);
    }

    @ParameterizedTest
    @EnumSource
    void givesTheSameForEncodedAndDecodedImages(CropMethod crop) throws IOException {
        Augmentation everything =
                with(
                        Augmentation.imagenet(24),
                        "crop=\"" + crop + "\"",
                        "resize=26",
                        "policy=\"TRIVIAL\"",
                        "colourJitter={brightness:0.4,contrast:0.4,saturation:0.4,hue:0.1}",
                        "jpeg={probability:0.5,least:30,greatest:90}",
                        "erasing={probability:0.5,scale:{min:0.02,max:0.3},ratio:{min:0.3,max:3.3},noise:true}");
        var transform = new TrainTransform(everything);
        byte[] jpeg = jpeg(AugmentFixtures.picture());
        var decoder = new ImageDecoder();
        for (int i = 0; i < 40; i++) {
            assertThat(transform.apply(decoder.open(jpeg), Draws.ofImage(1, 2, i)))
                    .containsExactly(transform.apply(decoder.decode(jpeg), Draws.ofImage(1, 2, i)));
        }
    }

    @Test
    void compressesWhatThePolicyLeaves() {
        Augmentation centre = with(Augmentation.cifar10(), "crop=\"CENTRE\"", "flip=0");
        var transform =
                new TrainTransform(
                        with(
                                centre,
                                "policy=\"TRIVIAL\"",
                                "jpeg={probability:1,least:20,greatest:20}"));
        var plain = new TrainTransform(centre);
        for (int i = 0; i < 20; i++) {
            Draws draws = Draws.ofImage(3, 0, i);
            Pixels changed =
                    new TrivialAugment(Interpolation.BILINEAR)
                            .apply(AugmentFixtures.source("square"), draws);
            RgbImage left = new RandomJpeg(1, 20, 20).apply(changed, draws).image();

            assertThat(
                            transform.apply(
                                    AugmentFixtures.source("square").image(),
                                    Draws.ofImage(3, 0, i)))
                    .containsExactly(plain.apply(left, Draws.ofImage(0, 0, 0)));
        }
    }

    private static byte[] jpeg(RgbImage image) throws IOException {
        var out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image.toBufferedImage(), "jpeg", out)).isTrue();
        return out.toByteArray();
    }

    @Test
    void givesFiniteNumbersWhateverIsDrawn() {
        var transform =
                new TrainTransform(
                        with(
                                Augmentation.imagenet(16),
                                "policy=\"RAND\"",
                                "policyOperations=3",
                                "policyMagnitude=30"));
        for (int i = 0; i < 200; i++) {
            float[] planes = transform.apply(AugmentFixtures.picture(), Draws.ofImage(5, 1, i));
            assertThat(planes).hasSize(transform.length());
            for (float value : planes) {
                assertThat(Float.isFinite(value)).isTrue();
            }
        }
    }

    @Test
    void flipsHalfOfTheImages() {
        var transform = new TrainTransform(with(Augmentation.cifar10(), "padding=0"));
        var rgb = new byte[3 * 32 * 32];
        Arrays.fill(rgb, 0, 3, (byte) 255);
        RgbImage corner = RgbImage.of(32, 32, rgb);
        int flipped = 0;
        for (int i = 0; i < 1000; i++) {
            float[] planes = transform.apply(corner, Draws.ofImage(6, 0, i));
            flipped += planes[31] > planes[0] ? 1 : 0;
        }
        assertThat(flipped).isBetween(420, 580);
    }
}
