"""Prints what links and the streams on them carry: predicted beside simulated.

    python3 utils/link_loads.py REPORT.json RUN.json [--tolerance=PERCENT]
                                [--links-only]

REPORT.json is cm-compile's --report, RUN.json cm-sim's --json of at least 8 images.
Means are those of a run that never ends: bytes of one image over the II, which
the compiler predicts and the run shows. The predicted peak is what the stages of
a link send at most if nothing is in their way; the simulated one is that of the
busiest window (`peak_window_cycles`). Streams are shown where the run has them. Ends
with 1 where the two differ in bytes, or in a mean by more than the tolerance.
"""

import argparse
import json
import sys

COLUMNS = ("B/cycle", "simulated", "Gbit/s", "simulated", "peak", "simulated", "capacity")


def load_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def rows(links):
    """(link, stream or None, is credit): the row of a report."""
    found = {}
    for link in links:
        found[link["name"], "", False] = link
        for stream in link.get("streams", []):
            found[link["name"], stream["name"], stream.get("credits", False)] = stream
    return found


def predicted_interval(report):
    return report.get("predicted", {}).get("ii_cycles", report["ii_cycles"])


def join(report, run):
    """Yields key, predicted row, mean and simulated row, mean; rows may be None."""
    ours, theirs = rows(report["links"]), rows(run["links"])
    if not any(link.get("streams") for link in run["links"]):
        ours = {key: row for key, row in ours.items() if not key[1]}
    for key in list(ours) + [key for key in theirs if key not in ours]:
        one, other = ours.get(key), theirs.get(key)
        yield (key, one, one and one["bytes_per_image"] / predicted_interval(report),
               other, other and other["bytes"] / run["images"] / run["ii_cycles"])


def differences(report, run, tolerance):
    """What is not as predicted, in words."""
    for (link, stream, credit), one, mean, other, seen in join(report, run):
        name = link + (" '%s'%s" % (stream, " credits" if credit else "") if stream else "")
        if one is None or other is None:
            yield "%s: %s" % (name, "not predicted" if one is None else "not simulated")
        elif one["bytes_per_image"] * run["images"] != other["bytes"]:
            yield "%s: %d bytes of an image are predicted, %g are simulated" % (
                name, one["bytes_per_image"], other["bytes"] / run["images"])
        elif abs(mean - seen) > tolerance / 100 * seen:
            yield "%s: a mean of %g is predicted, %g is simulated" % (name, mean, seen)


def print_table(report, run, links_only):
    gbit = 8 * run["clock_ghz"]
    print("%-44s" % "link, stream" + "".join("%10s" % name for name in COLUMNS))
    for (link, stream, credit), one, mean, other, seen in join(report, run):
        if stream and links_only:
            continue
        name = "  " + stream + (" (credits)" if credit else "") if stream else link
        mean, seen = mean or 0, seen or 0
        print("%-44s" % name + "".join("%10.3f" % value for value in (
            mean, seen, gbit * mean, gbit * seen, one["peak"] if one else 0,
            other["peak"] if other else 0)) + ("" if stream else "%10d" % (other or one)["capacity"]))
    print("II: %d cycles predicted, %d simulated" % (predicted_interval(report), run["ii_cycles"]))
    if "limit" in report:
        streams = report.get("limit_streams")
        print("limited by %s%s" % (report["limit"], ": " + streams if streams else ""))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report")
    parser.add_argument("run")
    parser.add_argument("--tolerance", type=float, default=1)
    parser.add_argument("--links-only", action="store_true")
    options = parser.parse_args()
    report, run = load_json(options.report), load_json(options.run)
    if not run["ii_cycles"]:
        sys.exit("error: %s: expected a run of at least 8 images" % options.run)
    print_table(report, run, options.links_only)
    wrong = list(differences(report, run, options.tolerance))
    for text in wrong:
        print(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
