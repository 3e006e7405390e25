package org.efficientzoo.zoo;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.network.NetworkEntry;

/**
 * What the metadata of a network says beyond DJL's part of it.
 *
 * @param parameters the trainable parameters at width 1 and 1000 classes
 * @param macs the multiply-accumulates of one image, convolution and linear layers without bias
 * @param input the shape of the input they are counted for: 3, height, width
 * @param published the published results
 */
public record ModelCard(
        long parameters, long macs, List<Integer> input, List<Published> published) {

    private static final Gson GSON = new Gson();

    /**
     * A published result on ImageNet-1k's validation images, single crop.
     *
     * @param tag the name of the weights at their publisher, or of the row in the paper
     * @param width the width multiplier, 1 where none is named
     * @param top1 the Top-1 accuracy in percent
     * @param top5 the Top-5 accuracy in percent, if published
     * @param parameters the parameters as printed by the publisher, in millions or in full
     * @param gmacs the multiply-accumulates as printed, in 1e9, if published
     * @param source who published it
     * @param weights the checkpoint that reached it, if there is one
     */
    public record Published(
            String tag,
            double width,
            double top1,
            Optional<Double> top5,
            Optional<String> parameters,
            Optional<String> gmacs,
            String source,
            Optional<Checkpoint> weights) {}

    /**
     * A published checkpoint.
     *
     * @param address where the publisher has it; empty if it must be downloaded by hand
     * @param page the page that leads to it, where there is no address
     * @param file its file name, unique among all checkpoints; empty where there is no address
     * @param sha256 the SHA-256 of the file in hexadecimal digits, or the start of it; empty if the
     *     publisher names none
     * @param mebibytes its size in 2^20 bytes, as the publisher rounds it
     * @param license its licence as SPDX writes it, if known
     * @param arguments what the network and the preprocessing need for it beyond the network's own
     *     arguments
     */
    public record Checkpoint(
            Optional<URI> address,
            Optional<URI> page,
            String file,
            String sha256,
            Optional<Double> mebibytes,
            Optional<String> license,
            Map<String, String> arguments) {

        /** Copies the arguments. */
        public Checkpoint {
            arguments = Map.copyOf(arguments);
        }
    }

    /** The shape of the file: what may be missing there is null. */
    private record Row(
            String tag,
            Double width,
            double top1,
            Double top5,
            String parameters,
            String gmacs,
            String source,
            CheckpointRow weights) {

        Published published() {
            return new Published(
                    tag,
                    width == null ? 1 : width,
                    top1,
                    Optional.ofNullable(top5),
                    Optional.ofNullable(parameters),
                    Optional.ofNullable(gmacs),
                    source,
                    Optional.ofNullable(weights).map(CheckpointRow::checkpoint));
        }
    }

    private record CheckpointRow(
            URI address,
            URI page,
            String file,
            String sha256,
            Double mebibytes,
            String license,
            Map<String, String> arguments) {

        Checkpoint checkpoint() {
            return new Checkpoint(
                    Optional.ofNullable(address),
                    Optional.ofNullable(page),
                    Optional.ofNullable(file).orElseGet(this::lastSegment),
                    Optional.ofNullable(sha256).orElse(""),
                    Optional.ofNullable(mebibytes),
                    Optional.ofNullable(license),
                    Optional.ofNullable(arguments).orElseGet(Map::of));
        }

        private String lastSegment() {
            String path = address == null ? "" : address.getPath();
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    private record File(long parameters, long macs, List<Integer> input, List<Row> published) {}

    /**
     * Reads the card of a network from the jar.
     *
     * @param network the network
     * @return its card
     */
    public static ModelCard of(NetworkEntry network) {
        return of(network, new ClassPathRepository());
    }

    static ModelCard of(NetworkEntry network, ClassPathRepository repository) {
        try (Reader reader = repository.metadata(network.name())) {
            File file = GSON.fromJson(reader, File.class);
            return new ModelCard(
                    file.parameters,
                    file.macs,
                    file.input,
                    file.published.stream().map(Row::published).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
