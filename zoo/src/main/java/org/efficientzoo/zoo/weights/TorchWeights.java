package org.efficientzoo.zoo.weights;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.efficientzoo.zoo.weights.Pickled.Dict;

/**
 * Finds the tensors of a network in what a training script saved.
 *
 * <p>A dict of nothing but tensors is taken as it is. Else the first of {@link #PLAIN} that leads
 * to tensors is followed, then the first of {@link #AVERAGED}: the weights that were trained come
 * before their moving average. Else the tensors of the dict itself are taken, and what is beside
 * them is left.
 *
 * <p>The prefixes that {@code DataParallel} and {@code torch.compile} put before every name are
 * cut.
 */
final class TorchWeights {

    private static final List<String> PLAIN =
            List.of("state_dict", "model_state_dict", "model", "net", "network", "module");
    private static final List<String> AVERAGED =
            List.of("state_dict_ema", "model_ema", "ema_state_dict", "ema");
    private static final int MOST_LEVELS = 4;
    private static final int LISTED = 10;

    private static final List<String> PREFIXES = List.of("module.", "_orig_mod.");
    private static final String AVERAGES = "n_averaged"; // a counter of torch's AveragedModel

    private final Set<Dict> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private TorchWeights() {}

    /**
     * The tensors by name, in the order of the file.
     *
     * @throws Malformed if there are none; the message lists what there is instead
     */
    static Map<String, Pickled> of(Pickled root) throws Malformed {
        if (!(root instanceof Dict dict)) {
            throw new Malformed("it holds no state dict");
        }
        Dict found =
                new TorchWeights()
                        .search(dict, 1)
                        .orElseThrow(
                                () ->
                                        new Malformed(
                                                "it holds no state dict; its keys are "
                                                        + keys(dict)));
        return named(found);
    }

    private static String keys(Dict dict) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < dict.size() && keys.size() < LISTED; i++) {
            dict.name(i).map(Malformed::line).ifPresent(keys::add);
        }
        return String.join(", ", keys) + (dict.size() > keys.size() ? ", ..." : "");
    }

    private Optional<Dict> search(Dict dict, int level) {
        if (!seen.add(dict)) {
            return Optional.empty();
        }
        Map<String, Dict> wrapped = new LinkedHashMap<>();
        int tensors = 0;
        for (int i = 0; i < dict.size(); i++) {
            Optional<String> name = dict.name(i);
            if (name.isPresent() && TorchTensor.isTensor(dict.value(i))) {
                tensors++;
            } else if (name.isPresent() && dict.value(i) instanceof Dict inner) {
                wrapped.put(name.get(), inner);
            }
        }
        if (tensors < dict.size() && level < MOST_LEVELS) {
            for (List<String> names : List.of(PLAIN, AVERAGED)) {
                for (String name : names) {
                    Optional<Dict> found =
                            Optional.ofNullable(wrapped.get(name))
                                    .flatMap(inner -> search(inner, level + 1));
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        return tensors > 0 ? Optional.of(dict) : Optional.empty();
    }

    private static Map<String, Pickled> named(Dict dict) throws Malformed {
        Map<String, Pickled> tensors = new LinkedHashMap<>();
        for (int i = 0; i < dict.size(); i++) {
            Optional<String> name = dict.name(i);
            if (name.isPresent()
                    && TorchTensor.isTensor(dict.value(i))
                    && tensors.put(name.get(), dict.value(i)) != null) {
                throw new Malformed("the tensor %s is there twice".formatted(name.get()));
            }
        }
        return withoutPrefixes(tensors);
    }

    private static Map<String, Pickled> withoutPrefixes(Map<String, Pickled> tensors) {
        Map<String, Pickled> cut = tensors;
        for (int i = 0; i < MOST_LEVELS; i++) {
            Optional<String> prefix = prefix(cut);
            if (prefix.isEmpty()) {
                break;
            }
            Map<String, Pickled> shorter = new LinkedHashMap<>();
            int length = prefix.get().length();
            cut.forEach(
                    (name, tensor) -> {
                        if (!name.equals(AVERAGES)) {
                            shorter.put(name.substring(length), tensor);
                        }
                    });
            cut = shorter;
        }
        return cut;
    }

    private static Optional<String> prefix(Map<String, Pickled> tensors) {
        return PREFIXES.stream()
                .filter(
                        prefix ->
                                tensors.keySet().stream().anyMatch(name -> !name.equals(AVERAGES))
                                        && tensors.keySet().stream()
                                                .allMatch(
                                                        name ->
                                                                name.startsWith(prefix)
                                                                        || name.equals(AVERAGES)))
                .findFirst();
    }
}
