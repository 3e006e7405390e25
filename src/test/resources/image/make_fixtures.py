#!/usr/bin/python3
"""Draws the small pictures of this folder and writes down what Pillow and torchvision make of them.

Made with Python 3.11, Pillow 9.4.0 (libjpeg-turbo 2.1.5), torchvision 0.14.1, PyTorch 1.13.0 and cjpeg of
libjpeg-turbo 2.1.5 (Debian 12: python3-pil, python3-torchvision, libjpeg-turbo-progs). Usage, in this folder:

    ./make_fixtures.py [PHOTOS.tar]

With the archive of 100 ImageNet photos it also writes photos.json, digests only. Every picture is synthetic.
"""

import hashlib
import io
import json
import pathlib
import struct
import subprocess
import sys
import tarfile
import zlib

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image, ImageCms, features
from torchvision import transforms
from torchvision.transforms import InterpolationMode

HERE = pathlib.Path(__file__).resolve().parent
MADE_WITH = {
    "python": sys.version.split()[0],
    "pillow": PIL.__version__,
    "libjpeg-turbo": features.version_feature("libjpeg_turbo"),
    "torch": torch.__version__,
    "torchvision": torchvision.__version__,
}
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def draw(width, height, channels=3, seed=0):
    """Waves, a sharp disc and some noise: uint8 (height, width, channels)."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = []
    for c in range(channels):
        wave = 127 + 110 * np.sin(x / (5 + 2 * c) + c) * np.cos(y / (7 - c) - c)
        disc = (x - width * (0.3 + 0.2 * c)) ** 2 + (y - height / 2) ** 2 < (min(width, height) / 4) ** 2
        planes.append(np.where(disc, 255 - wave, wave))
    noisy = np.stack(planes, 2) + rng.normal(0, 12, (height, width, channels))
    return noisy.clip(0, 255).astype(np.uint8)


# --- JPEG ---------------------------------------------------------------------------------------------------------


def jpeg(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=options.pop("quality", 80), **options)
    return out.getvalue()


def cjpeg(image, *options):
    ppm = io.BytesIO()
    image.save(ppm, "PPM")
    return subprocess.run(["cjpeg", "-quality", "80", *options], input=ppm.getvalue(), stdout=-1, check=True).stdout


def without_segments(data, markers):
    """Drops the named segments before the first scan."""
    out, at = data[:2], 2
    while data[at + 1] != 0xDA:
        end = at + 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        if data[at + 1] not in markers:
            out += data[at:end]
        at = end
    return out + data[at:]


def as_ycck(cmyk):
    """The same samples, said to be YCCK: Adobe's transform 2 in place of 0."""
    at = cmyk.index(b"Adobe") + 11
    assert cmyk[at] == 0
    return cmyk[:at] + b"\x02" + cmyk[at + 1:]


def other_profile():
    """A valid RGB profile far from sRGB: red and green have changed places."""
    srgb = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = srgb.index(b"rXYZ"), srgb.index(b"gXYZ")
    srgb[red:red + 4], srgb[green:green + 4] = b"gXYZ", b"rXYZ"
    return bytes(srgb)


def jpegs():
    rgb = Image.fromarray(draw(61, 47))
    grey = Image.fromarray(draw(53, 38, 1)[:, :, 0])
    cmyk = Image.fromarray(draw(45, 40, 4), "CMYK")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter
    plain, cmyk_data = jpeg(rgb, subsampling=0), jpeg(cmyk)
    rgb_data = cjpeg(rgb, "-rgb")
    return {
        "444.jpg": plain,
        "422.jpg": jpeg(rgb, subsampling=1),
        "420.jpg": jpeg(rgb, subsampling=2),
        "440.jpg": cjpeg(rgb, "-sample", "1x2"),
        "411.jpg": cjpeg(rgb, "-sample", "4x1"),
        "420-narrow.jpg": jpeg(Image.fromarray(draw(3, 29)), subsampling=2),
        "420-progressive.jpg": jpeg(rgb, subsampling=2, progressive=True),
        "420-restarts.jpg": cjpeg(rgb, "-restart", "1"),
        "444-no-jfif.jpg": without_segments(plain, {0xE0}),
        "444-exif.jpg": without_segments(jpeg(rgb, subsampling=0, exif=exif), {0xE0}),
        "420-icc.jpg": jpeg(rgb, subsampling=2, icc_profile=other_profile()),
        "rgb-adobe.jpg": rgb_data,
        "rgb-names.jpg": without_segments(rgb_data, {0xE0, 0xEE}),
        "grey.jpg": jpeg(grey),
        "grey-icc.jpg": jpeg(grey, icc_profile=other_profile()),
        "cmyk.jpg": cmyk_data,
        "cmyk-no-adobe.jpg": without_segments(cmyk_data, {0xEE}),
        "ycck.jpg": as_ycck(cmyk_data),
        "two-in-one.jpg": jpeg(rgb) + jpeg(grey),
    }


