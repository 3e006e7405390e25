#!/usr/bin/python3
"""Writes darknet.json: what Darknet's own library makes of pictures of this folder for its classifiers.

Made with Python 3.11 and darknet 0.0.0+git20180914.61c9d02e-2+b4 (Debian 12: darknet). Usage, in this folder:

    ./make_darknet_fixtures.py /usr/lib/darknet/libdarknet.so

load_image_color decodes and divides by 255; center_crop_image cuts the largest centred square out and resizes it.
In strip.png at 38 pixels the last row is next to nothing: Darknet weighs it with what rounding leaves.
"""

import ctypes
import hashlib
import json
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
CASES = [("scene.png", 32), ("scene.png", 71), ("scene.png", 128), ("tall.png", 16), ("tall.png", 23),
         ("strip.png", 9), ("strip.png", 38)]


class Image(ctypes.Structure):
    _fields_ = [("w", ctypes.c_int), ("h", ctypes.c_int), ("c", ctypes.c_int), ("data", ctypes.POINTER(ctypes.c_float))]


def main():
    library = ctypes.CDLL(sys.argv[1])
    load, crop = library.load_image_color, library.center_crop_image
    load.argtypes, load.restype = [ctypes.c_char_p, ctypes.c_int, ctypes.c_int], Image
    crop.argtypes, crop.restype = [Image, ctypes.c_int, ctypes.c_int], Image
    rows = []
    for source, pixels in CASES:
        image = crop(load(str(HERE / source).encode(), 0, 0), pixels, pixels)
        values = [image.data[i] for i in range(3 * pixels * pixels)]
        places = [(0, 0, 0), (1, pixels // 2, pixels // 3), (2, pixels - 1, pixels - 2)]
        rows.append({
            "source": source, "pixels": pixels,
            "floats_sha256": hashlib.sha256(struct.pack("<%df" % len(values), *values)).hexdigest(),
            "samples": [{"plane": p, "row": y, "column": x, "value": values[(p * pixels + y) * pixels + x]}
                        for p, y, x in places]})
    with open(HERE / "darknet.json", "w", newline="\n") as out:
        out.write('{"made_with": "darknet 0.0.0+git20180914.61c9d02e-2+b4",\n"squares": [\n')
        out.write(",\n".join(" " + json.dumps(row) for row in rows) + "\n]}\n")


main()
