package org.efficientzoo.training.data.augment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RandomJpegTest {

    static List<AugmentFixtures.Compressed> compressed() {
        return AugmentFixtures.EXPECTED.compressed();
    }

    private static Pixels source() {
        return AugmentFixtures.source("whole");
    }

    private static byte[] compressed(int quality) {
        return new RandomJpeg(1, quality, quality).apply(source(), Draws.ofImage(0, 0, 0)).rgb;
    }

    @ParameterizedTest
    @MethodSource("compressed")
    void leavesThePixelsOfPillow(AugmentFixtures.Compressed expected) {
        int quality = expected.quality();
        Pixels found = new RandomJpeg(1, quality, quality).apply(source(), Draws.ofImage(0, 0, 0));

        assertThat(AugmentFixtures.describe(found)).isEqualTo(expected.pixels());
    }

    @Test
    void drawsEveryQualityBetweenItsBounds() {
        var seen = new TreeSet<Integer>();
        for (int i = 0; i < 60; i++) {
            Draws same = Draws.ofImage(3, 0, i);
            same.uniform(); // whether to compress
            int quality = 40 + same.below(4);
            seen.add(quality);
            assertThat(new RandomJpeg(1, 40, 43).apply(source(), Draws.ofImage(3, 0, i)).rgb)
                    .as("image %d, quality %d", i, quality)
                    .isEqualTo(compressed(quality));
        }
        assertThat(seen).containsExactly(40, 41, 42, 43);
    }

    @Test
    void leavesSomeAsTheyAre() {
        var some = new RandomJpeg(0.25, 50, 50);
        byte[] other = compressed(50);
        int changed = 0;
        for (int i = 0; i < 400; i++) {
            byte[] rgb = some.apply(source(), Draws.ofImage(4, 0, i)).rgb;
            boolean compressed = Arrays.equals(rgb, other);
            assertThat(compressed || Arrays.equals(rgb, source().rgb)).isTrue();
            changed += compressed ? 1 : 0;
        }
        assertThat(changed).isBetween(70, 130);
    }
}
