package org.efficientzoo.zoo.weights;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All tensors of another source but PyTorch's counters.
 *
 * @param all the other source, which is closed with this one
 */
public record WithoutCounters(TensorSource all) implements TensorSource {

    @Override
    public Map<String, TensorInfo> tensors() {
        Map<String, TensorInfo> kept = new LinkedHashMap<>(all.tensors());
        kept.keySet().removeIf(StateDict::isCounter);
        return Collections.unmodifiableMap(kept);
    }

    @Override
    public FloatBuffer read(String name) throws IOException {
        if (StateDict.isCounter(name)) {
            throw new IllegalArgumentException(
                    "there is no tensor %s in %s".formatted(name, description()));
        }
        return all.read(name);
    }

    @Override
    public Map<String, String> metadata() {
        return all.metadata();
    }

    @Override
    public List<String> notes() {
        return all.notes();
    }

    @Override
    public String description() {
        return all.description();
    }

    @Override
    public void close() throws IOException {
        all.close();
    }
}
