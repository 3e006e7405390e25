package org.efficientzoo.zoo.download;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Fetches a file in a process of its own: an address, a hash, a target. */
final class FetchMain {

    private FetchMain() {}

    /** Prints the messages, then {@code done} or the failure. */
    public static void main(String[] arguments) {
        DownloadListener printer =
                new DownloadListener() {
                    @Override
                    public void message(String line) {
                        System.out.println(line);
                    }
                };
        Path target = Path.of(arguments[2]);
        RemoteFile file =
                new RemoteFile(
                        URI.create(arguments[0]),
                        target.getFileName().toString(),
                        arguments[1],
                        OptionalLong.empty(),
                        "");
        try {
            new Downloader(DownloadSettings.fromEnvironment()).fetch(file, target, printer);
            System.out.println("done");
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
    }
}
