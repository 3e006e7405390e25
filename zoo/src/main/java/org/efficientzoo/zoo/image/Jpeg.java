package org.efficientzoo.zoo.image;

import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * JPEG. The JDK's decoder gives the same samples as libjpeg-turbo, but what it then does with them
 * depends on profiles, EXIF and a guess. So it gets the file without application segments and
 * comments, and with one marker that names the colour space by the rules of libjpeg.
 */
final class Jpeg {

    /** What the components mean. */
    enum Colours {
        GREY,
        YCC,
        /** 4:4:0, which libraries interpolate differently. */
        YCC_OF_HALF_HEIGHT,
        RGB,
        CMYK,
        YCCK
    }

    private static final byte[] JFIF = {
        (byte) 0xFF, (byte) 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
    };

    /** Adobe's marker with the transform 0: the components are as they are to be returned. */
    private static final byte[] AS_IT_IS = {
        (byte) 0xFF, (byte) 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0
    };

    private static final int BYTES_OF_RASTER = 11; // the raster, its bytes in order, the result

    /** The limit of libjpeg-turbo's own fuzzers; encoders write about ten. */
    private static final int MOST_SCANS = 500;

    /** Every scan visits all pixels: so many visits take some seconds. */
    private static final long MOST_VISITS = 1L << 32;

    private Jpeg() {}

    static Picture open(byte[] encoded) throws ImageDecodingException {
        var header = new Header(encoded);
        header.read();
        header.checkScans();
        var out = new ByteArrayOutputStream(encoded.length + JFIF.length);
        out.write(encoded, 0, 2);
        Colours colours = header.colours();
        boolean converted = colours == Colours.GREY || colours == Colours.YCC;
        out.writeBytes(converted ? JFIF : AS_IT_IS);
        out.writeBytes(header.kept.toByteArray());
        byte[] rewritten = out.toByteArray();
        boolean plain = converted || colours == Colours.RGB;
        if (plain && hasEnd(rewritten)) { // else what lies below the region decides on truncation
            return new Picture(
                    header.width,
                    header.height,
                    encoded.length * Picture.JPEG,
                    new Picture.Memory(3, 0, true),
                    region -> decode(rewritten, colours, region, true));
        }
        var all = new Region(0, 0, header.width, header.height);
        boolean needsEnd = header.severalScans || hasEnd(rewritten);
        return Picture.whole(
                header.width,
                header.height,
                encoded.length * Picture.JPEG,
                Picture.Memory.ofWhole(plain ? 3 : BYTES_OF_RASTER),
                () -> decode(rewritten, colours, all, needsEnd));
    }

    /**
     * Checks a JPEG that is a part of another format's image.
     *
     * @throws ImageDecodingException if it is larger than the part, has too many scans or no header
     */
    static void checkPart(byte[] encoded, int width, int height) throws ImageDecodingException {
        var header = new Header(encoded);
        header.read();
        if (header.width > width || header.height > height) {
            throw new ImageDecodingException(
                    "a JPEG inside must have at most %dx%d pixels, found %dx%d"
                            .formatted(width, height, header.width, header.height));
        }
        header.checkScans();
    }

    /**
     * Decodes a part.
     *
     * @param needsEnd whether the end marker must be there. Pillow misses it in a single scan only
     *     where nothing follows, for libjpeg reads ahead
     */
    private static RgbImage decode(
            byte[] rewritten, Colours colours, Region region, boolean needsEnd) throws IOException {
        try (var reader = new PluginReader("jpeg", rewritten)) {
            if (!needsEnd) {
                reader.watchRows();
            }
            RgbImage image =
                    switch (colours) {
                        case GREY, YCC, RGB -> reader.readRgb(region);
                        case YCC_OF_HALF_HEIGHT -> fromTallPixels(reader.readRaster());
                        case CMYK, YCCK -> fromInks(reader.readRaster(), colours);
                    };
            if (needsEnd ? reader.ranOut() : reader.ranOutBeforeRow()) {
                throw ImageDecodingException.truncated("JPEG", rewritten.length);
            }
            return image;
        }
    }

    /** Whether there is an end marker, which cannot occur inside the data of a scan. */
    private static boolean hasEnd(byte[] data) {
        for (int i = data.length - 2; i >= 0; i--) {
            if (data[i] == (byte) 0xFF && data[i + 1] == (byte) 0xD9) {
                return true;
            }
        }
        return false;
    }

    private static RgbImage fromTallPixels(Raster raster) {
        byte[] samples = Rasters.interleaved(raster);
        JpegColours.smoothRepeatedChroma(samples, 3 * raster.getWidth());
        JpegColours.yccToRgb(samples, 3);
        return RgbImage.owning(raster.getWidth(), raster.getHeight(), samples);
    }

    private static RgbImage fromInks(Raster raster, Colours colours) {
        byte[] inks = Rasters.interleaved(raster);
        if (colours == Colours.YCCK) {
            JpegColours.ycckToCmyk(inks);
        }
        return RgbImage.owning(
                raster.getWidth(), raster.getHeight(), JpegColours.invertedCmykToRgb(inks));
    }

    /** The segments before the first scan. */
    private static final class Header {
        private static final int TEM = 0x01;
        private static final int SOF_FIRST = 0xC0;
        private static final int SOF_PROGRESSIVE = 0xC2;
        private static final int DHT = 0xC4;
        private static final int JPG = 0xC8;
        private static final int DAC = 0xCC;
        private static final int SOF_LAST = 0xCF;
        private static final int RST_FIRST = 0xD0;
        private static final int SOI = 0xD8;
        private static final int EOI = 0xD9;
        private static final int SOS = 0xDA;
        private static final int APP0 = 0xE0;
        private static final int APP14 = 0xEE;
        private static final int APP15 = 0xEF;
        private static final int COM = 0xFE;

