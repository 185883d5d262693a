"""Compiles the digits model for each machine and runs 16 images, paced and not.

    run_on_machines.py MODEL_FOLDER RECORDED_TENSORS MACHINE...

Prints how many images were under way at once, which must be more than one.
"""

import json
import math
import subprocess
import sys

model, recorded, machines = sys.argv[1], sys.argv[2], sys.argv[3:]


def simulate(*options):
    done = subprocess.run(
        ["cm-sim", "net.cmb", "--input", model + "/inputs.npy", "--images=16",
         "--expect-tensors", recorded, "--json", "report.json", *options],
        stdout=subprocess.PIPE, text=True)
    if done.returncode or "17 tensors, 465216 bytes equal" not in done.stdout:
        sys.exit("cm-sim %s:\n%s" % (" ".join(options), done.stdout[-500:]))
    with open("report.json") as file:
        return json.load(file)


for machine in machines:
    subprocess.run(
        ["cm-compile", model + "/digits_int8_qoperator.onnx",
         "--machine=" + machine, "-o", "net.cmb"], check=True)
    report = simulate()
    simulate("--unpaced", "--shuffle=7")
    in_flight = math.ceil(min(report["latency_cycles"]) / report["ii_cycles"])
    if in_flight < 2:
        sys.exit("%s: expected several images in flight, found 1" % machine)
    print("%s: exact, %d images in flight" % (machine, in_flight), flush=True)
