package org.efficientzoo.blocks.analysis;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Prints numbers as THOP's {@code clever_format} prints them: {@code 19.96M}, {@code 840.00B}. */
public final class CleverFormat {

    private CleverFormat() {}

    /**
     * Formats a number: in T, G, M or K where it exceeds 1e12, 1e9, 1e6 or 1e3, else with a B
     * behind it; two decimals.
     *
     * @param value the number
     * @return the text
     */
    public static String of(long value) {
        if (value > 1_000_000_000_000L) {
            return decimals(value / 1e12) + "T";
        }
        if (value > 1_000_000_000L) {
            return decimals(value / 1e9) + "G";
        }
        if (value > 1_000_000L) {
            return decimals(value / 1e6) + "M";
        }
        if (value > 1_000L) {
            return decimals(value / 1e3) + "K";
        }
        return decimals((double) value) + "B";
    }

    private static String decimals(double value) {
        // Rounds the exact value of the double, as C does; String.format rounds its shortest
        // decimal text, which makes 19.97 of 19965000 / 1e6.
        return new BigDecimal(value).setScale(2, RoundingMode.HALF_EVEN).toPlainString();
    }
}
