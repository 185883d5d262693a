#!/usr/bin/python3
"""No buffer of `--buffers=min` can be smaller.

    least_buffers.py [--zoo=FOLDER] [--names=A,B..] [--folder=DIR]

Compiles the QDQ form of each model of the folder with `--buffers=min`, one stage per
core and private links, and makes each buffer one slot smaller in turn: the program
must then deadlock or miss the II in a run of 16 images, which is that of the schedule
where that is exact. Where the trials of the schedule ran out (`least = false`) buffers
may keep it: they are counted. The tools are found on the path.
"""

import argparse
import json
import os
import re
import sys

from predictions import LONE, NO_MAPPING, TOO_SMALL, run

STREAM = re.compile(r"cmflow.stream .* to (.*) over (@\S+) .*capacity <(\d+) (?:row|pixel)")


def buffers(text):
    """Where the text has the slots of each buffer: all streams that end in it have them."""
    places = {}
    for match in STREAM.finditer(text):
        places.setdefault(match.group(1, 2), []).append(match.span(3))
    return places.values()


def shrunk(text, places):
    """With one slot less of a buffer."""
    for start, end in reversed(places):
        text = text[:start] + str(int(text[start:end]) - 1) + text[end:]
    return text


def simulated(program):
    """The II of 16 images, None where they deadlock."""
    done = run("cm-sim", program, "--timing-only", "--images=16", "--json", "s.json")
    if done.returncode:
        assert "deadlock" in done.stderr, done.stderr
        return None
    return json.load(open("s.json"))["ii_cycles"]


def unpaced(text):
    """Without the pace: stages fire when data and room are there."""
    text = re.sub(r"( place \d+) offset \d+", r"\1", text)
    return re.sub(r"cm.prediction = {(?!.*paced = false)", "cm.prediction = {paced = false, ", text)


def outcome(text, ii):
    """Of a module with other capacities: 'deadlocks', 'slower' or 'keeps the II'."""
    with open("smaller.mlir", "w") as file:
        file.write(unpaced(text))
    done = run("cm-compile", "smaller.mlir", "-o", "smaller.cmb")
    if done.returncode:
        assert "wait for each other for ever" in done.stderr, done.stderr
        return "deadlocks"
    seen = simulated("smaller.cmb")
    if seen is None:
        return "deadlocks"
    return "slower" if seen > ii else "keeps the II"


def compiled(model, buffers):
    done = run("cm-compile", model, "--machine=lone.textproto", "--stages-per-core=1",
               "--buffers=" + buffers, "--emit=cmflow", "--text", "-o", buffers + ".mlir",
               "--report=%s.json" % buffers)
    if done.returncode == 0:
        return open(buffers + ".mlir").read()
    assert any(text in done.stderr for text in TOO_SMALL + NO_MAPPING), done.stderr
    return None


def measure(name, model):
    """Prints a row; the outcomes, by name, or None where the model does not fit."""
    text = compiled(model, "min")
    if not text or not compiled(model, "balanced"):
        return None
    assert run("cm-compile", "min.mlir", "-o", "min.cmb").returncode == 0
    report = json.load(open("min.json"))
    ii = simulated("min.cmb")
    assert ii and (ii == report["ii_cycles"] or not report["exact"]), "%s: II %s" % (name, ii)
    counts = {"one slot": 0, "deadlocks": 0, "slower": 0, "keeps the II": 0}
    for places in buffers(text):
        is_one = text[slice(*places[0])] == "1"
        counts["one slot" if is_one else outcome(shrunk(text, places), ii)] += 1
    less, more = (json.load(open(f + ".json"))["buffer_bytes"] for f in ("min", "balanced"))
    is_least = "least = false" not in text
    print("%s | %s | %d | %d | %s%s" % (
        name, " | ".join(map(str, counts.values())), less, more,
        "least" if is_least else "trials ran out",
        " FAILED" if is_least and counts["keeps the II"] else ""), flush=True)
    counts["failed"] = is_least and counts["keeps the II"] > 0
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--zoo", default=os.path.join(here, "..", "models", "small"))
    parser.add_argument("--names", help="only these models")
    parser.add_argument("--folder", default="least_buffers.tmp")
    options = parser.parse_args()
    zoo = os.path.abspath(options.zoo)
    os.makedirs(options.folder, exist_ok=True)
    os.chdir(options.folder)
    with open("lone.textproto", "w") as file:
        file.write(LONE % (100, 32, "all_to_all { cores: 128 }", ", ".join(map(str, range(128)))))
    names = options.names.split(",") if options.names else sorted(os.listdir(zoo))
    total, networks = {}, 0
    print("network | one slot | deadlocks | slower | keeps the II | bytes | balanced |")
    for name in names:
        counts = measure(name, os.path.join(zoo, name, "qdq.onnx"))
        networks += counts is not None
        for key, value in (counts or {}).items():
            total[key] = total.get(key, 0) + value
    print("%d networks: %s" % (networks, ", ".join("%s %d" % item for item in total.items())))
    return 1 if not networks or total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
