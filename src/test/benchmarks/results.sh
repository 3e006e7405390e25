#!/usr/bin/env bash
# Four networks on ONNX Runtime and PyTorch beside torchvision's as ONNX and as TorchScript, in turn:
#   src/test/benchmarks/results.sh FOLDER [ROUNDS]
# after `mvn -q -B -DskipTests package`. FOLDER keeps torchvision's files, which are made if missing, and the
# results; PYTHON names the Python that has torchvision. `results_table.py FOLDER` makes the tables of them.
set -euo pipefail
mkdir -p "${1:?a folder for the results}"
folder=$(realpath "$1")
cd "$(dirname "$0")/../../.."
for name in squeezenet1_1 shufflenet_v2_x1_0 mobilenet_v2 resnet50; do
    for kind in onnx pt; do
        [ -f "$folder/$name.$kind" ] ||
            "${PYTHON:-python3}" src/test/benchmarks/make_torchvision.py "$folder/$name.$kind" "$name"
    done
    java -jar training/target/efficient-zoo.jar benchmark --model "$name" --engine OnnxRuntime,PyTorch --int8 \
        --file "$folder/$name.onnx" --file "$folder/$name.pt" --batch 1,16 --threads 2 --rounds "${2:-10}" \
        --json >"$folder/$name.part"
    mv "$folder/$name.part" "$folder/$name.json"
done
