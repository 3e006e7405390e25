#!/usr/bin/env bash
# Builds the natives of djl_torch.cc for the PyTorch that python3 imports, and prints how to run with them:
#   src/test/gpu/build.sh FOLDER
# needs g++ and JAVA_HOME with jni.h. FOLDER then holds links to the libtorch and the natives beside them.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
mkdir -p "${1:?a folder for the natives}"
out="$(cd "$1" && pwd)"
torch="$(python3 -c 'import os, torch; print(os.path.dirname(torch.__file__))' 2>/dev/null)" ||
    { echo "python3 cannot import torch" >&2; exit 1; }
libraries=(torch torch_cpu c10)
[ -e "$torch/lib/libtorch_cuda.so" ] && libraries+=(torch_cuda c10_cuda)
for library in "${libraries[@]}"; do
    ln -sf "$torch/lib/lib$library.so" "$out/"
done
nvidia="$(dirname "$torch")/nvidia" # where PyTorch's wheels keep CUDA
path="$torch/lib"
flavor=cpu
if [ -d "$nvidia" ]; then
    path="$path:$(find "$nvidia" -name lib -type d | paste -sd :)"
    runtime="$(find "$nvidia" -name 'libcudart.so.*' | head -1)"
    [ -n "$runtime" ] || { echo "there is no libcudart.so.* in $nvidia" >&2; exit 1; }
    flavor="cu${runtime##*.}0"
    mkdir -p "$out/cudart"
    ln -sf "$runtime" "$out/cudart/libcudart.so" # by this name DJL looks for it
fi
java="${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}"
g++ -std=c++17 -O1 -fPIC -shared -w -I"$torch/include" -I"$torch/include/torch/csrc/api/include" \
    -I"$java/include" -I"$java/include/linux" "$here/djl_torch.cc" -o "$out/libdjl_torch.so" \
    -L"$torch/lib" -Wl,-rpath-link,"$path" -Wl,--no-as-needed "${libraries[@]/#/-l}"
cat <<END
export PYTORCH_LIBRARY_PATH=$out PYTORCH_VERSION=2.7.1 PYTORCH_FLAVOR=$flavor LD_LIBRARY_PATH=$out:$path
java -Djna.library.path=$out/cudart -jar efficient-zoo.jar …
END
