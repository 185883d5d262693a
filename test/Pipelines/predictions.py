#!/usr/bin/python3
"""What cm-compile predicts against what cm-sim shows.

    predictions.py [--zoo=FOLDER] [--cases=N] [--seed=S] [--shared] [--table]
                   [--least=N] [--option=O].. [--folder=DIR]

Compiles each model of the folder that fits, and N random networks, for a machine
with one stage per core and private links (--shared: as many as fit, on any
topology), and simulates 16 images. II and latency must be as predicted wherever
the prediction says `exact`, and of at least `--least` networks it must; elsewhere
the median error of the predicted II is printed. Nothing may deadlock. On each link
the bytes of each stream must be as predicted, and the means within one percent
wherever the II is.
"""

import argparse
import glob
import json
import os
import re
import statistics
import subprocess
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "Inputs"))
from random_machine import random_machine  # noqa: E402
from random_model import Network  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "utils"))
from link_loads import differences  # noqa: E402

TOO_SMALL = ("is a guarantee", "are short", "no core", "contexts", "does not fit", "bytes of SRAM")
NO_MAPPING = ("has no mapping", "expects int8", "expects a reshape", "expects reductions")
LONE = """name: "lone"
clock_ghz: 1
core_types {
  crossbar { count: 8 rows: 128 cols: 128 mvm_cycles: %d }
  dpu { lanes: 32 }
  sram { access_bytes: %d ports: 2 }
}
topology { %s }
link { width_bytes: 8 latency: 1 }
network { header_bytes: 4 }
io_nodes { bytes_per_cycle: 1 attached_to: [%s] }
"""


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def compare(model, machine, options):
    """Prediction and run; None where the model does not fit; text on failure."""
    done = run("cm-compile", model, "--machine=" + machine, "--report=r.json",
               "-o", "net.cmb", *options)
    if done.returncode:
        fits = not any(text in done.stderr for text in TOO_SMALL + NO_MAPPING)
        return done.stderr[-500:] if fits else None
    report = json.load(open("r.json"))
    done = run("cm-sim", "net.cmb", "--timing-only", "--images=16", "--json", "s.json")
    if done.returncode:
        return done.stderr[-500:]
    return report, json.load(open("s.json"))


def zoo_cases(folder, shared):
    cores = 16 if shared else 128
    where = "mesh { width: 4 height: 4 }" if shared else "all_to_all { cores: %d }" % cores
    with open("zoo.textproto", "w") as file:
        file.write(LONE % (400, 1 if not shared else 32, where,
                           ", ".join(map(str, range(cores)))))
    for path in sorted(glob.glob(os.path.join(folder, "*", "*.onnx"))):
        name = "%s %s" % (os.path.basename(os.path.dirname(path)),
                          os.path.basename(path).split(".")[0])
        yield name, path, ["zoo.textproto"]


def random_cases(first, count, shared):
    """The LCU's instructions are not known before there is a program."""
    for seed in range(first, first + count):
        network = Network(np.random.default_rng([seed, 0]),
                          int(np.random.default_rng([seed, 4]).integers(1, 12)),
                          np.random.default_rng([seed, 2]))
        with open("net.mlir", "w") as file:
            file.write(network.text)
        machines = []
        for cores in (4, 8, 16, 32, 64, 128, 256):
            text = random_machine(np.random.default_rng([seed, 1]), cores,
                                  np.random.default_rng([seed, 3]),
                                  np.random.default_rng([seed, 4]))
            text = re.sub(r"instruction_cycles: \d+", "instruction_cycles: 0", text)
            if not shared:
                text = re.sub(r"topology {.*}\n",
                              "topology { all_to_all { cores: %d } }\n" % cores, text)
                text = re.sub(r"attached_to: \[.*\]", "attached_to: [%s]" %
                              ", ".join(map(str, range(cores))), text)
            machines.append("m%d.textproto" % cores)
            with open(machines[-1], "w") as file:
                file.write(text)
        yield "seed %d" % seed, "net.mlir", machines


class Figures:
    def __init__(self, table):
        self.table, self.cases, self.exact, self.failed = table, 0, 0, 0
        self.errors, self.predicted, self.latencies = [], [], []
        self.links, self.means = 0, 0

    def add(self, name, report, run):
        ii, latency = report["ii_cycles"], report["latency_cycles"]
        guess = report.get("predicted", {}).get("ii_cycles", ii)
        seen, last = run["ii_cycles"], statistics.median(run["latency_cycles"])
        away = abs(latency - last) / max(latency, last, 1)
        self.cases += 1
        self.exact += report["exact"]
        self.latencies.append(away)
        if not report["exact"]:
            self.errors.append(abs(ii - seen) / max(seen, 1))
            self.predicted.append(abs(guess - seen) / max(seen, 1))
        wrong = report["exact"] and (ii != seen or away > 0.02)
        same = abs(guess - seen) <= 0.01 * seen
        other = list(differences(report, run, 1 if same else 1e9))
        self.links += len(report["links"])
        self.means += same
        if other:
            print("%s: %s" % (name, "; ".join(other[:5])))
        wrong = wrong or bool(other)
        self.failed += wrong
        if self.table or wrong:
            print("%s | %d | %d | %d | %d | %d | %d | %s%s" % (
                name, report["cores"], ii, guess, seen, latency, last,
                "exact" if report["exact"] else "",
                " FAILED" if wrong else ""), flush=True)

    def summary(self):
        percent = lambda values: (100 * statistics.median(values or [0]),
                                  100 * max(values or [0]))
        print("elsewhere: the II is off by %.2f %% (median), %.2f %% (most)" %
              percent(self.errors))
        print("elsewhere: the predicted II is off by %.2f %% (median), %.2f %% (most)" %
              percent(self.predicted))
        print("latency: off by %.2f %% (median), %.2f %% (most)" % percent(self.latencies))
        print("links: %d as predicted, means within 1 %% on %d networks" %
              (self.links, self.means))
        print("%d networks, %d exact, %d failed" % (self.cases, self.exact, self.failed))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--zoo")
    parser.add_argument("--cases", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--least", type=int, default=0)
    parser.add_argument("--shared", action="store_true")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--option", action="append", default=[])
    parser.add_argument("--folder", default="predictions.tmp")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    zoo = options.zoo and os.path.abspath(options.zoo)
    os.chdir(options.folder)
    flags = options.option + ([] if options.shared else ["--stages-per-core=1"])
    figures = Figures(options.table)
    cases = list(zoo_cases(zoo, options.shared)) if zoo else []
    if options.table:
        print("network | cores | II | predicted | simulated | latency | simulated |")
    for source in (cases, random_cases(options.seed, options.cases, options.shared)):
        for name, model, machines in source:
            for machine in machines:
                result = compare(model, machine, flags)
                if result is not None:
                    break
            if isinstance(result, str):
                figures.failed += 1
                print("%s FAILED: %s" % (name, result), flush=True)
            elif result:
                figures.add(name, *result)
    figures.summary()
    return 1 if figures.failed or figures.exact < options.least else 0


if __name__ == "__main__":
    sys.exit(main())
