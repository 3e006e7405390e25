package org.efficientzoo.training;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import org.efficientzoo.training.data.Batch;

/** A loaded model as what an {@link Evaluator} runs. */
public final class PredictedNetwork implements Evaluator.Network, AutoCloseable {

    private final ZooModel<NDList, NDList> model;
    private final Predictor<NDList, NDList> predictor;

    /**
     * Sets up predictions.
     *
     * @param model the network: (N, 3, H, W) to logits (N, classes); it stays the caller's
     */
    public PredictedNetwork(ZooModel<NDList, NDList> model) {
        this.model = model;
        this.predictor = model.newPredictor();
    }

    @Override
    public float[] logits(Batch batch, Shape shape) throws TranslateException {
        try (NDManager manager = model.getNDManager().newSubManager()) {
            NDArray input = manager.create(batch.pixels(), shape);
            NDList output = predictor.predict(new NDList(input));
            try (NDArray logits = output.singletonOrThrow()) {
                return logits.toFloatArray();
            }
        }
    }

    @Override
    public void close() {
        predictor.close();
    }
}
