package org.efficientzoo.blocks;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;

/** The shape reading that initialises each child as it passes. */
final class InitializingOps extends ShapeOps {

    private final NDManager manager;
    private final DataType dataType;

    InitializingOps(NDManager manager, DataType dataType) {
        this.manager = manager;
        this.dataType = dataType;
    }

    private void initialize(Block block, Shape x) {
        block.initialize(manager, dataType, x);
    }

    @Override
    public Shape conv(Conv2d conv, Shape x) {
        Shape y = super.conv(conv, x);
        initialize(conv, x);
        return y;
    }

    @Override
    public Shape batchNorm(BatchNorm norm, Shape x) {
        initialize(norm, x);
        return super.batchNorm(norm, x);
    }

    @Override
    public Shape linear(Linear linear, Shape x) {
        Shape y = super.linear(linear, x);
        initialize(linear, x);
        return y;
    }

    @Override
    public Shape dropout(Dropout dropout, Shape x) {
        initialize(dropout, x);
        return super.dropout(dropout, x);
    }

    @Override
    public Shape sequence(SequentialBlock blocks, Shape x) {
        return other(blocks, x);
    }

    @Override
    public Shape nested(EfficientBlock block, Shape x) {
        initialize(block, x);
        return block.getOutputShapes(new Shape[] {x})[0];
    }

    @Override
    public Shape other(Block block, Shape x) {
        initialize(block, x);
        return super.other(block, x);
    }
}
