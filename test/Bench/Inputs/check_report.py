"""Checks the JSON of `cm-bench simulate` on one case: check_report.py FILE."""

import json
import sys

with open(sys.argv[1]) as file:
    report = json.load(file)
assert report["commit"] and report["version"] and report["processors"] > 0
data, timing = report["results"]
assert (data["what"], timing["what"]) == ("simulate", "simulate-timing")
for row in (data, timing):
    assert row["images"] == 2 and row["peak_bytes"] > 1e6 and row["seconds"] > 0
    for number in ("cycles", "events"):
        rate = row[number] / row["seconds"]
        assert abs(rate / row[number + "_per_second"] - 1) < 1e-6, number
# Data moves nothing but bytes: the same cycles and events with and without it.
assert data["cycles"] == timing["cycles"] and data["events"] == timing["events"]
