#!/usr/bin/env bash
# Trains on and evaluates drawn images with bad files among them, with a heap of 256 MB, and counts what was skipped:
#   src/test/robustness/small-heap.sh BAD [IMAGES]
# after `mvn -q -B -DskipTests package`. BAD is a folder of files that are damaged or claim too much. EZ names the command
# line, if it is another one.
set -euo pipefail
cd "$(dirname "$0")/../../.."
bad="${1:?a folder of bad files}" images="${2:-1000}"
ez="${EZ:-java -Xmx256m -jar training/target/efficient-zoo.jar}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
$ez sample-data "$work/data" --images "$((images / 10))" --val-images 10 >&2
for part in train val; do
    class=$(find "$work/data/$part" -mindepth 1 -maxdepth 1 -type d | sort | head -n 1)
    cp -- "$bad"/* "$class"
done

status=0
check() {
    local name="$1" ended="$2" log="$3"
    echo "$name: exit status $ended, $(sed 's/.*skipped: /skipped: /' "$log" | grep '^skipped: ' | sort -u | wc -l) files skipped"
    sed 's/.*skipped: /skipped: /' "$log" | grep '^skipped: ' | sort -u | sed "s|$work/data/||g; s|^|  |"
    if [ "$ended" != 0 ] || grep -qi "not enough memory" "$log"; then
        tail -n 3 "$log"
        status=1
    fi
}

ended=0
$ez train "$work/data" --model shufflenet_v2_x0_5 --recipe cifar10 --epochs 1 --most-unreadable 0.1 \
    --output "$work/run" > "$work/train.out" 2> "$work/train.log" || ended=$?
check train "$ended" "$work/train.log"
ended=0
$ez evaluate "$work/data/train" --run "$work/run" > "$work/evaluate.out" 2> "$work/evaluate.log" || ended=$?
check evaluate "$ended" "$work/evaluate.log"
grep images "$work/evaluate.out" || status=1
exit "$status"
