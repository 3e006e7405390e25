package org.efficientzoo.training.cli;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Path;
import org.efficientzoo.zoo.torchscript.TorchScriptExport;
import org.efficientzoo.zoo.weights.Sha256;
import org.efficientzoo.zoo.weights.WholeFile;

/**
 * Writes a model as TorchScript, which PyTorch reads back whatever engine the model is on.
 *
 * @param norms what becomes of the batch norms
 */
record ScriptExport(TorchScriptExport.Norms norms) implements FileExport {

    private static final String PYTORCH = "PyTorch";
    private static final double TOLERANCE = 1e-4; // of the standard deviation of the logits

    @Override
    public Document write(Exported model, Path file)
            throws IOException, MalformedModelException, TranslateException {
        if (!Engine.hasEngine(PYTORCH)) {
            throw new IllegalStateException(
                    "the engine PyTorch, which reads a TorchScript file back, is not on the class"
                            + " path; add ai.djl.pytorch:pytorch-engine");
        }
        try (WholeFile whole = WholeFile.replacing(file)) {
            TorchScriptExport.write(model.model().getBlock(), norms, whole.stream());
            float[] expected = model.logits();
            float[] found = logits(model, whole.path());
            double largest = 0;
            for (int i = 0; i < expected.length; i++) {
                double difference = Math.abs((double) expected[i] - found[i]);
                largest = difference <= largest ? largest : difference; // keeps what is no number
            }
            double deviations = largest == 0 ? 0 : largest / deviation(expected);
            if (!(deviations <= TOLERANCE)) {
                throw new IOException(
                        "the logits of a TorchScript file must differ by %s of their standard deviation at most, found %s; nothing was kept"
                                .formatted(TOLERANCE, deviations));
            }
            String sha256 = Sha256.of(whole.path());
            whole.commit();
            return new Document(file.toString(), sha256, largest, deviations, null, null);
        }
    }

    private static float[] logits(Exported exported, Path file)
            throws IOException, MalformedModelException, TranslateException {
        try (Model model = Model.newInstance("exported", PYTORCH)) {
            model.load(file);
            try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator());
                    NDArray x = model.getNDManager().create(exported.noise(), exported.input());
                    NDList output = predictor.predict(new NDList(x))) {
                return output.singletonOrThrow().toFloatArray();
            }
        }
    }

    /** The standard deviation of logits. */
    static double deviation(float[] values) {
        double mean = 0;
        double square = 0;
        for (float value : values) {
            mean += value / (double) values.length;
            square += (double) value * value / values.length;
        }
        return Math.sqrt(Math.max(0, square - mean * mean));
    }
}
