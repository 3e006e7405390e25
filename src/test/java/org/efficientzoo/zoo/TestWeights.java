package org.efficientzoo.zoo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.efficientzoo.zoo.ModelCard.Checkpoint;
import org.efficientzoo.zoo.ModelCard.Published;
import org.efficientzoo.zoo.file.Sha256;
import org.efficientzoo.zoo.network.NetworkEntry;

/** Weights that only tests publish. */
final class TestWeights {

    private TestWeights() {}

    /** A checkpoint at an address, with the hash of a file. */
    static Weights published(NetworkEntry network, String address, Path file) throws IOException {
        Checkpoint checkpoint =
                new Checkpoint(
                        Optional.of(URI.create(address)),
                        Optional.empty(),
                        file.getFileName().toString(),
                        Sha256.of(file),
                        Optional.empty(),
                        Optional.of("Apache-2.0"),
                        Map.of());
        Published row =
                new Published(
                        "test",
                        1,
                        50,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        "a test",
                        Optional.of(checkpoint));
        Weights untrained = Weights.of(network).get(0);
        return new Weights(
                network.name(),
                Map.of("dataset", "imagenet", "weights", "test"),
                untrained.arguments(),
                Optional.of(row),
                WeightsFacts.of(row),
                Optional.empty());
    }
}
