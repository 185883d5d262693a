#!/usr/bin/python3
"""Runs one network through all three oracles.

    check_network.py MODULE --case=FOLDER

FOLDER holds machine.textproto and options.json (see `Case`). The cmnn
interpreter, the functional run of cmflow and the simulator must agree on every
result and every named tensor, for random images, and no chip may beat the bound of the
compiler's report. Exits with 1 where that is not so, at the step and with the kind of
error that options.json says if it does; else with 0, and with 2 where this program
itself fails. So it is a test for cm-reduce, too.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback

import numpy as np

# The errors of a network that is too large for its machine.
TOO_SMALL = re.compile(r"error: .*(: \d+ are short|no core of machine '[^']*' has (crossbars|room))")
IMAGES = 4
INPUTS = os.path.dirname(os.path.abspath(__file__))


class Failure(Exception):
    """`step` is the tool that failed and what for, `output` what it said."""

    def __init__(self, step, output, command=""):
        super().__init__((command + "\n" + output).strip()[-2500:])
        self.step, self.output = step, output

    def is_too_small(self):
        return bool(TOO_SMALL.search(self.output))

    def kind(self):
        """The first error without what is quoted, numbers and words with digits:
        it is the same for another network that has the same defect."""
        lines = [line for line in self.output.splitlines() if "error: " in line]
        text = (lines or self.output.splitlines() or [""])[0].split("error: ", 1)[-1]
        text = re.sub(r"'[^']*'|\"[^\"]*\"|[@%]\S+", "", text)
        return " ".join(word for word in re.findall(r"[\w.\[\]-]+", text)
                        if not re.search(r"\d", word))


@contextlib.contextmanager
def in_own_folder(root, name):
    """An empty folder as the current one, removed unless the block raises."""
    folder = os.path.join(root, str(name))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(root)
    shutil.rmtree(folder)


def run(step, *command):
    """Failure where the command does not succeed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        raise Failure(step + " (time)", "", " ".join(command))
    if done.returncode != 0:
        output = (done.stdout + done.stderr).strip()
        raise Failure(step, output or "exit status %d" % done.returncode, " ".join(command))


def random_images(module, seed):
    """For each argument of the function random images, as the host has them."""
    with open(module) as file:
        signature = next(line for line in file if "func.func @main" in line)
    signature = signature.split("->")[0]
    rng = np.random.default_rng([seed, 5])
    arrays = []
    for shape in re.findall(r"%\w+: tensor<1x([0-9x]+)xi8>", signature):
        extents = [int(e) for e in shape.split("x")]
        if len(extents) == 3:
            extents = [extents[2], extents[0], extents[1]]
        low, high = (-128, 128) if rng.random() < 0.8 else (-8, 8)
        arrays.append(rng.integers(low, high, size=[IMAGES] + extents).astype(np.int8))
    return arrays


def compile_module(module, machine, options):
    for level, path in (("cmflow", "flow.mlir"), ("program", "net.cmb")):
        run("cm-compile to " + level, "cm-compile", module, "--machine=" + machine, *options,
            "--emit=" + level, "--text" if level == "cmflow" else "--report=net.json", "-o", path)


def compare(module, seed):
    """All oracles on the module and what became of it, in this folder."""
    with open(module) as file:
        text = file.read()
    results = text.count("tensor<", text.rindex("return "))
    inputs, outputs, expected = [], [], []
    for index, array in enumerate(random_images(module, seed)):
        np.save("in%d.npy" % index, array)
        inputs += ["--input", "in%d.npy" % index]
    for index in range(results):
        outputs += ["--output", "out%d.npy" % index]
        expected += ["--expect", "out%d.npy" % index]
    expected += ["--expect-tensors", "tensors"]
    run("interpreter", "cm-run", module, *inputs, *outputs, "--tensors", "tensors")
    yield
    run("functional run", "cm-run", "flow.mlir", *inputs, *expected)
    run("simulator", "cm-sim", "net.cmb", *inputs, *expected, "--check=byte")
    run("simulator, unpaced", "cm-sim", "net.cmb", *inputs, *expected, "--unpaced", "--check=planes")
    run("bound", sys.executable, os.path.join(INPUTS, "check_bound.py"), "net.cmb", "net.json",
        "--images=8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("module")
    parser.add_argument("--case", required=True)
    arguments = parser.parse_args()
    with open(os.path.join(arguments.case, "options.json")) as file:
        case = json.load(file)
    module = os.path.abspath(arguments.module)
    machine = os.path.abspath(os.path.join(arguments.case, "machine.textproto"))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            steps = compare(module, case["seed"])
            next(steps)
            compile_module(module, machine, case["options"])
            next(steps, None)
        except Failure as failure:
            print("%s: %s" % (failure.step, failure))
            found = {"step": failure.step, "kind": failure.kind()}
            return 1 if all(case.get(key, found[key]) == found[key] for key in found) else 0
        except Exception:
            traceback.print_exc()
            return 2
        finally:
            os.chdir("/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
