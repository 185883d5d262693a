#!/usr/bin/env bash
# The whole path on real data: installs what is missing, builds the tools,
# compiles the digits model for a chip, runs 256 images through the simulator
# and prints what came out.
#
#   utils/demo.sh [MACHINE]                default: hermes64
set -euo pipefail

machine=${1:-hermes64}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
utils/install-deps.sh
utils/build.sh release cm-compile cm-sim

bin=build/release/bin
model=test/models/digits
out=build/demo
mkdir -p "$out"

echo "compiling $model/digits_int8_qoperator.onnx for $machine"
"$bin/cm-compile" "$model/digits_int8_qoperator.onnx" "--machine=$machine" \
  -o "$out/digits.cmb" "--report=$out/compile.json"

echo "running 256 images"
"$bin/cm-sim" "$out/digits.cmb" --input "$model/inputs.npy" --images=256 \
  --output "$out/outputs.npy" --json "$out/run.json" --trace "$out/trace.json" \
  >"$out/run.txt"

/usr/bin/python3 utils/summarise_run.py "$out" "$model"
