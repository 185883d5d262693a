#!/usr/bin/env bash
# Makes the Python environment that generates and records models: onnx and
# onnxruntime, which Debian does not have (or not as new). Tests run without it,
# but for those of check-cm-slow; give them its Python:
#
#   utils/setup-venv.sh [DIR]              default: build/venv
#   cmake --preset dev -DCM_TEST_PYTHON=DIR/bin/python
set -euo pipefail

repository=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
folder=${1:-$repository/build/venv}
requirements=$repository/test/models/requirements.txt

# The file that says what is installed: nothing to do where it is the same.
stamp=$folder/requirements.txt
if cmp -s "$requirements" "$stamp"; then
  echo "$folder is up to date"
  exit 0
fi

python3=$(command -v python3.11 || command -v python3)
if ! "$python3" -c 'import ensurepip, venv' 2>/dev/null; then
  echo "error: $python3 cannot make virtual environments;" \
    "on Debian install python3-venv" >&2
  exit 1
fi
"$python3" -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
  --requirement "$requirements"
cp "$requirements" "$stamp"
"$folder/bin/python" -c 'import onnx, onnxruntime
print("onnx", onnx.__version__ + ", onnxruntime", onnxruntime.__version__)'
