package org.efficientzoo.blocks;

/**
 * The channel shuffle, which lets information cross the groups of grouped convolutions; it moves
 * values and computes nothing.
 *
 * <p>Takes (N, C, H, W), returns (N, C, H, W).
 *
 * @see <a href="https://arxiv.org/abs/1707.01083">ShuffleNet, section 3.1</a>
 */
public final class ChannelShuffle extends EfficientBlock {

    /** Which of the two permutations that go by this name. */
    public enum Convention {
        /** The paper's and ShuffleNetV2's: (N, g, C/g, H, W), axes swapped. */
        PAPER,
        /**
         * The inverse, (N, C/g, g, H, W), axes swapped: ShuffleNetV1 as its authors released it.
         */
        INVERSE
    }

    private final int groups;
    private final Convention convention;

    /**
     * Creates the paper's shuffle.
     *
     * @param groups the groups, which divide the channels
     * @throws IllegalArgumentException if there are none
     */
    public ChannelShuffle(int groups) {
        this(groups, Convention.PAPER);
    }

    /**
     * Creates a shuffle.
     *
     * @param groups the groups, which divide the channels
     * @param convention which permutation
     * @throws IllegalArgumentException if there are no groups
     */
    public ChannelShuffle(int groups, Convention convention) {
        Checks.positive("groups", groups);
        this.groups = groups;
        this.convention = convention;
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        return switch (convention) {
            case PAPER -> ops.shuffle(groups, x);
            case INVERSE -> ops.unshuffle(groups, x);
        };
    }
}
