package org.efficientzoo.training.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.efficientzoo.reference.References;

/** The values of {@code training/training_values.json} and small things to train. */
final class TrainingValues {

    static final JsonObject FILE = read();

    private TrainingValues() {}

    private static JsonObject read() {
        try (Reader reader =
                new InputStreamReader(
                        TrainingValues.class.getResourceAsStream("/training/training_values.json"),
                        StandardCharsets.UTF_8)) {
            return new Gson().fromJson(reader, JsonObject.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The parameters of the file as those of a block. */
    static Network network(NDManager manager) {
        Network network = new Network();
        FILE.getAsJsonObject("parameters")
                .entrySet()
                .forEach(
                        entry -> {
                            JsonObject json = entry.getValue().getAsJsonObject();
                            Shape shape = References.shape(json.get("shape"));
                            network.add(
                                    entry.getKey(),
                                    array(manager, References.doubles(json.get("values")), shape));
                        });
        return network;
    }

    /** Puts the gradients of a step where a backward pass would leave them. */
    static void backward(NDManager manager, TrainedParameters parameters, JsonObject gradients) {
        try (NDManager step = manager.newSubManager();
                var collector =
                        ai.djl.engine.Engine.getEngine(step.getEngine().getEngineName())
                                .newGradientCollector()) {
            NDArray total = step.create(0f);
            for (TrainedParameter parameter : parameters.all()) {
                NDArray weights =
                        array(
                                step,
                                References.doubles(gradients.get(parameter.name())),
                                parameter.array().getShape());
                NDArray own = parameter.array().mul(weights);
                own.attach(step);
                total = total.add(own.sum());
            }
            collector.backward(total);
        }
    }

    static Map<String, double[]> values(TrainedParameters parameters) {
        Map<String, double[]> all = new LinkedHashMap<>();
        parameters.all().forEach(p -> all.put(p.name(), doubles(p.array())));
        return all;
    }

    static double[] doubles(NDArray array) {
        try (NDArray copy = array.toType(DataType.FLOAT64, true)) {
            return copy.toDoubleArray();
        }
    }

    static NDArray array(NDManager manager, double[] values, Shape shape) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return manager.create(floats, shape);
    }

    static List<JsonObject> objects(String... path) {
        JsonObject at = FILE;
        for (int i = 0; i < path.length - 1; i++) {
            at = at.getAsJsonObject(path[i]);
        }
        return References.objects(at.get(path[path.length - 1]));
    }

    /** Parameters without a forward pass. */
    static final class Network extends AbstractBlock {

        private final List<String> names = new ArrayList<>();

        void add(String name, NDArray array) {
            Parameter parameter =
                    addParameter(
                            Parameter.builder()
                                    .setName(name)
                                    .setType(Parameter.Type.OTHER)
                                    .optArray(array)
                                    .build());
            names.add(parameter.getName());
        }

        @Override
        protected ai.djl.ndarray.NDList forwardInternal(
                ParameterStore store,
                ai.djl.ndarray.NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }
}
