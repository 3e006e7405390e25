package org.efficientzoo.zoo;

import ai.djl.nn.Block;
import java.io.IOException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.checkpoint.CheckpointCard;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.network.NetworkEntry;
import org.efficientzoo.zoo.weights.Checkpoints;
import org.efficientzoo.zoo.weights.TensorInfo;
import org.efficientzoo.zoo.weights.TensorSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A checkpoint that is on this machine. */
sealed interface LocalCheckpoint {

    /**
     * What it says of itself.
     *
     * @throws IOException if it cannot be read, is damaged, or is of another network
     */
    CheckpointCard card(NetworkEntry network) throws IOException;

    /**
     * Stands for its values.
     *
     * @return a SHA-256
     * @throws IOException if it cannot be read
     */
    String sha256() throws IOException;

    /**
     * Opens it for a network, once.
     *
     * @throws IOException if it cannot be read; the message says why
     */
    NetworkCheckpoint open(NetworkEntry network, ModelArguments arguments, Block block)
            throws IOException;

    /** Where it is, by the name of its file; empty where that has no address. */
    Map<String, URL> files() throws IOException;

    /** A file of any format, or the index of several. */
    record InFile(Path file) implements LocalCheckpoint {

        private static final Logger LOGGER = LoggerFactory.getLogger(LocalCheckpoint.class);

        @Override
        public Map<String, URL> files() throws IOException {
            return Map.of(file.getFileName().toString(), file.toUri().toURL());
        }

        @Override
        public String sha256() throws IOException {
            List<Path> files = Checkpoints.files(file);
            if (files.size() == 1) {
                return Sha256.remembered(file);
            }
            StringBuilder all = new StringBuilder();
            for (Path part : files) {
                all.append(Sha256.remembered(part)).append('\n');
            }
            return Sha256.of(all.toString().getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public CheckpointCard card(NetworkEntry network) throws IOException {
            return NetworkCheckpoint.card(file, network);
        }

        @Override
        public NetworkCheckpoint open(NetworkEntry network, ModelArguments arguments, Block block)
                throws IOException {
            NetworkCheckpoint checkpoint = NetworkCheckpoint.open(file, network, arguments, block);
            checkpoint.tensors().notes().forEach(note -> LOGGER.info("{}: {}", file, note));
            return checkpoint;
        }
    }

    /**
     * What has been read into memory, so that it takes no closing.
     *
     * @param tensors what was read
     * @param place where from, if that has an address
     */
    record InMemory(TensorSource tensors, Optional<URL> place) implements LocalCheckpoint {

        @Override
        public Map<String, URL> files() {
            return place.map(url -> Map.of(name(url), url)).orElseGet(Map::of);
        }

        private static String name(URL url) {
            return url.getPath().substring(url.getPath().lastIndexOf('/') + 1);
        }

        @Override
        public String sha256() throws IOException {
            StringBuilder all = new StringBuilder();
            for (Map.Entry<String, TensorInfo> tensor : tensors.tensors().entrySet()) {
                FloatBuffer values = tensors.read(tensor.getKey());
                ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.remaining());
                bytes.asFloatBuffer().put(values);
                all.append(tensor).append(Sha256.of(bytes.array()));
            }
            return Sha256.of(all.toString().getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public CheckpointCard card(NetworkEntry network) throws IOException {
            return NetworkCheckpoint.card(tensors, network);
        }

        @Override
        public NetworkCheckpoint open(NetworkEntry network, ModelArguments arguments, Block block)
                throws IOException {
            return NetworkCheckpoint.open(tensors, network, arguments, block);
        }
    }
}
