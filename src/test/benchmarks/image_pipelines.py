#!/usr/bin/python3
"""Preprocessing in Python (torchvision, Pillow) and in Java, one thread each, in turn, over a folder of photos:

    src/test/benchmarks/image_pipelines.py PHOTOS [ROUNDS]

after `mvn -q -B -DskipTests package`, with Debian's python3-torchvision. Prints images a second, medians over the
rounds, and the median of the ratios of neighbouring rounds. The evaluation: shorter side 256, centre crop 224,
normalised. The training: random resized crop 224, half flipped, normalised.
"""

import pathlib
import statistics
import subprocess
import sys
import time

import PIL
import torch
import torchvision
from torchvision import transforms as T
from torchvision.datasets.folder import pil_loader

WARM_UP = 10
ROOT = pathlib.Path(__file__).resolve().parents[3]
NORMALISE = T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
PYTHON = {
    "evaluate": T.Compose([T.Resize(256), T.CenterCrop(224), T.ToTensor(), NORMALISE]),
    "train": T.Compose([T.RandomResizedCrop(224), T.RandomHorizontalFlip(), T.ToTensor(), NORMALISE]),
}


def main():
    folder = pathlib.Path(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 21
    photos = sorted(path for path in folder.rglob("*") if path.is_file())
    torch.set_num_threads(1)
    classpath = "%s/src/test/target/test-classes:%s/training/target/efficient-zoo.jar" % (ROOT, ROOT)
    java = subprocess.Popen(
        ["java", "-XX:+UseSerialGC", "-Xmx1g", "-cp", classpath, "org.efficientzoo.benchmark.ImagePipelines", folder],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def in_java(task):
        java.stdin.write(task + "\n")
        java.stdin.flush()
        return float(java.stdout.readline())

    def in_python(task):
        start = time.perf_counter()
        for photo in photos:
            PYTHON[task](pil_loader(str(photo)))
        return time.perf_counter() - start

    for task in PYTHON:
        in_python(task)
        for _ in range(WARM_UP):
            in_java(task)
    print("%d photos, %d rounds; Pillow %s, torchvision %s, PyTorch %s" % (
        len(photos), rounds, PIL.__version__, torchvision.__version__, torch.__version__))
    for task in PYTHON:
        times = [(in_python(task), in_java(task)) for _ in range(rounds)]
        python, own = (len(photos) / statistics.median(column) for column in zip(*times))
        ratio = statistics.median(p / j for p, j in times)
        print("%-8s  Python %.0f images/s, Java %.0f images/s, ratio %.2f" % (task, python, own, ratio))
    java.stdin.close()
    java.wait()


if __name__ == "__main__":
    main()
