"""Prints what a run of the digits model showed: the last words of utils/demo.sh.

    python3 utils/summarise_run.py RUN_FOLDER MODEL_FOLDER

RUN_FOLDER holds run.json and outputs.npy of cm-sim and compile.json of
cm-compile; MODEL_FOLDER labels.npy and ort_outputs.npy. Fails where the output
is not ONNX Runtime's, byte for byte.
"""

import json
import pathlib
import statistics
import sys

import numpy as np


def load_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def row(name, text):
    print(f"  {name:<14} {text}")


def outputs(run, model):
    """Prints accuracy and agreement; whether all bytes agree."""
    found = np.load(run / "outputs.npy")
    expected = np.load(model / "ort_outputs.npy")[:len(found)]
    labels = np.load(model / "labels.npy")[:len(found)]
    right = int((found.argmax(axis=1) == labels).sum())
    equal = int((found == expected).sum())
    row("accuracy", f"{right} of {len(found)} images right ({100 * right / len(found):.1f} %)")
    row("bit-exact", f"{equal} of {expected.size} bytes are ONNX Runtime's")
    return found.shape == expected.shape and equal == expected.size


def timing(report, predicted):
    clock = report["clock_ghz"] * 1e9
    ii = report["ii_cycles"]
    latency = statistics.median(report["latency_cycles"])
    row("II", f"{ii} cycles (compiler: {predicted['ii_cycles']}"
        + ("" if predicted.get("exact") else ", a prediction") + ")")
    row("latency", f"{latency:.0f} cycles, {latency / clock * 1e6:.1f} us")
    row("throughput", f"{clock / ii:.0f} images/s at {report['clock_ghz']:g} GHz")


def busiest(report):
    core = max(report["cores"], key=lambda c: c["utilisation"])
    row("busiest core", f"{core['name']}, {100 * core['utilisation']:.1f} % busy")
    if report["links"]:
        link = max(report["links"], key=lambda entry: entry["mean"] / entry["capacity"])
        row("busiest link", f"{link['name']}, {link['mean']:.3f} of "
            f"{link['capacity']} bytes per cycle")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: summarise_run.py RUN_FOLDER MODEL_FOLDER")
    run, model = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    report = load_json(run / "run.json")
    print(f"digits on {report['machine']}, {report['images']} images:")
    exact = outputs(run, model)
    timing(report, load_json(run / "compile.json"))
    busiest(report)
    row("report", f"{run / 'run.txt'}, {run / 'run.json'}, {run / 'compile.json'}")
    row("trace", f"{run / 'trace.json'} (open it at ui.perfetto.dev)")
    if not exact:
        print("error: the output differs from ONNX Runtime's", file=sys.stderr)
    return 0 if exact else 1


if __name__ == "__main__":
    sys.exit(main())
