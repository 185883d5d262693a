#!/usr/bin/env bash
# Installs what is missing, builds everything and runs all tests. The last line
# is then `N passed, N failed[, N skipped]`; the exit code is 0 only if none failed.
# Where installing or building fails, it ends there with that error.
#
#   utils/test.sh [PRESET]                 default: dev (assertions on)
set -euo pipefail

preset=${1:-dev}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
utils/install-deps.sh
utils/build.sh "$preset" cm-test-depends

results=build/$preset/test-results.xml
rm -f "$results"
echo "running the tests"
status=0
LIT_OPTS="${LIT_OPTS:-} --xunit-xml-output=$PWD/$results" \
  ninja -C "build/$preset" check-cm || status=$?
/usr/bin/python3 utils/count_tests.py "$results" || status=1
exit "$status"
