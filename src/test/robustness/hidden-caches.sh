#!/bin/sh
# Runs a command as on an AMD processor whose hypervisor hides the sizes of the caches, where oneDNN's kernels for 1x1 convolutions
# in the channels-last layout kill the process or compute wrong values (hidden-caches.c says how). It needs a C compiler and a
# processor with the flag cpuid_fault; the fault itself needs AVX-512.
#
#     src/test/robustness/hidden-caches.sh java -jar training/target/efficient-zoo.jar self-test
set -e
library=$(mktemp -d)
trap 'rm -rf "$library"' EXIT
cc -O1 -shared -fPIC -o "$library/hidden-caches.so" "$(dirname "$0")/hidden-caches.c"
LD_PRELOAD=$library/hidden-caches.so "$@"
