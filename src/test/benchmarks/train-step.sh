#!/usr/bin/env bash
# MobileNetV2's training step (forward, backward, SGD), batch 16, 3x128x128, against Python's torch:
#   src/test/benchmarks/train-step.sh [ROUNDS [STEPS]]
# after `mvn -q -B -DskipTests package`. PYTHON names the Python that has torch, OMP_NUM_THREADS the
# threads of all (2). Each variant runs in a process of its own, the variants in turn; printed are
# the medians over the rounds of milliseconds a step, by the clock and of processor time, and of their
# ratios to Python's (below 1 is faster).
set -euo pipefail
cd "$(dirname "$0")/../../.."
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}" OPT_OUT_TRACKING=true
rounds="${1:-5}" steps="${2:-20}"
classpath=src/test/target/test-classes:training/target/efficient-zoo.jar
results=$(mktemp)
trap 'rm -f "$results"' EXIT
for _ in $(seq "$rounds"); do
    ${PYTHON:-python3} src/test/benchmarks/train_step.py "$steps" | tee -a "$results"
    for variant in ${VARIANTS:-plain eager script}; do
        java -Xmx2g -Dai.djl.pytorch.num_interop_threads=1 \
            -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$classpath" \
            org.efficientzoo.benchmark.TrainingStep "$variant" "$steps" | tee -a "$results"
    done
done
${PYTHON:-python3} - "$results" <<'END'
import statistics
import sys

rounds, peer = {}, None
for line in open(sys.argv[1]):
    name, wall, cpu = line.split()
    peer = peer or name
    rounds.setdefault(name, []).append((float(wall), float(cpu)))
print("%-24s %10s %10s %12s %12s" % ("", "ms clock", "ms cpu", "clock ratio", "cpu ratio"))
for name, rows in rounds.items():
    cells = [statistics.median(row[k] for row in rows) for k in (0, 1)]
    cells += [
        statistics.median(row[k] / other[k] for row, other in zip(rows, rounds[peer]))
        for k in (0, 1)
    ]
    print("%-24s %10.1f %10.1f %12.2f %12.2f" % (name, *cells))
END
