package org.efficientzoo.benchmark;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.translate.NoopTranslator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.efficientzoo.zoo.network.Networks;
import org.efficientzoo.zoo.weights.StateDict;

/**
 * Time and memory of one network in a process of its own: its first 30 predictions, in which memory
 * is touched for the first time, and the next 100.
 *
 * <pre>FirstCalls zoo NAME | plain | torchscript FILE, then optionally the engine</pre>
 */
final class FirstCalls {

    private static final int FIRST = 30;
    private static final int NEXT = 100;
    private static final Shape INPUT = new Shape(1, 3, 224, 224);

    private FirstCalls() {}

    public static void main(String[] arguments) throws Exception {
        String engine = arguments.length > 2 ? arguments[2] : "PyTorch";
        System.setProperty("ai.djl.default_engine", engine);
        System.setProperty("OPT_OUT_TRACKING", "true");
        try (Model model = Model.newInstance(arguments[0], engine)) {
            if (arguments[0].equals("torchscript")) {
                Path file = Path.of(arguments[1]).toAbsolutePath();
                String name = file.getFileName().toString();
                model.load(file.getParent(), name.substring(0, name.lastIndexOf('.')));
            } else {
                Block block =
                        arguments[0].equals("plain")
                                ? PlainMobileNetV2.build()
                                : Networks.get(arguments[1]).build();
                model.setBlock(block);
                model.setDataType(DataType.FLOAT32);
                StateDict.initialize(block, model.getNDManager(), INPUT);
            }
            report(arguments[0], measure(model));
        }
    }

    private static double[] measure(Model model) throws Exception {
        double[] milliseconds = new double[FIRST + NEXT];
        float[] pixels = new float[(int) INPUT.size()];
        for (int p = 0; p < pixels.length; p++) {
            pixels[p] = p * 7919L % 256 / 64f - 2;
        }
        try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator())) {
            for (int i = 0; i < milliseconds.length; i++) {
                long start = System.nanoTime();
                try (NDManager manager = model.getNDManager().newSubManager()) {
                    NDArray x = manager.create(pixels, INPUT);
                    try (NDList logits = predictor.predict(new NDList(x))) {
                        logits.singletonOrThrow().toFloatArray();
                    }
                }
                milliseconds[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        return milliseconds;
    }

    private static void report(String variant, double[] milliseconds) throws Exception {
        double[] next = Arrays.copyOfRange(milliseconds, FIRST, FIRST + NEXT);
        double first = Arrays.stream(milliseconds, 0, FIRST).sum();
        Arrays.sort(next);
        String peak =
                Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmHWM"))
                        .map(line -> line.replaceAll("\\D", ""))
                        .findFirst()
                        .orElse("0");
        System.out.printf(
                Locale.ROOT,
                "%-12s first %d: %7.1f ms each   next %d: median %6.1f ms, 95 %% %6.1f ms   peak %5d MB%n",
                variant,
                FIRST,
                first / FIRST,
                NEXT,
                next[NEXT / 2],
                next[NEXT * 95 / 100],
                Long.parseLong(peak) / 1024);
    }
}
