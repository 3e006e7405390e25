package org.efficientzoo.zoo.image;

/** The order in which a network takes the planes of an image. */
public enum ChannelOrder {
    /** Red, green, blue: nearly all networks. */
    RGB,

    /** Blue, green, red: networks whose images OpenCV has read. */
    BGR;

    /**
     * Returns the place of a plane's colour in a pixel of red, green and blue.
     *
     * @param plane the index of the plane, 0 to 2
     * @return the index of its colour, 0 to 2
     */
    public int colour(int plane) {
        return this == RGB ? plane : 2 - plane;
    }
}
