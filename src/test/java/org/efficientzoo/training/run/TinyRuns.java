package org.efficientzoo.training.run;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.training.recipe.Recipe;
import org.efficientzoo.training.recipe.Recipes;
import org.efficientzoo.training.sample.SampleData;

/** Runs of a few steps on drawn pictures, with all that is random switched on. */
final class TinyRuns {

    static final int TRAIN = 4; // pictures of a class
    static final int VALIDATION = 1;
    static final int STEPS = 6; // two epochs of 40 images, 16 a step

    private TinyRuns() {}

    static void draw(Path folder) throws IOException {
        new SampleData(0, TRAIN, VALIDATION, 32).write(folder, step -> {});
    }

    static Recipe recipe(String... changes) throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("network.name", "shufflenet_v2_x0_5");
        all.put("network.dropout", "0.3");
        all.put("seed", "3");
        all.put("epochs", "2");
        all.put("batch", "16");
        all.put("average", "{\"decay\": 0.9, \"every\": 2}");
        all.put("augmentation.mixup", "0.2");
        all.put("augmentation.erasing.probability", "0.3");
        for (int i = 0; i < changes.length; i += 2) {
            all.put(changes[i], changes[i + 1]);
        }
        JsonObject json = Recipes.find("cifar10");
        for (Map.Entry<String, String> change : all.entrySet()) {
            json = Recipes.with(json, change.getKey(), change.getValue());
        }
        return Recipes.read(json);
    }

    static TrainingRun begin(
            Path data, Path output, String engine, Recipe recipe, RunListener listener)
            throws IOException {
        return begin(data, output, RunSettings.of(engine, 2), recipe, listener);
    }

    static TrainingRun begin(
            Path data, Path output, RunSettings settings, Recipe recipe, RunListener listener)
            throws IOException {
        return new TrainingRuns(output, settings).begin(data, Optional.empty(), recipe, listener);
    }

    /** Goes on with another number of workers. */
    static TrainingRun resume(Path output, String engine, RunListener listener) throws IOException {
        return new TrainingRuns(output, RunSettings.of(engine, 1))
                .resume(Optional.empty(), listener);
    }
}
