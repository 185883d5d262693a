"""Compiles ResNet-32 of the zoo with and without packing and runs the packed one.

    pack_resnet32.py MODELS_FOLDER WORK_FOLDER
"""

import json
import pathlib
import subprocess
import sys

import numpy as np
from check_zoo import make

MVM_CYCLES = 133
ITERATIONS = 1024  # of the first layers


def compile_model(model, work, name, *options):
    """Compiles; prints and returns the path of the program."""
    program, report = work / f"{name}.cmb", work / f"{name}.json"
    subprocess.run(["cm-compile", model, "--machine=hermes64", *options, "-o", program,
                    "--report", report], check=True)
    found = json.loads(report.read_text())
    matrices = {s["core"] for s in found["stages"] if s["rows"]}
    print(f"{name}: {found['tiles']} tiles on {found['crossbars']} crossbars of "
          f"{len(matrices)} cores, II {found['ii_cycles']}", flush=True)
    return program


def main():
    models, work = (pathlib.Path(a) for a in sys.argv[1:3])
    model = make(models, "resnet32") / "qoperator.onnx"
    compile_model(model, work, "alone", "--pack=none")
    packed = compile_model(model, work, "packed", f"--ii={ITERATIONS * MVM_CYCLES}")
    image = np.random.default_rng(1).normal(size=(1, 3, 32, 32)).astype(np.float32)
    np.save(work / "in.npy", image)
    subprocess.run(["cm-translate", "--import-onnx", model, "-o", work / "net.mlirbc"],
                   check=True)
    for tool, path, option in (("cm-run", "net.mlirbc", "--output"),
                               ("cm-sim", packed.name, "--expect")):
        subprocess.run([tool, path, "--input", "in.npy", option, "out.npy"], cwd=work,
                       check=True, stdout=subprocess.DEVNULL)
    print("equal to the interpreter")


if __name__ == "__main__":
    main()
