package org.efficientzoo.zoo.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.efficientzoo.zoo.onnx.ChannelPlan.Place;

/** Fetches the channels of a value from where the plan has left them. */
final class Gathering {

    private static final int FEW = 4;

    private final ChannelPlan plan;
    private final Emitter emitter;
    private final Tensors tensors;
    private final boolean reshapes;
    private final Map<Node, Written> written = new HashMap<>();

    /**
     * A value of the file.
     *
     * @param name its name
     * @param order which channels of the node's value it holds
     */
    record Written(String name, Order order) {}

    /** A stretch of the channels of a value, by their places in the file. */
    private record Run(Node source, int from, int to) {

        Run longer() {
            return new Run(source, from, to + 1);
        }
    }

    /**
     * Starts.
     *
     * @param reshapes whether shuffles become reshapes around a transposition, as other exporters
     *     write them; that is slower and needs to know height and width
     */
    Gathering(ChannelPlan plan, Emitter emitter, Tensors tensors, boolean reshapes) {
        this.plan = plan;
        this.emitter = emitter;
        this.tensors = tensors;
        this.reshapes = reshapes;
    }

    void put(Node node, String name, Order order) {
        written.put(node, new Written(name, order));
    }

    /** Fetches a value whose channels may come in any order. */
    Written inAnyOrder(Node node) {
        List<Place> places = plan.places(node);
        Map<Node, Map<Integer, Integer>> needed = new LinkedHashMap<>();
        for (int c = 0; c < places.size(); c++) {
            Place place = places.get(c);
            needed.computeIfAbsent(place.source(), key -> new HashMap<>()).put(place.channel(), c);
        }
        List<Run> runs = new ArrayList<>();
        needed.forEach((source, channels) -> runs.addAll(runs(source, channels)));
        List<Integer> order = new ArrayList<>();
        for (Run run : runs) {
            Map<Integer, Integer> channels = needed.get(run.source());
            Order there = written.get(run.source()).order();
            for (int p = run.from(); p < run.to(); p++) {
                order.add(channels.getOrDefault(there.at(p), Order.DEAD));
            }
        }
        return new Written(joined(node.name(), runs), Order.of(order));
    }

    private List<Run> runs(Node source, Map<Integer, Integer> needed) {
        Order there = written.get(source).order();
        if (needed.size() == source.channels()) {
            return List.of(new Run(source, 0, there.size()));
        }
        List<Run> runs = new ArrayList<>();
        for (int p = 0; p < there.size(); p++) {
            if (needed.containsKey(there.at(p))) {
                extend(runs, source, p);
            }
        }
        return runs;
    }

    private static void extend(List<Run> runs, Node source, int place) {
        int last = runs.size() - 1;
        if (last >= 0 && runs.get(last).source() == source && runs.get(last).to() == place) {
            runs.set(last, runs.get(last).longer());
        } else {
            runs.add(new Run(source, place, place + 1));
        }
    }

    /** Fetches a value whose channels must have the order of the network's description. */
    String inNaturalOrder(Node node) {
        List<Place> places = plan.places(node);
        List<Run> runs = new ArrayList<>();
        for (Place place : places) {
            Order there = written.get(place.source()).order();
            extend(runs, place.source(), there.channels().indexOf(place.channel()));
        }
        List<Node> sources = places.stream().map(Place::source).distinct().toList();
        if (runs.size() <= Math.max(FEW, sources.size())) {
            return joined(node.name(), runs);
        }
        List<Run> whole = new ArrayList<>();
        Map<Node, Integer> starts = new HashMap<>();
        int size = 0;
        for (Node source : sources) {
            int count = written.get(source).order().size();
            whole.add(new Run(source, 0, count));
            starts.put(source, size);
            size += count;
        }
        List<Integer> picked =
                runs.stream()
                        .flatMap(
                                run ->
                                        IntStream.range(run.from(), run.to())
                                                .mapToObj(p -> starts.get(run.source()) + p))
                        .toList();
        String from = joined(node.name() + ".concat", whole);
        return permuted(node, from, size, picked);
    }

    private String joined(String name, List<Run> runs) {
        List<String> parts = runs.stream().map(run -> part(name, run)).toList();
        return parts.size() == 1
                ? parts.get(0)
                : emitter.add("Concat", name, parts, n -> Emitter.integer(n, "axis", 1));
    }

    private String part(String name, Run run) {
        Written source = written.get(run.source());
        return run.from() == 0 && run.to() == source.order().size()
                ? source.name()
                : slice(name + ".slice", source.name(), run.from(), run.to());
    }

    /** Takes a range of channels. */
    String slice(String name, String x, int from, int to) {
        List<String> inputs =
                List.of(
                        x,
                        tensors.longs("channel." + from, from),
                        tensors.longs("channel." + to, to),
                        tensors.longs("axis.1", 1));
        return emitter.add("Slice", name, inputs);
    }

    /** Puts channels into another order, as an array of indices or, if so built, by reshaping. */
    String permuted(Node node, String x, int channels, List<Integer> sources) {
        OptionalInt rows =
                sources.size() == channels && reshapes && node.shape().dimension() == 4
                        ? Shuffles.rows(sources)
                        : OptionalInt.empty();
        return rows.isPresent()
                ? transposed(node, x, rows.getAsInt())
                : picked(node.name(), x, sources);
    }

    private String picked(String name, String x, List<Integer> sources) {
        long[] indices = sources.stream().mapToLong(Integer::longValue).toArray();
        String order = tensors.longs(name + ".channels", indices);
        return emitter.add("Gather", name, List.of(x, order), n -> Emitter.integer(n, "axis", 1));
    }

    private String transposed(Node node, String x, int rows) {
        long height = node.shape().get(2);
        long width = node.shape().get(3);
        long channels = node.channels();
        String split = reshaped(node.name() + ".split", x, rows, channels / rows, height, width);
        String swapped =
                emitter.add(
                        "Transpose",
                        node.name() + ".swap",
                        List.of(split),
                        n -> Emitter.integers(n, "perm", List.of(0L, 2L, 1L, 3L, 4L)));
        return reshaped(node.name(), swapped, channels, height, width);
    }

    private String reshaped(String name, String x, long... behindBatch) {
        long[] shape = new long[behindBatch.length + 1]; // a 0 keeps the batch
        System.arraycopy(behindBatch, 0, shape, 1, behindBatch.length);
        String text = Arrays.toString(behindBatch).replaceAll("[\\[\\]]", "").replace(", ", "x");
        return emitter.add("Reshape", name, List.of(x, tensors.longs("shape." + text, shape)));
    }
}
