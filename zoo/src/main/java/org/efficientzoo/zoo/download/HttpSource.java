package org.efficientzoo.zoo.download;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.efficientzoo.zoo.download.DownloadFailure.Remedy;
import org.efficientzoo.zoo.download.PartFile.Origin;

/** A file on a server. */
final class HttpSource implements Source {

    private static final int MOST_REDIRECTS = 10;

    private final URI address;
    private final Optional<String> authorization;
    private final DownloadSettings settings;
    private final Proxies proxies;
    private final HttpClient client;

    HttpSource(URI address, DownloadSettings settings, Proxies proxies) {
        this.address = Addresses.withoutUser(address);
        this.authorization = Optional.ofNullable(address.getUserInfo()).map(Proxies::basic);
        this.settings = settings;
        this.proxies = proxies;
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1) // one answer: nothing to multiplex
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(settings.connecting())
                        .proxy(proxies)
                        .build();
    }

    @Override
    public boolean isComplete(PartFile part) throws IOException {
        return part.isComplete(address);
    }

    @Override
    public void receive(PartFile part) throws IOException, InterruptedException {
        Optional<Origin> known = part.origin(address);
        Answer answer = new Answer(ask(known, part.length()), address);
        try (Body body = answer.body();
                Sink sink = open(answer, part, known)) {
            for (List<ByteBuffer> piece = next(body); !piece.isEmpty(); piece = next(body)) {
                for (ByteBuffer bytes : piece) {
                    sink.write(bytes);
                }
            }
            sink.end();
        }
    }

    private Sink open(Answer answer, PartFile part, Optional<Origin> known) throws IOException {
        int status = answer.status();
        if (status == 206 || status == 416) {
            if (status == 416 || !answer.goesOn(known, part.length())) {
                part.discard();
                throw new DownloadFailure(
                        Remedy.RETRY, "the server has another file now than it had before");
            }
            OptionalLong total = part.file().size();
            return part.goOn(total.isPresent() ? total : known.orElseThrow().total());
        }
        if (status != 200) {
            throw answer.refusal(settings.longestWait());
        }
        answer.refuseWebPage();
        OptionalLong total = answer.total(part.file());
        return part.begin(answer.origin(total), total);
    }

    private static List<ByteBuffer> next(Body body) throws DownloadFailure, InterruptedException {
        try {
            return body.next();
        } catch (IOException e) {
            throw new DownloadFailure(Remedy.RETRY, DownloadFailure.reason(e), e);
        }
    }

    private HttpResponse<Body> ask(Optional<Origin> known, long offset)
            throws DownloadFailure, InterruptedException {
        URI next = address;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(next)
                            .timeout(settings.connecting().plus(settings.stall()))
                            .header("User-Agent", "efficient-zoo")
                            .header("Accept-Encoding", "identity");
            if (next.equals(address)) {
                authorization.ifPresent(value -> request.header("Authorization", value));
            }
            proxies.authorization(next)
                    .ifPresent(value -> request.header("Proxy-Authorization", value));
            known.ifPresent(
                    origin ->
                            request.header("Range", "bytes=" + offset + "-")
                                    .header("If-Range", origin.validator()));
            HttpResponse<Body> response = send(request.build());
            Optional<String> location = Redirects.location(response);
            if (location.isEmpty()) {
                return response;
            }
            response.body().close();
            next = Redirects.follow(next, location.get());
        }
        throw new DownloadFailure(
                Remedy.BY_HAND, "the server redirects more than " + MOST_REDIRECTS + " times");
    }

    private HttpResponse<Body> send(HttpRequest request)
            throws DownloadFailure, InterruptedException {
        try {
            return client.send(request, info -> new Body(settings));
        } catch (IOException e) {
            String reason = DownloadFailure.reason(e) + Redirects.note(address, request.uri());
            throw new DownloadFailure(isAboutTrust(e) ? Remedy.BY_HAND : Remedy.RETRY, reason, e);
        } catch (IllegalArgumentException e) { // a header that is no number
            throw new DownloadFailure(Remedy.RETRY, "the answer is malformed", e);
        }
    }

    private static boolean isAboutTrust(Throwable failure) {
        for (Throwable next = failure; next != null; next = next.getCause()) {
            if (next instanceof GeneralSecurityException) {
                return true;
            }
        }
        return false;
    }
}
