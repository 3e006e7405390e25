package org.efficientzoo.benchmark;

/**
 * How long is measured.
 *
 * @param threads the threads of each engine
 * @param warmUpSeconds how long each contender runs before anything counts, at least; ten calls at
 *     least, too
 * @param rounds how often the contenders take turns
 * @param roundSeconds how long a turn lasts, at least; one call at least
 */
public record Settings(int threads, double warmUpSeconds, int rounds, double roundSeconds) {

    private static final int LONGEST = 3600;

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public Settings {
        if (threads < 1) {
            throw new IllegalArgumentException("there must be a thread, found " + threads);
        }
        if (rounds < 1) {
            throw new IllegalArgumentException("there must be a round, found " + rounds);
        }
        if (!isTime(warmUpSeconds) || !isTime(roundSeconds)) {
            throw new IllegalArgumentException(
                    "times must be 0 to %d seconds, found %s and %s"
                            .formatted(LONGEST, warmUpSeconds, roundSeconds));
        }
    }

    private static boolean isTime(double seconds) {
        return seconds >= 0 && seconds <= LONGEST;
    }
}
