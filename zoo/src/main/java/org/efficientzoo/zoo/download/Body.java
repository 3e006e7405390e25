package org.efficientzoo.zoo.download;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of an answer, handed over piece by piece to the thread that asked. A server that stays
 * silent too long or sends too slowly is an error, which Java's own readers of a body do not have.
 */
final class Body implements BodySubscriber<Body>, AutoCloseable {

    private sealed interface Event {}

    private record Piece(List<ByteBuffer> bytes) implements Event {}

    private record End() implements Event {}

    private record Broken(Throwable failure) implements Event {}

    private final Duration stall;
    private final LeastSpeed speed;
    private final CompletableFuture<Subscription> started = new CompletableFuture<>();
    // Holds a piece and an end at most: the next piece is asked for when one was taken.
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    Body(DownloadSettings settings) {
        this.stall = settings.stall();
        this.speed = new LeastSpeed(settings.leastSpeed(), settings.speedTime());
    }

    /**
     * The next piece, empty at the end.
     *
     * @throws IOException if the connection broke, nothing came for too long, or too little
     */
    List<ByteBuffer> next() throws IOException, InterruptedException {
        started.join().request(1);
        long start = System.nanoTime();
        Event event = events.poll(stall.toMillis(), TimeUnit.MILLISECONDS);
        if (event instanceof Piece piece) {
            long length = piece.bytes.stream().mapToLong(ByteBuffer::remaining).sum();
            speed.count(System.nanoTime() - start, length);
            return piece.bytes;
        }
        if (event instanceof Broken broken) {
            throw new IOException(DownloadFailure.reason(broken.failure), broken.failure);
        }
        if (event instanceof End) {
            return List.of();
        }
        throw new IOException("nothing came for " + stall.toMillis() / 1000.0 + " s");
    }

    /** Ends the answer where it is, and with it the connection. */
    @Override
    public void close() {
        started.join().cancel();
    }

    @Override
    public CompletionStage<Body> getBody() {
        return started.thenApply(subscription -> this);
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        started.complete(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        events.add(new Piece(bytes));
    }

    @Override
    public void onError(Throwable failure) {
        started.completeExceptionally(failure);
        events.add(new Broken(failure));
    }

    @Override
    public void onComplete() {
        events.add(new End());
    }
}
