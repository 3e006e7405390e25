"""Checks the files that the command export wrote, with PyTorch and, where it is there, torchvision.

    for m in squeezenet1_1 mobilenet_v2 shufflenet_v2_x1_0 resnet50 resnext50_32x4d; do
        java -jar training/target/efficient-zoo.jar export --model $m --weights none --format safetensors F/$m.safetensors
        java -jar training/target/efficient-zoo.jar export --model $m --weights-file F/$m.safetensors --format pth F/$m.pth
        java -jar training/target/efficient-zoo.jar export --model $m --weights-file F/$m.safetensors --format torchscript F/$m.pt
        java -jar training/target/efficient-zoo.jar export --model $m --weights-file F/$m.safetensors --format torchscript --no-fold F/$m-plain.pt
    done
    python3 src/test/python/check_exports.py F

Each F/NETWORK.pth is read with torch.load(weights_only=True) and compared bit for bit with F/NETWORK.safetensors; torchvision's
network of that name must have the same tensors in the same order, and load them strictly. The digest is that of all names, types, shapes
and bits: it must be the same under any version of PyTorch. F/NETWORK-half.pth is compared with the rounded tensors.

Each F/NETWORK.pt and F/NETWORK-plain.pt is read with torch.jit.load. The plain ones, whose batch norms are not folded, must have the
tensors of F/NETWORK.safetensors but for its counters of batches; the logits must be those of torchvision's network with these weights
within 1e-4 of their standard deviation, where there is one, and else those of the other script.
"""
import argparse
import ctypes
import hashlib
import json
import pathlib
import sys

import torch

try:
    import torchvision
except ImportError:
    torchvision = None

COUNTER = ".num_batches_tracked"
TOLERANCE = 1e-4
TYPES = {"F32": torch.float32, "F16": torch.float16, "I64": torch.int64}


def read_safetensors(path):
    data = path.read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    header.pop("__metadata__", None)
    values = {}
    for name, entry in header.items():
        first, last = (begin + offset for offset in entry["data_offsets"])
        values[name] = torch.frombuffer(bytearray(data[first:last]), dtype=TYPES[entry["dtype"]]).reshape(entry["shape"])
    return values


def bits(tensor):
    tensor = tensor.contiguous()
    return ctypes.string_at(tensor.data_ptr(), tensor.numel() * tensor.element_size())


def check(path):
    """Returns what is wrong and the digest."""
    state = torch.load(path, weights_only=True)
    name, _, half = path.stem.partition("-")
    wrong = []
    digest = hashlib.sha256()
    for key, tensor in state.items():
        digest.update(("%s %s %s\n" % (key, tensor.dtype, tuple(tensor.shape))).encode("utf-8"))
        digest.update(bits(tensor))
    twin = path.with_name(name + ".safetensors")
    if twin.exists():
        expected = read_safetensors(twin)
        if half:
            expected = {key: value.half() if value.is_floating_point() else value for key, value in expected.items()}
        if set(expected) != set(state) or any(bits(expected[key]) != bits(state[key]) for key in state):
            wrong.append("differs from " + twin.name)
    else:
        wrong.append("there is no " + twin.name)
    if torchvision is not None and hasattr(torchvision.models, name):
        network = getattr(torchvision.models, name)()
        if list(network.state_dict()) != list(state):
            wrong.append("other tensors, or in another order, than torchvision's")
        else:
            network.load_state_dict(state, strict=True)
    return wrong, len(state), digest.hexdigest()


def logits(network):
    torch.manual_seed(17)
    with torch.no_grad():
        return network.eval()(torch.rand(2, 3, 224, 224) * 4 - 2)


def check_script(path):
    """Returns what is wrong, the number of tensors and the largest difference of logits in standard deviations."""
    script = torch.jit.load(path)
    state = script.state_dict()
    name, _, plain = path.stem.partition("-")
    wrong = []
    expected = read_safetensors(path.with_name(name + ".safetensors"))
    if plain:
        kept = {key: value for key, value in expected.items() if not key.endswith(COUNTER)}
        if set(kept) != set(state) or any(bits(kept[key]) != bits(state[key]) for key in state):
            wrong.append("differs from %s.safetensors" % name)
    if torchvision is not None and hasattr(torchvision.models, name):
        twin = getattr(torchvision.models, name)()
        twin.load_state_dict(expected, strict=True)
    else:
        twin = torch.jit.load(path.with_name(name + (".pt" if plain else "-plain.pt")))
    reference = logits(twin)
    difference = ((logits(script) - reference).abs().max() / reference.std()).item()
    if not difference <= TOLERANCE:
        wrong.append("other logits")
    return wrong, len(state), difference


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="holds NETWORK.safetensors, NETWORK.pth and NETWORK.pt")
    folder = parser.parse_args().folder
    files = sorted(folder.glob("*.pth"))
    scripts = sorted(folder.glob("*.pt"))
    if not files and not scripts:
        sys.exit("there is no .pth or .pt file")
    failed = False
    vision = torchvision.__version__ if torchvision else "none"
    for path in files:
        wrong, count, digest = check(path)
        failed |= bool(wrong)
        print(path.name, "torch", torch.__version__, "torchvision", vision, count, "tensors", digest[:16], "; ".join(wrong) or "ok")
    for path in scripts:
        wrong, count, difference = check_script(path)
        failed |= bool(wrong)
        print(path.name, "torch", torch.__version__, "torchvision", vision, count, "tensors", "%.1e" % difference, "; ".join(wrong) or "ok")
    sys.exit(failed)


if __name__ == "__main__":
    main()
