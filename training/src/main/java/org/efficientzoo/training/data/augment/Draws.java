package org.efficientzoo.training.data.augment;

/**
 * Random numbers that depend on nothing but the seed and what they are for: the same for any number
 * of threads, on any platform and in any version of Java, which is why the generator (SplitMix64)
 * stands here.
 *
 * <p>An instance belongs to one thread.
 */
public final class Draws {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L; // SplitMix64's increment
    private static final int ORDER = 1;
    private static final int IMAGE = 2;
    private static final int BATCH = 3;

    private long state;

    private Draws(long seed, int purpose, long epoch, long index) {
        state = mix(mix(mix(seed + GOLDEN * purpose) + epoch) + index);
    }

    /**
     * The draws for one image in one epoch.
     *
     * @param seed the seed of the run
     * @param epoch the epoch
     * @param index the image's index in the data set
     * @return the draws
     */
    public static Draws ofImage(long seed, int epoch, int index) {
        return new Draws(seed, IMAGE, epoch, index);
    }

    /**
     * The draws for what images of a batch have in common.
     *
     * @param seed the seed of the run
     * @param epoch the epoch
     * @param batch the number of the batch in the epoch
     * @return the draws
     */
    public static Draws ofBatch(long seed, int epoch, int batch) {
        return new Draws(seed, BATCH, epoch, batch);
    }

    /**
     * The draws for the order of the images in an epoch.
     *
     * @param seed the seed of the run
     * @param epoch the epoch
     * @return the draws
     */
    public static Draws ofOrder(long seed, int epoch) {
        return new Draws(seed, ORDER, epoch, 0);
    }

    /**
     * The seed of an engine's own generator in a step, of which engines take 31 bits.
     *
     * @param seed the seed of the run
     * @param step the number of the step, -1 for what comes before the first
     * @return a seed, not negative
     */
    public static int engineSeed(long seed, long step) {
        return (int) (mix(seed * GOLDEN + step + 1) >>> 33);
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private long next() {
        state += GOLDEN;
        return mix(state);
    }

    /**
     * Draws a number.
     *
     * @return a number from 0 to 1, 1 excluded
     */
    public double uniform() {
        return (next() >>> 11) * 0x1p-53;
    }

    /** Draws a number between two. */
    double uniform(double from, double to) {
        return from + (to - from) * uniform();
    }

    /** Draws a whole number from 0 to the bound, which is excluded. */
    int below(int bound) {
        return (int) (((next() >>> 32) * bound) >>> 32);
    }

    /** Draws whether something of that probability happens. */
    boolean chance(double probability) {
        return uniform() < probability;
    }

    /** Draws from the standard normal distribution, by Marsaglia's polar method. */
    double normal() {
        while (true) {
            double x = uniform(-1, 1);
            double y = uniform(-1, 1);
            double square = x * x + y * y;
            if (square < 1 && square > 0) {
                return x * Math.sqrt(-2 * StrictMath.log(square) / square);
            }
        }
    }

    /**
     * Draws from the beta distribution with two equal parameters, in logarithms, since small
     * parameters make gamma variates that underflow.
     */
    double beta(double alpha) {
        double first = logGamma(alpha);
        double second = logGamma(alpha);
        return 1 / (1 + StrictMath.exp(second - first));
    }

    /** The logarithm of a gamma variate: Marsaglia and Tsang 2000. */
    private double logGamma(double shape) {
        if (shape < 1) {
            return logGamma(shape + 1) + StrictMath.log(1 - uniform()) / shape;
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = normal();
            double root = 1 + c * x;
            if (root <= 0) {
                continue;
            }
            double v = root * root * root;
            double logV = StrictMath.log(v);
            if (StrictMath.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * logV) {
                return StrictMath.log(d) + logV;
            }
        }
    }

    /**
     * Draws an order, by Fisher and Yates.
     *
     * @param length how many
     * @return the numbers from 0 to length - 1
     */
    public int[] permutation(int length) {
        int[] order = new int[length];
        for (int i = 0; i < length; i++) {
            int other = below(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }
}
