package org.efficientzoo.zoo;

import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Predicts in a process that has ONNX Runtime and no other engine. */
final class OnnxAloneMain {

    private OnnxAloneMain() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println("engines = " + Engine.getAllEngines());
        Path photo = Path.of(arguments[1]);
        try (ZooModel<Path, Classifications> model =
                        criteria("OnnxRuntime")
                                .optArgument("weightsFile", arguments[0])
                                .build()
                                .loadModel();
                Predictor<Path, Classifications> predictor = model.newPredictor()) {
            String shares =
                    predictor.predict(photo).getProbabilities().stream()
                            .map(Object::toString)
                            .collect(Collectors.joining(","));
            System.out.println("shares = " + shares);
        }
        say("untrained", criteria("OnnxRuntime").optFilter("weights", "none"));
        say("other", criteria("PyTorch").optFilter("weights", "none"));
    }

    private static Criteria.Builder<Path, Classifications> criteria(String engine) {
        return TestModels.criteria(engine, Path.class, Classifications.class);
    }

    private static void say(String name, Criteria.Builder<Path, Classifications> criteria)
            throws Exception {
        try (ZooModel<Path, Classifications> model = EfficientModelZoo.load(criteria.build())) {
            System.out.println(name + " = found " + model.getName());
        } catch (Exception e) {
            System.out.println(name + " = " + e.getMessage());
        }
    }
}
