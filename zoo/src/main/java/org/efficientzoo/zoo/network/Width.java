package org.efficientzoo.zoo.network;

/**
 * A width multiplier: a factor of all channels, rounded as the released code of the MobileNets
 * rounds.
 *
 * @param factor the factor, α in the paper
 * @param divisor what the channels are rounded to a multiple of
 * @see <a href="https://arxiv.org/abs/1704.04861">MobileNets, section 3.3</a>
 */
record Width(double factor, int divisor) {

    private static final int MOST_CHANNELS = 1_000_000; // beyond any network, short of overflow

    Width {
        if (!(factor > 0) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException("width must be positive, found " + factor);
        }
    }

    /** Rounds to the nearest multiple of the divisor, but never down by more than a tenth. */
    int of(int channels) {
        double exact = channels * factor;
        if (exact > MOST_CHANNELS) {
            throw new IllegalArgumentException(
                    "width must leave at most %d channels, found width %s"
                            .formatted(MOST_CHANNELS, factor));
        }
        int rounded = Math.max(divisor, (int) (exact + divisor / 2.0) / divisor * divisor);
        return rounded < 0.9 * exact ? rounded + divisor : rounded;
    }
}
