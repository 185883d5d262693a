#!/usr/bin/env bash
# Fuzzes the ONNX importer with libFuzzer under the address and
# undefined-behaviour sanitizers. Ends with an error, and names the model, at the
# first crash, leak, time-out or second line of an error.
#
#   utils/fuzz.sh [SECONDS]                default: 600
set -euo pipefail

seconds=${1:-600}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if ! command -v clang++-22 >/dev/null || [ ! -e /usr/lib/llvm-22/lib/clang/22/lib/linux ]; then
  utils/install-deps.sh clang-22 libclang-rt-22-dev
fi
utils/build.sh fuzz import-fuzzer

corpus=build/fuzz/corpus
mkdir -p "$corpus" build/fuzz/seeds
find test/Target/ONNX test/models -name '*.onnx' -size -512k -print0 |
  while IFS= read -r -d '' model; do
    cp "$model" "build/fuzz/seeds/$(tr / _ <<<"$model")"
  done

# The MLIR library is not instrumented: containers that cross its border look
# as if they overflowed, and what it allocates in a slab that our code poisoned
# looks as if it were freed.
ASAN_OPTIONS=detect_container_overflow=0:allow_user_poisoning=0 \
  build/fuzz/test/Fuzz/import-fuzzer -max_total_time="$seconds" -max_len=1048576 \
  -timeout=30 -rss_limit_mb=4096 -print_final_stats=1 \
  -artifact_prefix=build/fuzz/ "$corpus" build/fuzz/seeds
