#!/usr/bin/python3
"""Draws the WebPs, TIFFs and faulty files of this folder and writes down what Pillow makes of them: more.json.

Made with Python 3.11 and Pillow 9.4.0 (libwebp 1.2.4, libtiff 4.5.0; Debian 12: python3-pil). Usage, in this folder:

    ./make_more_fixtures.py

Every picture is synthetic. Lossy WebPs are compared pixel by pixel, so what Pillow makes of them lies beside them as PNG.
"""

import hashlib
import io
import json
import math
import pathlib
import random
import struct
import sys

import PIL
from PIL import Image, features

HERE = pathlib.Path(__file__).resolve().parent
WIDTH, HEIGHT = 31, 22


def draw(width=WIDTH, height=HEIGHT, noise=12.0):
    """Waves, a sharp disc and some noise."""
    rng = random.Random(1)
    image = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            pixel = []
            for c in range(3):
                wave = 127 + 110 * math.sin(x / (5 + 2 * c) + c) * math.cos(y / (7 - c) - c)
                if (x - width * (0.3 + 0.2 * c)) ** 2 + (y - height / 2) ** 2 < (min(width, height) / 4) ** 2:
                    wave = 255 - wave
                pixel.append(max(0, min(255, round(wave + rng.gauss(0, noise)))))
            image.putpixel((x, y), tuple(pixel))
    return image


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


# --- WebP ---------------------------------------------------------------------------------------------------------


def webps(rgb, rgba):
    """Those without loss."""
    few = rgb.quantize(5)
    return {
        "lossless.webp": saved(rgb, "WEBP", lossless=True),
        "lossless-alpha.webp": saved(rgba, "WEBP", lossless=True, exact=True),
        "lossless-palette.webp": saved(few, "WEBP", lossless=True),
        "lossless-icc-exif.webp": saved(rgb, "WEBP", lossless=True, icc_profile=b"no profile", exif=b"Exif\0\0MM\0*"),
        "lossless-animated.webp": saved(rgba, "WEBP", lossless=True, save_all=True, append_images=[rgba.rotate(180)]),
        "one-color.webp": saved(Image.new("RGB", (640, 480), (10, 200, 30)), "WEBP", lossless=True),
        "webp-by-content.jpg": saved(rgb.rotate(180), "WEBP", lossless=True),
    }


def lossy_webps():
    picture = draw(61, 47)
    alpha = picture.copy()
    alpha.putalpha(Image.linear_gradient("L").resize(picture.size))
    smooth = draw(96, 80, 0).resize((61, 47), Image.BICUBIC)
    return {
        "lossy-90.webp": saved(picture, "WEBP", quality=90),
        "lossy-50.webp": saved(picture, "WEBP", quality=50),
        "lossy-10.webp": saved(picture, "WEBP", quality=10),
        "lossy-smooth.webp": saved(smooth, "WEBP", quality=80),
        "lossy-alpha.webp": saved(alpha, "WEBP", quality=80),
        "lossy-animated.webp": saved(picture, "WEBP", save_all=True, append_images=[picture.rotate(90)]),
    }


# --- TIFF ---------------------------------------------------------------------------------------------------------

FORMATS = {1: "B", 3: "H", 4: "I"}


def tiff(bits, photometric, samples, data, more=None):
    """An uncompressed TIFF of one strip with the given fields."""
    fields = {
        256: (4, [WIDTH]), 257: (4, [HEIGHT]), 258: (3, [bits] * samples), 259: (3, [1]), 262: (3, [photometric]),
        273: (4, [8]), 277: (3, [samples]), 278: (4, [HEIGHT]), 279: (4, [len(data)]), **(more or {}),
    }
    data += bytes(len(data) % 2)
    start = 8 + len(data)
    pool_start = start + 2 + 12 * len(fields) + 4
    directory, pool = struct.pack("<H", len(fields)), b""
    for tag, (kind, values) in sorted(fields.items()):
        raw = struct.pack("<%d%s" % (len(values), FORMATS[kind]), *values)
        directory += struct.pack("<HHI", tag, kind, len(values))
        if len(raw) <= 4:
            directory += raw.ljust(4, b"\0")
        else:
            directory += struct.pack("<I", pool_start + len(pool))
            pool += raw + bytes(len(raw) % 2)
    return b"II*\0" + struct.pack("<I", start) + data + directory + bytes(4) + pool


