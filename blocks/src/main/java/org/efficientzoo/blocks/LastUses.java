package org.efficientzoo.blocks;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The values of a graph that nobody needs any more, operation by operation. */
final class LastUses {

    private LastUses() {}

    /**
     * Finds them.
     *
     * @param graph the graph
     * @return for each node the values that nothing behind it uses; neither the graph's input,
     *     which belongs to the caller, nor its outputs
     */
    static List<Set<Integer>> of(ForwardGraph graph) {
        Set<Integer> needed = new HashSet<>(graph.outputs().values());
        needed.add(ForwardGraph.INPUT);
        List<Set<Integer>> last = new ArrayList<>();
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            Set<Integer> done = new HashSet<>(graph.nodes().get(i).inputs());
            done.add(i); // a value that nothing uses
            done.removeAll(needed);
            needed.addAll(done);
            last.add(0, Set.copyOf(done));
        }
        return List.copyOf(last);
    }
}
