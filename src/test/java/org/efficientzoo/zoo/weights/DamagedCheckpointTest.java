package org.efficientzoo.zoo.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.efficientzoo.reference.References;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that were cut short or changed on their way. */
class DamagedCheckpointTest {

    private static byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(References.path("checkpoints/" + name));
    }

    private static Map<String, List<Float>> values(byte[] bytes) throws IOException {
        Map<String, List<Float>> tensors = new LinkedHashMap<>();
        try (PyTorchFile source = TorchWriter.open(bytes)) {
            for (String name : source.tensors().keySet()) {
                List<Float> values = new ArrayList<>();
                for (float value : TorchWriter.values(source, name)) {
                    values.add(value);
                }
                tensors.put(name, values);
            }
        }
        return tensors;
    }

    @ParameterizedTest
    @ValueSource(strings = {"tricky.pth", "tricky_legacy.pth"})
    void refusesAFileThatWasCutAnywhere(String name) throws IOException {
        byte[] whole = bytes(name);
        Map<String, List<Float>> expected = values(whole);
        assertThat(expected).isNotEmpty();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (Damaged.isRead(() -> TorchWriter.open(cut))) {
                assertThat(values(cut)).as("the first %d bytes", length).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tricky.pth",
                "tricky_legacy.pth",
                "deflated.pth",
                "zip64.pth",
                "training_v1.pth",
                "training_stream_v2.pth"
            })
    void readsOrRefusesAFileWithChangedBytes(String name) throws IOException {
        byte[] whole = bytes(name);
        SplittableRandom random = new SplittableRandom(name.hashCode());
        int read = 0;
        int refused = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] changed = whole.clone();
            for (int flips = random.nextInt(1, 5); flips > 0; flips--) {
                changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            }
            if (Damaged.isRead(() -> TorchWriter.open(changed))) {
                read++;
            } else {
                refused++;
            }
        }
        assertThat(read).isPositive();
        assertThat(refused).isPositive();
    }
}
