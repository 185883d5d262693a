"""Compares the compiler's report of a program of epochs with the simulator's.

    check_epochs.py REPORT SIMULATED

Programming is the same, and the batch takes what was predicted or less, as the
II and the latency of each epoch are upper bounds where stages have their units
when they ask for them.
"""

import json
import pathlib
import sys


def main():
    report, simulated = (json.loads(pathlib.Path(p).read_text()) for p in sys.argv[1:])
    assert report["images"] == simulated["images"]
    assert simulated["ii_cycles"] is None
    assert len(report["epochs"]) == len(simulated["epochs"])
    for predicted, measured in zip(report["epochs"], simulated["epochs"]):
        assert predicted["programming_cycles"] == measured["programming_cycles"]
    cycles = sum(e["programming_cycles"] + e["cycles"] for e in simulated["epochs"])
    assert simulated["cycles"] == cycles
    assert report["bounds"]["estimate_cycles"] <= report["estimate_cycles"]
    ratio = simulated["cycles"] / report["cycles"]
    assert 0.5 < ratio <= 1.05, ratio
    assert 0.5 < report["estimate_cycles"] / report["cycles"] < 2
    print(f"{len(report['epochs'])} epochs: "
          f"estimate {report['estimate_cycles']}, report {report['cycles']}, "
          f"simulated {simulated['cycles']} cycles")


main()
