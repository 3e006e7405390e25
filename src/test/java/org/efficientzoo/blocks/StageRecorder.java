package org.efficientzoo.blocks;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import java.util.LinkedHashMap;
import java.util.Map;

/** An eager reading that notes the mean and mean-abs behind every block, by its name. */
public final class StageRecorder extends EagerOps {

    /** Stands behind the name of a batch norm for the activation that follows it. */
    public static final String ACTIVATED = "+activation";

    private final EfficientBlock root;
    private final Map<Block, String> names;
    private final Map<String, Stage> stages = new LinkedHashMap<>();
    private String lastNorm = "";

    /** What a block gave. */
    public record Stage(ai.djl.ndarray.types.Shape shape, double mean, double meanAbs) {}

    public StageRecorder(EfficientBlock root, ParameterStore parameters) {
        super(parameters, false);
        this.root = root;
        this.names = BlockNames.of(root);
    }

    public NDArray run(NDArray x) {
        return root.read(this, x);
    }

    public Map<String, Stage> stages() {
        return stages;
    }

    private NDArray note(String name, NDArray y) {
        double sum = 0;
        double sumAbs = 0;
        for (float value : y.toFloatArray()) {
            sum += value;
            sumAbs += Math.abs(value);
        }
        stages.put(name, new Stage(y.getShape(), sum / y.size(), sumAbs / y.size()));
        return y;
    }

    @Override
    public NDArray conv(Conv2d conv, NDArray x) {
        return note(names.get(conv), super.conv(conv, x));
    }

    @Override
    public NDArray batchNorm(BatchNorm norm, NDArray x) {
        lastNorm = names.get(norm);
        return note(lastNorm, super.batchNorm(norm, x));
    }

    @Override
    public NDArray linear(Linear linear, NDArray x) {
        return note(names.get(linear), super.linear(linear, x));
    }

    @Override
    public NDArray activation(Nonlinearity function, NDArray x) {
        return note(lastNorm + ACTIVATED, super.activation(function, x));
    }

    @Override
    public NDArray nested(EfficientBlock block, NDArray x) {
        return note(names.get(block), super.nested(block, x));
    }
}
