package org.efficientzoo.zoo.torchscript;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.efficientzoo.zoo.weights.PickleWriter;
import org.efficientzoo.zoo.weights.TorchArchive;

/** What a TorchScript archive has beyond one of tensors. */
final class Archive {

    private Archive() {}

    /** Writes all records but the tensors. */
    static void writeModule(TorchArchive archive, byte[] data, String source) throws IOException {
        archive.write("data.pkl", data);
        archive.write("code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
        archive.write("constants.pkl", new PickleWriter().emptyTuple().end());
    }

    /** An object of a class, whose attributes write themselves. */
    static void object(
            PickleWriter pickle, String module, String type, Map<String, Runnable> attributes) {
        pickle.global(module, type).emptyTuple().object().emptyDict().mark();
        attributes.forEach(
                (name, value) -> {
                    pickle.text(name);
                    value.run();
                });
        pickle.items().state();
    }
}
