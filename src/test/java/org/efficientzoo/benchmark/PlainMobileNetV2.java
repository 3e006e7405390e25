package org.efficientzoo.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/** MobileNetV2 in nothing but DJL's own blocks, as a DJL user would write it: the peer to beat. */
final class PlainMobileNetV2 {

    private static final int[][] STAGES = {
        {1, 16, 1, 1},
        {6, 24, 2, 2},
        {6, 32, 3, 2},
        {6, 64, 4, 2},
        {6, 96, 3, 1},
        {6, 160, 3, 2},
        {6, 320, 1, 1}
    }; // t, c, n, s

    private PlainMobileNetV2() {}

    static Block build() {
        SequentialBlock net = new SequentialBlock();
        unit(net, 32, 3, 2, 1, true);
        int in = 32;
        for (int[] stage : STAGES) {
            for (int i = 0; i < stage[2]; i++) {
                net.add(residual(in, stage[1], i == 0 ? stage[3] : 1, stage[0]));
                in = stage[1];
            }
        }
        unit(net, 1280, 1, 1, 1, true);
        net.add(LambdaBlock.singleton(Pool::globalAvgPool2d));
        net.add(Linear.builder().setUnits(1000).build());
        return net;
    }

    private static Block residual(int in, int out, int stride, int expansion) {
        SequentialBlock main = new SequentialBlock();
        int hidden = in * expansion;
        if (expansion > 1) {
            unit(main, hidden, 1, 1, 1, true);
        }
        unit(main, hidden, 3, stride, hidden, true);
        unit(main, out, 1, 1, 1, false);
        if (stride != 1 || in != out) {
            return main;
        }
        return new ParallelBlock(
                branches -> new NDList(sum(branches)),
                List.of(main, new SequentialBlock().add(LambdaBlock.singleton(x -> x))));
    }

    private static NDArray sum(List<NDList> branches) {
        return branches.get(0).singletonOrThrow().add(branches.get(1).singletonOrThrow());
    }

    private static void unit(
            SequentialBlock net, int out, int kernel, int stride, int groups, boolean activated) {
        net.add(
                Conv2d.builder()
                        .setFilters(out)
                        .setKernelShape(new Shape(kernel, kernel))
                        .optStride(new Shape(stride, stride))
                        .optPadding(new Shape(kernel / 2, kernel / 2))
                        .optGroups(groups)
                        .optBias(false)
                        .build());
        net.add(BatchNorm.builder().build());
        if (activated) {
            net.add(LambdaBlock.singleton(x -> x.clip(0, 6)));
        }
    }
}
