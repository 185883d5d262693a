"""Measures a copy of a model whose name is in Latin-1: MODEL FOLDER JSON."""
import os
import shutil
import subprocess
import sys

model, folder, report = (os.fsencode(argument) for argument in sys.argv[1:])
copy = os.path.join(folder, b"caf\xe9.onnx")
shutil.copy(model, copy)
subprocess.run(
    [b"cm-bench", b"compile", b"--repeats", b"1", b"--model", copy, b"--json", report],
    check=True,
)
