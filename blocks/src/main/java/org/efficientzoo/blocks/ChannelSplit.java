package org.efficientzoo.blocks;

/**
 * Takes a range of the channels: one branch of ShuffleNetV2's channel split.
 *
 * <p>Takes (N, C, H, W), returns (N, to - from, H, W).
 *
 * @see <a href="https://arxiv.org/abs/1807.11164">ShuffleNet V2, section 3</a>
 */
public final class ChannelSplit extends EfficientBlock {

    private final int from;
    private final int to;

    /**
     * Creates the branch.
     *
     * @param from the first channel
     * @param to the channel behind the last
     * @throws IllegalArgumentException if the range is empty or starts below 0
     */
    public ChannelSplit(int from, int to) {
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException(
                    "a range of channels must not be empty, found %d to %d".formatted(from, to));
        }
        this.from = from;
        this.to = to;
    }

    @Override
    protected <T> T forward(Ops<T> ops, T x) {
        return ops.slice(from, to, x);
    }
}