        private final byte[] data;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private int width;
        private int height;
        private int components;
        private String ids = "";
        private String sampling = ""; // of each component its two factors, 4 bits each
        private boolean jfif;
        private int adobeTransform = -1;
        private boolean progressive;
        private boolean severalScans;
        private int firstScan;

        Header(byte[] data) {
            this.data = data;
        }

        void read() throws ImageDecodingException {
            int at = 2;
            while (true) {
                at = nextMarker(at);
                int marker = data[at + 1] & 0xFF;
                if (marker == EOI) {
                    throw new ImageDecodingException("a JPEG must hold a scan, found none");
                }
                if (marker == TEM || (marker >= RST_FIRST && marker <= SOI)) {
                    at += 2;
                    continue;
                }
                int end = end(at);
                if (marker == SOS) {
                    break;
                }
                if (marker >= APP0 && marker <= APP15) {
                    readApplication(marker, at + 4, end);
                } else if (marker != COM) {
                    kept.write(data, at, end - at);
                    if (isFrame(marker)) {
                        if (marker > JPG) {
                            throw new ImageDecodingException(
                                    "a JPEG must be Huffman-coded, found arithmetic coding");
                        }
                        progressive = marker == SOF_PROGRESSIVE;
                        readFrame(at + 4, end);
                    }
                }
                at = end;
            }
            if (components == 0) {
                throw new ImageDecodingException(
                        "a JPEG must hold a frame before its scan, found none");
            }
            kept.write(data, at, data.length - at);
            firstScan = at;
            severalScans =
                    progressive || at + 4 == data.length || (data[at + 4] & 0xFF) < components;
        }

        /** Counts the scans, no further than the limit. */
        void checkScans() throws ImageDecodingException {
            long pixels = Math.max(1, (long) width * height);
            long most = Math.min(MOST_SCANS, MOST_VISITS / pixels);
            long scans = 0;
            int at = severalScans ? firstScan : data.length;
            while (at + 3 < data.length) {
                int marker = data[at + 1] & 0xFF;
                if (data[at] != (byte) 0xFF || marker == 0xFF) {
                    at++;
                } else if (marker <= TEM || (marker >= RST_FIRST && marker <= SOI)) {
                    at += 2; // a part of the scan
                } else if (marker == EOI) {
                    return;
                } else {
                    scans += marker == SOS ? 1 : 0;
                    at += 2 + number(at + 2);
                }
                if (scans > most) {
                    throw new ImageDecodingException(
                            "a JPEG of %dx%d pixels must have at most %d scans, found more"
                                    .formatted(width, height, most));
                }
            }
        }

        private int nextMarker(int from) throws ImageDecodingException {
            int at = from;
            while (at + 1 < data.length) {
                int next = data[at + 1] & 0xFF;
                if (data[at] == (byte) 0xFF && next != 0 && next != 0xFF) {
                    return at;
                }
                at++;
            }
            throw ImageDecodingException.truncated("JPEG", data.length);
        }

        private int end(int segment) throws ImageDecodingException {
            if (segment + 4 > data.length) {
                throw ImageDecodingException.truncated("JPEG", data.length);
            }
            int length = number(segment + 2);
            if (length < 2) {
                throw new ImageDecodingException(
                        "a JPEG's segment must be at least 2 bytes long, found " + length);
            }
            if (segment + 2 + length > data.length) {
                throw ImageDecodingException.truncated("JPEG", data.length);
            }
            return segment + 2 + length;
        }

        private int number(int at) {
            return ((data[at] & 0xFF) << 8) | (data[at + 1] & 0xFF);
        }

        private static boolean isFrame(int marker) {
            return marker >= SOF_FIRST
                    && marker <= SOF_LAST
                    && marker != DHT
                    && marker != JPG
                    && marker != DAC;
        }

        private void readApplication(int marker, int start, int end) {
            String text = new String(data, start, end - start, StandardCharsets.ISO_8859_1);
            if (marker == APP0 && text.startsWith("JFIF\0") && text.length() >= 14) {
                jfif = true;
            } else if (marker == APP14 && text.startsWith("Adobe") && text.length() >= 12) {
                adobeTransform = text.charAt(11);
            }
        }

        private void readFrame(int start, int end) throws ImageDecodingException {
            int count = end - start < 6 ? 0 : data[start + 5] & 0xFF;
            if (count == 0 || end - start != 6 + 3 * count) {
                throw new ImageDecodingException(
                        "a JPEG's frame header must be 6 bytes and 3 a component, found "
                                + (end - start));
            }
            height = number(start + 1);
            width = number(start + 3);
            components = count;
            var letters = new StringBuilder();
            var factors = new StringBuilder();
            for (int i = 0; i < count; i++) {
                letters.append((char) (data[start + 6 + 3 * i] & 0xFF));
                factors.append("%02x".formatted(data[start + 7 + 3 * i]));
            }
            ids = letters.toString();
            sampling = factors.toString();
        }

        /** libjpeg's rules: JFIF before Adobe before the components' names. */
        private Colours colours() throws ImageDecodingException {
            return switch (components) {
                case 1 -> Colours.GREY;
                case 3 -> {
                    boolean plain = adobeTransform < 0 ? ids.equals("RGB") : adobeTransform == 0;
                    if (plain && !jfif) {
                        yield Colours.RGB;
                    }
                    yield sampling.equals("121111") ? Colours.YCC_OF_HALF_HEIGHT : Colours.YCC;
                }
                case 4 -> adobeTransform <= 0 ? Colours.CMYK : Colours.YCCK;
                default ->
                        throw new ImageDecodingException(
                                "a JPEG must have 1, 3 or 4 components, found " + components);
            };
        }
    }
}
