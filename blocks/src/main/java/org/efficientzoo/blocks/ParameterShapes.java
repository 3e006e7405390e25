package org.efficientzoo.blocks;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The shapes that the parameters of a block have, or will have; no engine is needed to know. */
public final class ParameterShapes {

    private ParameterShapes() {}

    /**
     * Tells the shape of each parameter inside a block.
     *
     * @param block the block, initialised or not
     * @param input the shape of its input
     * @return the shapes by the names of {@link BlockNames#parameters}, in their order
     * @throws IllegalArgumentException if the input does not suit the block, or the block has a
     *     parameter of unknown shape
     */
    public static Map<String, Shape> of(Block block, Shape input) {
        Collector collector = new Collector();
        collector.call(block, input);
        Map<String, Shape> shapes = new LinkedHashMap<>();
        BlockNames.parameters(block)
                .forEach((name, parameter) -> shapes.put(name, collector.shape(name, parameter)));
        return shapes;
    }

    /**
     * Tells the shapes of the parameters of one leaf.
     *
     * @param leaf a convolution, batch norm or linear layer, or any other block that is initialised
     * @param input the shape of its input
     * @return the shapes by parameter; a parameter of unknown shape is left out
     */
    public static Map<Parameter, Shape> ofLeaf(Block leaf, Shape input) {
        Map<Parameter, Shape> shapes = new HashMap<>();
        for (Parameter parameter : leaf.getDirectParameters().values()) {
            Shape shape = shape(leaf, parameter, input);
            if (shape != null) {
                shapes.put(parameter, shape);
            }
        }
        return shapes;
    }

    private static Shape shape(Block leaf, Parameter parameter, Shape input) {
        boolean isWeight = parameter.getType() == Parameter.Type.WEIGHT;
        if (leaf instanceof Conv2d conv) {
            Shape perFilter = new Shape(input.get(1) / conv.getGroups());
            Shape filters = new Shape(conv.getFilters());
            return isWeight ? filters.addAll(perFilter).addAll(conv.getKernelShape()) : filters;
        }
        if (leaf instanceof Linear linear) {
            Shape units = linear.getOutputShapes(new Shape[] {input})[0].slice(1, 2);
            return isWeight ? units.add(input.get(1)) : units;
        }
        if (leaf instanceof BatchNorm) {
            return new Shape(input.get(1));
        }
        return parameter.getShape();
    }

    private static final class Collector extends ShapeOps {

        private final Map<Parameter, Shape> shapes = new HashMap<>();

        Shape shape(String name, Parameter parameter) {
            Shape shape = shapes.get(parameter);
            if (shape == null) {
                throw new IllegalArgumentException(
                        "the shape of the parameter " + name + " is unknown before initialisation");
            }
            return shape;
        }

        @Override
        public Shape conv(Conv2d conv, Shape x) {
            Shape y = super.conv(conv, x);
            shapes.putAll(ofLeaf(conv, x));
            return y;
        }

        @Override
        public Shape batchNorm(BatchNorm norm, Shape x) {
            shapes.putAll(ofLeaf(norm, x));
            return super.batchNorm(norm, x);
        }

        @Override
        public Shape linear(Linear linear, Shape x) {
            Shape y = super.linear(linear, x);
            shapes.putAll(ofLeaf(linear, x));
            return y;
        }

        @Override
        public Shape other(Block block, Shape x) {
            shapes.putAll(ofLeaf(block, x)); // of a subclass of the leaves, too
            for (Parameter parameter : block.getParameters().values()) {
                if (parameter.getShape() != null) {
                    shapes.put(parameter, parameter.getShape());
                }
            }
            return super.other(block, x);
        }
    }
}
