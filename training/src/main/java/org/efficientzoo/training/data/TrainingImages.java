package org.efficientzoo.training.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.efficientzoo.training.data.ClassFolders.Sample;
import org.efficientzoo.training.data.augment.Draws;
import org.efficientzoo.training.data.augment.TrainTransform;
import org.efficientzoo.zoo.image.EncodedImage;
import org.efficientzoo.zoo.image.ImageDecoder;
import org.efficientzoo.zoo.image.ImageDecodingException;
import org.efficientzoo.zoo.image.RgbImage;

/** Reads images and keeps decoded ones as the settings allow. Threads may share it. */
final class TrainingImages {

    private static final int SMALL = 128 * 128; // pixels

    private final List<Sample> samples;
    private final TrainTransform transform;
    private final LoaderSettings settings;
    private final ImageDecoder decoder = new ImageDecoder();
    private final AtomicReferenceArray<RgbImage> kept;
    private final AtomicLong keptBytes = new AtomicLong();

    TrainingImages(List<Sample> samples, TrainTransform transform, LoaderSettings settings) {
        this.samples = samples;
        this.transform = transform;
        this.settings = settings;
        kept = new AtomicReferenceArray<>(samples.size());
    }

    /**
     * The planes of an image. Whether it is decoded whole or no further than its crop depends on
     * its size and the settings, not on the room there is: damage behind the crop may go unnoticed.
     *
     * @throws IOException if it cannot be read
     */
    float[] load(int index, Draws draws) throws IOException {
        RgbImage known = kept.get(index);
        if (known != null) {
            return transform.apply(known, draws);
        }
        return decoder.open(samples.get(index).file()).inTurn(image -> load(index, image, draws));
    }

    private float[] load(int index, EncodedImage image, Draws draws) throws ImageDecodingException {
        long pixels = (long) image.width() * image.height();
        if (!isToKeep(pixels)) {
            return transform.apply(image, draws);
        }
        RgbImage decoded = image.decode();
        if (keptBytes.addAndGet(3 * pixels) > settings.cacheBytes()
                || !kept.compareAndSet(index, null, decoded)) {
            keptBytes.addAndGet(-3 * pixels);
        }
        return transform.apply(decoded, draws);
    }

    private boolean isToKeep(long pixels) {
        return switch (settings.cache()) {
            case OFF -> false;
            case ON -> true;
            case AUTO -> pixels <= SMALL;
        };
    }

    /** The file of an image. */
    Path file(int index) {
        return samples.get(index).file();
    }

    long keptBytes() {
        return keptBytes.get();
    }
}
