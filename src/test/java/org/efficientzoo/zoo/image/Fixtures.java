package org.efficientzoo.zoo.image;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The pictures beside {@code make_fixtures.py} and {@code make_more_fixtures.py}, and what Pillow
 * and torchvision make of them.
 */
final class Fixtures {

    /** Pixels by their digest; the samples are there to be read. */
    record Pixels(int width, int height, String sha256, List<String> samples) {}

    record Resampled(
            String source,
            Interpolation interpolation,
            int width,
            int height,
            String sha256,
            List<String> samples) {

        Pixels pixels() {
            return new Pixels(width, height, sha256, samples);
        }
    }

    record Transformed(
            String source,
            int resize,
            Interpolation interpolation,
            String floats_sha256,
            int width,
            int height,
            String sha256,
            List<String> samples) {

        Pixels pixels() {
            return new Pixels(width, height, sha256, samples);
        }

        EvaluationTransform transform() {
            return new EvaluationTransform(
                    resize == 0 ? new Resize.None() : new Resize.ShorterSide(resize),
                    height,
                    width,
                    interpolation,
                    EvaluationTransform.IMAGENET_MEAN,
                    EvaluationTransform.IMAGENET_STD);
        }
    }

    record Expected(
            Map<String, Pixels> decoded,
            List<Resampled> resampled,
            List<Transformed> transformed) {}

    record More(Map<String, Pixels> decoded) {}

    private Fixtures() {}

    static Expected expected() {
        return json("expected.json", Expected.class);
    }

    /** What Pillow makes of whole images, by their names. */
    static Map<String, Pixels> decoded() {
        Map<String, Pixels> all = new TreeMap<>(expected().decoded());
        all.putAll(json("more.json", More.class).decoded());
        return all;
    }

    static <T> T json(String name, Class<T> type) {
        return new Gson().fromJson(new String(bytes(name), StandardCharsets.UTF_8), type);
    }

    static byte[] bytes(String name) {
        try (InputStream in = Fixtures.class.getResourceAsStream("/image/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static RgbImage image(String name) {
        try {
            return new ImageDecoder().decode(bytes(name));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Describes an image in the way the script does, at the places it chose. */
    static Pixels describe(RgbImage image, Pixels like) {
        List<String> samples =
                like.samples().stream()
                        .map(sample -> sample.substring(0, sample.indexOf(':')).split(","))
                        .map(place -> sample(image, place))
                        .toList();
        return new Pixels(image.width(), image.height(), sha256(image.toByteArray()), samples);
    }

    private static String sample(RgbImage image, String[] place) {
        int x = Integer.parseInt(place[0]);
        int y = Integer.parseInt(place[1]);
        if (x >= image.width() || y >= image.height()) {
            return place[0] + "," + place[1] + ": outside";
        }
        return "%d,%d: %d %d %d"
                .formatted(x, y, image.value(x, y, 0), image.value(x, y, 1), image.value(x, y, 2));
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
