package org.efficientzoo.training.data;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What lies among the images of a data set and is none of them.
 *
 * @param files files that are no images, neither by their endings nor by their contents
 * @param hidden hidden files and folders, and those that systems leave behind; what such a folder
 *     holds is not counted
 * @param example one of the files, if there is one
 */
public record PassedOver(int files, int hidden, Optional<Path> example) {

    /** Nothing. */
    public static final PassedOver NOTHING = new PassedOver(0, 0, Optional.empty());

    /**
     * Adds what was passed over elsewhere.
     *
     * @param other the other
     * @return both
     */
    public PassedOver and(PassedOver other) {
        return new PassedOver(
                files + other.files, hidden + other.hidden, example.or(other::example));
    }

    /**
     * Counts everything.
     *
     * @return the number of files and folders
     */
    public int count() {
        return files + hidden;
    }

    /**
     * Says what it is.
     *
     * @return one line, or nothing where nothing was passed over
     */
    public Optional<String> note() {
        if (count() == 0) {
            return Optional.empty();
        }
        String plain =
                files == 0
                        ? ""
                        : "%d that are not images, such as %s"
                                .formatted(files, example.orElseThrow());
        String rest = hidden == 0 ? "" : hidden + " hidden files or folders";
        String both = plain.isEmpty() || rest.isEmpty() ? "" : "; ";
        return Optional.of("passed over: " + plain + both + rest);
    }
}
