#!/usr/bin/env bash
# Resident memory over many small predictions from four threads (MXNet: one), each engine in its own process:
#   src/test/robustness/many-predictions.sh [CALLS [NETWORK]]
# after `mvn -q -B -DskipTests package`. Fails where it grows by more than 3 % after the third tenth of the calls.
# Java's heap is all there from the first, or its growth would be taken for the natives'.
set -euo pipefail
cd "$(dirname "$0")/../../.."
export OMP_NUM_THREADS=1
classpath="${EZ_CLASSPATH:-src/test/target/test-classes:training/target/efficient-zoo.jar}"
for run in "PyTorch 4" "OnnxRuntime 4" "MXNet 1"; do
    read -r engine threads <<< "$run"
    java -Xms64m -Xmx64m -XX:+AlwaysPreTouch -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$classpath" \
        org.efficientzoo.benchmark.ManyPredictions "$engine" "${2:-squeezenet1_1}" "$threads" "${1:-200000}"
done
