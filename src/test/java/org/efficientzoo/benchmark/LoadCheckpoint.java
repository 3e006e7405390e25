package org.efficientzoo.benchmark;

import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.efficientzoo.blocks.ParameterShapes;
import org.efficientzoo.reference.Formula;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.Checkpoints;
import org.efficientzoo.zoo.weights.Precision;
import org.efficientzoo.zoo.weights.PyTorchFileWriter;
import org.efficientzoo.zoo.weights.StateDict;
import org.efficientzoo.zoo.weights.TensorSource;

/**
 * Time and peak heap of loading a checkpoint into a network.
 *
 * <pre>LoadCheckpoint make NETWORK FILE.pth | load NETWORK FILE ROUNDS</pre>
 */
final class LoadCheckpoint {

    private static final Shape INPUT = new Shape(1, 3, 224, 224);

    private LoadCheckpoint() {}

    public static void main(String[] arguments) throws Exception {
        System.setProperty("ai.djl.default_engine", "PyTorch");
        System.setProperty("OPT_OUT_TRACKING", "true");
        Path file = Path.of(arguments[2]);
        if (arguments[0].equals("make")) {
            var shapes = ParameterShapes.of(Networks.get(arguments[1]).build(), INPUT);
            try (Formula formula = new Formula(shapes, 1, List.of())) {
                new PyTorchFileWriter(Precision.FLOAT32).write(formula, file);
            }
            return;
        }
        double[] milliseconds = new double[Integer.parseInt(arguments[3])];
        ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
        for (int i = 0; i < milliseconds.length; i++) {
            milliseconds[i] = load(arguments[1], file);
        }
        double first = milliseconds[0];
        Arrays.sort(milliseconds);
        System.out.printf(
                Locale.ROOT,
                "java    first %7.1f ms, median of %d: %7.1f ms, peak heap %d MB of at most %d MB%n",
                first,
                milliseconds.length,
                milliseconds[milliseconds.length / 2],
                peakHeap() >> 20,
                Runtime.getRuntime().maxMemory() >> 20);
    }

    /** What a reader does; building the network and freeing it are not counted. */
    private static double load(String name, Path file) throws Exception {
        try (Model model = Model.newInstance(name, "PyTorch")) {
            model.setBlock(Networks.get(name).build());
            StateDict state = new StateDict(model.getBlock(), INPUT, false);
            model.getNDManager().getEngine();
            long start = System.nanoTime();
            try (TensorSource source = Checkpoints.open(file)) {
                state.load(source, model.getNDManager());
            }
            return (System.nanoTime() - start) / 1e6;
        }
    }

    private static long peakHeap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
    }
}
