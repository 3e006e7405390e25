package org.efficientzoo.zoo.weights;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names of a checkpoint's tensors as a network has them, whatever training program wrote it.
 *
 * <p>Names that do not fit may begin with a prefix that fits when it is removed, as {@code
 * module.}, {@code _orig_mod.}, {@code model.} or {@code backbone.}: of the tensors that have it,
 * one must stand for each parameter of the network but those of the classifier. The classifier may
 * have another prefix, as {@code head.fc} has, or none. What has none of the prefixes is left out.
 * No prefix is removed from names that fit as they are.
 *
 * @param names the network's name of each tensor by the checkpoint's, those of the classifier last
 *     where they have a prefix of their own
 * @param notes what was removed and left out, one line each; empty if nothing was
 */
public record FittedNames(Map<String, String> names, List<String> notes) {

    private static final String AVERAGES = "n_averaged"; // a counter of torch's AveragedModel
    private static final Pattern AVERAGED =
            Pattern.compile("(^|.*[._])(ema|swa|averaged?)([._].*|$)", Pattern.CASE_INSENSITIVE);
    private static final int MOST_PARTS = 6;
    private static final int LISTED = 5;

    /**
     * What a network calls its parameters.
     *
     * @param parameters the names of all
     * @param head finds the name of the classifier, if the network has one; it is asked only where
     *     names do not fit
     * @param renaming what the network calls tensors by another publisher's names, of which it is
     *     given all
     */
    record Wanted(
            Set<String> parameters,
            Supplier<Optional<String>> head,
            Function<Set<String>, UnaryOperator<String>> renaming) {}

    /** The parameters of the classifier and those before it. */
    private record Parts(Set<String> head, Set<String> body) {

        static Parts of(Wanted wanted) {
            Optional<String> layer = wanted.head.get();
            return new Parts(
                    wanted.parameters.stream()
                            .filter(name -> layer.isPresent() && name.startsWith(layer.get() + "."))
                            .collect(Collectors.toSet()),
                    wanted.parameters.stream()
                            .filter(name -> layer.isEmpty() || !name.startsWith(layer.get() + "."))
                            .collect(Collectors.toSet()));
        }

        boolean isBody(Map<String, String> names) {
            return new HashSet<>(names.values()).containsAll(body);
        }
    }

    /** Names without a prefix. */
    private record Candidate(String prefix, Map<String, String> names) {}

    /**
     * Fits names to a network.
     *
     * @param tensors the names of the tensors of a checkpoint
     * @param wanted what the network calls them
     * @return the fitted names; the names of the checkpoint where none fit
     * @throws IllegalArgumentException if several networks fit, each with a prefix of its own
     */
    static FittedNames of(Set<String> tensors, Wanted wanted) {
        Map<String, String> plain = without("", tensors, wanted);
        if (new HashSet<>(plain.values()).containsAll(wanted.parameters)) {
            return new FittedNames(plain, List.of());
        }
        Parts parts = Parts.of(wanted);
        if (parts.isBody(plain)) {
            return new FittedNames(plain, List.of());
        }
        List<Candidate> fitting =
                prefixes(tensors, parts.body.size()).stream()
                        .map(prefix -> new Candidate(prefix, without(prefix, tensors, wanted)))
                        .filter(candidate -> parts.isBody(candidate.names))
                        .toList();
        List<Candidate> trained =
                fitting.stream().filter(candidate -> !isAveraged(candidate.prefix)).toList();
        List<Candidate> chosen = trained.isEmpty() ? fitting : trained;
        if (chosen.size() > 1) {
            throw new IllegalArgumentException(
                    "it holds %d networks that fit; save one of them alone: %s"
                            .formatted(
                                    chosen.size(),
                                    listed(chosen.stream().map(Candidate::prefix).toList())));
        }
        return chosen.isEmpty()
                ? new FittedNames(plain, List.of())
                : withHead(chosen.get(0), parts.head, tensors, wanted);
    }

