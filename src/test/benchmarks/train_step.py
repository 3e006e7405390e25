"""MobileNetV2's training step in Python, the peer of TrainingStep.java: python3 train_step.py STEPS

torchvision's network, written out so that nothing but torch is needed.
"""
import os
import statistics
import sys
import time

import torch
from torch import nn

STAGES = [  # t, c, n, s
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
]


def unit(inner, outer, kernel=1, stride=1, groups=1, activated=True):
    conv = nn.Conv2d(inner, outer, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(outer)] + ([nn.ReLU6(inplace=True)] if activated else [])


class Residual(nn.Module):
    def __init__(self, inner, outer, stride, expansion):
        super().__init__()
        hidden = inner * expansion
        layers = unit(inner, hidden) if expansion > 1 else []
        layers += unit(hidden, hidden, 3, stride, hidden) + unit(hidden, outer, activated=False)
        self.layers = nn.Sequential(*layers)
        self.adds = stride == 1 and inner == outer

    def forward(self, x):
        return x + self.layers(x) if self.adds else self.layers(x)


def mobilenet_v2():
    layers, inner = unit(3, 32, 3, 2), 32
    for t, c, n, s in STAGES:
        for i in range(n):
            layers.append(Residual(inner, c, s if i == 0 else 1, t))
            inner = c
    layers += unit(inner, 1280)
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, 1000)]
    return nn.Sequential(*layers)


def main():
    warm_up, steps = 5, int(sys.argv[1])
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    net = mobilenet_v2().train()
    decayed = [p for p in net.parameters() if p.dim() > 1]
    others = [p for p in net.parameters() if p.dim() == 1]
    groups = [{"params": decayed, "weight_decay": 4e-5}, {"params": others, "weight_decay": 0}]
    sgd = torch.optim.SGD(groups, lr=0.01, momentum=0.9)
    x, labels = torch.rand(16, 3, 128, 128) * 2 - 1, torch.arange(16)
    walls, cpus = [], []
    for i in range(warm_up + steps):
        wall, cpu = time.perf_counter(), time.process_time()
        sgd.zero_grad()
        loss = nn.functional.cross_entropy(net(x), labels)
        loss.backward()
        sgd.step()
        loss.item()
        if i >= warm_up:
            walls.append(1e3 * (time.perf_counter() - wall))
            cpus.append(1e3 * (time.process_time() - cpu))
    name = "python-" + torch.__version__
    print("%s %.1f %.1f" % (name, statistics.median(walls), statistics.median(cpus)))


main()
