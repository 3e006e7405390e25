package org.efficientzoo.zoo.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.efficientzoo.zoo.download.TestServer.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several threads and processes that want one file. */
@Timeout(300) // seconds, of a test that waits for what does not come
class SharingTest extends FetchTest {

    private static final String WAITING = "waiting for another download of " + NAME;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** The whole file, but only when another has been seen to wait for it. */
    private Reply whenReleased() {
        return (request, socket) -> {
            asked.countDown();
            if (released.await(30, TimeUnit.SECONDS)) {
                served.whole().answer(request, socket);
            }
        };
    }

    private FetchProcess process() throws IOException {
        return new FetchProcess(file().address(), file().sha256(), target(), Map.of());
    }

    private void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(30, TimeUnit.SECONDS)).as("in time").isTrue();
    }

    @Test
    void oneThreadFetchesForAll() throws Exception {
        int threads = 4;
        server.then(whenReleased());
        CountDownLatch waiting = new CountDownLatch(threads - 1);
        DownloadListener listener =
                new DownloadListener() {
                    @Override
                    public void message(String line) {
                        messages.add(line);
                        waiting.countDown();
                    }
                };
        DownloadSettings patient = DownloadSettings.DEFAULT;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Path>> fetched = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                fetched.add(
                        pool.submit(() -> downloader(patient).fetch(file(), target(), listener)));
            }
            await(waiting);
            released.countDown();
            for (Future<Path> each : fetched) {
                assertThat(each.get()).isEqualTo(target());
            }
        } finally {
            pool.shutdownNow();
        }
        assertFetched();
        assertThat(messages).hasSize(threads - 1).containsOnly(WAITING);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void oneProcessFetchesForTheOther() throws Exception {
        server.then(whenReleased());
        try (FetchProcess first = process()) {
            await(asked);
            try (FetchProcess second = process()) {
                assertThat(second.line()).isEqualTo(WAITING);
                released.countDown();
                assertThat(first.lastLine()).isEqualTo("done");
                assertThat(second.lastLine()).isEqualTo("done");
            }
        }
        assertFetched();
        assertThat(server.requests()).hasSize(1);
        assertThat(served.sent()).isEqualTo(BYTES.length);
    }

    @Test
    void anotherGoesOnWhereAProcessWasKilled() throws Exception {
        CountDownLatch half = new CountDownLatch(1);
        server.then(
                (request, socket) -> {
                    served.cutAfter(120_000).answer(request, socket);
                    half.countDown();
                    Thread.sleep(60_000);
                },
                served.whole());
        Path part = folder.resolve(NAME + ".part");
        try (FetchProcess first = process()) {
            await(half);
            while (!Files.exists(part) || Files.size(part) < 120_000) {
                Thread.sleep(5);
            }
            try (FetchProcess second = process()) {
                assertThat(second.line()).isEqualTo(WAITING);
                first.kill();
                assertThat(second.lastLine()).isEqualTo("done");
            }
        }
        assertFetched();
        assertThat(server.requests().get(1).header("Range")).isEqualTo("bytes=120000-");
        assertThat(served.sent()).isEqualTo(BYTES.length);
    }

    @Test
    void aWaitingThreadTriesItselfWhereTheOtherFailed() throws Exception {
        server.then(
                (request, socket) -> {
                    asked.countDown();
                    released.await();
                    TestServer.status("404 Not Found").answer(request, socket);
                },
                served.whole());
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<String> first =
                    pool.submit(() -> refusal(downloader(DownloadSettings.DEFAULT), file()));
            await(asked);
            DownloadListener releasing =
                    new DownloadListener() {
                        @Override
                        public void message(String line) {
                            released.countDown();
                        }
                    };
            downloader(SETTINGS).fetch(file(), target(), releasing);
            assertThat(first.get()).contains("404");
        } finally {
            pool.shutdownNow();
        }
        assertFetched();
    }

    @Test
    void aWaitingProcessLocksWhatOthersSee() throws Exception {
        CountDownLatch askedAgain = new CountDownLatch(1);
        CountDownLatch seen = new CountDownLatch(1);
        server.then(
                (request, socket) -> {
                    asked.countDown();
                    released.await();
                    TestServer.status("404 Not Found").answer(request, socket);
                },
                (request, socket) -> {
                    askedAgain.countDown();
                    seen.await();
                    served.whole().answer(request, socket);
                });
        try (FetchProcess first = process()) {
            await(asked);
            try (FetchProcess second = process()) {
                assertThat(second.line()).isEqualTo(WAITING);
                released.countDown();
                assertThat(first.lastLine()).contains("404"); // and its lock file is gone
                await(askedAgain);
                assertThat(names()).contains(NAME + ".lock");
                seen.countDown();
                assertThat(second.lastLine()).isEqualTo("done");
            }
        }
        assertFetched();
    }

    @Test
    void aLockFileThatWasLeftBehindIsNoHindrance() throws IOException {
        Files.createFile(folder.resolve(NAME + ".lock"));
        server.then(served.whole());
        fetch(file());
        assertFetched();
    }
}
