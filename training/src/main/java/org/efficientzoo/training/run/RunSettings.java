package org.efficientzoo.training.run;

import java.time.Duration;
import org.efficientzoo.training.Evaluator;
import org.efficientzoo.training.data.LoaderSettings;
import org.efficientzoo.training.data.LoaderSettings.CacheMode;

/**
 * What does not change the result of a run.
 *
 * @param engine the engine's name
 * @param workers the threads that prepare images
 * @param saveEvery the longest time that training goes on without a checkpoint; one is written
 *     before and after each validation besides
 * @param keptStates how many of them are kept, at least 1
 * @param mostUnreadable the share of the training images, and of those to validate on, that may be
 *     unreadable, 0 to 1
 * @param cache which decoded images are kept in memory
 * @param validationBatch the images of a call in validation, 1 to 1024
 */
public record RunSettings(
        String engine,
        int workers,
        Duration saveEvery,
        int keptStates,
        double mostUnreadable,
        CacheMode cache,
        int validationBatch) {

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public RunSettings {
        if (workers < 1) {
            throw new IllegalArgumentException("workers must be at least 1, found " + workers);
        }
        if (keptStates < 1) {
            throw new IllegalArgumentException(
                    "at least 1 checkpoint must be kept, found " + keptStates);
        }
        if (saveEvery.isNegative() || saveEvery.isZero()) {
            throw new IllegalArgumentException(
                    "the time between checkpoints must be above 0, found " + saveEvery);
        }
        LoaderSettings.checkShare(mostUnreadable);
        Evaluator.checkBatch(validationBatch);
    }

    /**
     * A checkpoint every ten minutes, the last two kept, 1 % unreadable images, small images kept
     * in memory.
     *
     * @param engine the engine's name
     * @param workers the threads that prepare images
     * @return the settings
     */
    public static RunSettings of(String engine, int workers) {
        return new RunSettings(
                engine, workers, Duration.ofMinutes(10), 2, 0.01, CacheMode.AUTO, 128);
    }
}
