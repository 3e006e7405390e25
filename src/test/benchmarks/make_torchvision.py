"""Writes a network of torchvision with random weights, as TorchScript or, in torch's own opset 16, as ONNX:
python3 make_torchvision.py FILE.pt|FILE.onnx [NAME], mobilenet_v2 where none is named"""
import sys

import torch
import torchvision

file = sys.argv[1]
name = sys.argv[2] if len(sys.argv) > 2 else "mobilenet_v2"
model = getattr(torchvision.models, name)().eval()
image = torch.randn(1, 3, 224, 224)
if file.endswith(".onnx"):
    axes = {"images": {0: "batch"}, "logits": {0: "batch"}}
    torch.onnx.export(model, image, file, opset_version=16, input_names=["images"], output_names=["logits"], dynamic_axes=axes)
else:
    torch.jit.trace(model, image).save(file)
print("torch %s, torchvision %s" % (torch.__version__, torchvision.__version__))
