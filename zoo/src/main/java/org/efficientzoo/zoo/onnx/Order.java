package org.efficientzoo.zoo.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Which channel of the network's description stands at each place of a value in the file.
 *
 * <p>A place may be {@link #DEAD}: made by weights of zero and multiplied by weights of zero, so
 * that nothing depends on it.
 */
final class Order {

    static final int DEAD = -1;

    private final int[] channels;

    private Order(int[] channels) {
        this.channels = channels;
    }

    static Order natural(int count) {
        return new Order(IntStream.range(0, count).toArray());
    }

    static Order of(List<Integer> channels) {
        return new Order(channels.stream().mapToInt(Integer::intValue).toArray());
    }

    /** The same with dead places behind, up to a multiple. */
    Order padded(int multiple) {
        int size = (channels.length + multiple - 1) / multiple * multiple;
        int[] places = Arrays.copyOf(channels, size);
        Arrays.fill(places, channels.length, size, DEAD);
        return new Order(places);
    }

    int size() {
        return channels.length;
    }

    int at(int place) {
        return channels[place];
    }

    /** A value for each place. */
    float[] pick(IntFunction<Float> values, float dead) {
        float[] picked = new float[channels.length];
        for (int i = 0; i < picked.length; i++) {
            picked[i] = channels[i] == DEAD ? dead : values.apply(channels[i]);
        }
        return picked;
    }

    List<Integer> channels() {
        return Arrays.stream(channels).boxed().toList();
    }
}
