package org.efficientzoo.zoo;

import ai.djl.MalformedModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.Optional;
import org.efficientzoo.zoo.file.Directories;
import org.efficientzoo.zoo.file.ScratchFolder;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.onnx.OnnxExport;

/**
 * Keeps ONNX files under names that say what they were made of and what is in them: {@code
 * NETWORK-KEY-HASH.onnx}. Files with the same name have the same bytes, so that processes need not
 * wait for each other; a file whose bytes have another hash is damaged, and made again.
 */
final class OnnxCache {

    /** Goes up when the exporter writes other files than before; a test says when. */
    private static final int EXPORTER = 2;

    private static final int DIGITS = 16;

    private final Path folder;
    private final String stem;

    /** Writes a file, or reads it. */
    @FunctionalInterface
    interface Use {
        void of(Path file) throws IOException, MalformedModelException;
    }

    /**
     * Names a file.
     *
     * @param network the name of the network
     * @param key all that decides what is in the file
     */
    OnnxCache(String network, String key) {
        this(Folders.onnx(), network, key, version());
    }

    OnnxCache(Path folder, String network, String key, String version) {
        this.folder = folder;
        String all = String.join("\n", Integer.toString(EXPORTER), version, key);
        String hash = Sha256.of(all.getBytes(StandardCharsets.UTF_8));
        this.stem = network + "-" + hash.substring(0, DIGITS) + "-";
    }

    /** This project's, which is in the manifest of its jar alone. */
    private static String version() {
        return Objects.requireNonNullElse(
                OnnxCache.class.getPackage().getImplementationVersion(), "");
    }

    /**
     * Reads the file, made if it is not there. One with weights in a file beside it is not kept.
     *
     * @throws IOException if it cannot be written; the message says what to do
     */
    void read(Use maker, Use reader) throws IOException, MalformedModelException {
        Optional<Path> kept = kept();
        if (kept.isPresent()) {
            reader.of(kept.get());
            return;
        }
        try (ScratchFolder own = scratch()) {
            Path made = own.file("made.onnx");
            maker.of(made);
            reader.of(Files.exists(OnnxExport.dataOf(made)) ? made : keep(made));
        }
    }

    private Path keep(Path made) throws IOException {
        return Files.move(
                made,
                folder.resolve(stem + Sha256.of(made) + ".onnx"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
    }

    private ScratchFolder scratch() throws IOException {
        try {
            Directories.make(folder);
            return ScratchFolder.in(folder, ".making");
        } catch (IOException e) {
            throw new IOException(
                    "cannot write in the folder %s, which keeps networks for OnnxRuntime; DJL_CACHE_DIR names another place"
                            .formatted(folder),
                    e);
        }
    }

    private Optional<Path> kept() throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, stem + "*.onnx")) {
            for (Path file : files) {
                if (isWhole(file)) {
                    return Optional.of(file);
                }
                Files.deleteIfExists(file);
            }
        }
        return Optional.empty();
    }

    private boolean isWhole(Path file) throws IOException {
        try {
            return file.getFileName().toString().equals(stem + Sha256.of(file) + ".onnx");
        } catch (NoSuchFileException e) {
            return false; // another process has found it damaged
        }
    }
}
