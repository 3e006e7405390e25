package org.efficientzoo.zoo.weights;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.efficientzoo.blocks.BlockNames;

/**
 * The values of a network as a checkpoint has them: names and order of PyTorch's state dict, with
 * the counter {@code num_batches_tracked}, here always 0, behind the running variance of each batch
 * norm.
 */
public final class NetworkTensors implements TensorSource {

    private static final TensorInfo COUNTER = new TensorInfo(DataType.INT64, new Shape());

    private final Map<String, Parameter> parameters;
    private final Map<String, TensorInfo> tensors;

    /**
     * Describes the values of a network, which are read when they are asked for.
     *
     * @param network the network, initialised
     * @throws IllegalStateException if it is not initialised, or a parameter is not float32
     */
    public NetworkTensors(Block network) {
        this(network, true);
    }

    /**
     * Describes the values of a network without counters, as the files of this project have them.
     *
     * @param network the network, initialised
     * @return its values, which are read when they are asked for
     * @throws IllegalStateException if it is not initialised, or a parameter is not float32
     */
    public static NetworkTensors withoutCounters(Block network) {
        return new NetworkTensors(network, false);
    }

    private NetworkTensors(Block network, boolean counters) {
        parameters = BlockNames.parameters(network);
        Map<String, TensorInfo> all = new LinkedHashMap<>();
        parameters.forEach(
                (name, parameter) -> {
                    if (!parameter.isInitialized()) {
                        throw new IllegalStateException(
                                "a network must be initialised to be saved, found no values of "
                                        + name);
                    }
                    DataType type = parameter.getArray().getDataType();
                    if (type != DataType.FLOAT32) {
                        throw new IllegalStateException(
                                "the parameter %s must be float32, found %s".formatted(name, type));
                    }
                    all.put(name, new TensorInfo(type, parameter.getArray().getShape()));
                    if (counters && parameter.getType() == Parameter.Type.RUNNING_VAR) {
                        String norm = name.substring(0, name.lastIndexOf('.') + 1);
                        all.put(norm + StateDict.COUNTER, COUNTER);
                    }
                });
        tensors = Collections.unmodifiableMap(all);
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return tensors;
    }

    @Override
    public FloatBuffer read(String name) {
        Parameter parameter = parameters.get(name);
        if (parameter != null) {
            return FloatBuffer.wrap(parameter.getArray().toFloatArray());
        }
        if (!tensors.containsKey(name)) {
            throw new IllegalArgumentException("there is no tensor " + name + " in the network");
        }
        return FloatBuffer.wrap(new float[] {0});
    }

    @Override
    public String description() {
        return "the network";
    }

    /** Does nothing: the network stays open. */
    @Override
    public void close() {}
}
