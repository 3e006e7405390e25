package org.efficientzoo.training.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import org.efficientzoo.training.benchmark.Protocol.Answer;
import org.junit.jupiter.api.Test;

class ProtocolTest {

    @Test
    void readsWhatItWrites() {
        Answer answer = Answer.took(1.5, 2.25);
        assertThat(Protocol.readAnswer(Protocol.answer(answer))).contains(answer);
        Answer failure = Answer.failed("no \"memory\" left");
        assertThat(Protocol.readAnswer(Protocol.answer(failure))).contains(failure);
        assertThat(Protocol.answer(failure)).doesNotContain("\n");
    }

    @Test
    void passesOverWhatNativesPrint() {
        assertThat(Protocol.readAnswer("[E:onnxruntime:, sequential_executor.cc] failed"))
                .isEmpty();
        assertThat(Protocol.readAnswer("")).isEmpty();
        Answer answer = Answer.held(7);
        assertThat(Protocol.readAnswer("no end of line" + Protocol.answer(answer)))
                .contains(answer);
    }
}
