package org.efficientzoo.training.run;

import com.google.gson.Gson;

/**
 * How far a run has come.
 *
 * @param epoch the epoch, from 0
 * @param batch the next batch of it, from 0; as many as it has where only validation is left
 * @param steps the steps taken
 * @param averageUpdates the updates of the average of the weights
 * @param tally what was counted in this epoch
 * @param best the best result so far
 */
record Position(int epoch, int batch, long steps, long averageUpdates, Tally tally, Best best) {

    static final Position START = new Position(0, 0, 0, 0, Tally.NONE, new Best(-1));

    private static final Gson GSON = new Gson();

    /**
     * Checks the counts.
     *
     * @throws IllegalArgumentException if one is negative, or something is missing
     */
    Position {
        StoredRecord.check("epoch", epoch);
        StoredRecord.check("batch", batch);
        StoredRecord.check("steps", steps);
        StoredRecord.check("averageUpdates", averageUpdates);
        StoredRecord.check("tally", tally);
        StoredRecord.check("best", best);
    }

    /**
     * The best result in validation.
     *
     * @param top1 its Top-1 accuracy in 0..1, -1 before there is one
     */
    record Best(double top1) {}

    Position afterBatch(long stepsTaken, long updates, Tally counted) {
        return new Position(epoch, batch + 1, stepsTaken, updates, counted, best);
    }

    Position nextEpoch(Best bestNow) {
        return new Position(epoch + 1, 0, steps, averageUpdates, Tally.NONE, bestNow);
    }

    String json() {
        return GSON.toJson(this);
    }

    /**
     * Reads what {@link #json} gave.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static Position of(String json) {
        try {
            return StoredRecord.read(json, Position.class);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the position of a run: %s".formatted(e.getMessage()), e);
        }
    }
}
