#!/usr/bin/python3
"""Writes picture.png and what torchvision makes of it, expected.json.

Made with Python 3.11, Pillow 9.4.0, torchvision 0.14.1, PyTorch 1.13.0, NumPy 1.24.2 (Debian 12: python3-torchvision).
Usage, in this folder: ./make_fixtures.py
"""

import hashlib
import io
import json
import math
import pathlib
import sys

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image
from torchvision import transforms
from torchvision.transforms import autoaugment
from torchvision.transforms import functional as F
from torchvision.transforms import InterpolationMode

HERE = pathlib.Path(__file__).resolve().parent


def draw(width, height):
    """Waves, two sharp shapes, a flat stripe and some noise, with colours of every hue."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = [127 + 115 * np.sin(x / (4 + 2 * c) + 2 * c) * np.cos(y / (9 - 2 * c) - c) for c in range(3)]
    picture = np.stack(planes, 2)
    picture[(x - 20) ** 2 + (y - 15) ** 2 < 90] = (250, 30, 60)
    picture[30:38, 35:55] = (20, 90, 240)
    noisy = (picture + rng.normal(0, 14, picture.shape)).clip(12, 243)
    noisy[40:44] = (128, 128, 128)
    return Image.fromarray(noisy.astype(np.uint8))


def pixels(image):
    return {
        "width": image.width,
        "height": image.height,
        "sha256": hashlib.sha256(np.asarray(image).tobytes()).hexdigest(),
        "samples": [list(image.getpixel((x, y))) for x, y in ((0, 0), (image.width // 2, image.height // 3), (1, 5))],
    }


def operation(image, name, strength, interpolation):
    return autoaugment._apply_op(image, name, strength, interpolation, None)


def operations(pictures):
    """Every operation at strengths of both spaces, signs included."""
    found = []
    trivial = autoaugment.TrivialAugmentWide()._augmentation_space(31)
    for source, image in pictures.items():
        rand = autoaugment.RandAugment()._augmentation_space(31, (image.height, image.width))
        for name in trivial:
            strengths = set()
            for magnitudes, signed in (trivial[name], rand[name]):
                for i in (0, 1, 7, 9, 15, 20, 22, 30) if magnitudes.ndim else ():
                    value = float(magnitudes[i])
                    strengths |= {value, -value} if signed else {value}
            for strength in sorted(strengths or {0.0}):
                for interpolation in (InterpolationMode.BILINEAR, InterpolationMode.BICUBIC):
                    changed = operation(image, name, strength, interpolation)
                    found.append({"source": source, "operation": name, "strength": strength,
                                  "interpolation": interpolation.name, "pixels": pixels(changed)})
    return found


def tables():
    """The strengths of both spaces, of RandAugment for a picture of 61 by 47 pixels."""
    spaces = {
        "trivial": autoaugment.TrivialAugmentWide()._augmentation_space(31),
        "rand": autoaugment.RandAugment()._augmentation_space(31, (47, 61)),
    }
    return {
        space: {
            name: {"strengths": magnitudes.double().tolist() if magnitudes.ndim else [], "signed": signed}
            for name, (magnitudes, signed) in entries.items()
        }
        for space, entries in spaces.items()
    }


def colours(image):
    found = []
    for name, change, values in (
        ("brightness", F.adjust_brightness, (0.0, 0.31, 0.8, 1.0, 1.7)),
        ("contrast", F.adjust_contrast, (0.0, 0.31, 0.8, 1.0, 1.7)),
        ("saturation", F.adjust_saturation, (0.0, 0.31, 0.8, 1.0, 1.7)),
        ("hue", F.adjust_hue, (-0.5, -0.21, -0.002, 0.0, 0.1, 0.33, 0.5)),
    ):
        for value in values:
            found.append({"change": name, "value": value, "pixels": pixels(change(image, value))})
    return found


def paddings(image):
    found = []
    for mode in ("constant", "reflect"):
        padded = F.pad(image, 4, padding_mode=mode)
        for left, top in ((0, 0), (8, 8), (3, 5)):
            part = F.crop(padded, top, left, image.height, image.width)
            found.append({"mode": mode, "left": left - 4, "top": top - 4, "pixels": pixels(part)})
    return found


def resized_crops(image):
    found = []
    for left, top, width, height in ((0, 0, 61, 47), (5, 3, 40, 40), (20, 10, 11, 31)):
        for name, mode in (("BILINEAR", InterpolationMode.BILINEAR), ("BICUBIC", InterpolationMode.BICUBIC)):
            part = F.resized_crop(image, top, left, height, width, [32, 32], mode)
            tensor = F.normalize(F.to_tensor(F.hflip(part)), (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))
            found.append({
                "interpolation": name, "left": left, "top": top, "width": width, "height": height,
                "pixels": pixels(part),
                "flipped_and_normalised_sha256": hashlib.sha256(tensor.numpy().astype("<f4").tobytes()).hexdigest(),
            })
    return found


def moments(rows):
    values = np.array(rows, float)
    return {"mean": values.mean(0).tolist(), "std": values.std(0).tolist(), "draws": len(values)}


def distributions():
    """Means and standard deviations of what torchvision draws: of crops (left, top, width, height), of erased parts."""
    torch.manual_seed(1)
    crops = []
    for width, height, scale, ratio in (
        (500, 375, (0.08, 1.0), (3 / 4, 4 / 3)),
        (61, 47, (0.25, 1.0), (3 / 4, 4 / 3)),
        (300, 40, (0.5, 1.0), (3 / 4, 4 / 3)),
        (40, 300, (0.08, 1.0), (1.0, 1.0)),
    ):
        empty = torch.zeros(3, height, width)
        rows = []
        for _ in range(20000):
            top, left, h, w = transforms.RandomResizedCrop.get_params(empty, scale, ratio)
            rows.append((left, top, w, h))
        crops.append({"width": width, "height": height, "scale": scale, "ratio": ratio, **moments(rows)})
    rows = []
    for _ in range(20000):
        ones = torch.ones(1, 40, 56)
        top, left, h, w, _ = transforms.RandomErasing.get_params(ones, (0.02, 0.33), (0.3, 3.3), [0.0])
        rows.append((left, top, w, h))
    erased = {"width": 56, "height": 40, **moments(rows)}
    patches = []
    for own in (0.1, 0.5, 0.9):
        rows = []
        for _ in range(20000):  # as in torchvision's references/classification/transforms.py
            x, y = int(torch.randint(56, (1,))), int(torch.randint(40, (1,)))
            half = 0.5 * math.sqrt(1 - own)
            w, h = int(half * 56), int(half * 40)
            left, top = max(x - w, 0), max(y - h, 0)
            rows.append((left, top, min(x + w, 56) - left, min(y + h, 40) - top))
        patches.append({"own": own, "width": 56, "height": 40, **moments(rows)})
    return {"crops": crops, "erased": erased, "patches": patches}


def mixed():
    """Batches of 3 images of 3x2x4 values k/7 - 3, mixed as in torchvision's references."""
    batch = (torch.arange(72, dtype=torch.float32) / 7 - 3).view(3, 3, 2, 4)
    rolled = batch.roll(1, 0)
    own = 0.3
    mixup = batch.clone().mul_(own).add_(rolled.clone().mul_(1.0 - own))
    cutmix = batch.clone()
    cutmix[:, :, 0:2, 1:3] = rolled[:, :, 0:2, 1:3]
    return {"own": own, "mixup": mixup.flatten().double().tolist(), "cutmix": cutmix.flatten().double().tolist(),
            "cutmix_own": 1 - 4 / 8}


def compressed(picture):
    """What torchvision's v2.JPEG does, which came after the version above: Pillow's JPEG and back."""
    found = []
    for quality in (1, 10, 50, 75, 95, 100):
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality)
        found.append({"quality": quality, "pixels": pixels(Image.open(file).convert("RGB"))})
    return found


def main():
    picture = draw(61, 47)
    picture.save(HERE / "picture.png", optimize=True)
    pictures = {"whole": picture, "square": picture.crop((10, 5, 42, 37)), "thin": picture.crop((3, 0, 5, 47))}
    expected = {
        "made_with": {"python": sys.version.split()[0], "pillow": PIL.__version__, "torch": torch.__version__,
                      "torchvision": torchvision.__version__, "numpy": np.__version__},
        "operations": operations(pictures),
        "tables": tables(),
        "colours": colours(picture),
        "paddings": paddings(picture),
        "resized_crops": resized_crops(picture),
        "distributions": distributions(),
        "mixed": mixed(),
        "compressed": compressed(picture),
    }
    lines = [json.dumps(key) + ": " + (
        "[\n" + ",\n".join(json.dumps(entry) for entry in value) + "\n]" if isinstance(value, list)
        else json.dumps(value)) for key, value in expected.items()]
    (HERE / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
