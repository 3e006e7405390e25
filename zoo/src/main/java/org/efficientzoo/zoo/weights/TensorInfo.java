package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * What a checkpoint says of a tensor before its values are read.
 *
 * @param dataType the type of the stored values
 * @param shape the shape
 */
public record TensorInfo(DataType dataType, Shape shape) {}
