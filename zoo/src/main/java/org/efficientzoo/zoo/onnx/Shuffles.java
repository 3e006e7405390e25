package org.efficientzoo.zoo.onnx;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.efficientzoo.blocks.Operation;

/** Channel shuffles as permutations: (rows, columns), the axes swapped. */
final class Shuffles {

    private Shuffles() {}

    /** The rows of a shuffle of so many channels. */
    static int rows(Operation shuffle, int channels) {
        if (shuffle instanceof Operation.Shuffling forth) {
            return forth.groups();
        }
        return channels / ((Operation.Unshuffling) shuffle).groups();
    }

    /** From where each channel behind the shuffle comes. */
    static IntStream sources(int rows, int channels) {
        int columns = channels / rows;
        return IntStream.range(0, channels).map(c -> c % rows * columns + c / rows);
    }

    /** The rows of the shuffle that a permutation is, if it is one. */
    static OptionalInt rows(List<Integer> sources) {
        int channels = sources.size();
        return IntStream.range(2, channels)
                .filter(rows -> channels % rows == 0)
                .filter(rows -> sources(rows, channels).boxed().toList().equals(sources))
                .findFirst();
    }
}
