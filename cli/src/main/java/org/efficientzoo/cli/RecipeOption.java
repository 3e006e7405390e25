package org.efficientzoo.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.training.recipe.NetworkSettings;
import org.efficientzoo.training.recipe.Recipe;
import org.efficientzoo.training.recipe.Recipes;
import org.efficientzoo.zoo.network.NetworkOption;
import org.efficientzoo.zoo.network.Networks;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The recipe of a training and the flags that override single values of it. */
final class RecipeOption {

    /** A recipe of the project, in which options alone can be wrong. */
    private static final String SOUND = "cifar10";

    private static final String NONE = "none";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "the network, unless the recipe names one; 'list' shows all names")
    private String model;

    @Option(
            names = "--recipe",
            paramLabel = "RECIPE",
            description =
                    "the name of a recipe or a JSON file, such as the recipe.json of another run;"
                            + " by default the usual one of the network's family")
    private String recipe;

    @Option(names = "--epochs", paramLabel = "N", description = "override: passes over the images")
    private String epochs;

    @Option(names = "--batch", paramLabel = "N", description = "override: images of a step")
    private String batch;

    @Option(
            names = "--part",
            paramLabel = "N",
            description = "override: images computed at once, 0 for the whole batch")
    private String part;

    @Option(
            names = "--learning-rate",
            paramLabel = "R",
            description = "override: the base learning rate, for this batch")
    private String learningRate;

    @Option(names = "--weight-decay", paramLabel = "D", description = "override: weight decay")
    private String weightDecay;

    @Option(
            names = "--label-smoothing",
            paramLabel = "E",
            description = "override: the share of a target spread over all classes")
    private String labelSmoothing;

    @Option(names = "--seed", paramLabel = "N", description = "override: the seed")
    private String seed;

    private final Map<NetworkOption, String> network = new EnumMap<>(NetworkOption.class);

    @Option(
            names = "--weights",
            paramLabel = "TAG",
            description = "override: start from the weights of that tag")
    private String weights;

    @Option(
            names = "--weights-file",
            paramLabel = "FILE",
            description = "override: start from a checkpoint")
    private Path weightsFile;

    @Option(
            names = "--fresh-head",
            description = "override: a new classifier, as other classes than the weights' need")
    private boolean freshHead;

    @Option(
            names = "--head-rate",
            paramLabel = "F",
            description = "override: the factor of the learning rate for the classifier")
    private String headRate;

    @Option(
            names = "--freeze",
            paramLabel = "PATTERN",
            description = "override: parameters not to train, 'features.*'; may be repeated")
    private String[] frozen;

    @ArgGroup private Validated validated = new Validated();

    /** What is validated on. */
    static final class Validated {

        @Option(
                names = "--split",
                paramLabel = "SHARE",
                description =
                        "override: split that share of each class off to validate on, by the seed;"
                                + " 0.2 by default where FOLDER has no train")
        private String split;

        @Option(
                names = "--validation",
                paramLabel = "DIR",
                description =
                        "override: the folder to validate on, or none; by default val, valid,"
                                + " validation or else test of FOLDER")
        private String folder;
    }

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description =
                    "override: any value of the recipe, 'optimizer.momentum=0.8'; may be repeated")
    private Map<String, String> values = new LinkedHashMap<>();

    /** Adds the options of networks that a recipe may say. */
    void addNetwork(CommandSpec spec) {
        for (NetworkOption option : NetworkSettings.OPTIONS) {
            NetworkMixin.add(
                    spec,
                    option,
                    String.class, // the recipe says what must be there
                    "override: " + option.help(),
                    value -> network.put(option, value.toString()));
        }
    }

    /** Whether a recipe to begin with was said. */
    boolean isGiven() {
        return model != null || recipe != null;
    }

    /**
     * Compares what was said with the recipe of a run, on which it must change nothing.
     *
     * @param root the data set of the run
     * @return the first difference in words
     * @throws IOException if there is no such recipe
     * @throws IllegalArgumentException if a value is out of its range
     */
    Optional<String> difference(Recipe run, Path root) throws IOException {
        Recipe asked =
                recipe == null
                        ? read(Recipes.json(run), changes())
                        : read(recipe, changesOfAnother());
        return Recipes.difference(
                run, asked.with(asked.network(), asked.start().anywhere()).on(root));
    }

    private Map<String, String> changes() {
        return changes(new LinkedHashMap<>(values)); // may replace whole objects
    }

    private Map<String, String> changes(Map<String, String> changes) {
        putText(changes, "network.name", model);
        putNumber(changes, "epochs", epochs);
        putNumber(changes, "batch", batch);
        putNumber(changes, "part", part);
        putNumber(changes, "learningRate", learningRate);
        putNumber(changes, "optimizer.weightDecay", weightDecay);
        putNumber(changes, "labelSmoothing", labelSmoothing);
        putNumber(changes, "seed", seed);
        network.forEach((option, value) -> putNumber(changes, "network." + option.key(), value));
        putText(changes, "start.weights", weights);
        putText(changes, "start.weightsFile", weightsFile == null ? null : weightsFile.toString());
        put(changes, "start.freshHead", freshHead ? "true" : null);
        putNumber(changes, "start.headRate", headRate);
        put(changes, "validationImages", validationImages());
        if (frozen != null) {
            JsonArray patterns = new JsonArray();
            List.of(frozen).forEach(patterns::add);
            put(changes, "frozen", patterns.toString());
        }
        return changes;
    }

    /** The JSON of what is validated on, null where nothing is said of it. */
    private String validationImages() {
        JsonObject json = new JsonObject();
        if (validated.split != null) {
            json.addProperty("type", "split");
            json.add("share", share(validated.split));
        } else if (NONE.equals(validated.folder)) {
            json.addProperty("type", NONE);
        } else if (validated.folder != null) {
            Path typed = Path.of(validated.folder);
            boolean there = Files.exists(typed); // else it may be one of the data set
            json.addProperty("type", "folder");
            json.addProperty(
                    "folder", (there ? typed.toAbsolutePath().normalize() : typed).toString());
        } else {
            return null;
        }
        return json.toString();
    }

    /** What is no number the recipe refuses. */
    private static JsonPrimitive share(String typed) {
        try {
            return new JsonPrimitive(new BigDecimal(typed));
        } catch (NumberFormatException e) {
            return new JsonPrimitive(typed);
        }
    }

    /** The same for a recipe of another run, whose start a tag or file takes the place of. */
    private Map<String, String> changesOfAnother() {
        Map<String, String> all = new LinkedHashMap<>(values);
        if (weights != null || weightsFile != null) {
            List.of("start.weights", "start.dataset", "start.weightsFile")
                    .forEach(key -> all.putIfAbsent(key, "null"));
        }
        return changes(all);
    }

    private static void put(Map<String, String> changes, String key, String value) {
        if (value != null) {
            changes.remove(key); // or it would keep its place
            changes.put(key, value);
        }
    }

    /** A number as other commands take it, {@code .5} too, which is no JSON. */
    private static void putNumber(Map<String, String> changes, String key, String value) {
        put(changes, key, value == null ? null : number(value));
    }

    private static String number(String value) {
        try {
            return new BigDecimal(value).toString();
        } catch (NumberFormatException e) {
            return value; // the recipe says what must be there
        }
    }

    /** A text that could be JSON by chance, as the file name 2024 is. */
    private static void putText(Map<String, String> changes, String key, String value) {
        put(changes, key, value == null ? null : new JsonPrimitive(value).toString());
    }

    /**
     * The recipe with all its overrides.
     *
     * @throws IOException if there is no such recipe
     * @throws IllegalArgumentException if a value is out of its range, or no network is named
     */
    Recipe read() throws IOException {
        String name = recipe;
        if (name == null) {
            if (model == null) {
                throw new ParameterException(
                        command.commandLine(), "--model or --recipe must say what to train");
            }
            name = Recipes.nameFor(Networks.get(model));
        }
        Recipe full = read(name, changesOfAnother());
        if (full.network().name().isEmpty()) {
            throw new IllegalArgumentException("the recipe names no network; --model does");
        }
        Networks.get(full.network().name().get());
        return full;
    }

    private static Recipe read(String nameOrFile, Map<String, String> changes) throws IOException {
        JsonObject base = Recipes.find(nameOrFile);
        try {
            return read(base, changes);
        } catch (IllegalArgumentException e) {
            if (isFaulty(Recipes.find(SOUND), changes) || !isFaulty(base, Map.of())) {
                throw e; // of what was said
            }
            throw new IllegalArgumentException(
                    "the recipe %s: %s".formatted(nameOrFile, e.getMessage()), e);
        }
    }

    private static boolean isFaulty(JsonObject base, Map<String, String> changes) {
        try {
            read(base, changes);
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    private static Recipe read(JsonObject base, Map<String, String> changes) {
        JsonObject json = base;
        for (Map.Entry<String, String> change : changes.entrySet()) {
            json = Recipes.with(json, change.getKey(), change.getValue());
        }
        return Recipes.read(json);
    }
}
