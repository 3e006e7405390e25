package org.efficientzoo.training.run;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDList;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.util.Progress;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.efficientzoo.training.data.augment.Draws;
import org.efficientzoo.training.recipe.Preprocessing;
import org.efficientzoo.training.recipe.Recipe;
import org.efficientzoo.training.recipe.Start;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.engine.EngineStart;
import org.efficientzoo.zoo.image.EvaluationTransform;

/** Finds the network of a recipe with the weights that the run starts from. */
final class StartingModel {

    private static final int CHANNELS = 3;

    private StartingModel() {}

    /**
     * Loads it.
     *
     * @param recipe the recipe, which names a network
     * @param engine the engine's name
     * @param classes the number of classes
     * @param resumed whether other weights will be put in its place
     * @param download who is told of a download
     * @return the model, to be closed by the caller
     */
    static ZooModel<NDList, NDList> load(
            Recipe recipe, String engine, int classes, boolean resumed, Optional<Progress> download)
            throws IOException, ModelNotFoundException, MalformedModelException {
        EngineStart.of(engine).setRandomSeed(Draws.engineSeed(recipe.seed(), -1));
        Criteria.Builder<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optGroupId(EfficientModelZoo.GROUP_ID)
                        .optArtifactId(recipe.network().name().orElseThrow())
                        .optEngine(engine)
                        .optArgument("classes", Integer.toString(classes));
        recipe.network().arguments().forEach(criteria::optArgument);
        download.ifPresent(criteria::optProgress);
        addPreprocessing(criteria, recipe);
        addStart(criteria, resumed ? Start.UNTRAINED : recipe.start());
        ZooModel<NDList, NDList> model = EfficientModelZoo.load(criteria.build());
        long channels = EfficientModelZoo.input(model).get(1);
        if (channels != CHANNELS) {
            model.close();
            throw new IllegalArgumentException(
                    "images are trained on in 3 channels, found weights of a network with "
                            + channels);
        }
        return model;
    }

    /** The recipe's, and nothing of what the weights were made with before. */
    private static void addPreprocessing(Criteria.Builder<?, ?> criteria, Recipe recipe) {
        EvaluationTransform transform = recipe.validationTransform();
        Preprocessing validation = recipe.validation();
        String crop = Integer.toString(validation.crop());
        criteria.optArgument("resize", Integer.toString(validation.resize()))
                .optArgument("crop", crop)
                .optArgument("cropHeight", crop)
                .optArgument("cropWidth", crop)
                .optArgument(
                        "channelOrder", transform.channelOrder().name().toLowerCase(Locale.ROOT))
                .optArgument(
                        "interpolation", validation.interpolation().name().toLowerCase(Locale.ROOT))
                .optArgument("mean", text(transform.mean()))
                .optArgument("std", text(transform.std()));
    }

    private static String text(List<Float> numbers) {
        return numbers.stream().map(Object::toString).collect(Collectors.joining(","));
    }

    private static void addStart(Criteria.Builder<?, ?> criteria, Start start) {
        if (!start.isTrained()) {
            criteria.optFilter("weights", "none");
            return;
        }
        start.weights().ifPresent(tag -> criteria.optFilter("weights", tag));
        start.dataset().ifPresent(name -> criteria.optFilter("dataset", name));
        start.weightsFile().ifPresent(file -> criteria.optArgument("weightsFile", file));
        if (start.freshHead()) {
            criteria.optArgument("skipHead", "true");
        }
    }
}
