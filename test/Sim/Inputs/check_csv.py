"""Reads the tables of cm-sim --csv as RFC 4180 and holds them to the JSON report.

check_csv.py FOLDER REPORT.json
"""

import csv
import json
import os
import sys

folder, report = sys.argv[1:]
run = json.load(open(report))
runs = run.get("epochs", [run])
tables = {}
for name in ["cores", "links", "streams", "stages", "buffers", "images"]:
    with open(os.path.join(folder, name + ".csv"), newline="") as file:
        text = file.read()
    assert text.endswith("\r\n") and text.count("\n") == text.count("\r\n"), name
    rows = list(csv.DictReader(text.splitlines(), strict=True))
    assert all(None not in row and None not in row.values() for row in rows), name
    tables[name] = rows
    print(f"{name}: {len(rows)} lines of {', '.join(rows[0])}")


def expect(table, *wanted):
    found = [tuple(row.values()) for row in tables[table]]
    wanted = [tuple(f"{x:.6f}" if isinstance(x, float) else str(int(x) if isinstance(x, bool) else x)
                    for x in row) for row in wanted]
    assert found == wanted, (table, found[:3], wanted[:3])


expect("cores", *[(i, c["name"], c["utilisation"], c["mvm"], c["dpu"], c["port"], c["mvms"],
                   *c["stalls"].values(), *c["sram"].values())
                  for i, part in enumerate(runs) for c in part["cores"]])
expect("buffers", *[(i, c["name"], b["object"], b["capacity"], b["peak"])
                    for i, part in enumerate(runs) for c in part["cores"] for b in c["buffers"]])
expect("links", *[(i, l["name"], l["bytes"], l["mean"], l["peak"], l["capacity"], l["busy"])
                  for i, part in enumerate(runs) for l in part["links"]])
expect("streams", *[(i, l["name"], s["name"], s.get("credits", False), s["bytes"], s["mean"], s["peak"])
                    for i, part in enumerate(runs) for l in part["links"] for s in l["streams"]])
expect("stages", *[(i, c["name"], c["node"], c["iterations"], *c["stalls"].values())
                   for i, part in enumerate(runs) for c in part["contexts"]])
images = [(int(row["epoch"]), int(row["latency_cycles"])) for row in tables["images"]]
assert images == [(i, cycles) for i, part in enumerate(runs) for cycles in part["latency_cycles"]]
assert all(int(row["last_out"]) - int(row["first_in"]) == int(row["latency_cycles"])
           for row in tables["images"])
print("as the report")
