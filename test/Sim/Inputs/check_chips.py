"""Compares a chip of a Monte Carlo run with a run of its own.

    check_chips.py CHIPS.json OUTPUT_OF_SEED_4
"""

import json
import re
import sys

chips = json.load(open(sys.argv[1]))["chips"]
right = int(re.search(r"accuracy: (\d+) of", open(sys.argv[2]).read()).group(1))
found = [chip["right"] for chip in chips if chip["seed"] == 4]
print("chip of seed 4: %s" % ("the same" if found == [right] else (found, right)))
