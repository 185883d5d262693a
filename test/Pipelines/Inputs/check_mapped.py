"""Compiles a model of the zoo for a machine and compares its simulation.

    check_mapped.py MODEL_FOLDER WORK_FOLDER MACHINE FORM [--set FIELD=VALUE...]

runs the form (qoperator, qdq) on the recorded inputs through the interpreter, the
functional run and cm-sim. All tensors that two of them name are equal byte for
byte. ONNX Runtime's recording counts beside them: the integer tensors that are
equal, and those that are not, which float functions explain
(test/Models compares each function on ONNX Runtime's own inputs). Prints one line.
"""

import json
import pathlib
import subprocess
import sys

import numpy as np


def run(*command):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True,
                            check=False)
    if result.returncode:
        sys.exit(f"error: {' '.join(map(str, command))}\n{result.stderr.strip()}")
    return result.stdout


def file_name(tensor):
    """As the tools write it."""
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in tensor)


def tensors(folder):
    return {path.stem: np.load(path) for path in folder.iterdir()}


def compare(what, found, expected):
    """The number of common tensors and their bytes; ends where they differ."""
    common = sorted(found.keys() & expected.keys())
    for name in common:
        if not np.array_equal(found[name].ravel(), expected[name].ravel()):
            wrong = int((found[name].ravel() != expected[name].ravel()).sum())
            sys.exit(f"error: {what}: {name}: {wrong} of {found[name].size} bytes differ")
    return len(common), sum(found[name].size for name in common)


def recorded(folder, form):
    """ONNX Runtime's integer tensors."""
    with np.load(folder / f"{form}.npz") as arrays:
        return {file_name(name): arrays[name] for name in arrays.files
                if arrays[name].dtype in (np.int8, np.uint8)}


def main():
    model, work = map(pathlib.Path, sys.argv[1:3])
    machine, form, *options = sys.argv[3:]
    work.mkdir(parents=True, exist_ok=True)
    run("cm-compile", model / f"{form}.onnx", "--emit=cmnn", "-o", work / "model.mlirbc")
    for level in ("cmflow", "program"):
        run("cm-compile", model / f"{form}.onnx", f"--machine={machine}", f"--emit={level}",
            "-o", work / level, *options)
    with np.load(model / "inputs.npz") as arrays:
        inputs = []
        for number, name in enumerate(arrays.files):
            np.save(work / f"in{number}.npy", arrays[name])
            inputs += ["--input", work / f"in{number}.npy"]
    run("cm-run", work / "model.mlirbc", *inputs, "--tensors", work / "interpreted")
    run("cm-run", work / "cmflow", *inputs, "--tensors", work / "functional")
    run("cm-sim", work / "program", *inputs, "--tensors", work / "simulated",
        "--json", work / "report.json")
    interpreted, functional, simulated = (
        tensors(work / name) for name in ("interpreted", "functional", "simulated"))
    count, size = compare("simulator and interpreter", simulated, interpreted)
    compare("simulator and functional run", simulated, functional)
    reference = recorded(model, form)
    common = sorted(simulated.keys() & reference.keys())
    equal = sum(np.array_equal(simulated[n].ravel(), reference[n].ravel()) for n in common)
    report = json.loads((work / "report.json").read_text())
    print(f"{model.name} {form} on {machine}: {count} tensors, {size} bytes equal in three "
          f"oracles; {equal} of {len(common)} equal to ONNX Runtime's; "
          f"{report['cycles']} cycles")


if __name__ == "__main__":
    main()
