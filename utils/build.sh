#!/usr/bin/env bash
# Configures and builds: one line per step on a pipe, ninja's own progress line
# on a terminal, the compiler's words only where it fails.
#
#   utils/build.sh PRESET TARGET...        presets: dev, release, asan, fuzz
set -euo pipefail

if [ $# -lt 2 ]; then
  echo "usage: utils/build.sh PRESET TARGET..." >&2
  exit 2
fi
preset=$1
shift
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=build/$preset
mkdir -p "$build"
log=$build/build.log

# One job per core, and 1.5 GB for each: MLIR's headers are large.
jobs=$(nproc)
memory_jobs=$(awk '/MemAvailable/ { print int($2 / 1500000) }' "${CM_MEMINFO:-/proc/meminfo}")
if [ "$memory_jobs" -lt "$jobs" ]; then
  jobs=$((memory_jobs < 1 ? 1 : memory_jobs))
fi

fail() {
  grep -E -m 40 'error|Error|FAILED' "$log" >&2 || tail -n 40 "$log" >&2
  echo "error: $1; all of it is in $PWD/$log" >&2
  exit 1
}

start=$SECONDS
echo "configuring preset $preset"
cmake --preset "$preset" >"$log" 2>&1 || fail "configuring failed"
echo "building $* with $jobs jobs"
if [ -t 1 ]; then
  ninja -C "$build" -j "$jobs" "$@" || exit 1
else
  ninja -C "$build" -j "$jobs" "$@" >"$log" 2>&1 || fail "the build failed"
fi
echo "built in $((SECONDS - start)) s"
