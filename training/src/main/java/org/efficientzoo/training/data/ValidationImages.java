package org.efficientzoo.training.data;

import java.nio.file.Path;

/** Which images a run validates on, where it is not the usual folder of the data set. */
public sealed interface ValidationImages {

    /** The share of a data set that has no folder to learn from. */
    double USUAL_SHARE = 0.2;

    /**
     * A share of the images of each class, chosen by the seed of the run and the names of the
     * files; the run does not learn from them. A class of several images keeps one for each.
     *
     * @param share the share, above 0 and below 1
     */
    record Split(double share) implements ValidationImages {

        /**
         * Checks the share.
         *
         * @throws IllegalArgumentException if it is out of its range
         */
        public Split {
            if (!(share > 0 && share < 1)) {
                throw new IllegalArgumentException(
                        "the share of a split must be above 0 and below 1, found " + share);
            }
        }
    }

    /**
     * A folder that is laid out as the usual ones.
     *
     * @param folder its path from the data set, or an absolute one
     */
    record Folder(String folder) implements ValidationImages {

        /**
         * The same folder, named from the data set if it lies in that.
         *
         * @param root the data set
         * @return the folder, which stays what it is where the data set goes elsewhere
         */
        Folder within(Path root) {
            Path place = root.toAbsolutePath().normalize();
            Path path = place.resolve(folder).normalize();
            return new Folder((path.startsWith(place) ? place.relativize(path) : path).toString());
        }
    }

    /** None. */
    record None() implements ValidationImages {}

    /**
     * The same images, wherever a process is and the data set goes.
     *
     * @param root the data set
     * @return the images, a folder in the data set being named from there
     */
    default ValidationImages in(Path root) {
        return this instanceof Folder named ? named.within(root) : this;
    }
}
