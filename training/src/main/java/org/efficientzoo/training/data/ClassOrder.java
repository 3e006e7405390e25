package org.efficientzoo.training.data;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.efficientzoo.zoo.ClassNames;
import org.efficientzoo.zoo.network.Spelling;

/**
 * Which class has which index: the one place that decides it, for training, evaluation and the
 * measurement of an export. The first of these rules that applies is taken:
 *
 * <ol>
 *   <li>the order of a class list, or of a training run;
 *   <li>that of the weights, where all folders are classes that these know by name or by WordNet
 *       number;
 *   <li>where all folders are whole numbers, these are the indices if they lie below the number of
 *       outputs;
 *   <li>the folders sorted, by number where all of them are numbers, else by name.
 * </ol>
 *
 * <p>Where the weights know most folders and not all of them, none of these is right: the order of
 * the names would shift every class behind the unknown one, so that this is an error.
 *
 * @param classes the classes in the order of their indices
 * @param rule the rule that was taken
 */
public record ClassOrder(ClassNames classes, Rule rule) {

    private static final int MOST_NAMES = 5; // in a message

    /** ImageNet's, alone or before a name, as the folders of the Stanford Dogs have it. */
    private static final Pattern WORDNET = Pattern.compile("(n\\d{8})(?:[-_ ].*)?");

    private static final Pattern WHOLE = Pattern.compile("[0-9]+");

    /** Where an order is from. */
    public enum Rule {
        /** A class list that was given. */
        CLASSES_FILE("the class list's"),
        /** The classes that a training run has. */
        RUN("the run's"),
        /** Folders have the names of the classes of the weights. */
        WEIGHTS("that of the weights, which know the names"),
        /** Folders have WordNet numbers that the weights know. */
        WORDNET("that of the weights, which know the WordNet numbers"),
        /** Folders are class indices. */
        INDICES("the names are class indices"),
        /** Folders are numbers, and sorted as such. */
        NUMBERS("the names, sorted as numbers"),
        /** Folders are sorted by name. */
        NAMES("the names, sorted");

        private final String words;

        Rule(String words) {
            this.words = words;
        }

        /**
         * Says the rule to people.
         *
         * @return some words, which go on after "class order:"
         */
        public String words() {
            return words;
        }

        /** The name in JSON. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        /**
         * Finds a rule by its name in JSON.
         *
         * @param name the name
         * @return the rule, if there is such a one
         */
        public static Optional<Rule> of(String name) {
            return Stream.of(values()).filter(rule -> rule.toString().equals(name)).findFirst();
        }
    }

    /**
     * Sorts the classes of a data set.
     *
     * @param labels the names of its classes
     * @return their order
     */
    static ClassOrder sorted(List<String> labels) {
        boolean numbers = labels.stream().allMatch(ClassOrder::isWhole);
        Comparator<String> byName = Comparator.naturalOrder();
        Comparator<String> byNumber = Comparator.comparing((String label) -> new BigInteger(label));
        List<String> all =
                labels.stream().sorted(numbers ? byNumber.thenComparing(byName) : byName).toList();
        return new ClassOrder(new ClassNames(all, all), numbers ? Rule.NUMBERS : Rule.NAMES);
    }

    /**
     * Finds the order of the classes of a data set among the outputs of a network.
     *
     * @param labels the names of its classes
     * @param network the classes of the network
     * @param root the data set, for messages
     * @return the order
     * @throws IOException if some of the classes are known and others are not, so that none can be
     *     told
     */
    static ClassOrder ofNetwork(List<String> labels, ClassNames network, Path root)
            throws IOException {
        boolean named = !network.equals(ClassNames.numbered(network.size()));
        Known names = Known.of(network);
        Predicate<String> byName = label -> named && names.find(label).isPresent();
        if (labels.stream().allMatch(byName)) {
            boolean wordNet = labels.stream().anyMatch(label -> isWordNet(label));
            return new ClassOrder(network, wordNet ? Rule.WORDNET : Rule.WEIGHTS);
        }
        if (labels.stream().allMatch(ClassOrder::isWhole)) {
            return ofNumbers(labels, network, root);
        }
        Predicate<String> byNumber = label -> isIndex(label, network.size());
        Predicate<String> known =
                count(labels, byName) >= count(labels, byNumber) ? byName : byNumber;
        boolean certain = labels.stream().anyMatch(label -> byName.test(label) && isWordNet(label));
        long count = count(labels, known);
        if (certain || (count > 0 && 2 * count >= labels.size())) {
            List<String> unknown = labels.stream().filter(known.negate()).toList();
            String nearest = known == byName ? names.hint(unknown.get(0)) : "";
            throw new IOException(
                    "the network does not know %d of %d classes of %s: %s%s; --classes-file gives another order"
                            .formatted(
                                    unknown.size(), labels.size(), root, some(unknown), nearest));
        }
        return sorted(labels);
    }

