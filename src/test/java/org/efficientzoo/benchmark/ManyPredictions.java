package org.efficientzoo.benchmark;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.efficientzoo.training.report.ProcessMemory;
import org.efficientzoo.zoo.EfficientModelZoo;

/**
 * Resident memory while a process predicts very often: many small calls of a looked-up network,
 * from several threads with a predictor each. Fails where the last tenth of the calls still takes
 * memory.
 *
 * <pre>ManyPredictions ENGINE NAME THREADS CALLS</pre>
 */
final class ManyPredictions {

    private static final int TENTHS = 10;
    private static final int SETTLED = 2; // tenths
    private static final double MOST_GROWTH = 1.03;
    private static final Shape INPUT = new Shape(1, 3, 32, 32);

    private ManyPredictions() {}

    public static void main(String[] arguments) throws Exception {
        String engine = arguments[0];
        System.setProperty("ai.djl.default_engine", engine);
        System.setProperty("ai.djl.onnx.disable_alternative", "true"); // one engine a process
        System.setProperty("OPT_OUT_TRACKING", "true");
        int threads = Integer.parseInt(arguments[2]);
        int calls = Integer.parseInt(arguments[3]) / TENTHS / threads;
        if (calls < 1) {
            throw new IllegalArgumentException(
                    "there must be a call of each thread in each tenth, found " + arguments[3]);
        }
        Criteria<NDList, NDList> criteria =
                Criteria.builder()
                        .setTypes(NDList.class, NDList.class)
                        .optArtifactId(arguments[1])
                        .optFilter("weights", "none")
                        .optEngine(engine)
                        .build();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (ZooModel<NDList, NDList> model = EfficientModelZoo.load(criteria)) {
            double[] megabytes = new double[TENTHS];
            for (int tenth = 0; tenth < TENTHS; tenth++) {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    running.add(pool.submit(() -> predict(model, calls)));
                }
                for (Future<?> one : running) {
                    one.get();
                }
                megabytes[tenth] = ProcessMemory.residentBytes().orElseThrow() / 1e6;
                System.out.printf(
                        Locale.ROOT,
                        "%s %s, %d threads, %7d calls: %.0f MB%n",
                        engine,
                        arguments[1],
                        threads,
                        (tenth + 1) * calls * threads,
                        megabytes[tenth]);
            }
            double growth = megabytes[TENTHS - 1] / megabytes[SETTLED];
            if (growth > MOST_GROWTH) {
                System.out.printf(Locale.ROOT, "NOT FLAT: %.3f times%n", growth);
                System.exit(1);
            }
        } finally {
            pool.shutdown();
        }
    }

    private static Void predict(ZooModel<NDList, NDList> model, int calls) throws Exception {
        try (Predictor<NDList, NDList> predictor = model.newPredictor();
                NDManager manager = model.getNDManager().newSubManager()) {
            float[] pixels = new float[(int) INPUT.size()];
            for (int call = 0; call < calls; call++) {
                pixels[call % pixels.length] = call % 7;
                try (NDList images = new NDList(manager.create(pixels, INPUT));
                        NDList logits = predictor.predict(images)) {
                    if (Float.isNaN(logits.singletonOrThrow().toFloatArray()[0])) {
                        throw new IllegalStateException("the logits are no numbers");
                    }
                }
            }
        }
        return null;
    }
}
