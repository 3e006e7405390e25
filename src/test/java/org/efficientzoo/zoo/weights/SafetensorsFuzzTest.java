package org.efficientzoo.zoo.weights;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/** Any bytes are a safetensors file or refused in one line. */
class SafetensorsFuzzTest {

    @FuzzTest(maxDuration = "10m")
    void readsOrRefuses(byte[] bytes) {
        Path name = Path.of("x.safetensors");
        Damaged.isRead(() -> SafetensorsFile.open(name, new SeekableInMemoryByteChannel(bytes)));
    }
}
