package org.efficientzoo.zoo;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.onnx.OnnxExport;
import org.efficientzoo.zoo.onnx.OnnxExporter;
import org.efficientzoo.zoo.onnx.OnnxMetadata;
import org.efficientzoo.zoo.onnx.OnnxOptions;

/** Writes models of this zoo as ONNX files that say what the model knows of itself. */
public final class OnnxModels {

    private OnnxModels() {}

    /**
     * Writes a model, for the size of input that its preprocessing gives.
     *
     * @param model a model of this zoo
     * @param options how
     * @param target the file, replaced if there is one
     * @return what was written
     * @throws IOException if the file cannot be written
     * @throws MalformedModelException if ONNX Runtime does not compute what the model computes
     * @throws IllegalArgumentException if an option does not suit the model
     * @throws IllegalStateException if ONNX Runtime is to verify the file and is not there, or the
     *     model is not initialised
     * @see OnnxExporter#export
     */
    public static OnnxExport export(Model model, OnnxOptions options, Path target)
            throws IOException, MalformedModelException {
        Map<String, String> properties = model.getProperties();
        ModelArguments arguments = ModelArguments.of(properties);
        ClassNames names = ModelArguments.classNames(properties, arguments.options().classes());
        OnnxMetadata metadata =
                new OnnxMetadata(
                        arguments.network(),
                        names.names(),
                        Optional.of(arguments.transform()),
                        Optional.ofNullable(properties.get("license")));
        return OnnxExporter.export(model.getBlock(), arguments.input(), options, metadata, target);
    }
}
