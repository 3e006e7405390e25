#!/usr/bin/env bash
# First calls of MobileNetV2, each variant in a process of its own, the variants in turn:
#   src/test/benchmarks/first-calls.sh MOBILENET_V2.pt [ROUNDS]
# after `mvn -q -B -DskipTests package`; make_torchvision.py beside this file makes the .pt file.
set -euo pipefail
torchscript=$(realpath "$1")
cd "$(dirname "$0")/../../.."
classpath=src/test/target/test-classes:training/target/efficient-zoo.jar
for _ in $(seq "${2:-5}"); do
    for variant in "torchscript $torchscript" "zoo mobilenet_v2" "plain mobilenet_v2"; do
        # shellcheck disable=SC2086
        java -Xmx2g -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$classpath" \
            org.efficientzoo.benchmark.FirstCalls $variant
    done
done
