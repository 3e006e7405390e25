"""Checks ONNX files: python3 check_onnx.py FILE...

Every file is checked by onnx.checker with shape inference in strict mode, its node and initialiser
names must be unique, and every initialiser must be used. Run by hand over what
OnnxNetworksTest writes with -Defficientzoo.onnx.keep=FOLDER; seen with onnx 1.12.0.
"""

import sys

import onnx


def check(path):
    onnx.checker.check_model(path, full_check=True)
    model = onnx.load(path, load_external_data=False)
    graph = model.graph
    nodes = [node.name for node in graph.node]
    tensors = [tensor.name for tensor in graph.initializer]
    used = {name for node in graph.node for name in node.input}
    assert all(nodes) and len(set(nodes)) == len(nodes), "node names"
    assert len(set(tensors)) == len(tensors), "initialiser names"
    assert set(tensors) <= used, "unused initialisers: %s" % (set(tensors) - used)
    return "%d nodes, %d initialisers, opset %d" % (
        len(nodes), len(tensors), model.opset_import[0].version)


failed = 0
for path in sys.argv[1:]:
    try:
        print(path, "ok:", check(path))
    except Exception as error:
        failed += 1
        print(path, "FAILED:", error)
print("%d files, %d failed" % (len(sys.argv) - 1, failed))
sys.exit(1 if failed or len(sys.argv) < 2 else 0)
