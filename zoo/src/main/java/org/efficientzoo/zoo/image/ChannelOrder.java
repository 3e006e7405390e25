package org.efficientzoo.zoo.image;

/** The order in which a network takes the planes of an image. */
public enum ChannelOrder {
    /** Red, green, blue: nearly all networks. */
    RGB,

    /** Blue, green, red: networks whose images OpenCV has read. */
    BGR;

    /** The place of a plane's colour in a pixel of red, green and blue. */
    int colour(int plane) {
        return this == RGB ? plane : 2 - plane;
    }
}
