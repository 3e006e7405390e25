package org.efficientzoo.training.data;

import java.util.Optional;

/**
 * What tells one data set from another: names, sizes and classes of its files, not their contents.
 *
 * @param classes the number of classes
 * @param trainImages the number of training images
 * @param validationImages the number of validation images
 * @param bytes the size of all files
 * @param sha256 a hash over the classes in order and each image's name, class and size
 */
public record DataFingerprint(
        int classes, int trainImages, int validationImages, long bytes, String sha256) {

    /**
     * Says how a data set differs from this one.
     *
     * @param found the other
     * @return one line, or nothing if they are equal
     */
    public Optional<String> difference(DataFingerprint found) {
        if (equals(found)) {
            return Optional.empty();
        }
        String before = counts();
        String now = found.counts();
        return Optional.of(
                before.equals(now)
                        ? "the data set must be the same, found other names or sizes among its "
                                + now
                        : "the data set must be the same, %s, found %s".formatted(before, now));
    }

    private String counts() {
        return "%d training and %d validation images of %d classes in %d bytes"
                .formatted(trainImages, validationImages, classes, bytes);
    }
}
