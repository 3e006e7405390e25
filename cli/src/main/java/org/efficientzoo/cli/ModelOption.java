package org.efficientzoo.cli;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.EfficientModelZoo;
import org.efficientzoo.zoo.LookUpArguments;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.network.Spelling;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which network, with which weights, on which engine. */
final class ModelOption {

    private static final int IMAGENET_CLASSES = 1000;

    /** Arguments that mean more to a command than to the look-up. */
    private static final Map<String, String> OWN_OPTIONS =
            Map.of(
                    "network", "--model",
                    "classes", "--classes",
                    "classNames", "--classes-file",
                    "classesFile", "--classes-file",
                    "synset", "--classes-file",
                    "weightsFile", "--weights-file",
                    "topK", "--top-k");

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
            description =
                    "the number of classes; as many as the class list or the weights have, or"
                            + " 1000")
    private Integer classes;

    @Option(
            names = "--argument",
            paramLabel = "KEY=VALUE",
            description =
                    "any other argument of a look-up, such as dropout=0.2, mean=0.5,0.5,0.5 or"
                            + " crop=192; may be repeated")
    private Map<String, String> others = new LinkedHashMap<>();

    @Mixin private NetworkMixin network;
    @Mixin private EngineOption engine;

    /** Where the weights come from. */
    static final class Weights {

        @ArgGroup(exclusive = false)
        private Choice choice = new Choice();

        @Option(
                names = "--weights-file",
                paramLabel = "FILE",
                description = "a checkpoint to load: PyTorch, safetensors or Darknet")
        private Path file;
    }

    /** Which of the zoo's weights. */
    static final class Choice {

        @Option(
                names = "--weights",
                paramLabel = "TAG",
                description =
                        "the weights of that tag, fetched if need be; none is the untrained"
                                + " network; by default the best of the data set that may be used"
                                + " freely")
        private String tag;

        @Option(
                names = "--dataset",
                paramLabel = "NAME",
                description = "what the weights were trained on; imagenet by default")
        private String dataset;
    }

    /** Puts a network and its checkpoint in the place of what was given. */
    void take(String network, Path checkpoint) {
        model = network;
        weights.file = checkpoint;
    }

    /** Refuses an engine that has no blocks, which a command needs. */
    void needBlocks(String what) {
        engine.needBlocks(what);
    }

    /** The network, if one was given or taken. */
    boolean isNamed() {
        return model != null;
    }

    String name() {
        return model;
    }

    /** What a loaded model has its values from: a file or a tag. */
    String weights(Model loaded) {
        return weights.file != null ? weights.file.toString() : loaded.getProperty("weights");
    }

    /** The checkpoint to load, if one was given. */
    Optional<Path> weightsFile() {
        return Optional.ofNullable(weights.file);
    }

    /** The class list that was given, if one was. */
    Optional<ClassNames> givenClasses() throws IOException {
        return classesFile == null ? Optional.empty() : Optional.of(ClassNames.read(classesFile));
    }

    /** The number of outputs that the network is asked to have, if that is said. */
    private OptionalInt outputs(Optional<ClassNames> given) {
        if (given.isEmpty()) {
            return classes == null ? OptionalInt.empty() : OptionalInt.of(classes);
        }
        int listed = given.get().size();
        if (classes != null && classes != listed) {
            throw new IllegalArgumentException(
                    "the class list must have a name for each class, found %d names, %d classes"
                            .formatted(listed, classes));
        }
        return OptionalInt.of(listed);
    }

    /** What the options say of network and preprocessing. */
    private Map<String, String> arguments() {
        Set<String> known = LookUpArguments.names();
        for (String name : others.keySet()) {
            if (OWN_OPTIONS.containsKey(name)) {
                throw new IllegalArgumentException(
                        "the argument %s has an option of its own, %s"
                                .formatted(name, OWN_OPTIONS.get(name)));
            }
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "unknown argument %s; did you mean %s?"
                                .formatted(name, Spelling.nearest(name, known, 1).get(0)));
            }
        }
        Map<String, String> all = network.arguments();
        for (Map.Entry<String, String> other : others.entrySet()) {
            if (all.putIfAbsent(other.getKey(), other.getValue()) != null) {
                throw new IllegalArgumentException(
                        "the argument %s is given twice, as an option, too"
                                .formatted(other.getKey()));
            }
        }
        return all;
    }

    /**
     * Loads the network, fetching its weights if need be.
     *
     * @param given the class list that was given, if one was
     */
    <I, O> ZooModel<I, O> load(Class<I> input, Class<O> output, Optional<ClassNames> given)
            throws IOException, ModelNotFoundException, MalformedModelException {
        NetworkEntry entry = Networks.get(model);
        OptionalInt outputs = outputs(given);
        Map<String, String> arguments = arguments();
        arguments.put("classes", Integer.toString(outputs.orElse(IMAGENET_CLASSES)));
        // complains of options before an engine starts
        entry.build(LookUpArguments.networkOptions(model, arguments));
        Criteria.Builder<I, O> criteria =
                Criteria.builder()
                        .setTypes(input, output)
                        .optGroupId(EfficientModelZoo.GROUP_ID)
                        .optArtifactId(model)
                        .optEngine(engine.select())
                        .optProgress(new DownloadBar());
        outputs.ifPresent(n -> criteria.optArgument("classes", Integer.toString(n)));
        arguments().forEach(criteria::optArgument);
        if (classesFile != null) {
            criteria.optArgument("classesFile", classesFile.toString());
        }
        if (weights.file != null) {
            criteria.optArgument("weightsFile", weights.file.toString());
        }
        if (weights.choice.tag != null) {
            criteria.optFilter("weights", weights.choice.tag);
        }
        if (weights.choice.dataset != null) {
            criteria.optFilter("dataset", weights.choice.dataset);
        }
        return EfficientModelZoo.load(criteria.build());
    }
}
