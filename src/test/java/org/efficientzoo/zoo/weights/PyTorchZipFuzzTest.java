package org.efficientzoo.zoo.weights;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes are a checkpoint in a zip archive or refused in one line. */
class PyTorchZipFuzzTest {

    @FuzzTest(maxDuration = "10m")
    void readsOrRefuses(byte[] bytes) {
        Damaged.isRead(() -> TorchWriter.open(bytes));
    }

    /** Reaches behind the archive: the bytes are its pickle, and the storages are sound. */
    @FuzzTest(maxDuration = "10m")
    void readsOrRefusesThePickleOfASoundArchive(byte[] pickle) {
        byte[] storage = new byte[96];
        byte[] archive = TorchWriter.archive(pickle, storage, storage, storage).zip();
        Damaged.isRead(() -> TorchWriter.open(archive));
    }
}
