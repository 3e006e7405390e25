package org.efficientzoo.benchmark;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.efficientzoo.zoo.weights.TensorInfo;
import org.efficientzoo.zoo.weights.TensorSource;

/**
 * Weights for comparisons, the same on every machine: each value depends on the name of its tensor
 * and its place. They keep the size of what passes through, and no branch of a residual is zero, so
 * that each layer shows in the logits.
 */
final class PatternWeights implements TensorSource {

    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

    /**
     * Weights of a network.
     *
     * @param shapes the shapes of its tensors by their names
     */
    PatternWeights(Map<String, Shape> shapes) {
        shapes.forEach((name, shape) -> tensors.put(name, new TensorInfo(DataType.FLOAT32, shape)));
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public FloatBuffer read(String name) {
        Shape shape = tensors.get(name).shape();
        double centre = 0;
        double spread = 0.1;
        if (shape.dimension() > 1) {
            spread = Math.sqrt(6.0 / ((double) shape.size() / shape.get(0))); // He et al. 2015
        } else if (name.endsWith("running_var") || name.endsWith("weight")) {
            centre = 1;
            spread = 0.2;
        }
        SplittableRandom random = new SplittableRandom(name.hashCode());
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (centre + spread * (2 * random.nextDouble() - 1));
        }
        return FloatBuffer.wrap(values);
    }

    @Override
    public String description() {
        return "weights for a comparison";
    }

    @Override
    public void close() {
        // nothing is open
    }
}
