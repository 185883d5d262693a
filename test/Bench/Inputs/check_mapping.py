"""Checks the JSON of `cm-bench mapping`: check_mapping.py FILE."""

import json
import sys

# Rows and columns of the autoencoder's products.
MATRICES = {"autoencoder_small": ((32, 24), (24, 4), (4, 24), (24, 32))}


def tiles(matrices, size):
    return sum(-(-rows // size) * -(-cols // size) for rows, cols in matrices)


def check(row):
    size, cores = row["crossbar"], row["mesh"] ** 2
    packed = row["mapping"] == "packed"
    assert row["crossbars"] == row["tiles"] or packed
    assert 0 < row["crossbars"] <= row["tiles"] <= cores and 0 < row["cores"] <= cores
    used = row["weight_cells"] / (row["crossbars"] * size * size)
    assert 0 < used <= 1 and abs(used - row["cell_utilisation"]) < 1e-9
    assert 0 < row["ii_bound"] <= row["ii_cycles"] <= row["latency_cycles"]
    assert abs(row["ii_cycles"] / row["ii_bound"] - 1 - row["gap"]) < 1e-9
    assert row["limit"] and row["phases"]["place"] > 0 and row["peak_bytes"] > 1e6
    if "ii_simulated" in row:
        assert abs(row["ii_simulated"] / row["ii_cycles"] - 1) < 0.02
    if row["network"] in MATRICES and row["mapping"] != "copies":
        matrices = MATRICES[row["network"]]
        assert row["tiles"] == tiles(matrices, size)
        assert row["weight_cells"] == sum(rows * cols for rows, cols in matrices)


with open(sys.argv[1]) as file:
    report = json.load(file)
mapped = [row for row in report["results"] if "reason" not in row]
assert mapped
once = {}
for row in mapped:
    check(row)
    key = row["network"], row["crossbar"]
    once.setdefault(key, row)
    assert row["ii_cycles"] <= once[key]["ii_cycles"]
