package org.efficientzoo.zoo.weights;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;

/** Any bytes are a pickle of plain values or refused in one line. */
class PickleFuzzTest {

    @FuzzTest(maxDuration = "10m")
    void readsOrRefuses(byte[] bytes) {
        try {
            PickleMachine.Result result =
                    PickleMachine.read(ByteBuffer.wrap(bytes), TorchNames::isAllowed);
            for (Pickled.Reference reference : result.references()) {
                StorageId.of(reference);
            }
            for (Pickled tensor : TorchWeights.of(result.value()).tensors().values()) {
                TorchTensor.of(tensor);
            }
        } catch (Malformed e) {
            Damaged.checkLine(e);
        }
    }
}
