"""Imports every wrong model and compares the whole of the error output.

    python3 check_wrong.py CM_TRANSLATE FOLDER

FOLDER/expected.txt has a line for each model: name, tab, message.
"""

import pathlib
import subprocess
import sys


def main():
    tool, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    wrong = count = 0
    for line in (folder / "expected.txt").read_text().splitlines():
        name, message = line.split("\t")
        path = str(folder / f"{name}.onnx")
        run = subprocess.run([tool, "--import-onnx", path], capture_output=True, text=True)
        expected = "cm-translate: error: " + message.replace("FILE", path) + "\n"
        count += 1
        if run.returncode != 1 or run.stdout or run.stderr != expected:
            wrong += 1
            print(f"{name}: exit code {run.returncode}\n  expected {expected}  found    {run.stderr}")
    print(f"{count} wrong models, {wrong} without the expected error")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
