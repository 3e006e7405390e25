"""Writes a network of torchvision, random weights, as TorchScript:
python3 make_torchscript.py FILE.pt [NAME], mobilenet_v2 where none is named"""
import sys

import torch
import torchvision

name = sys.argv[2] if len(sys.argv) > 2 else "mobilenet_v2"
model = getattr(torchvision.models, name)().eval()
torch.jit.trace(model, torch.randn(1, 3, 224, 224)).save(sys.argv[1])
print("torch %s, torchvision %s" % (torch.__version__, torchvision.__version__))
