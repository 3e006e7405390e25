package org.efficientzoo.zoo.weights;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.efficientzoo.zoo.weights.Pickled.Call;
import org.efficientzoo.zoo.weights.Pickled.Dict;
import org.efficientzoo.zoo.weights.Pickled.Sequence;
import org.efficientzoo.zoo.weights.Pickled.Text;

/**
 * Finds the tensors of a network in what a training script saved.
 *
 * <p>A dict of nothing but tensors is taken as it is. Else the first of {@link #PLAIN} that leads
 * to tensors is followed, then the first of {@link #AVERAGED}: the weights that were trained come
 * before their moving average. Else the only dict that looks like a state dict is taken, under
 * whatever key or in whatever list it is. Else the tensors of the dict itself are taken, and what
 * is beside them is left.
 */
final class TorchWeights {

    private static final List<String> PLAIN =
            List.of("state_dict", "model_state_dict", "model", "net", "network", "module");
    private static final List<String> AVERAGED =
            List.of("state_dict_ema", "model_ema", "ema_state_dict", "ema");
    private static final int MOST_LEVELS = 4;
    private static final int LISTED = 10;

    private final Set<Pickled> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private TorchWeights() {}

    /**
     * The tensors of a file.
     *
     * @param tensors by name, in the order of the file
     * @param notes what was chosen where that is not plain
     */
    record Found(Map<String, Pickled> tensors, List<String> notes) {}

    /** A dict and the keys that lead to it. */
    private record Place(Dict dict, String keys) {}

    /**
     * The tensors by name.
     *
     * @throws Malformed if there are none, or several networks; the message lists what there is
     *     instead
     */
    static Found of(Pickled root) throws Malformed {
        Optional<Dict> pairs = pairs(root);
        if (pairs.isPresent()) {
            return new Found(named(pairs.get()), List.of());
        }
        if (root instanceof Dict dict) {
            Optional<Dict> known = new TorchWeights().search(dict, 1);
            if (known.filter(found -> found != dict || isStateDict(dict)).isPresent()) {
                return new Found(named(known.get()), List.of());
            }
            Optional<Found> only = only(dict);
            if (only.isPresent()) {
                return only.get();
            }
            if (known.isPresent()) {
                return new Found(named(known.get()), List.of());
            }
        } else if (root instanceof Sequence) {
            Optional<Found> only = only(root);
            if (only.isPresent()) {
                return only.get();
            }
        }
        throw new Malformed("it holds no state dict" + instead(root));
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

    /** The only state dict anywhere in what was saved, or the only one that is no average. */
    private static Optional<Found> only(Pickled root) throws Malformed {
        List<Place> places = new ArrayList<>();
        new TorchWeights().collect(root, "", 1, places);
        List<Place> trained =
                places.stream().filter(place -> !FittedNames.isAveraged(place.keys)).toList();
        List<Place> chosen = trained.isEmpty() ? places : trained;
        if (chosen.size() > 1) {
            throw new Malformed(
                    "it holds %d state dicts; save one of them alone: %s"
                            .formatted(chosen.size(), listed(chosen.stream().map(Place::keys))));
        }
        if (chosen.isEmpty()) {
            return Optional.empty();
        }
        Place place = chosen.get(0);
        String note = "its tensors are those under " + Malformed.line(place.keys);
        return Optional.of(new Found(named(place.dict), List.of(note)));
    }

    private void collect(Pickled value, String keys, int level, List<Place> places) {
        if (level > MOST_LEVELS
                || !(value instanceof Dict || value instanceof Sequence)
                || !seen.add(value)) {
            return;
        }
        String before = keys.isEmpty() ? "" : keys + ".";
        if (value instanceof Dict dict) {
            if (isStateDict(dict)) {
                places.add(new Place(dict, keys));
                return;
            }
            for (int i = 0; i < dict.size(); i++) {
                String key = dict.name(i).orElse("?");
                collect(dict.value(i), before + key, level + 1, places);
            }
        } else if (value instanceof Sequence items) {
            for (int i = 0; i < items.size(); i++) {
                collect(items.get(i), before + i, level + 1, places);
            }
        }
    }

    /** A dict of arrays of a network: optimizers name theirs without a dot, metrics are scalars. */
    private static boolean isStateDict(Dict dict) {
        int tensors = 0;
        boolean hasLayer = false;
        for (int i = 0; i < dict.size(); i++) {
            Optional<String> name = dict.name(i);
            if (name.isPresent() && TorchTensor.isTensor(dict.value(i))) {
                tensors++;
                hasLayer |= name.get().contains(".") && !isScalar(dict.value(i));
            }
        }
        return hasLayer && 2 * tensors > dict.size();
    }

    private static boolean isScalar(Pickled tensor) {
        try {
            return TorchTensor.of(tensor).layout().shape().isEmpty();
        } catch (Malformed e) {
            return false; // it is named when the tensors are read
        }
    }

    /** What {@code list(state_dict.items())} is. */
    private static Optional<Dict> pairs(Pickled root) {
        if (!(root instanceof Sequence items) || items.size() == 0) {
            return Optional.empty();
        }
        Dict dict = new Dict();
        for (int i = 0; i < items.size(); i++) {
            if (!(items.get(i) instanceof Sequence pair)
                    || pair.size() != 2
                    || !(pair.get(0) instanceof Text name)
                    || !TorchTensor.isTensor(pair.get(1))) {
                return Optional.empty();
            }
            dict.put(name, pair.get(1));
        }
        return Optional.of(dict);
    }

    /** What there is in place of a state dict. */
    private static String instead(Pickled root) {
        if (root instanceof Sequence items && items.size() > 0) {
            return TorchTensor.isTensor(items.get(0))
                    ? "; its tensors are in a list and have no names; save a state_dict()"
                    : "; it is a list of %d values".formatted(items.size());
        }
        if (!(root instanceof Dict dict)) {
            return TorchTensor.isTensor(root) ? "; it is a single tensor" : "";
        }
        if (dict.size() == 0) {
            return "; it is an empty dict";
        }
        for (int i = 0; i < dict.size(); i++) {
            if (dict.name(i).isEmpty() && TorchTensor.isTensor(dict.value(i))) {
                return "; its tensors are numbered and have no names; save a state_dict()";
            }
            if (dict.value(i) instanceof Call call && TorchNames.isArray(call.function())) {
                return "; its values are arrays of NumPy; save tensors, torch.from_numpy(array)";
            }
        }
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < dict.size() && keys.size() < LISTED; i++) {
            dict.name(i).map(Malformed::line).ifPresent(keys::add);
        }
        return "; its keys are "
                + String.join(", ", keys)
                + (dict.size() > keys.size() ? ", ..." : "");
    }

    private static String listed(Stream<String> keys) {
        List<String> all = keys.map(Malformed::line).limit(LISTED + 1L).toList();
        return all.size() > LISTED
                ? String.join(", ", all.subList(0, LISTED)) + ", ..."
                : String.join(", ", all);
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
        return tensors;
    }
}
