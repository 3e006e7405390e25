package org.efficientzoo.training.data.augment;

import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.efficientzoo.zoo.image.ImageDecoder;
import org.efficientzoo.zoo.image.Interpolation;
import org.efficientzoo.zoo.image.RgbImage;

/** The picture beside {@code make_fixtures.py} and what torchvision makes of it. */
final class AugmentFixtures {

    record Digest(int width, int height, String sha256, List<List<Integer>> samples) {}

    record Applied(
            String source,
            String operation,
            double strength,
            Interpolation interpolation,
            Digest pixels) {}

    record Table(List<Double> strengths, boolean signed) {}

    record Changed(String change, double value, Digest pixels) {}

    record Padded(String mode, int left, int top, Digest pixels) {}

    record Resized(
            Interpolation interpolation,
            int left,
            int top,
            int width,
            int height,
            Digest pixels,
            @SerializedName("flipped_and_normalised_sha256") String planes) {}

    record Crops(
            int width,
            int height,
            List<Double> scale,
            List<Double> ratio,
            List<Double> mean,
            List<Double> std,
            int draws) {}

    record Parts(
            double own, int width, int height, List<Double> mean, List<Double> std, int draws) {}

    record Distributions(List<Crops> crops, Parts erased, List<Parts> patches) {}

    record Mixed(
            double own,
            List<Double> mixup,
            List<Double> cutmix,
            @SerializedName("cutmix_own") double cutmixOwn) {}

    record Compressed(int quality, Digest pixels) {}

    record Expected(
            List<Applied> operations,
            Map<String, Map<String, Table>> tables,
            List<Changed> colours,
            List<Padded> paddings,
            @SerializedName("resized_crops") List<Resized> resizedCrops,
            Distributions distributions,
            Mixed mixed,
            List<Compressed> compressed) {}

    static final Expected EXPECTED =
            new Gson()
                    .fromJson(
                            new String(bytes("expected.json"), StandardCharsets.UTF_8),
                            Expected.class);

    private AugmentFixtures() {}

    static RgbImage picture() {
        try {
            return new ImageDecoder().decode(bytes("picture.png"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A part of the picture, by the script's name. */
    static Pixels source(String name) {
        RgbImage picture = picture();
        return Pixels.of(
                switch (name) {
                    case "whole" -> picture;
                    case "square" -> picture.crop(10, 5, 32, 32);
                    case "thin" -> picture.crop(3, 0, 2, 47);
                    default -> throw new AssertionError(name);
                });
    }

    static Digest describe(Pixels pixels) {
        int[][] places = {{0, 0}, {pixels.width / 2, pixels.height / 3}, {1, 5}};
        RgbImage image = RgbImage.of(pixels.width, pixels.height, pixels.rgb);
        List<List<Integer>> samples =
                List.of(places).stream()
                        .map(p -> List.of(p[0], p[1]))
                        .map(
                                p ->
                                        List.of(
                                                image.value(p.get(0), p.get(1), 0),
                                                image.value(p.get(0), p.get(1), 1),
                                                image.value(p.get(0), p.get(1), 2)))
                        .toList();
        return new Digest(pixels.width, pixels.height, sha256(pixels.rgb), samples);
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(String name) {
        try (InputStream in = AugmentFixtures.class.getResourceAsStream("/augment/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
