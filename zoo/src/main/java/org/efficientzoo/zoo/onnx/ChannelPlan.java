package org.efficientzoo.zoo.onnx;

import ai.djl.nn.convolutional.Conv2d;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.efficientzoo.blocks.Operation;

/**
 * Which operations that only move channels need not be carried out, and which order the channels of
 * each value get instead.
 *
 * <p>A concatenation, a slice or a shuffle moves channels and computes nothing. Instead of carrying
 * it out the plan remembers where its channels lie ({@link Place}), and whoever computes with them
 * fetches them from there. A dense convolution takes them in any order, since its weights can be
 * reordered, and gives its own channels in any order: here in the order in which they are used, so
 * that each user finds its channels side by side.
 */
final class ChannelPlan {

    /** ONNX Runtime's blocked kernels take depthwise convolutions of such numbers of channels. */
    private static final int ALIGNMENT = 4;

    private final Map<Node, List<Place>> places = new HashMap<>();
    private final Map<Node, Set<Node>> users = new HashMap<>();
    private final Set<Node> free = new HashSet<>();
    private final Map<Node, Order> orders = new HashMap<>();

    /** A channel of a value that is really made. */
    record Place(Node source, int channel) {}

    private ChannelPlan() {}

    /** Carries out every operation as the network describes it. */
    static ChannelPlan literal(Graph graph) {
        ChannelPlan plan = new ChannelPlan();
        graph.nodes().forEach(node -> plan.places.put(node, own(node)));
        return plan;
    }

    /** Reorders channels. */
    static ChannelPlan reordered(Graph graph) {
        ChannelPlan plan = new ChannelPlan();
        graph.nodes().forEach(node -> plan.places.put(node, plan.locate(node)));
        plan.order(graph);
        return plan;
    }

    /** Where the channels of a value lie, in the order of the network's description. */
    List<Place> places(Node node) {
        return places.get(node);
    }

    /** Whether the node is carried out. */
    boolean isMade(Node node) {
        return places.get(node).get(0).source() == node;
    }

    /** Whether all users of the value take its channels in any order. */
    boolean isFree(Node node) {
        return free.contains(node);
    }

    /** Whether the node may take its channels in any order, which its value then has, too. */
    boolean passesAnyOrder(Node node) {
        return free.contains(node) && use(node) == ChannelUse.KEEPS;
    }

    /** The order in which a dense convolution is to give its channels. */
    Order order(Node node) {
        return Optional.ofNullable(orders.get(node))
                .orElseGet(() -> Order.natural(node.channels()));
    }

    private static List<Place> own(Node node) {
        return IntStream.range(0, node.channels()).mapToObj(c -> new Place(node, c)).toList();
    }

    private List<Place> locate(Node node) {
        List<Place> found = use(node).isMove() ? moved(node) : List.of();
        boolean oneByOne = new HashSet<>(found).size() == found.size(); // none is there twice
        return found.isEmpty() || !oneByOne ? own(node) : found;
    }

    private List<Place> moved(Node node) {
        List<Place> from = places.get(node.input());
        if (node.operation() instanceof Operation.ChannelRange range) {
            return from.subList(range.from(), range.to());
        }
        if (use(node) == ChannelUse.SHUFFLES) {
            int rows = Shuffles.rows(node.operation(), node.channels());
            return Shuffles.sources(rows, node.channels()).mapToObj(from::get).toList();
        }
        return node.inputs().stream().flatMap(input -> places.get(input).stream()).toList();
    }

    /** What a node does with channels; the input has nothing to do with any. */
    static ChannelUse use(Node node) {
        return node.isInput() ? ChannelUse.NEEDS_NATURAL : ChannelUse.of(node.operation());
    }

    private void order(Graph graph) {
        List<Node> made = graph.nodes().stream().filter(this::isMade).toList();
        made.forEach(node -> users.put(node, new LinkedHashSet<>()));
        for (Node user : made) {
            for (Node input : user.inputs()) {
                places.get(input).forEach(place -> users.get(place.source()).add(user));
            }
        }
        Set<Node> results = new HashSet<>();
        places.get(graph.output()).forEach(place -> results.add(place.source()));
        for (int i = made.size() - 1; i >= 0; i--) {
            Node node = made.get(i);
            if (!results.contains(node) && users.get(node).stream().allMatch(this::takesAny)) {
                free.add(node);
                orders.put(node, wanted(node, made));
            }
        }
    }

    private boolean takesAny(Node user) {
        return switch (use(user)) {
            case TAKES_ANY -> true;
            case KEEPS -> free.contains(user);
            case JOINS, SELECTS, SHUFFLES, NEEDS_NATURAL -> false;
        };
    }

    private Order wanted(Node node, List<Node> made) {
        Optional<Node> follower = onlyFollower(node);
        if (follower.isPresent()) {
            List<Place> seen = places.get(follower.get().input());
            return Order.of(
                    orders.get(follower.get()).channels().stream()
                            .map(c -> c == Order.DEAD ? c : (Integer) seen.get(c).channel())
                            .toList());
        }
        Order byUse = byUse(node, made);
        boolean depthwise = !node.isInput() && isConvolution(node, ChannelUse::isDepthwise);
        return depthwise && startsAtDense(node) ? byUse.padded(ALIGNMENT) : byUse;
    }

    /** The only user of a value, if it takes all channels and keeps their order. */
    private Optional<Node> onlyFollower(Node node) {
        if (users.get(node).size() != 1) {
            return Optional.empty();
        }
        Node user = users.get(node).iterator().next();
        List<Place> seen = places.get(user.input());
        boolean whole =
                seen.size() == node.channels()
                        && seen.stream().allMatch(place -> place.source() == node);
        return use(user) == ChannelUse.KEEPS && whole ? Optional.of(user) : Optional.empty();
    }

    /** Whether a node gets its channels, through nodes that keep them, from a dense convolution. */
    private boolean startsAtDense(Node node) {
        Node source = places.get(node.input()).get(0).source();
        if (onlyFollower(source).filter(node::equals).isEmpty()) {
            return false;
        }
        if (source.isInput()) {
            return false;
        }
        return isConvolution(source, ChannelUse::isDense)
                || (use(source) == ChannelUse.KEEPS && startsAtDense(source));
    }

    private static boolean isConvolution(Node node, Predicate<Conv2d> kind) {
        return node.operation().convolution().filter(kind).isPresent();
    }

    /** The channels sorted by who uses them, those of the first user first. */
    private Order byUse(Node node, List<Node> made) {
        List<TreeSet<Integer>> usedBy = new ArrayList<>();
        for (int c = 0; c < node.channels(); c++) {
            usedBy.add(new TreeSet<>());
        }
        for (Node user : users.get(node)) {
            int index = made.indexOf(user);
            for (Node input : user.inputs()) {
                places.get(input).stream()
                        .filter(place -> place.source() == node)
                        .forEach(place -> usedBy.get(place.channel()).add(index));
            }
        }
        Comparator<Integer> byUser =
                Comparator.comparing(
                        c ->
                                usedBy.get(c).stream()
                                        .map("%09d"::formatted)
                                        .reduce("", String::concat));
        return Order.of(
                IntStream.range(0, node.channels()).boxed().sorted(byUser).toList()); // stable
    }
}
