package org.efficientzoo.training.recipe;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run starts from.
 *
 * @param weights the tag of weights to start from; untrained where neither this nor a file is given
 * @param dataset what those weights were trained on, if the tag does not say it
 * @param weightsFile a checkpoint to start from
 * @param freshHead whether the classifier is initialised anew; it must be where the classes differ
 * @param headRate the factor of the learning rate for the classifier
 */
public record Start(
        Optional<String> weights,
        Optional<String> dataset,
        Optional<String> weightsFile,
        boolean freshHead,
        double headRate) {

    /** From an untrained network. */
    public static final Start UNTRAINED =
            new Start(Optional.empty(), Optional.empty(), Optional.empty(), false, 1);

    /**
     * Checks that there is one start, and the factor.
     *
     * @throws IllegalArgumentException if there are two starts, a data set without a tag, a fresh
     *     head without either, or the factor is out of its range
     */
    public Start {
        if (weights.isPresent() && weightsFile.isPresent()) {
            throw new IllegalArgumentException(
                    "a run starts from one checkpoint, found weights %s and the file %s"
                            .formatted(weights.get(), weightsFile.get()));
        }
        if (dataset.isPresent() && weights.isEmpty()) {
            throw new IllegalArgumentException(
                    "the data set of the weights to start from goes with their tag, found %s without weights"
                            .formatted(dataset.get()));
        }
        if (freshHead && weights.isEmpty() && weightsFile.isEmpty()) {
            throw new IllegalArgumentException(
                    "a fresh head goes with weights or a file to start from, found neither (--weights, --weights-file)");
        }
        if (!(headRate > 0 && Double.isFinite(headRate))) {
            throw new IllegalArgumentException("headRate must be above 0, found " + headRate);
        }
    }

    /**
     * The same start, whatever folder a process is in.
     *
     * @return the start, with the absolute path of its file
     */
    public Start anywhere() {
        Optional<String> file =
                weightsFile.map(name -> Path.of(name).toAbsolutePath().normalize().toString());
        return new Start(weights, dataset, file, freshHead, headRate);
    }

    /**
     * Whether there is a checkpoint to start from.
     *
     * @return false for an untrained network
     */
    public boolean isTrained() {
        return weights.isPresent() || weightsFile.isPresent();
    }
}
