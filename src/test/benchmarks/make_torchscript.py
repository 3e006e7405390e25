"""Writes torchvision's MobileNetV2, random weights, as TorchScript: python3 make_torchscript.py FILE.pt"""
import sys

import torch
import torchvision

model = torchvision.models.mobilenet_v2().eval()
torch.jit.trace(model, torch.randn(1, 3, 224, 224)).save(sys.argv[1])
print("torch %s, torchvision %s" % (torch.__version__, torchvision.__version__))
