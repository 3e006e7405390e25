#!/usr/bin/env bash
# Loading ResNeXt-101 32x8d (355 MB), Java and Python in turn, a process each:
#   src/test/benchmarks/load-checkpoint.sh FILE.pth [ROUNDS] [PYTHON]
# after `mvn -q -B -DskipTests package`; FILE.pth is made with formula weights if it is not there.
set -euo pipefail
file=$(realpath -m "$1")
python=${3:-python3}
cd "$(dirname "$0")/../../.."
run() {
    java "$1" -Dorg.slf4j.simpleLogger.defaultLogLevel=error \
        -cp src/test/target/test-classes:training/target/efficient-zoo.jar \
        org.efficientzoo.benchmark.LoadCheckpoint "${@:2}"
}
[ -e "$file" ] || run -Xmx1g make resnext101_32x8d "$file"
for _ in $(seq "${2:-5}"); do
    run -Xmx64m load resnext101_32x8d "$file" 5
    "$python" src/test/benchmarks/load_checkpoint.py "$file" 5
done
