package org.efficientzoo.zoo;

import java.util.HashMap;
import java.util.Map;

/**
 * The calls that are using what can be closed, so that it closes when none of them needs it any
 * more. Natives crash where memory is freed under a call.
 *
 * <p>Safe for use by several threads; no call waits for another one.
 */
final class RunningCalls {

    private final String user;
    private final Map<Thread, Integer> running = new HashMap<>();
    private boolean closed;

    /**
     * Starts without calls.
     *
     * @param user what can be closed, as a message calls it
     */
    RunningCalls(String user) {
        this.user = user;
    }

    /**
     * A call begins; {@link #end} must follow in the same thread. A call within a call may begin
     * while others wait to close.
     *
     * @throws IllegalStateException if it is closed
     */
    synchronized void begin() {
        Thread thread = Thread.currentThread();
        if (closed && !running.containsKey(thread)) {
            throw new IllegalStateException(user + " is closed");
        }
        running.merge(thread, 1, Integer::sum);
    }

    /** A call is over. */
    synchronized void end() {
        running.computeIfPresent(Thread.currentThread(), (thread, n) -> n == 1 ? null : n - 1);
        notifyAll();
    }

    /**
     * Lets no more calls begin and waits for those of other threads. An interrupt does not end the
     * waiting; the thread stays interrupted.
     *
     * @return whether the caller is the first, who has to close
     */
    synchronized boolean finish() {
        if (closed) {
            return false;
        }
        closed = true;
        boolean interrupted = false;
        int own = running.containsKey(Thread.currentThread()) ? 1 : 0;
        while (running.size() > own) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return true;
    }
}
