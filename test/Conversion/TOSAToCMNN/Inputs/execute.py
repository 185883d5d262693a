"""Runs the functions of tosa_cases.py by cm-opt and cm-run and compares all
results with those of another implementation of TOSA.

    python3 execute.py FOLDER --mlir=LIBRARIES     MLIR's own lowering
    python3 execute.py FOLDER --recorded=FILE      recordings of the reference model
    python3 execute.py FOLDER --reference=TOOLS    the TOSA reference model
    python3 execute.py FOLDER --reference=TOOLS --record=FILE    records instead

LIBRARIES has the libraries of mlir-runner, TOOLS the programs of tosa-tools. Our
tools and MLIR's are found by PATH; FOLDER takes files. Prints a line per
function; fails where an element differs.
"""

import argparse
import pathlib
import subprocess
import sys

import numpy

import reference_model
import tosa_cases
import upstream


def host_shape(shape):
    """As the host has a tensor: a leading extent of 1 is its batch."""
    return shape if len(shape) > 1 and shape[0] == 1 else (1, *shape)


def run_ours(name, function, folder):
    source, converted = folder / f"{name}.tosa.mlir", folder / f"{name}.mlir"
    source.write_text(function.text(name))
    subprocess.run(["cm-opt", "--convert-tosa-to-cmnn", source, "-o", converted], check=True)
    command = ["cm-run", converted]
    for i, (value, data) in enumerate(function.inputs):
        numpy.save(folder / f"{name}.in{i}.npy", data.reshape(host_shape(value.shape)))
        command.append(f"--input={folder / f'{name}.in{i}.npy'}")
    outputs = [folder / f"{name}.out{i}.npy" for i in range(len(function.outputs))]
    subprocess.run(command + [f"--output={path}" for path in outputs], check=True)
    return [numpy.load(path).reshape(value.shape)
            for path, value in zip(outputs, function.outputs)]


def run_mlir(functions, libraries):
    return upstream.run(functions, [str(libraries / f"libmlir_{kind}runner_utils.so")
                                    for kind in ("", "c_")])


def run_reference(functions, tools, folder):
    model = reference_model.ReferenceModel(tools, folder / "reference")
    results = {}
    for name, function in functions.items():
        source = model.folder / f"{name}.mlir"
        source.write_text(function.text("main"))
        # Its files know no unsigned bytes either.
        inputs = [data.view(f"i{data.itemsize}") for _, data in function.inputs]
        found = model.run(model.serialize(source), inputs, len(function.outputs))
        results[name] = [array.view(value.dtype)
                         for array, value in zip(found, function.outputs)]
    return results


def read_recorded(functions, path):
    arrays = numpy.load(path)
    return {name: [arrays[f"{name}.{i}"] for i in range(len(function.outputs))]
            for name, function in functions.items()}


def record(results, path):
    arrays = {f"{name}.{i}": array
              for name, outputs in results.items() for i, array in enumerate(outputs)}
    numpy.savez_compressed(path, **arrays)
    print(f"{len(arrays)} arrays recorded")


def compare(name, ours, theirs):
    """Whether all results are equal."""
    differing = total = 0
    for our, their in zip(ours, theirs):
        assert our.dtype == their.dtype and our.shape == their.shape, name
        differing += int((our != their).sum())
        total += our.size
    print(f"{name}: {differing} of {total} elements differ", flush=True)
    return differing == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    for option in ("mlir", "recorded", "reference", "record"):
        parser.add_argument(f"--{option}", type=pathlib.Path)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    skipped = tosa_cases.NOT_IN_MLIR if args.mlir else tosa_cases.NOT_IN_REFERENCE
    functions = {case.__name__: tosa_cases.build(case) for case in tosa_cases.CASES
                 if case not in skipped}
    if args.mlir:
        expected = run_mlir(functions, args.mlir)
    elif args.recorded:
        expected = read_recorded(functions, args.recorded)
    else:
        expected = run_reference(functions, args.reference, args.folder)
    if args.record:
        return record(expected, args.record)
    equal = [compare(name, run_ours(name, function, args.folder), expected[name])
             for name, function in functions.items()]
    print(f"{len(functions)} functions, {equal.count(False)} wrong")
    return 0 if all(equal) else 1


if __name__ == "__main__":
    sys.exit(main())
