"""What holds of all rows of cm-bench polyhedral."""

import json
import sys

with open(sys.argv[1]) as file:
    rows = json.load(file)["results"]
assert len(rows) == 2
for row in rows:
    assert row["stages"] >= row["different_stages"] >= 2, row
    assert row["streams"] >= row["stages"] - 1, row
    assert 0 < row["stream_milliseconds"] <= row["stream_milliseconds_max"], row
    assert 2 <= row["instructions"] <= row["instructions_max"] <= 400, row
    assert row["schedule_seconds"] > 0 and row["control_seconds"] > 0, row
    assert row["peak_bytes"] > 1e6, row
# Layers and the skips over every fifth, which their stages add; input.
chain = rows[1]
assert chain["stages"] >= 21 and chain["different_stages"] > 15, chain