# --- PNG ----------------------------------------------------------------------------------------------------------


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(samples, depth, colour, *extra, interlaced=False):
    """A PNG of integers (height, width, channels), with filter type 0."""
    height, width, _ = samples.shape
    steps = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    raw = b""
    for top, left, down, right in steps if interlaced else [(0, 0, 1, 1)]:
        for row in samples[top::down, left::right]:
            if row.size:
                bits = "".join(format(value, f"0{depth}b") for value in row.ravel())
                bits += "0" * (-len(bits) % 8)
                raw += b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    chunks = [chunk(b"IHDR", header), *extra, chunk(b"IDAT", zlib.compress(raw, 9)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def pngs():
    rng = np.random.default_rng(1)
    rgb, rgba, grey = draw(31, 22), draw(31, 22, 4), draw(31, 22, 1)
    deep = draw(31, 22, 4).astype(int) * 256 + rng.integers(0, 256, (22, 31, 4))
    palette = chunk(b"PLTE", rng.integers(0, 256, 16 * 3, np.uint8).tobytes())
    gamma = chunk(b"gAMA", struct.pack(">I", 100000))
    profile = chunk(b"iCCP", b"other\0\0" + zlib.compress(other_profile()))
    return {
        "rgb.png": png(rgb, 8, 2),
        "rgb-interlaced.png": png(rgb, 8, 2, interlaced=True),
        "rgb-transparent-colour.png": png(rgb, 8, 2, chunk(b"tRNS", struct.pack(">3H", *rgb[3, 4].tolist()))),
        "rgb-gamma-profile.png": png(rgb, 8, 2, gamma, profile),
        "rgb-16.png": png(deep[:, :, :3], 16, 2),
        "rgba.png": png(rgba, 8, 6),
        "rgba-16.png": png(deep, 16, 6),
        "rgba-interlaced.png": png(rgba, 8, 6, interlaced=True),
        "grey.png": png(grey, 8, 0),
        "grey-1.png": png(grey >> 7, 1, 0),
        "grey-2.png": png(grey >> 6, 2, 0),
        "grey-4.png": png(grey >> 4, 4, 0),
        "grey-16.png": png(deep[:, :, :1], 16, 0),
        "grey-alpha.png": png(rgba[:, :, 2:], 8, 4),
        "grey-alpha-16.png": png(deep[:, :, 2:], 16, 4),
        "grey-gamma.png": png(grey, 8, 0, gamma),
        "grey-transparent-level.png": png(grey, 8, 0, chunk(b"tRNS", struct.pack(">H", int(grey[3, 4, 0])))),
        "palette-4.png": png(grey >> 4, 4, 3, palette),
        "palette-8-interlaced.png": png(grey >> 4, 8, 3, palette, interlaced=True),
        "palette-transparent.png": png(grey >> 4, 4, 3, palette, chunk(b"tRNS", bytes(range(0, 160, 10)))),
        "png-by-content.JPEG": png(rgb, 8, 2),
        "no-end.png": png(rgb, 8, 2)[:-12],
    }


# --- GIF and BMP --------------------------------------------------------------------------------------------------


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def on_canvas(gif, left, top, width, height):
    """Moves the first frame of a GIF that fills its canvas onto a larger one."""
    data = bytearray(gif)
    at = data.index(b"\x2c\0\0\0\0" + data[6:10])
    data[at + 1:at + 5] = struct.pack("<HH", left, top)
    data[6:10] = struct.pack("<HH", width, height)
    return bytes(data)


def bmp_16(samples, masks=None):
    """A BMP of 16 bits a pixel: five bits a colour or, with masks, five, six and five."""
    red, green, blue = (samples[::-1, :, c].astype(int) for c in range(3))
    if masks:
        words, info = red >> 3 << 11 | green >> 2 << 5 | blue >> 3, struct.pack("<3I", *masks)
    else:
        words, info = red >> 3 << 10 | green >> 3 << 5 | blue >> 3, b""
    rows = b"".join(row.tobytes() + bytes(-2 * len(row) % 4) for row in words.astype("<u2"))
    height, width, _ = samples.shape
    start = 54 + len(info)
    header = struct.pack("<2sIII", b"BM", start + len(rows), 0, start)
    header += struct.pack("<IiiHHIIiiII", 40, width, height, 1, 16, 3 if masks else 0, len(rows), 0, 0, 0, 0)
    return header + info + rows


def gifs_and_bmps():
    rgb, other = Image.fromarray(draw(31, 22)), Image.fromarray(draw(31, 22, seed=5)[::-1].copy())
    few = rgb.quantize(16)
    gif = saved(few, "GIF")
    return {
        "plain.gif": saved(few, "GIF", interlace=0),
        "interlaced.gif": gif,
        "animated.gif": saved(few, "GIF", save_all=True, append_images=[other.quantize(16)], duration=50),
        "transparent.gif": saved(few, "GIF", transparency=3),
        "offset.gif": on_canvas(gif, 5, 7, 43, 33),
        "offset-transparent.gif": on_canvas(saved(few, "GIF", transparency=3), 5, 7, 43, 33),
        "grey.gif": saved(rgb.convert("L"), "GIF"),
        "24.bmp": saved(rgb, "BMP"),
        "32.bmp": saved(Image.fromarray(draw(31, 22, 4), "RGBA"), "BMP"),
        "8.bmp": saved(few, "BMP"),
        "grey.bmp": saved(rgb.convert("L"), "BMP"),
        "1.bmp": saved(rgb.convert("1"), "BMP"),
        "16.bmp": bmp_16(draw(31, 22)),
        "16-565.bmp": bmp_16(draw(31, 22), (0xF800, 0x07E0, 0x001F)),
    }


# --- What is expected ---------------------------------------------------------------------------------------------


def digest(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def described(pixels):
    """Size, digest and some pixels "x,y: red green blue" to look at when the digest differs."""
    height, width, _ = pixels.shape
    spots = [(0, 0), (width - 1, 0), (width // 2, height // 2), (width // 3, height // 4), (width - 1, height - 1)]
    return {
        "width": width,
        "height": height,
        "sha256": digest(pixels),
        "samples": [f"{x},{y}: " + " ".join(map(str, pixels[y, x])) for x, y in spots],
    }


def decoded(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def expected_of(name, data):
    pixels = decoded(data)
    if name == "grey-16.png":  # Pillow 9.4 clips at 255; we keep the high byte
        assert pixels.min() == 255
        high = np.asarray(Image.open(io.BytesIO(data))).astype(int) >> 8
        pixels = np.repeat(high.astype(np.uint8)[:, :, None], 3, 2)
    return described(pixels)


def resampled():
    cases = []
    for source, sizes in {
        "scene.png": [(40, 30), (97, 71), (150, 111), (300, 20), (97, 30), (40, 71), (1, 1), (98, 72), (13, 200)],
        "edges.png": [(7, 5), (64, 48), (31, 17), (33, 99)],
        "strip.png": [(3, 64), (128, 2), (400, 4)],
    }.items():
        image = Image.open(HERE / source)
        for size in sizes:
            for name in ("BILINEAR", "BICUBIC"):
                out = np.asarray(image.resize(size, Image.Resampling[name]))
                cases.append({"source": source, "interpolation": name, **described(out)})
    return cases


def transformed():
    cases = []
    for source, resize, crop in [
        ("scene.png", 64, (56, 56)),
        ("scene.png", 71, (64, 60)),
        ("scene.png", 33, (32, 31)),
        ("scene.png", None, (50, 61)),
        ("scene.png", None, (80, 101)),
        ("scene.png", None, (120, 40)),
        ("scene.png", 40, (64, 63)),
        ("tall.png", 24, (21, 22)),
        ("strip.png", 8, (12, 200)),
        ("strip.png", 20, (16, 16)),
        ("edges.png", 256, (224, 224)),
    ]:
        for name in ("BILINEAR", "BICUBIC"):
            steps = [transforms.CenterCrop(crop)]
            if resize:
                steps.insert(0, transforms.Resize(resize, InterpolationMode[name]))
            pixels = transforms.Compose(steps)(Image.open(HERE / source))
            floats = transforms.Compose([transforms.ToTensor(), transforms.Normalize(MEAN, STD)])(pixels)
            cases.append({
                "source": source,
                "resize": resize or 0,
                "interpolation": name,
                "floats_sha256": digest(floats.numpy().astype("<f4")),
                **described(np.asarray(pixels)),
            })
    return cases


def photos(archive):
    preprocess = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])
    found = {}
    with tarfile.open(archive) as tar:
        for member in sorted(tar.getmembers(), key=lambda m: m.name):
            if member.isfile():
                image = Image.open(tar.extractfile(member)).convert("RGB")
                found[pathlib.PurePath(member.name).stem] = {
                    "decoded": digest(np.asarray(image)),
                    "crop": digest(np.asarray(preprocess(image))),
                }
    return found


def write_json(name, **sections):
    """Writes a dictionary of lists and dictionaries, one entry a line."""
    texts = []
    for title, entries in sections.items():
        is_list = isinstance(entries, list)
        lines = [json.dumps(e) if is_list else json.dumps(e) + ": " + json.dumps(entries[e]) for e in entries]
        texts.append(json.dumps(title) + ": " + "[{"[not is_list] + "\n " + ",\n ".join(lines) + "\n" + "]}"[not is_list])
    (HERE / name).write_text("{\n" + ",\n".join(texts) + "\n}\n")


def main():
    whole = {**jpegs(), **pngs(), **gifs_and_bmps()}
    for name, data in whole.items():
        (HERE / name).write_bytes(data)
    cut = ("420.jpg", "420-progressive.jpg", "cmyk.jpg", "rgb.png", "plain.gif", "24.bmp")
    for name, end in {"444.jpg": -2, **{name: len(whole[name]) * 2 // 3 for name in cut}}.items():
        try:
            decoded(whole[name][:end])
        except OSError:
            (HERE / ("truncated-" + name)).write_bytes(whole[name][:end])
        else:
            raise AssertionError(name + " must be refused when cut")
    (HERE / "arithmetic.jpg").write_bytes(cjpeg(Image.fromarray(draw(24, 16)), "-arithmetic"))
    (HERE / "error-page.jpg").write_text("<!DOCTYPE html>\n<html><body>404</body></html>\n")
    for name, pixels in {
        "scene.png": draw(97, 71),
        "tall.png": draw(23, 91),
        "strip.png": draw(161, 4),
        "edges.png": np.kron(np.indices((12, 16)).sum(0)[:, :, None] % 2, np.full((4, 4, 3), 255)).astype(np.uint8),
    }.items():
        Image.fromarray(pixels).save(HERE / name, optimize=True)
    write_json(
        "expected.json",
        made_with=MADE_WITH,
        decoded={name: expected_of(name, data) for name, data in whole.items()},
        resampled=resampled(),
        transformed=transformed(),
    )
    if len(sys.argv) > 1:
        write_json("photos.json", made_with=MADE_WITH, photos=photos(sys.argv[1]))


if __name__ == "__main__":
    main()
