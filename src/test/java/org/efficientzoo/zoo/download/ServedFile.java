package org.efficientzoo.zoo.download;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.efficientzoo.zoo.download.TestServer.Reply;
import org.efficientzoo.zoo.download.TestServer.Request;

/** A file as a good server has it, and the ways in which a worse one or its line fails. */
final class ServedFile {

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-");

    private final byte[] bytes;
    private final String tag;
    private final AtomicLong sent = new AtomicLong();

    ServedFile(byte[] bytes, String tag) {
        this.bytes = bytes.clone();
        this.tag = tag;
    }

    /** Bytes that differ everywhere, so that a piece in a wrong place is seen. */
    static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** The bytes of the file that have left the server. */
    long sent() {
        return sent.get();
    }

    /** The whole file, or the rest that is asked for. */
    Reply whole() {
        return (request, socket) -> send(request, socket, bytes.length, true);
    }

    /** The whole file, whatever range is asked for. */
    Reply withoutRanges() {
        return (request, socket) -> send(request, socket, bytes.length, false);
    }

    /** The connection breaks after so many bytes of the answer. */
    Reply cutAfter(int length) {
        return (request, socket) -> send(request, socket, length, true);
    }

    /** The connection breaks after so many bytes of the whole file, whatever is asked for. */
    Reply cutWithoutRangesAfter(int length) {
        return (request, socket) -> send(request, socket, length, false);
    }

    /** Falls silent after so many bytes of the answer, for longer than a test waits. */
    Reply stallAfter(int length) {
        return (request, socket) -> {
            send(request, socket, length, true);
            Thread.sleep(60_000);
        };
    }

    private void send(Request request, Socket socket, int length, boolean ranges)
            throws IOException {
        Matcher range = RANGE.matcher(request.header("Range"));
        boolean rest = ranges && range.matches() && request.header("If-Range").equals(tag);
        int from = rest ? Integer.parseInt(range.group(1)) : 0;
        String status = rest ? "206 Partial Content" : "200 OK";
        OutputStream out = socket.getOutputStream();
        out.write(
                TestServer.head(
                        status,
                        "Content-Type: application/octet-stream",
                        "Content-Length: " + (bytes.length - from),
                        tag.isEmpty() ? "X-Tag: none" : "ETag: " + tag,
                        rest
                                ? "Content-Range: bytes %d-%d/%d"
                                        .formatted(from, bytes.length - 1, bytes.length)
                                : "Accept-Ranges: bytes"));
        byte[] piece = Arrays.copyOfRange(bytes, from, Math.min(from + length, bytes.length));
        sent.addAndGet(piece.length);
        out.write(piece);
        out.flush();
    }

    /** The whole file in chunks, so that its length is not told. */
    Reply chunked() {
        return (request, socket) -> {
            OutputStream out = socket.getOutputStream();
            out.write(TestServer.head("200 OK", "Transfer-Encoding: chunked"));
            String size = Integer.toHexString(bytes.length) + "\r\n";
            out.write(size.getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
            out.write("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            sent.addAndGet(bytes.length);
            out.flush();
        };
    }
}
