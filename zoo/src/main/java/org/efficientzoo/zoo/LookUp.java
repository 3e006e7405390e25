package org.efficientzoo.zoo;

import ai.djl.Application;
import ai.djl.engine.Engine;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.translate.TranslatorFactory;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.efficientzoo.zoo.ModelCard.Checkpoint;
import org.efficientzoo.zoo.ModelCard.Published;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.Networks;

/** Says why a look-up found nothing, and what there is instead. */
final class LookUp {

    private LookUp() {}

    static String explain(Criteria<?, ?> criteria, ModelNotFoundException found) {
        String group = criteria.getGroupId();
        if (group != null && !group.equals(EfficientModelZoo.GROUP_ID)) {
            return "the group %s is not this zoo's, which is %s"
                    .formatted(group, EfficientModelZoo.GROUP_ID);
        }
        String engine = criteria.getEngine();
        if (engine != null
                && !(EfficientModelZoo.ENGINES.contains(engine) && Engine.hasEngine(engine))) {
            return engine(engine);
        }
        String name = criteria.getArtifactId();
        if (name != null && !Networks.contains(name)) {
            return unknown(name);
        }
        Application application = criteria.getApplication();
        if (application != null
                && !application.equals(Application.UNDEFINED)
                && !Application.CV.IMAGE_CLASSIFICATION.matches(application)) {
            return "the networks of this zoo are for %s, found the application %s"
                    .formatted(
                            Application.CV.IMAGE_CLASSIFICATION.getPath(), application.getPath());
        }
        if (name == null) {
            return "the criteria name no network; optArtifactId does, mobilenet_v2 for one";
        }
        return Optional.ofNullable(found.getCause())
                .map(Throwable::getMessage)
                .orElseGet(found::getMessage);
    }

    private static String unknown(String name) {
        try {
            return Networks.get(name).name();
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    static String engine(String asked) {
        List<String> there = EfficientModelZoo.ENGINES.stream().filter(Engine::hasEngine).toList();
        boolean known = EfficientModelZoo.ENGINES.contains(asked);
        return "the engine %s is %s; there %s"
                .formatted(
                        asked,
                        known ? "not on the class path" : "not one of this zoo's",
                        there.isEmpty() ? "is none" : "is " + String.join(" and ", there));
    }

    /** For a look-up without a tag where nothing can be chosen for it. */
    static String none(NetworkEntry network, List<Weights> all, List<String> structure) {
        TreeSet<String> tags = new TreeSet<>();
        all.stream().filter(w -> !w.isUntrained()).forEach(w -> tags.add(w.tag()));
        return """
                %s has no published weights for this look-up%s%s; the argument weightsFile \
                (--weights-file) names a checkpoint to load, and the filter weights=none \
                (--weights none) asks for the untrained network"""
                .formatted(
                        network.name(),
                        structure.isEmpty() ? "" : " with " + String.join(" and ", structure),
                        tags.isEmpty()
                                ? ""
                                : "; the filter weights chooses %s"
                                        .formatted(either(List.copyOf(tags))));
    }

    /** For weights that nobody may fetch without a person. */
    static String byHand(Weights weights) {
        Published row = weights.published().orElseThrow();
        return "the weights %s of %s must be downloaded by hand from %s; then '%s' takes the file"
                .formatted(
                        weights.tag(),
                        weights.network(),
                        row.weights().flatMap(Checkpoint::page).orElseThrow(),
                        importCommand(weights));
    }

    static String importCommand(Weights weights) {
        return "efficient-zoo import FILE --model %s --tag %s"
                .formatted(weights.network(), weights.tag());
    }

    static String either(List<String> names) {
        return names.size() == 1
                ? names.get(0)
                : String.join(", ", names.subList(0, names.size() - 1))
                        + " or "
                        + names.get(names.size() - 1);
    }

    static String types(
            NetworkEntry network, TranslatorFactory factory, Class<?> input, Class<?> output) {
        TreeSet<String> there = new TreeSet<>();
        factory.getSupportedTypes()
                .forEach(
                        pair ->
                                there.add(
                                        simple(pair.getKey()) + " -> " + simple(pair.getValue())));
        return "%s has no translator %s -> %s; there are %s"
                .formatted(
                        network.name(),
                        input.getSimpleName(),
                        output.getSimpleName(),
                        String.join(", ", there));
    }

    private static String simple(Type type) {
        return type instanceof Class<?> known ? known.getSimpleName() : type.getTypeName();
    }

    static String filters(
            NetworkEntry network, Collection<Weights> all, Map<String, String> filters) {
        for (Map.Entry<String, String> filter : new TreeMap<>(filters).entrySet()) {
            TreeSet<String> there = new TreeSet<>();
            for (Weights weights : all) {
                String value = weights.properties().get(filter.getKey());
                if (value != null) {
                    there.add(value);
                }
            }
            if (there.isEmpty()) {
                TreeSet<String> known = new TreeSet<>();
                all.forEach(weights -> known.addAll(weights.properties().keySet()));
                return "%s has no filter %s; there are %s"
                        .formatted(network.name(), filter.getKey(), String.join(", ", known));
            }
            if (!there.contains(filter.getValue())) {
                String key = filter.getKey() + "=";
                return "%s has no %s%s; there is %s%s"
                        .formatted(
                                network.name(),
                                key,
                                filter.getValue(),
                                key,
                                String.join(" and " + key, there));
            }
        }
        return "%s has nothing for the filters %s together".formatted(network.name(), filters);
    }
}
