"""Compares a model's interpretation with its recording by ONNX Runtime.

    check_model.py MODEL_FOLDER WORK_FOLDER [FORM...]

imports each form (qoperator, qdq), runs it on the recorded inputs with every
float function fed by recorded tensors (cut.py), and compares every recorded
integer tensor: byte for byte, those of float functions within one step on at
most 0.1 % of the elements. Needs the tools on the path, numpy and onnx.
"""

import collections
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import onnx

from cut import SUFFIX, VIEWS, Graph, cut

FORMS = ("qoperator", "qdq")
MAX_SHARE = 1e-3


class Failure(Exception):
    pass


def run(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        raise Failure(f"{' '.join(map(str, command))}\n{result.stderr.strip()}")


def file_name(tensor):
    """As cm-run writes it."""
    return "".join(c if c.isalnum() or c in "._-" else "_" for c in tensor) + ".npy"


def interpret(model, arrays, folder):
    """Named tensors and graph outputs of `model` for the graph inputs' arrays."""
    onnx.save(model, str(folder / "cut.onnx"))
    run("cm-translate", "--import-onnx", folder / "cut.onnx", "-o", folder / "cut.mlir")
    command = ["cm-run", folder / "cut.mlir", "--tensors", folder / "tensors"]
    for value in model.graph.input:
        path = folder / ("in_" + file_name(value.name))
        np.save(path, arrays[value.name])
        command += ["--input", path]
    outputs = [folder / ("out_" + file_name(o.name)) for o in model.graph.output]
    for path in outputs:
        command += ["--output", path]
    run(*command)
    found = {o.name: np.load(p) for o, p in zip(model.graph.output, outputs)}
    for path in (folder / "tensors").iterdir():
        found.setdefault(path.stem, np.load(path))
    return found


def may_be_absent(graph, node):
    """Whether no operation need compute the results of `node`: views merge with
    their neighbours, and the host's floats are quantised by the binding."""
    if node.op_type in VIEWS:
        return True
    inputs = {i.name for i in graph.model.graph.input}
    return node.op_type == "QuantizeLinear" and (
        node.input[0] in inputs or not graph.functions(node.input[0]))


def is_seen_through_views(graph, node, found):
    """Whether all that reads the result of `node` are views, quantised as it is: they
    are compared instead."""
    def readers(nodes):
        return [r for n in nodes for r in graph.model.graph.node if n.output[0] in r.input]

    views = readers(readers([node]))
    quantised = readers(views)
    return bool(quantised) and all(v.op_type in VIEWS for v in views) and all(
        q.op_type == "QuantizeLinear" and q.input[1:] == node.input[1:]
        and q.output[0] in found for q in quantised)


class Report:
    """Counts of one model."""

    def __init__(self):
        self.equal = self.equal_bytes = 0
        self.float_elements = self.steps = 0
        self.by_function = collections.Counter()
        self.absent = 0
        self.errors = []

    def exact(self, name, found, expected):
        wrong = int((found != expected).sum())
        if wrong:
            step = np.abs(found.astype(int) - expected.astype(int)).max()
            self.errors.append(f"{name}: {wrong} of {found.size} elements differ, "
                               f"by up to {step}")
        self.equal += 1
        self.equal_bytes += found.size

    def function(self, name, label, found, expected):
        difference = np.abs(found.astype(int) - expected.astype(int))
        if difference.max() > 1:
            self.errors.append(f"{name} ({label}): differs by up to {difference.max()}, "
                               f"in {(difference > 0).sum()} of {found.size} elements")
        self.float_elements += found.size
        self.steps += int((difference == 1).sum())
        self.by_function[label] += int((difference == 1).sum())

    def finish(self):
        if self.steps > MAX_SHARE * self.float_elements:
            self.errors.append(f"{self.steps} of {self.float_elements} elements of "
                               f"float functions are a step off, at most 0.1 % may be")


def label(graph, node):
    if node.op_type != "QuantizeLinear":
        return node.op_type
    return "+".join(sorted(set(graph.functions(node.input[0])))) or "QuantizeLinear"


def compare(original, cuts, found, recorded):
    graph = Graph(original)
    report = Report()
    for node, name in graph.integer_results():
        if name not in recorded:
            continue
        expected = recorded[name]
        computed = found.get(name)
        if computed is None:
            report.absent += 1
            if not (may_be_absent(graph, node)
                    or is_seen_through_views(graph, node, found)):
                report.errors.append(f"{name} ({label(graph, node)}): not computed")
            continue
        if computed.dtype != expected.dtype or computed.size != expected.size:
            report.errors.append(
                f"{name}: expected {expected.dtype} {list(expected.shape)}, "
                f"found {computed.dtype} {list(computed.shape)}")
            continue
        computed = computed.reshape(expected.shape)
        if name in cuts:
            report.function(name, label(graph, node), computed, expected)
        else:
            report.exact(name, computed, expected)
    compare_floats(original, found, recorded, report)
    report.finish()
    return report


def compare_floats(model, found, recorded, report):
    """Float outputs: dequantised integers are equal, others near."""
    producer = {o: n for n in model.graph.node for o in n.output}
    for output in model.graph.output:
        expected, computed = recorded[output.name], found[output.name]
        if expected.dtype != np.float32:
            continue
        computed = computed.reshape(expected.shape)
        exact = producer[output.name].op_type == "DequantizeLinear"
        # Sums in another order differ by the size of their terms, not of the result.
        near = 1e-6 * np.abs(expected).max()
        close = (computed == expected if exact else
                 np.isclose(computed, expected, rtol=1e-4, atol=near))
        if not close.all():
            worst = np.abs(computed - expected).max()
            report.errors.append(f"{output.name}: {(~close).sum()} of {close.size} "
                                 f"floats differ, by up to {worst:g}")


def check(folder, form, work):
    recorded = dict(np.load(folder / f"{form}.npz"))
    arrays = dict(np.load(folder / "inputs.npz"))
    arrays.update((name + SUFFIX, value) for name, value in recorded.items())
    original = onnx.load(str(folder / f"{form}.onnx"))
    model = onnx.load(str(folder / f"{form}.onnx"))
    cuts = set(cut(model, recorded))
    found = interpret(model, arrays, work)
    return compare(original, cuts, found, recorded)


def main():
    folder, base = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    name, failed = folder.name.split("-")[0], False
    for form in sys.argv[3:] or FORMS:
        work = base / form
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        try:
            report = check(folder, form, work)
        except Failure as failure:
            print(f"{name} {form}: {failure}")
            failed = True
            continue
        for error in report.errors:
            print(f"{name} {form}: {error}")
        failed |= bool(report.errors)
        steps = "".join(f", {name} {count}" for name, count in
                        sorted(report.by_function.items()) if count)
        print(f"{name} {form}: {report.equal} tensors, {report.equal_bytes} "
              f"bytes compared; float functions: {report.steps} of "
              f"{report.float_elements} elements a step off{steps}; "
              f"{report.absent} tensors merged")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
