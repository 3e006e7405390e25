package org.efficientzoo.resamplers;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.twelvemonkeys.image.ResampleOp;

import nu.pattern.OpenCV;

import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.image.ImageDecoder;
import org.efficientzoo.zoo.image.Interpolation;
import org.efficientzoo.zoo.image.Resampler;
import org.efficientzoo.zoo.image.Resize;
import org.efficientzoo.zoo.image.RgbImage;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Rect;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.imageio.ImageIO;

/**
 * Compares resamplers on photos: how far from Pillow's pixels and how fast they bring the shorter
 * side to 256 and cut out the 224x224 in the middle. See the decision record 0002.
 */
public final class CompareResamplers {

    private static final int SIDE = 256;
    private static final int CROP = 224;
    private static final int WARM_UP = 4; // rounds
    private static final int ROUNDS = 9;

    /** A decoded photo in the form that each library takes. */
    private record Photo(RgbImage rgb, BufferedImage buffered, Mat mat, int width, int height) {
        int left() {
            return (int) Math.rint((width - CROP) / 2.0);
        }

        int top() {
            return (int) Math.rint((height - CROP) / 2.0);
        }
    }

    /** Gives the crop, in the form of its library. */
    private interface Method {
        Object crop(Photo photo);
    }

    private CompareResamplers() {}

    /**
     * Prints the tables.
     *
     * @param args the archive of photos and photos.json with the digests of Pillow's crops
     * @throws IOException if a file cannot be read
     */
    public static void main(String[] args) throws IOException {
        OpenCV.loadLocally();
        Core.setNumThreads(1);
        ImageIO.setUseCache(false);
        Map<String, byte[]> files = files(Path.of(args[0]));
        List<Photo> photos = new ArrayList<>();
        for (byte[] file : files.values()) {
            photos.add(photo(new ImageDecoder().decode(file)));
        }
        List<RgbImage> pillow = pillow(files, photos, Path.of(args[1]));
        System.out.printf(
                "%d photos, Java %s, OpenCV %s%n%n",
                photos.size(), Runtime.version(), Core.VERSION);
        compare(methods(), photos, pillow);
        compareDecoders(new ArrayList<>(files.values()));
    }

    private static Map<String, Method> methods() {
        EvaluationTransform transform = EvaluationTransform.imagenet();
        Map<String, Method> methods = new LinkedHashMap<>();
        methods.put("own, the crop only", photo -> transform.crop(photo.rgb));
        methods.put(
                "own, all, then the crop",
                photo ->
                        Resampler.resize(
                                        photo.rgb,
                                        photo.width,
                                        photo.height,
                                        Interpolation.BILINEAR)
                                .crop(photo.left(), photo.top(), CROP, CROP));
        methods.put("TwelveMonkeys triangle", CompareResamplers::twelveMonkeys);
        methods.put("OpenCV linear", photo -> openCv(photo, Imgproc.INTER_LINEAR));
        methods.put("OpenCV area", photo -> openCv(photo, Imgproc.INTER_AREA));
        methods.put("Graphics2D bilinear", CompareResamplers::graphics);
        return methods;
    }

    private static BufferedImage twelveMonkeys(Photo photo) {
        var op = new ResampleOp(photo.width, photo.height, ResampleOp.FILTER_TRIANGLE);
        return op.filter(photo.buffered, null).getSubimage(photo.left(), photo.top(), CROP, CROP);
    }

    private static Mat openCv(Photo photo, int interpolation) {
        var resized = new Mat();
        Imgproc.resize(
                photo.mat, resized, new Size(photo.width, photo.height), 0, 0, interpolation);
        Mat crop = resized.submat(new Rect(photo.left(), photo.top(), CROP, CROP)).clone();
        resized.release();
        return crop;
    }

    private static BufferedImage graphics(Photo photo) {
        var resized = new BufferedImage(photo.width, photo.height, BufferedImage.TYPE_3BYTE_BGR);
        var graphics = resized.createGraphics();
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(photo.buffered, 0, 0, photo.width, photo.height, null);
        graphics.dispose();
        return resized.getSubimage(photo.left(), photo.top(), CROP, CROP);
    }

