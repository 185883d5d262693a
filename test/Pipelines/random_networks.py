#!/usr/bin/python3
"""Random networks on random machines through all three oracles.

    random_networks.py [--cases=N] [--seed=S] [--folder=DIR]

Case S is network and machine of seed S; the cases are S .. S+N-1. The cmnn
interpreter, the functional run of cmflow and the simulator must agree on every
result and every named tensor. A failing case's files stay in DIR/S, and the line
printed for it reproduces it. The tools are found on the path.
"""

import argparse
import os
import shutil
import subprocess
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "Inputs"))
from random_machine import random_machine  # noqa: E402
from random_model import Network  # noqa: E402

# What a network that is too large for its machine is told.
TOO_SMALL = ("are short", "no core", "contexts", "does not fit")
IMAGES = 3


class Failure(Exception):
    pass


def run(*command):
    """The text that a command printed; Failure where it did not succeed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        output = (done.stdout + done.stderr).strip()
        raise Failure("%s\n%s" % (" ".join(command), output[-2000:]))
    return done.stdout


def compile_network(seed):
    """Compiles for a machine of some cores, with more where it is too small."""
    for cores in (4, 8, 16, 32, 64, 128, 256):
        with open("machine.textproto", "w") as file:
            file.write(random_machine(np.random.default_rng([seed, 1]), cores,
                                      np.random.default_rng([seed, 3])))
        copies = ("none", "rows", "pixels")[seed % 3]
        shifts = (0, 1, 4)[seed // 3 % 3]
        try:
            for level, path in (("cmflow", "flow.mlirbc"), ("program", "net.cmb")):
                run("cm-compile", "net.mlir", "--machine=machine.textproto",
                    "--replicate=" + copies, "--shifts=%d" % shifts,
                    "--emit=" + level, "-o", path)
            return cores
        except Failure as failure:
            if not any(text in str(failure) for text in TOO_SMALL):
                raise
    raise Failure("the network fits no machine of up to 256 cores")


def run_case(seed):
    """Writes one case into the current folder and runs it; a short summary."""
    rng = np.random.default_rng([seed, 0])
    network = Network(rng, int(rng.integers(1, 12)), np.random.default_rng([seed, 2]))
    with open("net.mlir", "w") as file:
        file.write(network.text)
    inputs, outputs, expected = [], [], []
    for index, array in enumerate(network.images(IMAGES)):
        np.save("in%d.npy" % index, array)
        inputs += ["--input", "in%d.npy" % index]
    for index in range(len(network.results)):
        outputs += ["--output", "out%d.npy" % index]
        expected += ["--expect", "out%d.npy" % index]
    expected += ["--expect-tensors", "tensors"]
    run("cm-run", "net.mlir", *inputs, *outputs, "--tensors", "tensors")
    cores = compile_network(seed)
    run("cm-run", "flow.mlirbc", *inputs, *expected)
    run("cm-sim", "net.cmb", *inputs, *expected, "--check=byte")
    run("cm-sim", "net.cmb", *inputs, *expected, "--unpaced", "--check=planes")
    return "%d operations, %d tensors, %d cores" % (
        len(network.body), len(os.listdir("tensors")), cores)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", default="random_networks.tmp")
    options = parser.parse_args()
    root, failed = os.path.abspath(options.folder), 0
    for seed in range(options.seed, options.seed + options.cases):
        folder = os.path.join(root, str(seed))
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        os.chdir(folder)
        try:
            print("seed %d: %s" % (seed, run_case(seed)), flush=True)
        except (Failure, subprocess.TimeoutExpired) as failure:
            failed += 1
            print("seed %d: FAILED: %s" % (seed, failure))
            print("reproduce: %s --cases=1 --seed=%d" % (__file__, seed), flush=True)
            continue
        finally:
            os.chdir(root)
        shutil.rmtree(folder)
    print("%d cases, %d failed" % (options.cases, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