def tiffs(rgb, rgba):
    rng = random.Random(2)

    def noise(bits):
        return bytes(rng.randrange(256) for _ in range((WIDTH * bits + 7) // 8 * HEIGHT))

    multiplied = b""
    for _ in range(WIDTH * HEIGHT):
        alpha = rng.choice([0, 1, 77, 128, 254, 255])
        multiplied += bytes(rng.randrange(alpha + 1) for _ in range(3)) + bytes([alpha])
    grey, inks, black = rgb.convert("L"), rgb.convert("CMYK"), rgb.convert("1")
    pages = [rgb.rotate(180), grey]
    return {
        "rgb.tif": saved(rgb, "TIFF"),
        "rgb-lzw.tif": saved(rgb, "TIFF", compression="tiff_lzw", tiffinfo={317: 2, 278: 7}),
        "rgb-deflate.tif": saved(rgb, "TIFF", compression="tiff_adobe_deflate"),
        "rgb-packbits.tif": saved(rgb, "TIFF", compression="packbits"),
        "rgb-jpeg.tif": saved(rgb, "TIFF", compression="jpeg", quality=85),
        "rgb-pages.tif": saved(rgb, "TIFF", save_all=True, append_images=pages),
        "rgb-icc.tif": saved(rgb, "TIFF", icc_profile=b"no profile"),
        **{"rgb-turned-%d.tif" % o: saved(rgb, "TIFF", tiffinfo={274: o}) for o in range(2, 9)},
        "rgba.tif": saved(rgba, "TIFF", compression="tiff_lzw"),
        "rgba-multiplied.tif": tiff(8, 2, 4, multiplied, {338: (3, [1])}),
        "rgb-extra.tif": tiff(8, 2, 5, noise(40), {338: (3, [2, 0])}),
        "rgb-16.tif": tiff(16, 2, 3, noise(48)),
        "grey.tif": saved(grey, "TIFF"),
        "grey-4.tif": tiff(4, 1, 1, noise(4)),
        "grey-white-is-zero.tif": tiff(8, 0, 1, noise(8)),
        "grey-alpha.tif": saved(rgba.convert("LA"), "TIFF"),
        "grey-32.tif": saved(rgb.convert("I"), "TIFF"),
        "grey-float.tif": saved(rgb.convert("F"), "TIFF"),
        "grey-signed.tif": tiff(16, 1, 1, noise(16), {339: (3, [2])}),
        "bilevel.tif": saved(black, "TIFF"),
        "bilevel-g3.tif": saved(black, "TIFF", compression="group3"),
        "bilevel-g4.tif": saved(black, "TIFF", compression="group4"),
        "palette.tif": saved(rgb.quantize(200), "TIFF", compression="tiff_lzw"),
        "cmyk.tif": saved(inks, "TIFF", compression="tiff_lzw"),
        "cmyk-16.tif": tiff(16, 5, 4, noise(64)),
        "cmyk-jpeg.tif": saved(inks, "TIFF", compression="jpeg"),
    }


# --- Faults that Pillow overlooks ---------------------------------------------------------------------------------


def faulty(rgb):
    jpeg, png, bmp = saved(rgb, "JPEG"), saved(rgb, "PNG"), saved(rgb, "BMP")
    body = jpeg[:-2]
    assert jpeg[-2:] == b"\xff\xd9" and bmp[:2] == b"BM"
    end = png.rindex(b"IEND") - 4
    inks = saved(rgb.convert("CMYK"), "JPEG")
    return {
        "no-end-text.jpg": body + b"SEFT trailer of a phone\n" * 3,
        "no-end-zeros.jpg": body + bytes(100),
        "no-end-grey.jpg": saved(rgb.convert("L"), "JPEG")[:-2] + bytes(20),
        "no-end-cmyk.jpg": inks[:-2] + b"some text behind it",
        "text-behind.jpg": jpeg + b"some text behind it",
        "cut-16.png": png[:-16],  # the end and the checksum of the pixels
        "cut-checksum.png": png[:-20],  # of zlib as well
        "junk-behind.png": png[:end] + b"junk that is no chunk",
        "size-54.bmp": bmp[:2] + struct.pack("<I", 54) + bmp[6:],
        "size-0.bmp": bmp[:2] + bytes(4) + bmp[6:],
        "size-too-large.bmp": bmp[:2] + struct.pack("<I", 1 << 30) + bmp[6:],
        "pixels-7.bmp": bmp[:34] + struct.pack("<I", 7) + bmp[38:],
    }


def refused(rgb):
    jpeg = saved(rgb, "JPEG")
    return {
        "newline-first.jpg": b"\n" + jpeg,
        "no-end.jpg": jpeg[:-2],
        "no-end-progressive.jpg": saved(rgb, "JPEG", progressive=True)[:-2] + b"some text behind it",
        "cut-32.png": saved(rgb, "PNG")[:-32],
        "cut-lossless.webp": saved(rgb, "WEBP", lossless=True)[:-9],
        "cut-lossy.webp": saved(rgb, "WEBP")[:-9],
        "cut-lzw.tif": saved(rgb, "TIFF", compression="tiff_lzw")[:-300],
        "many-colors.bmp": saved(rgb.quantize(9), "BMP")[:46] + struct.pack("<I", 0x40000100) + bytes(2000),
    }


def described(image):
    """Size, digest and some pixels "x,y: red green blue" to look at when the digest differs."""
    width, height = image.size
    spots = [(0, 0), (width - 1, 0), (width // 2, height // 2), (width // 3, height // 4), (width - 1, height - 1)]
    return {
        "width": width,
        "height": height,
        "sha256": hashlib.sha256(image.tobytes()).hexdigest(),
        "samples": ["%d,%d: %d %d %d" % (*spot, *image.getpixel(spot)) for spot in spots],
    }


def decoded(data):
    return Image.open(io.BytesIO(data)).convert("RGB")


def main():
    rgb = draw()
    rgba = rgb.copy()
    rgba.putalpha(Image.linear_gradient("L").resize(rgb.size))
    whole = {**webps(rgb, rgba), **tiffs(rgb, rgba), **faulty(rgb)}
    for name, data in whole.items():
        (HERE / name).write_bytes(data)
    for name, data in lossy_webps().items():
        (HERE / name).write_bytes(data)
        decoded(data).save(HERE / (name + ".png"), optimize=True)
    for name, data in refused(rgb).items():
        (HERE / name).write_bytes(data)
        try:
            decoded(data)
        except (OSError, SyntaxError):
            continue
        raise AssertionError(name + " must be refused")
    made_with = {
        "python": sys.version.split()[0],
        "pillow": PIL.__version__,
        "libwebp": features.version("webp"),
        "libtiff": features.version("libtiff"),
    }
    rows = ",\n".join(' "%s": %s' % (name, json.dumps(described(decoded(data)))) for name, data in whole.items())
    (HERE / "more.json").write_text('{\n"made_with": %s,\n"decoded": {\n%s\n}\n}\n' % (json.dumps(made_with), rows))


if __name__ == "__main__":
    main()
