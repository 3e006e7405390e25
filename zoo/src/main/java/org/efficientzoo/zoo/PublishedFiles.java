package org.efficientzoo.zoo;

import java.nio.file.Path;
import org.efficientzoo.zoo.ModelCard.Published;
import org.efficientzoo.zoo.network.NetworkEntry;

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
}
