package org.efficientzoo.training.cli;

import ai.djl.MalformedModelException;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.Networks;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which network, with which weights, on which engine. */
final class ModelOption {

    private static final int IMAGENET_CLASSES = 1000;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "NAME",
            description = "the network; 'list' shows all names")
    private String model;

    @ArgGroup private Weights weights = new Weights();

    @Option(
            names = "--classes-file",
            paramLabel = "FILE",
            description =
                    "the classes in the order of the network's outputs, one a line: its folder,"
                            + " a tab, its name; ImageNet's by default")
    private Path classesFile;

    @Option(
            names = "--classes",
            paramLabel = "N",
            description = "the number of classes; as many as the class list has, or 1000")
    private Integer classes;

    @Mixin private NetworkOption network;
    @Mixin private EngineOption engine;

    /** Where the weights come from. */
    static final class Weights {

        @Option(
                names = "--weights",
                paramLabel = "TAG",
                description =
                        "the weights of that tag, fetched if need be; none is the untrained"
                                + " network; by default the best published ones that may be used freely")
        private String tag;

        @Option(
                names = "--weights-file",
                paramLabel = "FILE",
                description = "a checkpoint to load: PyTorch, safetensors or Darknet")
        private Path file;
    }

    String name() {
        return model;
    }

    String weights() {
        return weights.file != null ? weights.file.toString() : weights.tag;
    }

    /** The class list that was given, if one was. */
    Optional<ClassNames> givenClasses() throws IOException {
        return classesFile == null ? Optional.empty() : Optional.of(ClassNames.read(classesFile));
    }

    /** The number of outputs that the network is to have. */
    int classes(Optional<ClassNames> given) {
        int listed = given.map(ClassNames::size).orElse(IMAGENET_CLASSES);
        if (classes == null) {
            return listed;
        }
        if (given.isPresent() && classes != listed) {
            throw new IllegalArgumentException(
                    "the class list must have a name for each class, found %d names, %d classes"
                            .formatted(listed, classes));
        }
        return classes;
    }

    /**
     * Loads the network.
     *
     * @param outputs the number of outputs that it is to have
     */
    <I, O> ZooModel<I, O> load(Class<I> input, Class<O> output, int outputs)
            throws IOException, ModelNotFoundException, MalformedModelException {
        NetworkEntry entry = Networks.get(model);
        entry.build(network.options(outputs, 3)); // complains of options before an engine starts
        Criteria.Builder<I, O> criteria =
                Criteria.builder()
                        .setTypes(input, output)
                        .optGroupId(EfficientModelZoo.GROUP_ID)
                        .optArtifactId(model)
                        .optEngine(engine.select())
                        .optArgument("classes", Integer.toString(outputs));
        network.width().ifPresent(w -> criteria.optArgument("width", w.toString()));
        network.leakySlope().ifPresent(s -> criteria.optArgument("leakySlope", s.toString()));
        if (classesFile != null) {
            criteria.optArgument("classesFile", classesFile.toString());
        }
        if (weights.file != null) {
            criteria.optArgument("weightsFile", weights.file.toString());
        } else if (weights.tag != null) {
            criteria.optFilter("weights", weights.tag);
        }
        return EfficientModelZoo.load(criteria.build());
    }
}
