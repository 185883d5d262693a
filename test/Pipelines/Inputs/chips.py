"""The accuracy of two chips of phase-change memory, changed in several ways.

    chips.py PROGRAM.cmb FOLDER

FOLDER has inputs.npy and labels.npy of the digits network, of whose images 99 %
are right without noise. Prints whether the mean over the chips, on 48 images, is
above 90 % (good) or below 60 % (bad).
"""

import json
import subprocess
import sys

CHANGES = (
    (),
    ("programming_scale=10",),
    ("adc_bits=3",),
    ("time_s=3.15e7",),
    ("time_s=3.15e7", "calibration_time_s=0"),
    ("adc_gain_sigma=0.2", "adc_offset_sigma=0.1"),
    ("adc_gain_sigma=0.2", "adc_offset_sigma=0.1", "calibration=none"),
)

program, folder = sys.argv[1:]
for change in CHANGES:
    done = subprocess.run(
        ["cm-sim", program, "--input", folder + "/inputs.npy", "--labels", folder + "/labels.npy",
         "--images=48", "--non-ideal=pcm", "--monte-carlo=2", "--json=-"]
        + ["--set-noise=" + setting for setting in change],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    mean = json.loads(done.stdout)["mean"]
    verdict = "good" if mean > 0.9 else "bad" if mean < 0.6 else "in between: %g" % mean
    print("%s: %s" % (" ".join(change) or "programmed", verdict))
