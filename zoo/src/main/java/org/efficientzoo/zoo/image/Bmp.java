package org.efficientzoo.zoo.image;

import java.io.IOException;

/** BMP, read by the JDK. */
final class Bmp {

    private Bmp() {}

    static Picture open(byte[] encoded) throws IOException {
        try (var reader = new JdkReader("bmp", encoded)) {
            return Picture.whole(reader.width(), reader.height(), () -> decode(encoded));
        }
    }

    private static RgbImage decode(byte[] encoded) throws IOException {
        try (var reader = new JdkReader("bmp", encoded)) {
            RgbImage image = RgbImage.of(reader.read());
            if (reader.ranOut()) {
                throw ImageDecodingException.truncated("BMP", encoded.length);
            }
            return image;
        }
    }
}
