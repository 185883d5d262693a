#!/usr/bin/python3
"""Runs modules through all three oracles on a machine of small crossbars.

    check_forms.py MODULE...

Each module is compiled plain, with copies that share pixels, and with shifted kernels.
The first difference ends the run. In the current folder, which is left as it was.
"""

import os
import sys
import tempfile

import check_network

# Eight columns: twelve channels have two column tiles.
MACHINE = ["--set", "topology.all_to_all.cores=64", "--set", "core.crossbar.cols=8"]
OPTIONS = ([], ["--replicate=pixels"], ["--replicate=rows", "--shifts=4"])


def check(module, options):
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        steps = check_network.compare(module, 1)
        next(steps)
        check_network.compile_module(module, "tiny8", MACHINE + options)
        next(steps, None)


def main():
    start = os.getcwd()
    for module in map(os.path.abspath, sys.argv[1:]):
        for options in OPTIONS:
            try:
                check(module, options)
            except check_network.Failure as failure:
                sys.exit("%s %s: %s: %s" % (
                    os.path.basename(module), " ".join(options), failure.step, failure))
            finally:
                os.chdir(start)
        print("%s: equal in three oracles" % os.path.basename(module), flush=True)


if __name__ == "__main__":
    main()
