#!/usr/bin/env bash
# Fuzzes the ONNX importer, or what reads and runs programs, with libFuzzer under
# the address and undefined-behaviour sanitizers. Ends with an error, and names
# the input, at the first crash, leak, time-out or wrong error.
#
#   utils/fuzz.sh [SECONDS [import|program]]      default: 600 import
set -euo pipefail

seconds=${1:-600}
what=${2:-import}
if [ "$what" != import ] && [ "$what" != program ]; then
  echo "fuzz.sh: error: expected import or program, found $what" >&2
  exit 2
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if ! command -v clang++-22 >/dev/null || [ ! -e /usr/lib/llvm-22/lib/clang/22/lib/linux ]; then
  utils/install-deps.sh clang-22 libclang-rt-22-dev
fi
utils/build.sh fuzz "$what-fuzzer"

corpus=build/fuzz/corpus
folders=(test/Target/ONNX test/models)
pattern=(-name '*.onnx')
if [ "$what" = program ]; then
  corpus=build/fuzz/program-corpus
  folders=(test/Fuzz/programs test/Sim/Inputs)
  pattern=(-name '*.cmb' -o -name '*.textproto')
fi
seeds=build/fuzz/$what-seeds
mkdir -p "$corpus" "$seeds"
find "${folders[@]}" \( "${pattern[@]}" \) -size -512k -print0 |
  while IFS= read -r -d '' input; do
    cp "$input" "$seeds/$(tr / _ <<<"$input")"
  done

# The MLIR library is not instrumented: containers that cross its border look
# as if they overflowed, and what it allocates in a slab that our code poisoned
# looks as if it were freed.
ASAN_OPTIONS=detect_container_overflow=0:allow_user_poisoning=0 \
  "build/fuzz/test/Fuzz/$what-fuzzer" -max_total_time="$seconds" -max_len=1048576 \
  -timeout=30 -rss_limit_mb=4096 -print_final_stats=1 \
  -artifact_prefix=build/fuzz/ "$corpus" "$seeds"
