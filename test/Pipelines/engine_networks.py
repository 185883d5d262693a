#!/usr/bin/python3
"""Random networks in both engines of the simulator.

    engine_networks.py [--cases=N] [--seed=S] [--orders=O] [--jobs=J] [--folder=DIR]

Case S is network and machine of seed S, as in random_networks.py; the cases are
S .. S+N-1. Each program runs on four images (two random ones, twice), with data, in
the event engine and in the tick engine, each in the modules' own order and in O
shuffled ones. Cases take turns with images that are released at their interval and as
credits allow, and with shadow tags for slots and for bytes. Reports, energies, outputs,
named tensors, trace and all events must be the same. The tools are found on the path.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys

import numpy as np

from random_networks import Failure, check_network, compile_network, random_wide


def run_case(seed, orders):
    """Compiles and compares in the current folder; cycles and events of a run."""
    rng = np.random.default_rng([seed, 0])
    network = random_wide.WideNetwork(rng, int(rng.integers(1, 12)), np.random.default_rng([seed, 2]))
    with open("net.mlir", "w") as file:
        file.write(network.text)
    compile_network(seed)
    command = ["cm-sim", "net.cmb", "--images=4", "--verify-engines=%d" % orders]
    for index, array in enumerate(check_network.random_images("net.mlir", seed)):
        np.save("in%d.npy" % index, array)
        command += ["--input", "in%d.npy" % index]
    command += ["--unpaced"] * (seed % 2) + ["--check=byte"] * (seed // 2 % 2)
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure("engines", (done.stdout + done.stderr).strip())
    runs, cycles, events = map(int, re.search(
        r": (\d+) runs, (\d+) cycles and (\d+) events each, all the same", done.stdout).groups())
    return runs, cycles, events


def try_case(seed, orders, root):
    try:
        with check_network.in_own_folder(root, seed):
            counts = run_case(seed, orders)
    except Failure as failure:
        return None, "seed %d: FAILED: %s: %s" % (seed, failure.step, failure)
    return counts, "seed %d: %d runs, %d cycles, %d events" % ((seed,) + counts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--orders", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--folder", default="engine_networks.tmp")
    options = parser.parse_args()
    root, failed, sums = os.path.abspath(options.folder), 0, np.zeros(3, dtype=np.int64)
    os.makedirs(root, exist_ok=True)
    seeds = range(options.seed, options.seed + options.cases)
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        for case in [pool.submit(try_case, seed, options.orders, root) for seed in seeds]:
            counts, text = case.result()
            print(text, flush=True)
            failed += counts is None
            sums += counts or (0, 0, 0)
    print("%d cases, %d failed, %d runs; %d cycles and %d events of one run of each" % (
        options.cases, failed, *sums))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
