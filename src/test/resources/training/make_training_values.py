"""Values of PyTorch for the optimisers, schedules, losses, clipping and averages of training.

    PYTHONPATH=TORCH2 python3 make_training_values.py     writes training_values.json beside it
    python3 make_training_values.py --compare             recomputes, perhaps under another torch,
                                                          and prints the largest difference

Parameters, gradients and logits are drawn by a fixed generator and rounded to float32; everything
is then computed in float64. RMSProp in TensorFlow's form is not in torch: it is written out here
after the formula in the documentation of tf.compat.v1.train.RMSPropOptimizer.
"""
import argparse
import json
import os
import random

import torch

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "training_values.json")
STEPS = 8
RATES = [0.1, 0.1, 0.05, 0.05, 0.2, 0.01, 0.01, 0.001]
SHAPES = {"conv.weight": [2, 3, 1, 1], "norm.bias": [4]}


def draw(generator, shape):
    count = torch.Size(shape).numel()
    values = torch.tensor([generator.uniform(-1, 1) for _ in range(count)], dtype=torch.float32)
    return values.double().reshape(shape)


def flat(tensor):
    return tensor.detach().flatten().tolist()


OPTIMISERS = [
    ("sgd", {"momentum": 0.0, "dampening": 0.0, "nesterov": False, "weightDecay": 0.0}),
    ("sgd", {"momentum": 0.9, "dampening": 0.0, "nesterov": False, "weightDecay": 0.0}),
    ("sgd", {"momentum": 0.9, "dampening": 0.0, "nesterov": False, "weightDecay": 0.01}),
    ("sgd", {"momentum": 0.9, "dampening": 0.5, "nesterov": False, "weightDecay": 0.01}),
    ("sgd", {"momentum": 0.9, "dampening": 0.0, "nesterov": True, "weightDecay": 0.01}),
    ("sgd", {"momentum": 0.0, "dampening": 0.0, "nesterov": False, "weightDecay": 0.1}),
    ("rmsprop", {"alpha": 0.9, "epsilon": 1e-3, "momentum": 0.0, "weightDecay": 0.0, "tensorFlow": False}),
    ("rmsprop", {"alpha": 0.9, "epsilon": 0.0316, "momentum": 0.9, "weightDecay": 0.01, "tensorFlow": False}),
    ("rmsprop", {"alpha": 0.9, "epsilon": 1.0, "momentum": 0.9, "weightDecay": 0.01, "tensorFlow": True}),
    ("rmsprop", {"alpha": 0.9, "epsilon": 1e-3, "momentum": 0.0, "weightDecay": 0.0, "tensorFlow": True}),
    ("adamw", {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": 0.0}),
    ("adamw", {"beta1": 0.8, "beta2": 0.99, "epsilon": 1e-3, "weightDecay": 0.1}),
]


class TensorFlowRmsProp(torch.optim.Optimizer):
    """mean_square starts at one, epsilon is inside of the root, the rate inside of the momentum."""

    def __init__(self, parameters, lr, alpha, eps, momentum, weight_decay):
        super().__init__(parameters, dict(lr=lr, alpha=alpha, eps=eps, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state.setdefault(p, {})
                g = p.grad + group["weight_decay"] * p
                square = group["alpha"] * state.get("square", torch.ones_like(p)) + (1 - group["alpha"]) * g * g
                moved = group["momentum"] * state.get("moved", torch.zeros_like(p)) + group["lr"] * g / (square + group["eps"]).sqrt()
                state["square"], state["moved"] = square, moved
                p.sub_(moved)


def optimiser(kind, s, parameters):
    lr = RATES[0]
    if kind == "sgd":
        return torch.optim.SGD(parameters, lr=lr, momentum=s["momentum"], dampening=s["dampening"],
                               nesterov=s["nesterov"], weight_decay=s["weightDecay"])
    if kind == "adamw":
        return torch.optim.AdamW(parameters, lr=lr, betas=(s["beta1"], s["beta2"]), eps=s["epsilon"],
                                 weight_decay=s["weightDecay"])
    make = TensorFlowRmsProp if s["tensorFlow"] else torch.optim.RMSprop
    return make(parameters, lr=lr, alpha=s["alpha"], eps=s["epsilon"], momentum=s["momentum"],
                weight_decay=s["weightDecay"])


def optimisers(start, gradients):
    cases = []
    for kind, settings in OPTIMISERS:
        parameters = {name: torch.nn.Parameter(value.clone()) for name, value in start.items()}
        opt = optimiser(kind, settings, list(parameters.values()))
        after = []
        for step in range(STEPS):
            for group in opt.param_groups:
                group["lr"] = RATES[step]
            for name, p in parameters.items():
                p.grad = gradients[step][name].clone()
            opt.step()
            after.append({name: flat(p) for name, p in parameters.items()})
        cases.append({"kind": kind, "settings": settings, "after": after})
    return cases


PER_EPOCH, EPOCHS = 5, 8
TOTAL = PER_EPOCH * EPOCHS


def schedules():
    s = torch.optim.lr_scheduler
    linear = {"kind": "polynomial", "power": 1.0, "floor": 0.0}

    def warm(epochs, start, after, after_schedule, by_step=True):
        unit = PER_EPOCH if by_step else 1
        iters = int(epochs * unit)
        return ({"kind": "warmup", "epochs": epochs, "from": start, "power": 1.0, "after": after},
                lambda o: s.SequentialLR(o, [s.LinearLR(o, start_factor=start, total_iters=iters),
                                             after_schedule(o, (EPOCHS * unit) - iters)], [iters]))

    by_step = [
        ({"kind": "constant"}, lambda o: s.ConstantLR(o, factor=1.0)),
        ({"kind": "cosine", "floor": 0.0}, lambda o: s.CosineAnnealingLR(o, T_max=TOTAL)),
        ({"kind": "cosine", "floor": 0.1}, lambda o: s.CosineAnnealingLR(o, T_max=TOTAL, eta_min=0.1)),
        (linear, lambda o: s.LinearLR(o, start_factor=1.0, end_factor=0.0, total_iters=TOTAL)),
        ({"kind": "polynomial", "power": 1.0, "floor": 0.2},
         lambda o: s.LinearLR(o, start_factor=1.0, end_factor=0.2, total_iters=TOTAL)),
        ({"kind": "polynomial", "power": 4.0, "floor": 0.0},
         lambda o: s.PolynomialLR(o, total_iters=TOTAL, power=4.0)),
        ({"kind": "steps", "factor": 0.1, "epochs": 3.0}, lambda o: s.StepLR(o, step_size=3 * PER_EPOCH, gamma=0.1)),
        ({"kind": "multi_step", "factor": 0.5, "epochs": [2.0, 5.0]},
         lambda o: s.MultiStepLR(o, milestones=[2 * PER_EPOCH, 5 * PER_EPOCH], gamma=0.5)),
        ({"kind": "exponential", "factor": 0.9}, lambda o: s.ExponentialLR(o, gamma=0.9 ** (1 / PER_EPOCH))),
        warm(2.0, 0.01, {"kind": "cosine", "floor": 0.0}, lambda o, n: s.CosineAnnealingLR(o, T_max=n)),
        warm(1.0, 0.1, {"kind": "steps", "factor": 0.1, "epochs": 3.0},
             lambda o, n: s.StepLR(o, step_size=3 * PER_EPOCH, gamma=0.1)),
        warm(0.6, 0.25, linear, lambda o, n: s.LinearLR(o, start_factor=1.0, end_factor=0.0, total_iters=n)),
    ]
    by_epoch = [
        ({"kind": "cosine", "floor": 0.0}, lambda o: s.CosineAnnealingLR(o, T_max=EPOCHS)),
        ({"kind": "exponential", "factor": 0.9}, lambda o: s.ExponentialLR(o, gamma=0.9)),
        ({"kind": "steps", "factor": 0.98, "epochs": 1.0}, lambda o: s.StepLR(o, step_size=1, gamma=0.98)),
        warm(3.0, 0.01, {"kind": "cosine", "floor": 0.0}, lambda o, n: s.CosineAnnealingLR(o, T_max=n), False),
    ]
    cases = []
    for settings, make in by_step:
        cases.append({"schedule": settings, "values": rates(make, TOTAL, 1)})
    for settings, make in by_epoch:
        cases.append({"schedule": {"kind": "by_epoch", "schedule": settings}, "values": rates(make, TOTAL, PER_EPOCH)})
    return {"steps": TOTAL, "steps_per_epoch": PER_EPOCH, "cases": cases}


def rates(make, steps, every):
    opt = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make(opt)
    values = []
    for step in range(steps):
        values.append(float(opt.param_groups[0]["lr"]))
        opt.step()
        if (step + 1) % every == 0:
            scheduler.step()
    return values


def losses(generator):
    images, classes = 5, 7
    logits = draw(generator, [images, classes]) * 4
    extreme = logits.clone()
    extreme[0] *= 1000
    labels = torch.tensor([3, 0, 6, 2, 2])
    others = labels.flip(0)
    one_hot = torch.nn.functional.one_hot(labels, classes).double()
    other_hot = torch.nn.functional.one_hot(others, classes).double()
    cases = []
    for values in (logits, extreme):
        for smoothing in (0.0, 0.1):
            for share in (1.0, 0.7):
                x = values.clone().requires_grad_()
                target = share * one_hot + (1 - share) * other_hot if share < 1 else labels
                loss = torch.nn.CrossEntropyLoss(label_smoothing=smoothing)(x, target)
                loss.backward()
                cases.append({"logits": flat(values), "smoothing": smoothing, "share": share,
                              "loss": loss.item(), "gradient": flat(x.grad)})
    return {"images": images, "classes": classes, "labels": labels.tolist(), "others": others.tolist(), "cases": cases}


def clipping(gradients):
    cases = []
    for kind, limit in (("NORM", 0.5), ("NORM", 100.0), ("VALUE", 0.3)):
        parameters = {name: torch.nn.Parameter(torch.zeros_like(g)) for name, g in gradients.items()}
        for name, p in parameters.items():
            p.grad = gradients[name].clone()
        norm = 0.0
        if kind == "NORM":
            norm = float(torch.nn.utils.clip_grad_norm_(parameters.values(), limit))
        else:
            torch.nn.utils.clip_grad_value_(parameters.values(), limit)
        cases.append({"kind": kind, "limit": limit, "norm": norm, "after": {n: flat(p.grad) for n, p in parameters.items()}})
    return cases


def average(generator):
    """torchvision's ExponentialMovingAverage (references/classification/utils.py) and its use."""
    batch, every, epochs, decay = 128, 2, 30, 0.9998
    alpha = min(1.0, (1.0 - decay) * batch * every / epochs)
    network = torch.nn.BatchNorm1d(3).double()
    ema = torch.optim.swa_utils.AveragedModel(
        network, avg_fn=lambda a, v, n: (1 - alpha) * a + alpha * v, use_buffers=True)
    names = ["weight", "bias", "running_mean", "running_var"]
    steps = []
    for step in range(7):
        values = {name: draw(generator, [3]) for name in names}
        with torch.no_grad():
            state = network.state_dict()
            for name in names:
                state[name].copy_(values[name])
        if step % every == 0:
            ema.update_parameters(network)
        averaged = ema.module.state_dict()
        steps.append({"values": {n: flat(v) for n, v in values.items()}, "average": {n: flat(averaged[n]) for n in names}})
    return {"decay": decay, "batch": batch, "every": every, "epochs": epochs, "steps": steps}


def compute():
    generator = random.Random(4)
    start = {name: draw(generator, shape) for name, shape in SHAPES.items()}
    gradients = [{name: draw(generator, shape) for name, shape in SHAPES.items()} for _ in range(STEPS)]
    return {
        "torch": torch.__version__,
        "parameters": {name: {"shape": SHAPES[name], "values": flat(value)} for name, value in start.items()},
        "gradients": [{name: flat(g) for name, g in step.items()} for step in gradients],
        "rates": RATES,
        "optimisers": optimisers(start, gradients),
        "schedules": schedules(),
        "losses": losses(generator),
        "clipping": clipping(gradients[0]),
        "average": average(generator),
    }


def difference(a, b):
    if isinstance(a, dict):
        return max([difference(a[k], b[k]) for k in a if k != "torch"], default=0)
    if isinstance(a, list):
        return max([difference(x, y) for x, y in zip(a, b)], default=0)
    return 0 if isinstance(a, (str, bool)) else abs(a - b)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compare", action="store_true")
    if parser.parse_args().compare:
        with open(PATH) as f:
            recorded = json.load(f)
        print("torch", torch.__version__, "against", recorded["torch"], difference(compute(), recorded))
        return
    with open(PATH, "w", newline="\n") as out:
        json.dump(compute(), out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
