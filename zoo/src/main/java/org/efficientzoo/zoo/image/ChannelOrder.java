package org.efficientzoo.zoo.image;

/** The order in which a network takes the planes of an image. */
public enum ChannelOrder {
    /** Red, green, blue: nearly all networks. */
    RGB,

    /** Blue, green, red: networks whose images OpenCV has read. */
    BGR,

    /** One plane of brightness, as Pillow computes it: networks of one channel. */
    GRAY;

    /**
     * Returns how many planes there are.
     *
     * @return 3, or 1 of brightness
     */
    public int planes() {
        return this == GRAY ? 1 : 3;
    }

    /**
     * Returns the place of a plane's colour in a pixel of red, green and blue.
     *
     * @param plane the index of the plane, below {@link #planes()}
     * @return the index of its colour, 0 to 2; 0 for brightness
     */
    public int colour(int plane) {
        return this == BGR ? 2 - plane : plane;
    }
}
