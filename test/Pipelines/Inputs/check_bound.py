#!/usr/bin/python3
"""No chip beats the bound of the report, paced or not.

    check_bound.py PROGRAM.cmb REPORT.json [--images=N]

Runs N and 3 N images unpaced. What keeps the II from being less does so much work
for each image, so that all images take at least N times the bound, and 2 N more at
least 2 N times as long, to one percent or to a cycle an image, up to which the bound
is rounded, once the pipeline is full: more images are run where few seem to be
faster. (The distance of two images may be less: they jitter.) Prints the II of the report, its bound and the cycles between images; exits
with 1 if it is beaten.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile


def cycles_of(program, images):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "run.json")
        subprocess.run(["cm-sim", program, "--timing-only", "--unpaced", "--images=%d" % images,
                        "--json", path], check=True, capture_output=True, timeout=300)
        with open(path) as file:
            return json.load(file)["cycles"]


def check_bound(program, report, images):
    """The cycles between images, and what is wrong or nothing."""
    with open(report) as file:
        bound = json.load(file)["bounds"]
    for count in (images, 4 * images, 16 * images):
        few, many = cycles_of(program, count), cycles_of(program, 3 * count)
        between = (many - few) / (2 * count)
        # Whole cycles: what several ports share may take up to one less in the mean.
        least = bound["ii_cycles"] - 1
        if few <= count * least or many <= 3 * count * least:
            break
        if between >= 0.99 * bound["ii_cycles"] or between > least:
            return between, None
    return between, "%d and %d images in %d and %d cycles beat the bound of %d by %s" % (
        count, 3 * count, few, many, bound["ii_cycles"], bound["by"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("report")
    parser.add_argument("--images", type=int, default=16)
    options = parser.parse_args()
    between, wrong = check_bound(options.program, options.report, options.images)
    with open(options.report) as file:
        report = json.load(file)
    print("II %d, bound %d by %s, unpaced %.0f%s" % (
        report["ii_cycles"], report["bounds"]["ii_cycles"], report["bounds"]["by"], between,
        ": " + wrong if wrong else ""))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
