package org.efficientzoo.zoo.torchscript;

import java.math.BigDecimal;
import org.efficientzoo.blocks.Pooling;

/**
 * Constants as they stand in the source of a script. What makes source writes numbers with {@code
 * %s}: {@code %d} takes the digits of the default locale, which are not always ASCII's.
 */
final class Text {

    private Text() {}

    static String of(boolean value) {
        return value ? "True" : "False";
    }

    /**
     * A float as the decimal number that its author wrote: 1e-5f is 1.0E-5 as in Python, and not
     * the 9.99999974e-6 that it is in memory.
     */
    static String of(float value) {
        return Float.toString(value);
    }

    /** One minus a float, in decimal numbers: 0.1 for 0.9f. */
    static String complement(float value) {
        BigDecimal rest = BigDecimal.ONE.subtract(new BigDecimal(Float.toString(value)));
        return Double.toString(rest.doubleValue());
    }

    /** Kernel, stride and padding. */
    static String window(Pooling window) {
        return "%s, %s, %s"
                .formatted(
                        square(window.kernel()), square(window.stride()), square(window.padding()));
    }

    private static String square(int side) {
        return "[%s, %s]".formatted(side, side);
    }
}
