package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.efficientzoo.reference.References;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Views, strides, shared storages and all types, in both formats of PyTorch. */
class TrickyCheckpointTest {

    @ParameterizedTest
    @ValueSource(strings = {"tricky.pth", "tricky_legacy.pth"})
    void readsEveryValueExactly(String name) throws IOException {
        List<JsonObject> rows =
                References.objects(References.json("checkpoints/tricky.json").get("tensors"));
        assertThat(rows).hasSize(14);
        Path file = References.path("checkpoints/" + name);
        try (TensorSource source = Checkpoints.open(file)) {
            List<String> names = new ArrayList<>();
            for (JsonObject row : rows) {
                String key = row.get("key").getAsString();
                names.add(key);
                TensorInfo info = source.tensors().get(key);
                assertThat(info.shape()).as(key).isEqualTo(References.shape(row.get("shape")));
                String type = row.get("dtype").getAsString().replace("bool", "boolean");
                assertThat(info.dataType().name()).isEqualToIgnoringCase(type);
                double[] expected = References.doubles(row.get("values"));
                float[] found = TorchWriter.values(source, key);
                assertThat(found).as(key).hasSize(expected.length);
                for (int i = 0; i < expected.length; i++) {
                    assertThat(found[i]).as("%s, %d", key, i).isEqualTo((float) expected[i]);
                }
            }
            assertThat(source.tensors().keySet()).containsExactlyElementsOf(names);
        }
    }
}
