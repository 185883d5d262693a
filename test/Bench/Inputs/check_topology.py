"""check_topology.py JSON CSV SVG: what holds of the rows of `cm-bench topology`."""

import csv
import json
import math
import sys
import xml.etree.ElementTree as ElementTree

with open(sys.argv[1]) as file:
    rows = json.load(file)["results"]
with open(sys.argv[2]) as file:
    table = list(csv.DictReader(file))
assert len(rows) == len(table)
for row, line in zip(rows, table):
    for column, text in line.items():
        found = row.get(column, "")
        assert (float(text) == found if isinstance(found, (int, float)) else text == found), column

links = {"mesh": lambda n, w, h: (w - 1) * h + w * (h - 1),
         "torus": lambda n, w, h: 2 * n,
         "hypercube": lambda n, w, h: n * int(math.log2(n)) // 2,
         "ring": lambda n, w, h: n,
         "5pp": lambda n, w, h: 5 * n - 15,
         "star": lambda n, w, h: n,
         "tree": lambda n, w, h: 2 * n - 2,
         "alltoall": lambda n, w, h: n * (n - 1) // 2}
for row in rows:
    name, n = row["topology"], row["cores"]
    h = 1 << int(math.log2(n)) // 2
    if name in links:
        assert row["links"] == links[name](n, n // h, h), name
    assert row["stages"] <= n
    assert row["channels"] == 2 * row["links"] >= row["channels_used"] > 0
    assert 0 < row["mean_bytes_per_cycle"] <= row["bytes_per_cycle"]
    assert math.isclose(row["gbit_per_second"], 8 * row["bytes_per_cycle"])  # at 1 GHz
    assert 1 <= row["dilation_mean"] <= row["dilation"] <= row["diameter"]
    assert 1 <= row["congestion"] <= row["streams"]
    # Where all streams have one hop, their cores are an embedding, if each stage has its own.
    if name == "alltoall":
        assert row["embedding"] == "yes" and row["dilation"] == 1
    if row["switches"]:
        assert row["embedding"] == "no" and row["dilation_mean"] >= 2
# One network has one count of stages and streams, whatever joins the cores.
for key in ("stages", "cores"):
    assert len({(row["network"], row[key]) for row in rows}) == len({row["network"] for row in rows})

svg = "{http://www.w3.org/2000/svg}"
texts = [text.text for text in ElementTree.parse(sys.argv[3]).getroot().iter(svg + "text")]
for row in rows:
    assert row["topology"] in texts
    assert "%.2f" % row["gbit_per_second"] in texts
