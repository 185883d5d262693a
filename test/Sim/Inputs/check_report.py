"""Takes the data out of an HTML report and holds them against each other.

    check_report.py REPORT.html
"""

import base64
import json
import re
import sys

text = open(sys.argv[1], encoding="utf-8").read()


def data(name):
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', text, re.S)
    return json.loads(found.group(1))


run, timeline = data("run"), data("timeline")
outside = [url for url in re.findall(r"(?:https?:)?//[\w.]+\.\w+[^\"'\s]*", text)
           if not url.startswith("http://www.w3.org/")]
print("loads from elsewhere:", outside)

window = timeline["window"]
for row in timeline["rows"]:
    busy = base64.b64decode(row["busy"])
    images = base64.b64decode(row["image"])
    assert len(busy) == len(images)
    work = sum(c for u, _, c, _ in timeline["slices"][str(row["context"])]
               if timeline["units"][u] == "mvm")
    shown = sum(busy) * window / 255
    print(f"{row['name']} on {timeline['nodes'][row['node']]}: {work} cycles of MVMs, "
          f"shown within {abs(shown - work) <= 0.02 * work}; images {sorted(set(images))}")

names = {link["name"] for link in run["links"]}
assert names <= {name for pair in timeline["links"] for name in pair}
for core in run["cores"]:
    samples = {b["object"]: b["live"] for b in timeline["buffers"][core["name"]]}
    for buffer in core["buffers"]:
        live = samples[buffer["object"]]
        print(f"{core['name']} {buffer['object']}: {len(live)} samples, peak "
              f"{buffer['peak']}, most of the samples {max(live)}, last {live[-1]}")
print("apart:", timeline["sample_cycles"], "of", run["cycles"])
