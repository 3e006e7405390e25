package org.efficientzoo.blocks;

/**
 * The window of a pooling operation, square and the same along both axes.
 *
 * <p>With {@code ceilMode} a last, incomplete window is kept if it starts inside the input or its
 * left padding; without it incomplete windows are dropped.
 *
 * @param kernel the side of the window, in pixels
 * @param stride the step of the window, in pixels
 * @param padding the pixels added on each side; at most half the kernel
 * @param ceilMode whether a last, incomplete window is kept
 */
public record Pooling(int kernel, int stride, int padding, boolean ceilMode) {

    /**
     * Checks the window.
     *
     * @throws IllegalArgumentException if kernel or stride are not positive, or the padding is
     *     negative or larger than half the kernel
     */
    public Pooling {
        Checks.positive("pooling kernel", kernel);
        Checks.positive("pooling stride", stride);
        if (padding < 0 || padding > kernel / 2) {
            throw new IllegalArgumentException(
                    "pooling padding must be between 0 and half the kernel, found padding "
                            + padding
                            + ", kernel "
                            + kernel);
        }
    }

    /**
     * Returns a window without padding that drops incomplete windows.
     *
     * @param kernel the side of the window
     * @param stride the step of the window
     * @return the window
     * @throws IllegalArgumentException if a number is out of its range
     */
    public static Pooling of(int kernel, int stride) {
        return new Pooling(kernel, stride, 0, false);
    }

    /**
     * Returns the number of windows along an axis.
     *
     * @param size the pixels of the input along the axis
     * @return the pixels of the output, less than 1 where the input is too small
     */
    public long outputSize(long size) {
        long room = size + 2L * padding - kernel;
        long steps = Math.floorDiv(ceilMode ? room + stride - 1 : room, stride);
        boolean startsOutside = ceilMode && steps * stride >= size + padding;
        return startsOutside ? steps : steps + 1;
    }
}
