"""Runs ONNX's node tests through importer and interpreter.

    conformance.py --work DIR --passed FILE [--update] (--data DIR | --vectors DIR)

Integers must be equal (a sigmoid's within one step), floats within ONNX's own tolerance. FILE lists the tests
that pass: one of them that no longer does, a mismatch and a crash are errors.
Prints what was refused and why, and unsupported tests by operator.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx import numpy_helper

import cases

RTOL, ATOL = 1e-3, 1e-7
# Quantised operators that compute floats: their results may be a step off.
FUNCTIONS = {"QLinearSigmoid"}
# Tests whose expectation ONNX Runtime does not meet either, and what we do, too.
DIFFERENT = {
    "test_resize_downsample_scales_linear_align_corners":
        "the extent is divided by before it is rounded",
}


class Refused(Exception):
    """The importer said in an error what it does not do."""


class Wrong(Exception):
    """A tool crashed, or computed something else."""


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return
    lines = result.stderr.strip().splitlines()
    said = [line.split("error: ", 1)[1] for line in lines if "error: " in line]
    if result.returncode == 1 and said and command[0] == "cm-translate":
        raise Refused(said[0])
    raise Wrong(f"{command[0]} ended with {result.returncode}: " + " | ".join(lines[:3]))


def host_shape(shape):
    """Of one image in a file: a leading 1 is the batch, else one is put before it."""
    return shape if shape[:1] == (1,) else (1,) + shape


def compare(case, found, expected, name):
    if found.shape != host_shape(expected.shape):
        raise Wrong(f"{name}: expected shape {list(host_shape(expected.shape))}, "
                    f"found {list(found.shape)}")
    found = found.reshape(expected.shape)
    if found.dtype != expected.dtype:
        raise Wrong(f"{name}: expected {expected.dtype}, found {found.dtype}")
    if case.operators() & FUNCTIONS:
        same = np.abs(found.astype(int) - expected.astype(int)) <= 1
    elif expected.dtype.kind == "f":
        same = np.isclose(found, expected, RTOL, ATOL, equal_nan=True)
    else:
        same = found == expected
    if not same.all():
        at = tuple(int(i) for i in np.argwhere(~same)[0])
        raise Wrong(f"{name}: {(~same).sum()} of {same.size} differ, first at {at}: "
                    f"expected {expected[at]}, found {found[at]}")


def check(case, folder):
    """Raises what is wrong with one test."""
    folder.mkdir(parents=True, exist_ok=True)
    model, arrays = cases.with_constants(case)
    onnx.save(model, str(folder / "model.onnx"))
    run("cm-translate", "--import-onnx", "--keep-batch", folder / "model.onnx",
        "-o", folder / "model.mlir")
    command = ["cm-run", folder / "model.mlir"]
    for index, proto in enumerate(arrays):
        array = numpy_helper.to_array(proto)
        np.save(folder / f"in{index}.npy", array.reshape(host_shape(array.shape)))
        command.append(f"--input={folder / f'in{index}.npy'}")
    outputs = [folder / f"out{index}.npy" for index in range(len(case.outputs))]
    run(*command, *(f"--output={path}" for path in outputs))
    for path, proto in zip(outputs, case.outputs):
        compare(case, np.load(path), numpy_helper.to_array(proto), proto.name)


def attempt(name, read, work):
    """(status, why): passed, refused, different, wrong or unsupported."""
    case = cases.load(name, read)
    foreign = case.foreign()
    if foreign:
        return "unsupported", foreign
    try:
        check(case, work / name)
    except Refused as refused:
        return "refused", str(refused)
    except Wrong as wrong:
        return "different" if name in DIFFERENT else "wrong", str(wrong)
    return "passed", ""


def run_all(found, work):
    """name -> (status, why), on all cores."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        futures = {name: pool.submit(attempt, name, read, work) for name, read in found}
    return {name: future.result() for name, future in futures.items()}


def by_status(results, status):
    return {n: why for n, (s, why) in results.items() if s == status}


def print_results(results):
    refused = by_status(results, "refused")
    for name, why in refused.items():
        print(f"refused: {name}: {why}")
    foreign = collections.Counter(by_status(results, "unsupported").values())
    print("unsupported by operator: " +
          ", ".join(f"{o} {c}" for o, c in sorted(foreign.items())))
    different = by_status(results, "different")
    for name in different:
        print(f"different: {name}: {DIFFERENT[name]}")
    wrong = by_status(results, "wrong")
    for name, why in wrong.items():
        print(f"error: {name}: {why}")
    print(f"{len(by_status(results, 'passed'))} passed, {len(wrong)} wrong, "
          f"{len(different)} different, {len(refused)} refused, {sum(foreign.values())} unsupported")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--passed", type=pathlib.Path, required=True)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--data", help="folder of ONNX's node tests")
    parser.add_argument("--vectors", help="folder of .zip files with such tests")
    args = parser.parse_args()
    found = (cases.from_folder(args.data) if args.data
             else cases.from_archives(args.vectors))
    results = run_all(found, args.work)
    print_results(results)
    passed = sorted(by_status(results, "passed"))
    if args.update:
        args.passed.write_text("".join(f"{n}\n" for n in passed))
    listed = args.passed.read_text().split()
    lost = [name for name in listed if name not in passed]
    for name in lost:
        print(f"error: {name} passed before: {results.get(name, ('not there',))[0]}")
    new = len(set(passed) - set(listed))
    if new:
        print(f"{new} tests pass that {args.passed.name} does not list: run --update")
    return 1 if lost or by_status(results, "wrong") or not listed else 0


if __name__ == "__main__":
    sys.exit(main())
