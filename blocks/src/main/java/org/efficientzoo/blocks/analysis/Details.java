package org.efficientzoo.blocks.analysis;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import org.efficientzoo.blocks.Pooling;

/** Describes the window of a layer in a few characters: {@code 3x3 /2 g32}. */
final class Details {

    private Details() {}

    static String of(Conv2d conv) {
        Shape kernel = conv.getKernelShape();
        Shape stride = conv.getStride();
        String step =
                stride.get(0) == stride.get(1)
                        ? Long.toString(stride.get(0))
                        : stride.get(0) + "x" + stride.get(1);
        String groups = conv.getGroups() == 1 ? "" : " g" + conv.getGroups();
        return kernel.get(0) + "x" + kernel.get(1) + " /" + step + groups;
    }

    static String of(Pooling window) {
        return "%dx%d /%d".formatted(window.kernel(), window.kernel(), window.stride());
    }
}
