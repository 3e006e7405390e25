package org.efficientzoo.zoo;

import ai.djl.repository.zoo.ModelNotFoundException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.efficientzoo.zoo.ModelCard.Published;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.network.NetworkOption;

/** Chooses the weights that a look-up asks for. */
final class WeightsChoice {

    /** Licences that ask for no more than to be named. */
    private static final Set<String> PERMISSIVE =
            Set.of("Apache-2.0", "BSD-3-Clause", "MIT", "LicenseRef-Darknet");

    /** Arguments that make another network, so that weights fit one value alone. */
    private static final List<NetworkOption> STRUCTURE =
            Arrays.stream(NetworkOption.values()).filter(NetworkOption::isStructure).toList();

    private final NetworkEntry network;
    private final Map<String, String> filters;
    private final Map<String, ?> arguments;
    private final List<Weights> all;

    /**
     * Takes in what is asked for.
     *
     * @param network the network
     * @param all what there is for it, the untrained network first
     * @param filters the filters of the look-up
     * @param arguments the arguments of the look-up
     */
    WeightsChoice(
            NetworkEntry network,
            List<Weights> all,
            Map<String, String> filters,
            Map<String, ?> arguments) {
        this.network = network;
        this.filters = filters;
        this.arguments = arguments;
        this.all = all;
    }

    /**
     * Chooses: a file needs no weights; a tag names them; otherwise the best ones of the data set
     * are taken, ImageNet unless a filter names another: those that ship with the zoo, and
     * published ones with a permissive licence, of those first whose publisher names a hash to
     * check them by. Imported ones come last, and only where the data set is named.
     *
     * @return the weights
     * @throws ModelNotFoundException if there are none; the message says what there is
     */
    Weights choose() throws ModelNotFoundException {
        List<Weights> matching = all.stream().filter(this::passesFilters).toList();
        if (matching.isEmpty()) {
            throw new ModelNotFoundException(LookUp.filters(network, all, filters));
        }
        if (filters.containsKey(Weights.TAG)) {
            return tagged(matching);
        }
        if (arguments.containsKey("weightsFile")) {
            return all.get(0);
        }
        return best(matching)
                .orElseThrow(
                        () -> new ModelNotFoundException(LookUp.none(network, all, structure())));
    }

    /** The arguments of the look-up that few weights or none may fit. */
    private List<String> structure() {
        return asked().map(option -> option.key() + " " + value(option)).toList();
    }

    private Stream<NetworkOption> asked() {
        return STRUCTURE.stream().filter(option -> arguments.containsKey(option.key()));
    }

    private Object value(NetworkOption asked) {
        return arguments.get(asked.key());
    }

    private boolean passesFilters(Weights weights) {
        return weights.properties().entrySet().containsAll(filters.entrySet());
    }

    private Weights tagged(List<Weights> matching) throws ModelNotFoundException {
        if (matching.get(0).isUntrained()) {
            return matching.get(0);
        }
        Weights chosen =
                matching.stream()
                        .filter(this::fitsStructure)
                        .min(Comparator.comparingDouble(w -> Math.abs(w.width() - 1)))
                        .orElseThrow(() -> misfit(matching));
        if (!chosen.isAvailable() && !arguments.containsKey("weightsFile")) {
            throw new ModelNotFoundException(LookUp.byHand(chosen));
        }
        return chosen;
    }

    /** Weights made with one value of an argument give nonsense with another. */
    private ModelNotFoundException misfit(List<Weights> matching) {
        String made =
                asked().map(
                                option ->
                                        "%s %s, found %s"
                                                .formatted(
                                                        option.key(),
                                                        LookUp.either(
                                                                matching.stream()
                                                                        .map(w -> text(w, option))
                                                                        .toList()),
                                                        value(option)))
                        .reduce((a, b) -> a + "; " + b)
                        .orElseThrow();
        return new ModelNotFoundException(
                "the weights %s of %s need %s".formatted(filters.get(Weights.TAG), network, made));
    }

    private String text(Weights weights, NetworkOption option) {
        boolean isSaid = weights.arguments().containsKey(option.key());
        return isSaid || network.has(option) ? weights.value(option) : "as the network has it";
    }

    /** Whether the weights were made with the structure that is asked for, if any is. */
    private boolean fitsStructure(Weights weights) {
        return asked().allMatch(option -> sameNumber(value(option), weights.value(option)));
    }

    private static boolean sameNumber(Object one, Object other) {
        try {
            return Double.parseDouble(one.toString()) == Double.parseDouble(other.toString());
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private Optional<Weights> best(List<Weights> matching) {
        String dataset = filters.getOrDefault(Weights.DATASET, Weights.IMAGENET);
        return matching.stream()
                .filter(w -> w.dataset().equals(dataset) && !w.isUntrained() && w.isAvailable())
                .filter(this::mayBeChosen)
                .filter(this::fitsStructure)
                .filter(w -> arguments.containsKey("width") || hasUsualWidth(w))
                .max(
                        Comparator.comparing((Weights w) -> !w.isImported())
                                .thenComparing(WeightsChoice::hasHash)
                                .thenComparing(w -> w.width() == 1)
                                .thenComparing(w -> w.facts().top1().orElse(-1.0)));
    }

    /**
     * Nobody is made to use what is not theirs or free, nor surprised by what they once imported.
     */
    private boolean mayBeChosen(Weights weights) {
        return weights.isImported()
                ? filters.containsKey(Weights.DATASET)
                : weights.isShipped()
                        || weights.facts().license().filter(PERMISSIVE::contains).isPresent();
    }

    /** Published ones stand for the network that the papers mean; of others any width will do. */
    private static boolean hasUsualWidth(Weights weights) {
        return weights.width() == 1 || weights.published().isEmpty();
    }

    private static boolean hasHash(Weights weights) {
        return weights.published()
                .flatMap(Published::weights)
                .map(checkpoint -> !checkpoint.sha256().isEmpty())
                .orElse(true);
    }
}
