"""Small files of torch.save in the forms that training scripts write, and what each must be read as.

    /usr/bin/python3 make_forms.py v1                    # Debian's torch 1.13.1 and numpy 1.24.2
    PYTHONPATH=<torch 2> python3 make_forms.py v2   # torch 2.13.0+cpu, numpy 2.4.6
    /usr/bin/python3 make_forms.py repack                # zipfile of Python 3.11: other archives of the same

NAME.pth     the file
forms.json   by name: the tensors (dtype, shape, values), or in "refused" what the message must contain
"""
import argparse
import json
import sys
import zipfile
from collections import OrderedDict


def weights(torch, scale=1.0):
    state = OrderedDict()
    state["conv.weight"] = (torch.arange(8, dtype=torch.float32) * scale - 1).reshape(2, 1, 2, 2)
    state["conv.bias"] = torch.tensor([0.5, -0.25]) * scale
    state["bn.num_batches_tracked"] = torch.tensor(7)
    return state


def described(state):
    return {k: [str(v.dtype).replace("torch.", ""), list(v.shape), v.double().flatten().tolist()] for k, v in state.items()}


def prefixed(prefix, state):
    return OrderedDict((prefix + k, v) for k, v in state.items())


def update(forms):
    try:
        with open("forms.json") as f:
            old = json.load(f)
    except FileNotFoundError:
        old = {}
    old.update(forms)
    with open("forms.json", "w") as f:
        f.write("{\n" + ",\n".join("  %s: %s" % (json.dumps(k), json.dumps(old[k])) for k in sorted(old)) + "\n}\n")


def save(version):
    import numpy
    import torch

    forms = {}
    state, other = weights(torch), weights(torch, 3.0)

    def add(name, thing, expected=None, refused=None, **options):
        name = "%s_%s" % (name, version)
        torch.save(thing, name + ".pth", **options)
        forms[name] = {"refused": refused} if refused else {"tensors": described(expected)}

    model = torch.nn.Linear(2, 2)
    sgd = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    model(torch.ones(1, 2)).sum().backward()
    sgd.step()
    steps = torch.optim.lr_scheduler.MultiStepLR(sgd, [3, 3, 6])
    training = {
        "epoch": 3, "arch": "tiny", "state_dict": prefixed("module.", state), "best_acc1": torch.tensor(76.5),
        "optimizer": sgd.state_dict(), "lr_scheduler": steps.state_dict(), "loss": numpy.float64(0.125),
        "args": argparse.Namespace(lr=0.1, layers=[2, 2], name=None, amp=False, seed=2 ** 70), "done": {1, 2}, "rng": torch.get_rng_state()[:8],
        "shape": torch.Size([1, 3]), "device": torch.device("cpu"), "dtype": torch.float16, "log": b"\x00\xff"}
    add("training", training, training["state_dict"])
    add("training_stream", training, training["state_dict"], _use_new_zipfile_serialization=False)
    add("protocol4", training, training["state_dict"], pickle_protocol=4)
    add("protocol4_stream", training, training["state_dict"], pickle_protocol=4, _use_new_zipfile_serialization=False)
    add("both", {"model_ema": prefixed("module.", other), "model": state}, state)
    averaged = OrderedDict([("n_averaged", torch.tensor(5))] + list(prefixed("module.", other).items()))
    add("averaged", {"epoch": 1, "model_ema": averaged}, averaged)
    compiled = prefixed("_orig_mod.module.", state)
    add("nested", {"net": {"state_dict": compiled, "epoch": 1}, "acc": 90.5}, compiled)
    add("some_prefixed", OrderedDict([("module.a", state["conv.bias"]), ("b", state["conv.bias"])]),
        {"module.a": state["conv.bias"], "b": state["conv.bias"]})
    lucky = torch.nn.Parameter(state["conv.bias"].clone())
    lucky.note = "an attribute"
    noted = state["conv.bias"].clone()
    noted.note = "another"
    add("attributes", {"parameter": lucky, "tensor": noted}, {"parameter": lucky.detach(), "tensor": noted})
    add("module", model, refused="it names torch.nn.modules.linear.Linear")
    add("complex", {"w": torch.zeros(2, dtype=torch.complex64)}, refused="the tensor w: its values are of the type torch.ComplexFloatStorage")
    add("quantised", {"w": torch.quantize_per_tensor(torch.ones(2), 0.5, 0, torch.qint8)}, refused="the tensor w: it is quantised")
    add("sparse", {"w": torch.eye(2).to_sparse()}, refused="the tensor w: it is sparse")
    add("bare_tensor", torch.ones(2), refused="it holds no state dict")
    add("no_tensors", {"epoch": 3, "acc": 0.5}, refused="it holds no state dict; its keys are epoch, acc")
    if version == "v2":
        add("uint16", {"w": torch.ones(2, dtype=torch.uint16)}, refused="the tensor w: its values are of the type torch.uint16")
        add("float8", {"w": torch.ones(2).to(torch.float8_e4m3fn)}, refused="the tensor w: its values are of the type torch.float8_e4m3fn")
        add("negated", {"w": torch._neg_view(torch.ones(2))}, refused="the tensor w: it is conjugated or negated")
    torch.jit.save(torch.jit.script(torch.nn.ReLU()), "script_%s.pth" % version)
    forms["script_" + version] = {"refused": "it is a TorchScript archive"}
    update(forms)


def repack():
    with open("forms.json") as f:
        tensors = json.load(f)["training_v2"]
    forms = {}
    for name, method, zip64 in (("deflated", zipfile.ZIP_DEFLATED, False), ("zip64", zipfile.ZIP_STORED, True)):
        with zipfile.ZipFile("training_v2.pth") as source, zipfile.ZipFile(name + ".pth", "w", method) as out:
            for entry in source.infolist():
                info = zipfile.ZipInfo(entry.filename)
                info.compress_type = method
                with out.open(info, "w", force_zip64=zip64) as record:
                    record.write(source.read(entry))
        forms[name] = tensors
    update(forms)


if __name__ == "__main__":
    repack() if sys.argv[1] == "repack" else save(sys.argv[1])
