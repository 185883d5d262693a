"""ResNet-32 of the zoo on 64, 96 and 288 cores of hermes64: docs/FivePrism.md.

    prism_resnet32.py MODELS_FOLDER WORK_FOLDER

prints a line for each number of cores and cycles of an MVM. The outputs must be ONNX
Runtime's.
"""

import json
import pathlib
import subprocess
import sys

import numpy as np
from check_zoo import make

IMAGES = 8


def run(model, work, cores, mvm_cycles):
    """One row of the table."""
    subprocess.run(
        ["cm-compile", model, "--machine=hermes64", "--replicate=pixels",
         "--set", f"topology.path_power.cores={cores}",
         "--set", f"core.mvm_cycles={mvm_cycles}",
         "-o", "net.cmb", "--report=net.json"], cwd=work, check=True)
    subprocess.run(
        ["cm-sim", "net.cmb", "--input", "in.npy", "--expect", "out.npy",
         f"--images={IMAGES}", "--json", "run.json"], cwd=work, check=True,
        stdout=subprocess.DEVNULL)
    report = json.loads((work / "net.json").read_text())
    found = json.loads((work / "run.json").read_text())
    most = max(link["mean"] for link in report["links"])
    print(f"{cores} cores, {mvm_cycles} cycles: {report['tiles']} tiles, II "
          f"{report['ii_cycles']} predicted {found['ii_cycles']} run, latency "
          f"{report['latency_cycles']} predicted {max(found['latency_cycles'])} run, "
          f"{1e9 / found['ii_cycles']:.0f} images per second, busiest link {most:.2f}, "
          f"bound {report['replication']['ii_bound']}", flush=True)


def main():
    models, work = (pathlib.Path(a) for a in sys.argv[1:3])
    work.mkdir(parents=True)
    made = make(models, "resnet32")
    np.save(work / "in.npy", np.load(made / "inputs.npz")["image"])
    outputs = np.load(made / "qoperator.npz")
    np.save(work / "out.npy", outputs["gemm150"])
    for cores in (64, 96, 288):
        for mvm_cycles in (100, 133):
            run(made / "qoperator.onnx", work, cores, mvm_cycles)


if __name__ == "__main__":
    main()
