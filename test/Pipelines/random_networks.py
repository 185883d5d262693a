#!/usr/bin/python3
"""Random networks on random machines through all three oracles.

    random_networks.py [--cases=N] [--seed=S] [--kind=KIND] [--jobs=J] [--folder=DIR]

Case S is network and machine of seed S; the cases are S .. S+N-1. KIND is wide, plain
(the plainer networks of earlier versions), encoder (transformers) or shifted (small
kernels on large crossbars, several pixels in one MVM). The cmnn
interpreter, the functional run of cmflow and the simulator must agree on every
result and every named tensor. A failing case shrinks itself with cm-reduce; its
files stay in DIR/S, and the lines printed for it reproduce it. At the end stands
how often the networks had what, and what they had too seldom for so many.
The tools are found on the path.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import subprocess
import sys
import traceback

import numpy as np

INPUTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Inputs")
sys.path.insert(0, INPUTS)
import check_network  # noqa: E402
from check_network import Failure  # noqa: E402
import random_encoder  # noqa: E402
import random_shifted  # noqa: E402
import random_wide  # noqa: E402
from random_machine import random_machine  # noqa: E402
from random_model import Network  # noqa: E402


KINDS = {"wide": random_wide.WideNetwork, "plain": Network, "encoder": random_encoder.Encoder,
         "shifted": random_shifted.ShiftedNetwork}
# What 300 cases of a kind must have, and how often.
WANTED = {"wide": random_wide.WANTED, "plain": {}, "encoder": random_encoder.WANTED,
          "shifted": random_shifted.WANTED}


def compile_options(seed, kind=None):
    copies = "--replicate=" + ("none", "rows", "pixels")[seed % 3]
    if hasattr(kind, "options"):
        return [copies] + kind.options(seed)
    shifts = (0, 1, 4)[seed // 3 % 3]
    axes = ("auto", "x", "y")[seed // 9 % 3]
    return [copies, "--shifts=%d" % shifts, "--shift-axes=" + axes]


def machine_text(seed, cores, kind):
    text = random_machine(np.random.default_rng([seed, 1]), cores,
                          np.random.default_rng([seed, 3]), np.random.default_rng([seed, 4]))
    if hasattr(kind, "machine"):
        text = kind.machine(text, np.random.default_rng([seed, 6]))
    return text


def compile_network(seed, kind=None):
    """Compiles for a machine of some cores, with more where it is too small."""
    for cores in (4, 8, 16, 32, 64, 128, 256, 512, 1024):
        with open("machine.textproto", "w") as file:
            file.write(machine_text(seed, cores, kind))
        try:
            check_network.compile_module("net.mlir", "machine.textproto",
                                         compile_options(seed, kind))
            return cores
        except Failure as failure:
            if not failure.is_too_small():
                raise
    raise Failure("cm-compile", "the network fits no machine of up to 1024 cores")


def run_case(seed, kind):
    """Writes one case into the current folder and runs it; its features."""
    rng = np.random.default_rng([seed, 0])
    network = kind(rng, int(rng.integers(1, 12)), np.random.default_rng([seed, 2]))
    with open("net.mlir", "w") as file:
        file.write(network.text)
    steps = check_network.compare("net.mlir", seed)
    next(steps)
    cores = compile_network(seed, kind)
    next(steps, None)
    with open("flow.mlir") as file:
        features = random_wide.features_of_graph(file.read()) | getattr(network, "features", set())
    return features, "%d operations, %d tensors, %d cores" % (
        len(network.body), len(os.listdir("tensors")), cores)


def shrink(seed, failure, kind):
    """A smaller network that fails in the same way, in small.mlir."""
    with open("options.json", "w") as file:
        json.dump({"seed": seed, "step": failure.step, "kind": failure.kind(),
                   "options": compile_options(seed, kind)}, file)
    with open("fails.sh", "w") as file:
        file.write('#!/bin/sh\nexec "%s" "%s" "$1" --case="%s" > /dev/null\n' % (
            sys.executable, os.path.join(INPUTS, "check_network.py"), os.getcwd()))
    os.chmod("fails.sh", 0o755)
    done = subprocess.run(
        ["cm-reduce", "net.mlir", "--reduce-network=test=" + os.path.abspath("fails.sh"),
         "-o", "small.mlir"], capture_output=True, text=True)
    if done.returncode != 0:
        return "cm-reduce: " + done.stderr.strip()[-500:]
    with open("small.mlir") as file:
        operations = file.read().count("= cmnn.")
    return "shrunk to %d operations: %s" % (operations, os.path.abspath("small.mlir"))


def report(counts, cases, kind):
    """Prints the coverage; whether it is what so many cases must have."""
    print("coverage: " + ", ".join("%s %d" % item for item in sorted(counts.items())))
    missing = ["%s %d of %d" % (name, counts[name], least * (cases // 300))
               for name, least in WANTED[kind].items() if counts[name] < least * (cases // 300)]
    if missing:
        print("too seldom: " + ", ".join(missing))
    return not missing


def try_case(seed, name, root):
    """Runs one case in its own folder: whether it failed, features, what to say."""
    try:
        with check_network.in_own_folder(root, seed):
            try:
                features, summary = run_case(seed, KINDS[name])
            except Failure as failure:
                failure.shrunk = shrink(seed, failure, KINDS[name])
                raise
    except Failure as failure:
        again = "%s --cases=1 --seed=%d --kind=%s" % (__file__, seed, name)
        return True, set(), "seed %d: FAILED: %s: %s\nreproduce: %s\n%s" % (
            seed, failure.step, failure, again, failure.shrunk)
    except Exception:  # of this program: the other cases go on
        return True, set(), "seed %d: FAILED: %s" % (seed, traceback.format_exc())
    return False, features, "seed %d: %s" % (seed, summary)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=sorted(KINDS), default="wide")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--folder", default="random_networks.tmp")
    options = parser.parse_args()
    root, failed = os.path.abspath(options.folder), 0
    os.makedirs(root, exist_ok=True)
    counts = collections.Counter()
    seeds = range(options.seed, options.seed + options.cases)
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        cases = [pool.submit(try_case, seed, options.kind, root) for seed in seeds]
        for case in cases:
            has_failed, features, text = case.result()
            failed += has_failed
            counts.update(features)
            print(text, flush=True)
    print("%d cases, %d failed, %d images each" % (
        options.cases, failed, check_network.IMAGES))
    covered = report(counts, options.cases, options.kind)
    return 1 if failed or not covered else 0


if __name__ == "__main__":
    sys.exit(main())
