package org.efficientzoo.zoo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.efficientzoo.zoo.ModelCard.Checkpoint;
import org.efficientzoo.zoo.ModelCard.Published;
import org.efficientzoo.zoo.download.DownloadListener;
import org.efficientzoo.zoo.download.DownloadSettings;
import org.efficientzoo.zoo.download.Downloader;
import org.efficientzoo.zoo.download.RemoteFile;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.weights.Precision;

/** Fetches published checkpoints, converts them and keeps them. */
final class PublishedFiles {

    private PublishedFiles() {}

    /** Where the converted file is or will be. */
    static Path converted(NetworkEntry network, Published row) {
        String name = row.weights().orElseThrow().file();
        int end = name.lastIndexOf('.');
        String stem = end < 0 ? network.name() + "-" + row.tag() : name.substring(0, end);
        return Folders.published().resolve(stem + ".safetensors");
    }

    /** How the checkpoint of a publisher is converted. */
    static Conversion conversion(NetworkEntry network, Weights weights) {
        Published row = weights.published().orElseThrow();
        Checkpoint checkpoint = row.weights().orElseThrow();
        String source =
                checkpoint
                        .address()
                        .or(checkpoint::page)
                        .map(Object::toString)
                        .orElse(row.source());
        return new Conversion(
                network,
                weights.arguments(),
                List.of(),
                checkpoint.license(),
                source,
                Precision.FLOAT32,
                false);
    }

    /**
     * The file of some weights, fetched and converted first if it is not on this machine.
     *
     * @throws IOException if it cannot be had; the message says what can be done by hand
     */
    static Path path(NetworkEntry network, Weights weights, DownloadListener listener)
            throws IOException {
        if (weights.file().isPresent()) {
            return weights.file().get();
        }
        Published row = weights.published().orElseThrow();
        Checkpoint checkpoint = row.weights().orElseThrow();
        RemoteFile file =
                new RemoteFile(
                        checkpoint.address().orElseThrow(),
                        checkpoint.file(),
                        checkpoint.sha256(),
                        OptionalLong.empty(),
                        LookUp.importCommand(weights));
        Conversion conversion = conversion(network, weights);
        return new Downloader(DownloadSettings.fromEnvironment())
                .fetch(file, converted(network, row), conversion::finish, listener);
    }
}