    /** Whether a key or prefix says that moving averages are behind it. */
    static boolean isAveraged(String key) {
        return AVERAGED.matcher(key).matches();
    }

    /** The names that begin with a prefix, without it and as the network has them. */
    private static Map<String, String> without(String prefix, Set<String> tensors, Wanted wanted) {
        Map<String, String> cut = new LinkedHashMap<>();
        for (String tensor : tensors) {
            if (tensor.startsWith(prefix)) {
                cut.put(tensor, tensor.substring(prefix.length()));
            }
        }
        UnaryOperator<String> renaming = wanted.renaming.apply(new LinkedHashSet<>(cut.values()));
        cut.replaceAll((tensor, name) -> renaming.apply(name));
        return cut;
    }

    /** The prefixes that enough names begin with. */
    private static List<String> prefixes(Set<String> tensors, int enough) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (String tensor : tensors) {
            int dot = tensor.indexOf('.');
            for (int parts = 0; dot >= 0 && parts < MOST_PARTS; parts++) {
                counts.merge(tensor.substring(0, dot + 1), 1, Integer::sum);
                dot = tensor.indexOf('.', dot + 1);
            }
        }
        return counts.entrySet().stream()
                .filter(prefix -> prefix.getValue() >= enough)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Adds the classifier where it has another prefix, and says what became of the names. */
    private static FittedNames withHead(
            Candidate body, Set<String> head, Set<String> tensors, Wanted wanted) {
        Map<String, String> names = new LinkedHashMap<>(body.names);
        List<String> prefixes = new ArrayList<>(List.of(body.prefix));
        if (names.values().stream().noneMatch(head::contains)) {
            Map<String, Map<String, String>> heads = heads(body, head, tensors, wanted);
            if (heads.size() == 1) {
                heads.forEach(
                        (prefix, found) -> {
                            prefixes.add(prefix);
                            names.putAll(found);
                        });
            }
        }
        List<String> left =
                tensors.stream()
                        .filter(tensor -> !names.containsKey(tensor))
                        .filter(tensor -> !tensor.equals(AVERAGES))
                        .toList();
        prefixes.remove("");
        List<String> notes = new ArrayList<>();
        notes.add(
                "%s removed from the names of its tensors"
                        .formatted(
                                prefixes.size() == 1
                                        ? "the prefix " + line(prefixes.get(0)) + " is"
                                        : "the prefixes " + listed(prefixes) + " are"));
        if (!left.isEmpty()) {
            notes.add(
                    "%d of its tensors are left out, which are not of the network: %s"
                            .formatted(left.size(), listed(left)));
        }
        return new FittedNames(names, notes);
    }

    /** The classifiers beside the body, by their prefixes. */
    private static Map<String, Map<String, String>> heads(
            Candidate body, Set<String> head, Set<String> tensors, Wanted wanted) {
        UnaryOperator<String> renaming =
                wanted.renaming.apply(
                        body.names.keySet().stream()
                                .map(tensor -> tensor.substring(body.prefix.length()))
                                .collect(Collectors.toSet()));
        Map<String, Map<String, String>> heads = new LinkedHashMap<>();
        for (String tensor : tensors) {
            if (tensor.startsWith(body.prefix)) {
                continue;
            }
            int begin = 0;
            for (int parts = 0; parts < MOST_PARTS; parts++) {
                String name = renaming.apply(tensor.substring(begin));
                if (head.contains(name)) {
                    heads.computeIfAbsent(tensor.substring(0, begin), key -> new LinkedHashMap<>())
                            .put(tensor, name);
                }
                begin = tensor.indexOf('.', begin) + 1;
                if (begin == 0) {
                    break;
                }
            }
        }
        return heads;
    }

    private static String listed(List<String> names) {
        String shown =
                names.stream()
                        .limit(LISTED)
                        .map(FittedNames::line)
                        .collect(Collectors.joining(", "));
        return names.size() > LISTED ? shown + ", ..." : shown;
    }

    private static String line(String name) {
        return Malformed.line(name);
    }
}
