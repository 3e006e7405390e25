package org.efficientzoo.blocks.analysis;

import ai.djl.ndarray.types.Shape;

/**
 * What one layer costs.
 *
 * @param name the name of the layer in its checkpoint, or of the block around it and the operation
 * @param type the kind of layer: {@code Conv2d}, {@code BatchNorm}, {@code Linear}, …
 * @param detail kernel, stride and groups, or empty
 * @param output the shape of its output
 * @param parameters the trainable parameters, counted where a layer is used first
 * @param macs the multiply-accumulates, for all images of the batch
 * @param activations the output elements of a convolution or linear layer, 0 for others
 */
public record LayerCost(
        String name,
        String type,
        String detail,
        Shape output,
        long parameters,
        long macs,
        long activations) {}
