package org.efficientzoo.reference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.efficientzoo.blocks.BlockNames;
import org.efficientzoo.blocks.analysis.Complexity;

/**
 * Running statistics as PyTorch keeps them, redone from the statistics of each batch that an engine
 * folded into its own.
 *
 * <p>Two things are made good. DJL hands the momentum to the engines as a float, so that a batch
 * counts 1f - 0.9f = 0.10000002 in place of 0.1. And MXNet takes the biased variance of a batch, (n
 * - 1) / n of the unbiased one for the n values of a channel.
 */
final class RunningStatistics {

    private static final double SHARE = 0.1;
    private static final double SHARE_OF_DJL = 1f - 0.9f;

    private final Map<String, Statistic> all = new LinkedHashMap<>();

    private static final class Statistic {
        final NDArray array;
        final double factor;
        final double[] exact;
        double[] last;

        Statistic(NDArray array, double factor) {
            this.array = array;
            this.factor = factor;
            this.exact = doubles(array);
            this.last = exact.clone();
        }

        void fold() {
            double[] now = doubles(array);
            for (int i = 0; i < now.length; i++) {
                double batch = (now[i] - (1 - SHARE_OF_DJL) * last[i]) / SHARE_OF_DJL;
                exact[i] = (1 - SHARE) * exact[i] + SHARE * batch * factor;
            }
            last = now;
        }
    }

    /** Starts with the statistics of an initialised network. */
    RunningStatistics(Block network, Shape input, boolean biasedVariance) {
        Map<String, Parameter> parameters = BlockNames.parameters(network);
        Complexity.of(network, input).layers().stream()
                .filter(layer -> layer.type().equals("BatchNorm"))
                .forEach(
                        layer -> {
                            double n = (double) layer.output().size() / layer.output().get(1);
                            String mean = layer.name() + ".running_mean";
                            String variance = layer.name() + ".running_var";
                            double factor = biasedVariance ? n / (n - 1) : 1;
                            all.put(mean, new Statistic(parameters.get(mean).getArray(), 1));
                            all.put(
                                    variance,
                                    new Statistic(parameters.get(variance).getArray(), factor));
                        });
    }

    /** Follows one training step. */
    void fold() {
        all.values().forEach(Statistic::fold);
    }

    /** The redone statistics by the names of their parameters. */
    Map<String, double[]> exact() {
        Map<String, double[]> exact = new LinkedHashMap<>();
        all.forEach((name, statistic) -> exact.put(name, statistic.exact));
        return exact;
    }

    /** Gives the redone statistics to the network. */
    void install() {
        for (Statistic statistic : all.values()) {
            NDArray array = statistic.array;
            NDManager manager = array.getManager();
            try (NDArray values = create(manager, statistic.exact, array)) {
                values.copyTo(array);
            }
        }
    }

    private static NDArray create(NDManager manager, double[] values, NDArray like) {
        if (like.getDataType() == DataType.FLOAT64) {
            return manager.create(values, like.getShape());
        }
        float[] single = new float[values.length];
        for (int i = 0; i < single.length; i++) {
            single[i] = (float) values[i];
        }
        return manager.create(single, like.getShape());
    }

    static double[] doubles(NDArray array) {
        try (NDArray copy = array.toType(DataType.FLOAT64, true)) {
            return copy.toDoubleArray();
        }
    }
}