    private static ClassOrder ofNumbers(List<String> labels, ClassNames network, Path root)
            throws IOException {
        List<String> others = labels.stream().filter(l -> !isIndex(l, network.size())).toList();
        Set<BigInteger> seen = new HashSet<>();
        List<String> again = labels.stream().filter(l -> !seen.add(new BigInteger(l))).toList();
        if (others.isEmpty() && again.isEmpty()) {
            return new ClassOrder(network, Rule.INDICES);
        }
        if (again.isEmpty() && labels.size() == network.size()) {
            return sorted(labels); // from 1, for example
        }
        throw new IOException(
                "classes of %s that are numbers must be other indices below %d each, or as many as there are outputs, found %d with %s"
                        .formatted(
                                root,
                                network.size(),
                                labels.size(),
                                some(again.isEmpty() ? others : again)));
    }

    /**
     * The index of each class of a data set.
     *
     * @param labels the names of its classes
     * @return the indices of those that this order has
     */
    Map<String, Integer> indices(List<String> labels) {
        Known known = Known.of(classes);
        Map<String, Integer> indices = new HashMap<>();
        for (String label : labels) {
            if (rule == Rule.INDICES && isIndex(label, classes.size())) {
                indices.put(label, Integer.valueOf(label));
            } else {
                known.find(label).ifPresent(index -> indices.put(label, index));
            }
        }
        return indices;
    }

    /**
     * The same classes in the order of the outputs of a network that knows all of them and no
     * other, where nobody has said an order.
     *
     * @param network the classes of the network
     * @return the other order, if there is one
     */
    Optional<ClassOrder> as(ClassNames network) {
        boolean open = rule == Rule.NAMES || rule == Rule.NUMBERS;
        Map<String, Integer> theirs =
                new ClassOrder(network, Rule.WEIGHTS).indices(classes.folders());
        boolean same =
                network.size() == classes.size()
                        && Set.copyOf(theirs.values()).size() == classes.size();
        boolean numbered = network.equals(ClassNames.numbered(network.size()));
        if (!open || !same || numbered) {
            return Optional.empty();
        }
        boolean wordNet = classes.folders().stream().anyMatch(ClassOrder::isWordNet);
        return Optional.of(new ClassOrder(network, wordNet ? Rule.WORDNET : Rule.WEIGHTS));
    }

    /**
     * The order that classes of a data set are in where they may be indices themselves.
     *
     * @param labels the names of its classes
     * @return this order; by index where all are whole numbers and none is the name of a class
     */
    ClassOrder orByIndex(List<String> labels) {
        boolean numbers = labels.stream().allMatch(ClassOrder::isWhole);
        return numbers && indices(labels).isEmpty() ? new ClassOrder(classes, Rule.INDICES) : this;
    }

    private static boolean isIndex(String label, int outputs) {
        return isWhole(label) && new BigInteger(label).compareTo(BigInteger.valueOf(outputs)) < 0;
    }

    private static boolean isWhole(String label) {
        return WHOLE.matcher(label).matches();
    }

    private static boolean isWordNet(String label) {
        return WORDNET.matcher(label).matches();
    }

    private static long count(List<String> labels, Predicate<String> which) {
        return labels.stream().filter(which).count();
    }

    /** The first of some names. */
    static String some(List<String> names) {
        String first = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
        return names.size() > MOST_NAMES ? first + ", ..." : first;
    }

    /** Classes by folder or by name; a name that two of them have is none. */
    private record Known(ClassNames classes, Map<String, Integer> indices, Set<String> ambiguous) {

        static Known of(ClassNames classes) {
            Map<String, Integer> indices = new HashMap<>();
            Set<String> ambiguous = new HashSet<>();
            for (int i = 0; i < classes.size(); i++) {
                Integer before = indices.put(classes.names().get(i), i);
                if (before != null) {
                    ambiguous.add(classes.names().get(i));
                }
            }
            indices.keySet().removeAll(ambiguous);
            for (int i = 0; i < classes.size(); i++) {
                indices.put(classes.folders().get(i), i);
            }
            return new Known(classes, indices, ambiguous);
        }

        Optional<Integer> find(String label) {
            Integer exact = indices.get(label);
            Matcher wordNet = WORDNET.matcher(label);
            return exact == null && wordNet.matches()
                    ? Optional.ofNullable(indices.get(wordNet.group(1)))
                    : Optional.ofNullable(exact);
        }

        /** What an unknown name may mean. */
        String hint(String unknown) {
            if (ambiguous.contains(unknown)) {
                List<String> folders =
                        IntStream.range(0, classes.size())
                                .filter(i -> classes.names().get(i).equals(unknown))
                                .mapToObj(classes.folders()::get)
                                .toList();
                return "; %s may be %s".formatted(unknown, String.join(" or ", folders));
            }
            List<String> all = new ArrayList<>(classes.folders());
            all.addAll(indices.keySet().stream().sorted().toList());
            return "; the nearest that it knows is %s"
                    .formatted(Spelling.nearest(unknown, all, 1).get(0));
        }
    }
}
