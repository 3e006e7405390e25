package org.efficientzoo.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RunningCallsTest {

    private final RunningCalls calls = new RunningCalls("the door");

    /** A thread that closes and is waiting for it. */
    private FutureTask<Boolean> closing() throws InterruptedException {
        FutureTask<Boolean> closed = new FutureTask<>(calls::finish);
        Thread thread = new Thread(closed);
        thread.start();
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(closed.isDone()).as("closed under a call").isFalse();
            Thread.sleep(1);
        }
        return closed;
    }

    @Test
    void closesWhenTheCallsOfOthersAreOver() throws Exception {
        calls.begin();
        FutureTask<Boolean> closed = closing();
        calls.end();
        assertThat(closed.get()).isTrue();
    }

    @Test
    void letsNoCallBeginWhileItWaitsButOneWithinACall() throws Exception {
        calls.begin();
        FutureTask<Boolean> closed = closing();
        FutureTask<Void> other = new FutureTask<>(calls::begin, null);
        new Thread(other).start();
        assertThat(failure(other)).hasMessage("the door is closed");
        calls.begin();
        calls.end();
        assertThat(closed.isDone()).isFalse();
        calls.end();
        assertThat(closed.get()).isTrue();
        assertThatIllegalStateException().isThrownBy(calls::begin);
    }

    private static Throwable failure(FutureTask<?> task) throws InterruptedException {
        try {
            task.get();
            return new AssertionError("there was none");
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    @Test
    void doesNotWaitForItself() {
        calls.begin();
        assertThat(calls.finish()).isTrue();
        calls.end();
    }

    @Test
    void onlyTheFirstCloses() {
        assertThat(calls.finish()).isTrue();
        assertThat(calls.finish()).isFalse();
    }

    @Test
    void anInterruptDoesNotEndTheWaiting() throws Exception {
        calls.begin();
        FutureTask<Boolean> closed =
                new FutureTask<>(() -> calls.finish() && Thread.currentThread().isInterrupted());
        Thread thread = new Thread(closed);
        thread.start();
        thread.interrupt();
        while (thread.isInterrupted() || thread.getState() != Thread.State.WAITING) {
            Thread.sleep(1);
        }
        assertThat(closed.isDone()).isFalse();
        calls.end();
        assertThat(closed.get()).isTrue();
    }
}
