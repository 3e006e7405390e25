package org.efficientzoo.zoo.weights;

import ai.djl.nn.Parameter;
import java.nio.FloatBuffer;
import java.util.Optional;

/** Finds values that no sound training leaves: not a number, infinite, variances below 0. */
final class BadValues {

    private static final int BLOCK = 1 << 12; // values that are checked at once, in the L1 cache

    private BadValues() {}

    /**
     * Looks at all values of a tensor, which takes less time than to read them.
     *
     * @param name the name of the tensor
     * @param values its values, left as they are
     * @param parameter what they are to fill
     * @return what is wrong with the first value that is bad, if one is
     */
    static Optional<String> find(String name, FloatBuffer values, Parameter parameter) {
        boolean isVariance = parameter.getType() == Parameter.Type.RUNNING_VAR;
        float least = isVariance ? 0 : -Float.MAX_VALUE;
        float[] block = new float[Math.min(BLOCK, (values.remaining() + 3) & ~3)];
        for (int begin = 0; begin < values.remaining(); begin += block.length) {
            int length = Math.min(block.length, values.remaining() - begin);
            values.get(values.position() + begin, block, 0, length);
            if (!isVariance && isFinite(block)) { // what is behind the last value was looked at
                continue;
            }
            for (int i = 0; i < length; i++) {
                if (!(block[i] >= least && block[i] <= Float.MAX_VALUE)) { // NaN is neither
                    return Optional.of(
                            "the values of the tensor %s must be %s, found %s at %d"
                                    .formatted(
                                            name,
                                            isVariance ? "finite and 0 or more" : "finite",
                                            block[i],
                                            begin + i));
                }
            }
        }
        return Optional.empty();
    }

    /** Nothing times what is not finite is not a number; four sums need not wait for each other. */
    private static boolean isFinite(float[] block) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        for (int i = 0; i < block.length; i += 4) {
            a += 0 * block[i];
            b += 0 * block[i + 1];
            c += 0 * block[i + 2];
            d += 0 * block[i + 3];
        }
        return a + b + c + d == 0;
    }
}
