package org.efficientzoo.blocks.analysis;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.efficientzoo.blocks.ForwardGraph;

/**
 * How far the outputs of a block look into its input, after each layer.
 *
 * @param layers one row a convolution or pooling, in order of execution
 * @param height the field of the block's output along the height
 * @param width the field of the block's output along the width
 */
public record ReceptiveField(List<Row> layers, Field height, Field width) {

    /** Copies the list. */
    public ReceptiveField {
        layers = List.copyOf(layers);
    }

    /**
     * The field behind one layer.
     *
     * @param name the name of the layer, as in {@link LayerCost#name}
     * @param height along the height
     * @param width along the width
     */
    public record Row(String name, Field height, Field width) {}

    /**
     * Measures a block.
     *
     * @param block the block, initialised or not
     * @param input the shape of its input, (N, C, H, W)
     * @return the fields
     * @throws IllegalArgumentException if the input does not suit the block, or the block holds one
     *     whose field is unknown, or joins maps of different steps
     */
    public static ReceptiveField of(Block block, Shape input) {
        FieldOps ops = new FieldOps();
        FieldOps.Seen pixel = new FieldOps.Seen(input, Field.PIXEL, Field.PIXEL);
        ForwardGraph graph = ForwardGraph.of(block);
        List<FieldOps.Seen> seen = graph.values(pixel, ops::at);
        FieldOps.Seen output =
                graph.output() == ForwardGraph.INPUT ? pixel : seen.get(graph.output());
        return new ReceptiveField(ops.rows(), output.height(), output.width());
    }

    /**
     * Puts the rows beside the layers of a table of costs.
     *
     * @param cost the cost of the same block
     * @return a row, or none where a layer leaves the field as it is, for each layer of the cost
     */
    public List<Optional<Row>> beside(Complexity cost) {
        List<Optional<Row>> rows = new ArrayList<>();
        int next = 0;
        for (LayerCost layer : cost.layers()) {
            boolean isNext = next < layers.size() && layers.get(next).name().equals(layer.name());
            rows.add(isNext ? Optional.of(layers.get(next++)) : Optional.empty());
        }
        return rows;
    }
}
