package org.efficientzoo.zoo.onnx;

import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.blocks.Pooling;

/**
 * Writes pooling operations.
 *
 * <p>A last, incomplete window becomes a complete one by more padding at the end, which never wins
 * and does not count. Runtimes disagree about their own ways to keep incomplete windows, so these
 * are used where the size of the input is free, and only where there is nothing to disagree about.
 */
final class PoolWriter {

    private final Emitter emitter;
    private final Tensors tensors;
    private final boolean dynamicSize;

    PoolWriter(Emitter emitter, Tensors tensors, boolean dynamicSize) {
        this.emitter = emitter;
        this.tensors = tensors;
        this.dynamicSize = dynamicSize;
    }

    String max(Pooling window, Node node, String x) {
        long padding = window.padding();
        return windows("MaxPool", node, x, window, padding, ends(window, node, padding));
    }

    String average(Pooling window, Node node, String x) {
        long padding = window.padding();
        List<Long> ends = ends(window, node, padding);
        if (ends.stream().allMatch(end -> end == padding)) {
            return windows("AveragePool", node, x, window, padding, ends);
        }
        if (padding == 0) {
            return windows("AveragePool", node, x, window, 0, ends);
        }
        // The padding counts as zeros, what lies beyond it does not count.
        String pads =
                tensors.longs("pads." + padding, 0, 0, padding, padding, 0, 0, padding, padding);
        String padded = emitter.add("Pad", node.name() + ".pad", List.of(x, pads));
        List<Long> beyond = ends.stream().map(end -> Math.max(0, end - padding)).toList();
        return windows("AveragePool", node, padded, window, 0, beyond);
    }

    /** The padding at the end of each axis that makes the windows complete. */
    private List<Long> ends(Pooling window, Node node, long padding) {
        if (!window.ceilMode()) {
            return List.of(padding, padding);
        }
        if (dynamicSize) {
            if (padding > 0 || window.stride() > window.kernel()) {
                throw new IllegalArgumentException(
                        "a pooling that keeps incomplete windows must have no padding and no gaps"
                                + " to be exported with free sizes, found "
                                + window);
            }
            return List.of(0L, 0L);
        }
        List<Long> ends = new ArrayList<>();
        for (int axis = 2; axis < 4; axis++) {
            long size = node.input().shape().get(axis);
            long reach = (window.outputSize(size) - 1) * window.stride() + window.kernel();
            ends.add(Math.max(0, reach - size - padding));
        }
        return ends;
    }

    private String windows(
            String type, Node node, String x, Pooling window, long begin, List<Long> ends) {
        boolean countsPadding = type.equals("AveragePool") && begin > 0;
        return emitter.add(
                type,
                node.name(),
                List.of(x),
                n -> {
                    if (window.ceilMode() && dynamicSize) {
                        Emitter.integer(n, "ceil_mode", 1);
                    }
                    if (countsPadding) {
                        Emitter.integer(n, "count_include_pad", 1);
                    }
                    long kernel = window.kernel();
                    Emitter.integers(n, "kernel_shape", List.of(kernel, kernel));
                    Emitter.integers(n, "pads", List.of(begin, begin, ends.get(0), ends.get(1)));
                    long stride = window.stride();
                    Emitter.integers(n, "strides", List.of(stride, stride));
                });
    }
}
