package org.efficientzoo.zoo.onnx;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.efficientzoo.zoo.network.Logits.Difference;
import org.efficientzoo.zoo.weights.ScratchFolder;
import org.efficientzoo.zoo.weights.Sha256;

/**
 * A folder beside the target, in which files get ready under their final names; what is not
 * published disappears with it.
 */
final class Staging implements AutoCloseable {

    private final Path target;
    private final ScratchFolder folder;

    Staging(Path target) throws IOException {
        this.target = target.toAbsolutePath();
        if (Files.isDirectory(target)) {
            throw new FileSystemException(target.toString(), null, "is a directory");
        }
        if (!Files.isDirectory(this.target.getParent())) {
            throw new NoSuchFileException(
                    target.toString(), null, "its directory does not exist or is none");
        }
        if (Files.exists(target) && !Files.isWritable(target)) {
            throw new FileSystemException(target.toString(), null, "is read-only");
        }
        this.folder = folder();
    }

    private ScratchFolder folder() throws IOException {
        try {
            return ScratchFolder.in(target.getParent(), ".onnx");
        } catch (IOException e) {
            throw new IOException(
                    "%s cannot be written: its directory takes no files".formatted(target), e);
        }
    }

    Path file(String name) {
        return folder.file(name);
    }

    /** Moves the files to their place, the weights first. */
    OnnxExport publish(Path file, Optional<Path> data, Optional<Difference> difference)
            throws IOException {
        String sha256 = Sha256.of(file);
        Optional<Path> movedData = Optional.empty();
        if (data.isPresent()) {
            movedData = Optional.of(move(data.get()));
        }
        return new OnnxExport(
                move(file),
                movedData,
                sha256,
                difference(difference, Difference::deviations),
                difference(difference, Difference::absolute));
    }

    private static OptionalDouble difference(
            Optional<Difference> found, ToDoubleFunction<Difference> part) {
        return found.stream().mapToDouble(part).findFirst();
    }

    private Path move(Path file) throws IOException {
        Path place = target.resolveSibling(file.getFileName());
        return Files.move(
                file, place, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() {
        folder.close();
    }
}
