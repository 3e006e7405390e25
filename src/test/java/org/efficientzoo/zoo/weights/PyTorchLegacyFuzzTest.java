package org.efficientzoo.zoo.weights;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes are a checkpoint of PyTorch before 1.6 or refused in one line. */
class PyTorchLegacyFuzzTest {

    @FuzzTest(maxDuration = "10m")
    void readsOrRefuses(byte[] bytes) {
        Damaged.isRead(() -> TorchWriter.open(bytes));
    }
}
