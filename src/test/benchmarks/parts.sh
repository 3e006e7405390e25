#!/usr/bin/env bash
# Parts of networks and of the image pipelines, by JMH; arguments are JMH's:
#   src/test/benchmarks/parts.sh [BlockParts | ImageParts] [-p engine=PyTorch] [-p kind=FIRE]
# after `mvn -q -B -DskipTests package`.
set -euo pipefail
cd "$(dirname "$0")/../../.."
export OPT_OUT_TRACKING=true
exec java -cp "src/test/target/test-classes:src/test/target/lib/*:training/target/efficient-zoo.jar" \
    org.openjdk.jmh.Main -jvmArgs "-Dorg.slf4j.simpleLogger.defaultLogLevel=error -Dai.djl.offline=true -Djava.awt.headless=true" "$@"
