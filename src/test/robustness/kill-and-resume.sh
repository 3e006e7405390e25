#!/usr/bin/env bash
# Kills a small training run with SIGKILL at random moments, goes on with it each time, and compares
# what it made with an uninterrupted run, bit for bit:
#   src/test/robustness/kill-and-resume.sh ENGINE [KILLS [SEED]]
# after `mvn -q -B -DskipTests package`. EZ names the command line, if it is another one.
set -euo pipefail
cd "$(dirname "$0")/../../.."
engine="${1:?PyTorch or MXNet}" kills="${2:-20}"
RANDOM="${3:-1}"
ez="${EZ:-java -Xmx2g -jar training/target/efficient-zoo.jar}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
$ez sample-data "$work/data" --images 48 --val-images 8 --size 32 >&2
options=("$work/data" --model shufflenet_v2_x0_5 --recipe cifar10 --epochs "$((kills > 8 ? kills : 8))" --batch 32 --dropout 0.3
    --engine "$engine" --set 'average={"decay":0.9,"every":2}' --set augmentation.mixup=0.2
    --set augmentation.erasing.probability=0.2 --save-minutes 0.01)
$ez train "${options[@]}" --output "$work/whole" 2> "$work/whole.log"

arguments=("${options[@]}" --output "$work/killed")
done=0 killed=0
while [ "$killed" -lt "$kills" ]; do
    $ez train "${arguments[@]}" 2>> "$work/killed.log" &
    process=$!
    sleep "$((RANDOM % 6 + 1)).$((RANDOM % 10))"
    if ! kill -9 "$process" 2> /dev/null; then
        wait "$process" || { tail -n 3 "$work/killed.log"; exit 1; }
        done=1
        break
    fi
    wait "$process" 2> /dev/null || true
    killed=$((killed + 1))
    if [ -e "$work/killed/recipe.json" ]; then
        arguments=(--resume --output "$work/killed" --engine "$engine" --save-minutes 0.01)
    fi # else it was killed before the run was one, and begins again in the same folder
done
if [ "$done" = 0 ]; then
    $ez train "${arguments[@]}" 2>> "$work/killed.log" || { tail -n 3 "$work/killed.log"; exit 1; }
fi

status=0
for name in last best average; do
    if cmp -s "$work/whole/checkpoints/$name.safetensors" "$work/killed/checkpoints/$name.safetensors"; then
        echo "$name.safetensors: the same bytes"
    else
        echo "$name.safetensors: DIFFERENT"
        status=1
    fi
done
columns=$(head -n 1 "$work/whole/metrics.csv" | tr ',' '\n' | grep -n images_per_second | cut -d: -f1)
if cmp -s <(cut -d, -f"1-$((columns - 1))" "$work/whole/metrics.csv") \
    <(cut -d, -f"1-$((columns - 1))" "$work/killed/metrics.csv"); then
    echo "metrics.csv: the same rows"
else
    echo "metrics.csv: DIFFERENT"
    status=1
fi
echo "$engine: killed $killed times"
if [ "$killed" -lt "$kills" ]; then
    echo "the run ended before it was killed $kills times"
    status=1
fi
left=$(find "$work/killed/checkpoints" -name '.efficient-zoo-*')
if [ -n "$left" ]; then
    echo "files that were being written are left: $left"
    status=1
fi
exit "$status"