    private static void compare(
            Map<String, Method> methods, List<Photo> photos, List<RgbImage> pillow) {
        Map<String, double[]> times = new LinkedHashMap<>();
        methods.keySet().forEach(name -> times.put(name, new double[ROUNDS]));
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            for (var method : methods.entrySet()) {
                long start = System.nanoTime();
                for (Photo photo : photos) {
                    if (method.getValue().crop(photo) instanceof Mat crop) {
                        crop.release();
                    }
                }
                double millis = (System.nanoTime() - start) / 1e6 / photos.size();
                if (round >= 0) {
                    times.get(method.getKey())[round] = millis;
                }
            }
        }
        System.out.println("| filter | max diff. | mean diff. | equal values % | ms a photo |");
        System.out.println("|---|---|---|---|---|");
        methods.forEach(
                (name, method) -> {
                    String agreement = agreement(method, photos, pillow);
                    System.out.printf(
                            "| %s | %s | %.2f |%n", name, agreement, median(times.get(name)));
                });
    }

    private static String agreement(Method method, List<Photo> photos, List<RgbImage> pillow) {
        int max = 0;
        long sum = 0;
        long equal = 0;
        long values = 0;
        for (int i = 0; i < photos.size(); i++) {
            byte[] crop = rgb(method.crop(photos.get(i))).toByteArray();
            byte[] expected = pillow.get(i).toByteArray();
            for (int k = 0; k < crop.length; k++) {
                int difference = Math.abs((crop[k] & 0xFF) - (expected[k] & 0xFF));
                max = Math.max(max, difference);
                sum += difference;
                equal += difference == 0 ? 1 : 0;
            }
            values += crop.length;
        }
        return "%d | %.3f | %.1f".formatted(max, (double) sum / values, 100.0 * equal / values);
    }

    private static void compareDecoders(List<byte[]> files) throws IOException {
        var own = new double[ROUNDS];
        var jdk = new double[ROUNDS];
        var decoder = new ImageDecoder();
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (byte[] file : files) {
                decoder.decode(file);
            }
            long middle = System.nanoTime();
            for (byte[] file : files) {
                ImageIO.read(new ByteArrayInputStream(file));
            }
            long end = System.nanoTime();
            if (round >= 0) {
                own[round] = (middle - start) / 1e6 / files.size();
                jdk[round] = (end - middle) / 1e6 / files.size();
            }
        }
        System.out.println();
        System.out.println("| decoder | ms a photo |");
        System.out.println("|---|---|");
        System.out.printf("| ImageDecoder | %.2f |%n", median(own));
        System.out.printf("| ImageIO.read | %.2f |%n", median(jdk));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static Photo photo(RgbImage rgb) {
        Resize.Size size = new Resize.ShorterSide(SIDE).of(rgb.width(), rgb.height());
        var mat = new Mat(rgb.height(), rgb.width(), CvType.CV_8UC3);
        mat.put(0, 0, rgb.toByteArray());
        return new Photo(rgb, rgb.toBufferedImage(), mat, size.width(), size.height());
    }

    private static RgbImage rgb(Object crop) {
        if (crop instanceof RgbImage image) {
            return image;
        }
        if (crop instanceof BufferedImage image) {
            return RgbImage.of(image);
        }
        var bytes = new byte[3 * CROP * CROP];
        ((Mat) crop).get(0, 0, bytes);
        return RgbImage.of(CROP, CROP, bytes);
    }

    /** Our crops, after a look at their digests: they are Pillow's pixels. */
    private static List<RgbImage> pillow(
            Map<String, byte[]> files, List<Photo> photos, Path digests) throws IOException {
        JsonObject expected =
                JsonParser.parseString(Files.readString(digests))
                        .getAsJsonObject()
                        .getAsJsonObject("photos");
        List<RgbImage> crops = new ArrayList<>();
        for (String name : files.keySet()) {
            RgbImage crop = EvaluationTransform.imagenet().crop(photos.get(crops.size()).rgb);
            String digest = expected.getAsJsonObject(name).get("crop").getAsString();
            if (!digest.equals(sha256(crop.toByteArray()))) {
                throw new IllegalStateException(
                        "the crop must be Pillow's, found another: " + name);
            }
            crops.add(crop);
        }
        return crops;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, byte[]> files(Path archive) throws IOException {
        byte[] tar = Files.readAllBytes(archive);
        Map<String, byte[]> files = new LinkedHashMap<>();
        int at = 0;
        while (at + 512 <= tar.length && tar[at] != 0) { // a header block, then blocks of data
            String name = text(tar, at, 100);
            int size = Integer.parseInt(text(tar, at + 124, 12).strip(), 8);
            if (tar[at + 156] == '0') {
                String last = name.substring(name.lastIndexOf('/') + 1);
                files.put(
                        last.substring(0, last.lastIndexOf('.')),
                        Arrays.copyOfRange(tar, at + 512, at + 512 + size));
            }
            at += 512 + (size + 511) / 512 * 512;
        }
        return files;
    }

    private static String text(byte[] tar, int start, int length) {
        String field = new String(tar, start, length, StandardCharsets.ISO_8859_1);
        int end = field.indexOf('\0');
        return end < 0 ? field : field.substring(0, end);
    }
}
