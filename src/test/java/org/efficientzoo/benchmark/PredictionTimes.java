package org.efficientzoo.benchmark;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoopTranslator;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.StateDict;

/**
 * Time of a prediction of a network beside that of torchvision's as TorchScript, call by call in
 * turn in one process, PyTorch engine, 3x224x224.
 *
 * <pre>PredictionTimes NAME FILE.pt BATCH CALLS</pre>
 */
final class PredictionTimes {

    private static final int WARM_UP = 16; // images

    private PredictionTimes() {}

    public static void main(String[] arguments) throws Exception {
        System.setProperty("ai.djl.default_engine", "PyTorch");
        System.setProperty("OPT_OUT_TRACKING", "true");
        Path file = Path.of(arguments[1]).toAbsolutePath();
        Shape input = new Shape(Integer.parseInt(arguments[2]), 3, 224, 224);
        int calls = Integer.parseInt(arguments[3]);
        try (Model torchscript = Model.newInstance("torchscript", "PyTorch");
                Model zoo = Model.newInstance("zoo", "PyTorch")) {
            String name = file.getFileName().toString();
            torchscript.load(file.getParent(), name.substring(0, name.lastIndexOf('.')));
            zoo.setBlock(Networks.get(arguments[0]).build());
            zoo.setDataType(DataType.FLOAT32);
            StateDict.initialize(zoo.getBlock(), zoo.getNDManager(), input);
            report(arguments[0], input.get(0), measure(torchscript, zoo, input, calls));
        }
    }

    private static double[][] measure(Model first, Model second, Shape input, int calls)
            throws Exception {
        double[][] milliseconds = new double[2][calls];
        long warmUp = Math.max(3, WARM_UP / input.get(0)); // the first calls are optimised
        try (Predictor<NDList, NDList> one = first.newPredictor(new NoopTranslator());
                Predictor<NDList, NDList> two = second.newPredictor(new NoopTranslator());
                NDManager manager = second.getNDManager().newSubManager()) {
            NDArray x = manager.randomUniform(-2, 2, input);
            for (long call = -warmUp; call < calls; call++) {
                double a = time(one, x);
                double b = time(two, x);
                if (call >= 0) {
                    milliseconds[0][(int) call] = a;
                    milliseconds[1][(int) call] = b;
                }
            }
        }
        return milliseconds;
    }

    private static double time(Predictor<NDList, NDList> predictor, NDArray x) throws Exception {
        long start = System.nanoTime();
        try (NDList logits = predictor.predict(new NDList(x))) {
            logits.singletonOrThrow().toFloatArray();
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static void report(String name, long batch, double[][] milliseconds) {
        double[] ratios = new double[milliseconds[0].length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = milliseconds[1][i] / milliseconds[0][i];
        }
        System.out.printf(
                Locale.ROOT,
                "%-20s batch %2d: torchscript %7.1f ms, zoo %7.1f ms, median ratio of pairs %.2f%n",
                name,
                batch,
                median(milliseconds[0]),
                median(milliseconds[1]),
                median(ratios));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
