package org.efficientzoo.zoo;

import ai.djl.MalformedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.efficientzoo.zoo.ModelCard.Checkpoint;
import org.efficientzoo.zoo.ModelCard.Published;
import org.efficientzoo.zoo.download.DownloadListener;
import org.efficientzoo.zoo.download.DownloadSettings;
import org.efficientzoo.zoo.download.Downloader;
import org.efficientzoo.zoo.download.RemoteFile;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.file.SmallFile;
import org.efficientzoo.zoo.file.WholeFile;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.weights.Precision;

/** Fetches published checkpoints, converts them and keeps them. */
final class PublishedFiles {

    private static final int MEBIBYTE = 1 << 20;

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
            Path file = weights.file().get();
            if (weights.published().isPresent()) {
                check(file);
            }
            return file;
        }
        Published row = weights.published().orElseThrow();
        Checkpoint checkpoint = row.weights().orElseThrow();
        RemoteFile file =
                new RemoteFile(
                        checkpoint.address().orElseThrow(),
                        checkpoint.file(),
                        checkpoint.sha256(),
                        OptionalLong.empty(),
                        LookUp.importCommand(weights),
                        most(checkpoint, ModelCard.of(network).parameters(), row.width()));
        Conversion conversion = conversion(network, weights);
        return new Downloader(DownloadSettings.fromEnvironment())
                .fetch(
                        file,
                        converted(network, row),
                        (fetched, target) -> finish(conversion, fetched, target),
                        listener);
    }

    /**
     * The bytes that a publisher's file may have: as it names them, rounded to whole mebibytes at
     * worst, or twice what the parameters take, which leaves room for a classifier of ImageNet-21k.
     */
    static long most(Checkpoint checkpoint, long parameters, double width) {
        double wider = Math.max(1, width * width);
        return checkpoint
                .mebibytes()
                .map(size -> (long) Math.ceil((size + 1) * MEBIBYTE))
                .orElseGet(
                        () -> (long) (2 * Float.BYTES * parameters * wider) + 32 * (long) MEBIBYTE);
    }

    /** The last step of a download. */
    private static void finish(Conversion conversion, Path fetched, Path target)
            throws IOException {
        try {
            convert(conversion, fetched, target);
        } catch (MalformedModelException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Converts a publisher's checkpoint, and notes the hash of the result beside it.
     *
     * @return what came of it
     * @throws MalformedModelException if the tensors do not fit the network
     * @throws IOException if reading or writing fails
     */
    static CheckpointImport.Result convert(Conversion conversion, Path from, Path to)
            throws IOException, MalformedModelException {
        Files.deleteIfExists(note(to)); // a file without its note is whole, but not checked
        Conversion.Result converted = conversion.convert(from, to);
        String hash = Sha256.of(to);
        WholeFile.write(note(to), hash + "\n");
        return new CheckpointImport.Result(to, converted.tensors(), hash, converted.notes());
    }

    private static Path note(Path file) {
        return file.resolveSibling(file.getFileName() + ".sha256");
    }

    private static void check(Path file) throws IOException {
        if (Files.notExists(note(file))) {
            return; // an older version wrote none
        }
        String noted = SmallFile.text(note(file)).strip();
        String found = Sha256.remembered(file);
        if (!found.equals(noted)) {
            throw new IOException(
                    "%s must have the SHA-256 %s, as when it was converted, found %s; delete it, and it is fetched anew"
                            .formatted(file, noted, found));
        }
    }
}
