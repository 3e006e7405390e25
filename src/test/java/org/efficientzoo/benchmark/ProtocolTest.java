package org.efficientzoo.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.efficientzoo.benchmark.Protocol.Answer;
import org.junit.jupiter.api.Test;

class ProtocolTest {

    @Test
    void readsWhatItWrites() {
        Answer answer = Answer.took(1.5, 2.25);
        assertThat(Protocol.readAnswer(Protocol.answer(answer), Answer.class)).contains(answer);
        Answer failure = Answer.failed("no \"memory\" left");
        assertThat(Protocol.readAnswer(Protocol.answer(failure), Answer.class)).contains(failure);
        assertThat(Protocol.answer(failure)).doesNotContain("\n");
    }

    @Test
    void passesOverWhatNativesPrint() {
        assertThat(
                        Protocol.readAnswer(
                                "[E:onnxruntime:, sequential_executor.cc] failed", Answer.class))
                .isEmpty();
        assertThat(Protocol.readAnswer("", Answer.class)).isEmpty();
        Answer answer = Answer.ended(7, List.of("plain"));
        assertThat(Protocol.readAnswer("no end of line" + Protocol.answer(answer), Answer.class))
                .contains(answer);
    }
}
