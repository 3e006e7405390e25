"""Time and peak memory of torch.load + load_state_dict, the peer of load-checkpoint.sh.

    python3 load_checkpoint.py FILE.pth ROUNDS

The module is a bare tree of parameters and buffers with the names of the file, so that no more than
loading is timed and no torchvision is needed.
"""
import argparse
import resource
import statistics
import time

import torch


def tree(state):
    root = torch.nn.Module()
    for name, tensor in state.items():
        *path, leaf = name.split(".")
        module = root
        for part in path:
            if part not in module._modules:
                module.add_module(part, torch.nn.Module())
            module = module._modules[part]
        empty = torch.empty_like(tensor)
        if leaf in ("weight", "bias"):
            module.register_parameter(leaf, torch.nn.Parameter(empty))
        else:
            module.register_buffer(leaf, empty)
    return root


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("rounds", type=int)
    args = parser.parse_args()
    times = []
    for _ in range(args.rounds):
        model = tree(torch.load(args.file, map_location="meta") if torch.__version__ >= "2" else torch.load(args.file))
        model = model.to_empty(device="cpu") if torch.__version__ >= "2" else model
        start = time.perf_counter()
        model.load_state_dict(torch.load(args.file))
        times.append((time.perf_counter() - start) * 1e3)
        del model
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print("python  first %7.1f ms, median of %d: %7.1f ms, torch %s, peak resident %d MB"
          % (times[0], len(times), statistics.median(times), torch.__version__, peak))


if __name__ == "__main__":
    main()
