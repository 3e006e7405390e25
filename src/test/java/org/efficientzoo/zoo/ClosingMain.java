package org.efficientzoo.zoo;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.ParameterStore;
import ai.djl.translate.NoopTranslator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Closes models under the calls of two threads; {@link ClosingTest} looks how that ends. */
final class ClosingMain {

    private static final int ROUNDS = 3;
    private static final Shape INPUT = new Shape(4, 3, TestModels.CROP, TestModels.CROP);

    private ClosingMain() {}

    /** Ways to predict. */
    private enum Way {
        USUAL_PREDICTOR,
        OTHER_PREDICTOR,
        BLOCK
    }

    /**
     * Prints what each thread met, a line each.
     *
     * @param args engine, weights
     */
    public static void main(String[] args) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        for (Way way : Way.values()) {
            for (int round = 0; round < ROUNDS; round++) {
                close(args[0], Path.of(args[1]), way, threads);
            }
        }
        threads.shutdown();
    }

    private static void close(String engine, Path weights, Way way, ExecutorService threads)
            throws Exception {
        ZooModel<NDList, NDList> model =
                TestModels.logits(engine).optArgument("weightsFile", weights).build().loadModel();
        CountDownLatch begun = new CountDownLatch(2);
        List<Future<Throwable>> ends = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            ends.add(threads.submit(() -> predict(model, way, begun)));
        }
        begun.await();
        model.close();
        for (Future<Throwable> end : ends) {
            System.out.println(way + " met " + end.get().getMessage());
        }
    }

    /** Predicts until that fails. */
    private static Throwable predict(
            ZooModel<NDList, NDList> model, Way way, CountDownLatch begun) {
        try (NDManager manager = NDManager.newBaseManager(null, engine(model));
                NDArray x = manager.create(new float[(int) INPUT.size()], INPUT);
                Predictor<NDList, NDList> predictor =
                        way == Way.OTHER_PREDICTOR
                                ? model.newPredictor(new NoopTranslator())
                                : model.newPredictor()) {
            NDList input = new NDList(x);
            ParameterStore store = new ParameterStore(manager, false);
            Callable<NDList> call =
                    way == Way.BLOCK
                            ? () -> model.getBlock().forward(store, input, false)
                            : () -> predictor.predict(input);
            for (boolean first = true; ; first = false) {
                try (NDList output = call.call()) {
                    output.singletonOrThrow().toFloatArray();
                }
                if (first) {
                    begun.countDown();
                }
            }
        } catch (Exception e) {
            return e;
        }
    }

    private static String engine(ZooModel<?, ?> model) {
        return model.getNDManager().getEngine().getEngineName();
    }
}
