package org.efficientzoo.zoo;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ModelZoo;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.efficientzoo.blocks.EfficientBlock;
import org.efficientzoo.zoo.image.EvaluationTransform;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.Networks;

/**
 * The model zoo that {@code Criteria} finds: every network of the registry by its name.
 *
 * <p>Its metadata lies inside the jar, so that a look-up needs no network.
 */
public final class EfficientModelZoo extends ModelZoo {

    /** The group of all models here. */
    public static final String GROUP_ID = "org.efficientzoo";

    static final String PYTORCH = "PyTorch";
    static final String MXNET = "MXNet";

    static final List<String> ENGINES = List.of(PYTORCH, MXNET, OnnxLookUp.RUNTIME);

    /** Creates the zoo; DJL does, through {@link EfficientZooProvider}. */
    EfficientModelZoo() {
        this(new ClassPathRepository());
    }

    /** A zoo of what a repository has. */
    EfficientModelZoo(ClassPathRepository repository) {
        for (NetworkEntry network : Networks.all()) {
            addModel(new EfficientModelLoader(repository, network));
        }
    }

    @Override
    public String getGroupId() {
        return GROUP_ID;
    }

    @Override
    public Set<String> getSupportedEngines() {
        return new LinkedHashSet<>(ENGINES);
    }

    /**
     * Loads a model as {@link Criteria#loadModel} does. Where nothing is found, the message of the
     * exception says which part of the criteria did not match and what there is instead; DJL's own
     * cannot, for it never asks the zoo.
     *
     * <p>To train the model call {@code trainer.initialize} before the first step, as DJL's own
     * examples do: until then its arrays record no gradients.
     *
     * @param criteria the criteria
     * @param <I> the input of the predictor
     * @param <O> the output of the predictor
     * @return the model, to be closed by the caller
     * @throws ModelNotFoundException if no model matches
     * @throws MalformedModelException if the weights do not fit the network
     * @throws IOException if the weights cannot be read
     * @throws IllegalArgumentException if an argument is out of range
     */
    public static <I, O> ZooModel<I, O> load(Criteria<I, O> criteria)
            throws ModelNotFoundException, MalformedModelException, IOException {
        try {
            return criteria.loadModel();
        } catch (ModelNotFoundException e) {
            throw new ModelNotFoundException(LookUp.explain(criteria, e), e);
        }
    }

    /**
     * The preprocessing that belongs to a model of this zoo.
     *
     * @param model the model
     * @return its preprocessing
     * @throws IllegalArgumentException if the model is not from this zoo, or takes no images: its
     *     channels are neither 3 nor 1, of brightness
     */
    public static EvaluationTransform transform(Model model) {
        ModelArguments arguments = ModelArguments.of(model.getProperties());
        arguments.checkImages();
        return arguments.transform();
    }

    /**
     * The shape of one image as a model of this zoo takes it.
     *
     * @param model the model
     * @return (1, channels, H, W)
     * @throws IllegalArgumentException if the model is not from this zoo
     */
    public static Shape input(Model model) {
        return ModelArguments.of(model.getProperties()).input();
    }

    /**
     * The classes of a model of this zoo, in the order of its outputs.
     *
     * @param model the model
     * @return the classes, numbered where nobody has named them
     * @throws IOException if they are in a file that cannot be read
     * @throws IllegalArgumentException if the model is not from this zoo
     */
    public static ClassNames classNames(Model model) throws IOException {
        Map<String, String> arguments = model.getProperties();
        return ModelArguments.classNames(
                arguments, ModelArguments.of(arguments).options().classes());
    }

    /**
     * Builds the network of a model of this zoo once more.
     *
     * @param model the model
     * @return the same layers, uninitialised
     * @throws IllegalArgumentException if the model is not from this zoo
     */
    public static EfficientBlock network(Model model) {
        ModelArguments arguments = ModelArguments.of(model.getProperties());
        return Networks.get(arguments.network()).build(arguments.options());
    }
}
