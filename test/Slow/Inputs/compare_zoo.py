"""Compares newly made models with the committed ones, byte for byte.

    compare_zoo.py COMMITTED MADE
"""

import filecmp
import json
import pathlib
import sys


def main():
    committed, made = (pathlib.Path(a) for a in sys.argv[1:])
    names = sorted(p.name for p in committed.iterdir())
    if names != sorted(p.name for p in made.iterdir()):
        sys.exit(f"error: {committed} and {made} do not hold the same models")
    for name in names:
        old, new = (json.loads((f / name / "recording.json").read_text())["conditions"]
                    for f in (committed, made))
        if old != new:
            print(f"skipped: {name} was recorded with {old}, this is {new}")
            return 0
        files = sorted(p.name for p in (committed / name).iterdir())
        _, wrong, missing = filecmp.cmpfiles(committed / name, made / name, files,
                                             shallow=False)
        if wrong or missing:
            sys.exit(f"error: {name}: {wrong + missing} differ")
    print(f"{len(names)} models equal")
    return 0


if __name__ == "__main__":
    sys.exit(main())
