#!/usr/bin/env bash
# Predictions of four networks beside torchvision's as TorchScript, call by call in turn:
#   src/test/benchmarks/prediction-times.sh FOLDER [CALLS]
# after `mvn -q -B -DskipTests package`. FOLDER keeps the .pt files, which are made if missing;
# PYTHON names the Python that has torchvision, OMP_NUM_THREADS the threads (2).
set -euo pipefail
folder=$(realpath "$1")
cd "$(dirname "$0")/../../.."
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}"
classpath=src/test/target/test-classes:training/target/efficient-zoo.jar
for name in mobilenet_v2 shufflenet_v2_x1_0 squeezenet1_1 resnet50; do
    [ -f "$folder/$name.pt" ] ||
        "${PYTHON:-python3}" src/test/benchmarks/make_torchvision.py "$folder/$name.pt" "$name"
    for batch in 1 16; do
        java -Xmx2g -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$classpath" \
            org.efficientzoo.benchmark.PredictionTimes \
            "$name" "$folder/$name.pt" "$batch" "${2:-40}"
    done
done
