package org.efficientzoo.cli;

import ai.djl.MalformedModelException;
import java.io.IOException;
import java.nio.file.Path;
import org.efficientzoo.zoo.OnnxModels;
import org.efficientzoo.zoo.onnx.OnnxExport;
import org.efficientzoo.zoo.onnx.OnnxOptions;

/**
 * Writes a model as ONNX.
 *
 * @param options how
 */
record GraphExport(OnnxOptions options) implements FileExport {

    @Override
    public Document write(Exported model, Path file) throws IOException, MalformedModelException {
        OnnxExport export = OnnxModels.export(model.model(), options, file);
        return new Document(
                file.toString(),
                export.sha256(),
                export.largestAbsoluteDifference().orElseThrow(),
                export.largestDifference().orElseThrow(),
                export.data()
                        .map(data -> file.resolveSibling(data.getFileName()).toString())
                        .orElse(null),
                null);
    }
}
