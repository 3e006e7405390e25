package org.efficientzoo.zoo;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.efficientzoo.zoo.onnx.OnnxExport;
import org.efficientzoo.zoo.onnx.OnnxExporter;
import org.efficientzoo.zoo.onnx.OnnxMetadata;
import org.efficientzoo.zoo.onnx.OnnxOptions;

/** Writes models of this zoo as ONNX files that say what the model knows of itself. */
public final class OnnxModels {

    private static final List<String> NAMING =
            List.of("classesFile", "synset", ModelArguments.CLASS_NAMES);

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
        int classes = arguments.options().classes();
        OnnxMetadata metadata =
                new OnnxMetadata(
                        arguments.network(),
                        OptionalInt.of(classes),
                        names(properties, classes),
                        arguments.takesImages()
                                ? Optional.of(arguments.transform())
                                : Optional.empty(),
                        Optional.ofNullable(properties.get("license")));
        return OnnxExporter.export(model.getBlock(), arguments.input(), options, metadata, target);
    }

    /** The names that somebody gave the classes: neither numbers nor ImageNet's by their count. */
    private static List<String> names(Map<String, String> properties, int classes)
            throws IOException {
        ClassNames names = ModelArguments.classNames(properties, classes);
        boolean guessed =
                Weights.UNTRAINED.equals(properties.get(Weights.TAG))
                        && !properties.containsKey(ModelArguments.WEIGHTS_FILE)
                        && NAMING.stream().noneMatch(properties::containsKey);
        return guessed || names.equals(ClassNames.numbered(classes)) ? List.of() : names.names();
    }
}
