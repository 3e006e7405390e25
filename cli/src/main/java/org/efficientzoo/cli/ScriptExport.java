package org.efficientzoo.cli;

import ai.djl.Device;
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
import org.efficientzoo.benchmark.Engines;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.file.WholeFile;
import org.efficientzoo.zoo.network.Logits;
import org.efficientzoo.zoo.network.Logits.Difference;
import org.efficientzoo.zoo.torchscript.TorchScriptExport;

/**
 * Writes a model as TorchScript, which PyTorch reads back whatever engine the model is on.
 *
 * @param norms what becomes of the batch norms
 */
record ScriptExport(TorchScriptExport.Norms norms) implements FileExport {

    private static final double TOLERANCE = 1e-4; // of the standard deviation of the logits

    @Override
    public Document write(Exported model, Path file)
            throws IOException, MalformedModelException, TranslateException {
        if (!Engine.hasEngine(Engines.PYTORCH)) {
            throw new IllegalStateException(
                    "the engine PyTorch, which reads a TorchScript file back, is not on the class"
                            + " path; add ai.djl.pytorch:pytorch-engine");
        }
        try (WholeFile whole = WholeFile.replacing(file)) {
            TorchScriptExport.write(model.model().getBlock(), norms, whole.stream());
            float[] expected = model.logits();
            float[] found = logits(model, whole.path());
            Difference difference = Logits.of(expected).difference(found);
            if (!(difference.deviations() <= TOLERANCE)) {
                throw new IOException(
                        "the logits of a TorchScript file must differ by %s of their standard deviation at most, found %s; nothing was kept"
                                .formatted(TOLERANCE, difference.deviations()));
            }
            String sha256 = Sha256.of(whole.path());
            whole.commit();
            return new Document(
                    file.toString(),
                    sha256,
                    difference.absolute(),
                    difference.deviations(),
                    null,
                    null);
        }
    }

    private static float[] logits(Exported exported, Path file)
            throws IOException, MalformedModelException, TranslateException {
        try (Model model = Model.newInstance("exported", Device.cpu(), Engines.PYTORCH)) {
            model.load(file);
            try (Predictor<NDList, NDList> predictor = model.newPredictor(new NoopTranslator());
                    NDArray x = model.getNDManager().create(exported.noise(), exported.input());
                    NDList output = predictor.predict(new NDList(x))) {
                return output.singletonOrThrow().toFloatArray();
            }
        }
    }
}
