package org.efficientzoo.zoo.download;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ServerSocketFactory;

/**
 * A server that answers each request as it was told, down to the byte, one request a connection.
 * The last answer is for all further requests.
 */
final class TestServer implements AutoCloseable {

    /** Writes an answer; then the connection is closed. */
    interface Reply {
        void answer(Request request, Socket socket) throws IOException, InterruptedException;
    }

    record Request(String line, Map<String, String> headers) {

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    private final ServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Deque<Reply> replies = new ArrayDeque<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    TestServer() throws IOException {
        this(ServerSocketFactory.getDefault());
    }

    TestServer(ServerSocketFactory factory) throws IOException {
        socket = factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    TestServer then(Reply... next) {
        synchronized (replies) {
            replies.addAll(List.of(next));
        }
        return this;
    }

    List<Request> requests() {
        return requests;
    }

    URI address(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                open.add(connection);
                threads.execute(() -> serve(connection));
            } catch (IOException | RejectedExecutionException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            Request request = read(connection);
            requests.add(request);
            Reply reply;
            synchronized (replies) {
                reply = replies.size() > 1 ? replies.removeFirst() : replies.getFirst();
            }
            reply.answer(request, connection);
        } catch (IOException e) {
            // the client went away, which the tests see on its side
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Request read(Socket connection) throws IOException {
        BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                connection.getInputStream(), StandardCharsets.ISO_8859_1),
                        1); // leaves what follows the head in the stream
        String line = in.readLine();
        if (line == null) {
            throw new IOException("no request");
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String next = in.readLine(); !next.isEmpty(); next = in.readLine()) {
            int colon = next.indexOf(':');
            headers.put(next.substring(0, colon), next.substring(colon + 1).strip());
        }
        return new Request(line, headers);
    }

    /** A head of these lines and a body. */
    static Reply reply(String status, byte[] body, String... headers) {
        return (request, connection) -> {
            OutputStream out = connection.getOutputStream();
            out.write(head(status, headers));
            out.write(body);
            out.flush();
        };
    }

    /** A head with no body. */
    static Reply status(String status, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Content-Length: 0");
        return reply(status, new byte[0], all.toArray(new String[0]));
    }

    static byte[] head(String status, String... headers) {
        StringBuilder text = new StringBuilder("HTTP/1.1 " + status + "\r\nConnection: close\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket connection : open) {
            connection.close();
        }
        threads.shutdownNow();
    }
}
