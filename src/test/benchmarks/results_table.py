#!/usr/bin/env python3
"""Puts the results of results.sh into README.md and docs/benchmarks.md, between the lines that mark their place:

    src/test/benchmarks/results_table.py FOLDER

A ratio of two rows is that of their ratios to the first, which `benchmark` takes turn by turn.
"""
import json
import math
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
BEGIN, END = "<!-- results -->\n", "<!-- end of results -->\n"
NETWORKS = ["squeezenet1_1", "shufflenet_v2_x1_0", "mobilenet_v2", "resnet50"]
KINDS = ["OnnxRuntime int8", "OnnxRuntime", "PyTorch", "torchvision.onnx", "torchvision.pt"]


def kind(row):
    if row.get("variant") == "file":
        return "torchvision" + pathlib.Path(row["model"]).suffix
    return " ".join(filter(None, [row["engine"], row.get("variant")]))


def read(folder):
    found = {}
    for name in NETWORKS:
        for row in json.loads((folder / (name + ".json")).read_text()):
            found[name, row["batch"], kind(row)] = row
    return found


def table(head, rows):
    lines = [head, ["---"] * len(head)] + rows
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def digits(value):
    """Three of them, or as many as a whole number has."""
    return "%.*f" % (max(0, 2 - math.floor(math.log10(value))), value)


def milliseconds(found, batches):
    """A column says which batch it is where there are several."""
    several = len(batches) > 1
    head = ["zoo, ONNX Runtime, int8", "zoo, ONNX Runtime", "zoo, PyTorch", "torchvision, ONNX Runtime", "torchvision, TorchScript"]
    return table(["network"] + ["batch"] * several + head, [
        [name] + [str(batch)] * several + [digits(found[name, batch, k]["median_ms"]) for k in KINDS]
        for name in NETWORKS for batch in batches])


def ratios(found):
    pairs = [("PyTorch", "torchvision.pt"), ("OnnxRuntime", "torchvision.onnx"), ("OnnxRuntime", "torchvision.pt"), ("OnnxRuntime int8", "OnnxRuntime")]
    head = ["network", "batch", "PyTorch / TorchScript", "ONNX / torchvision's ONNX", "ONNX / TorchScript", "int8 / floats"]
    return table(head, [
        [name, str(batch)] + ["%.2f" % (found[name, batch, one]["ratio"] / found[name, batch, other]["ratio"]) for one, other in pairs]
        for name in NETWORKS for batch in (1, 16)])


def put(file, text):
    before, rest = file.read_text().split(BEGIN)
    after = rest.split(END)[1]
    file.write_text(before + BEGIN + text + END + after)


def main():
    found = read(pathlib.Path(sys.argv[1]))
    put(ROOT / "README.md", milliseconds(found, [1]))
    put(ROOT / "docs/benchmarks.md", milliseconds(found, [1, 16]) + "\n" + ratios(found))


main()
