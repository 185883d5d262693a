"""Holds the dependency rule of docs/Architecture.md: who may include whom.

    python3 utils/check_includes.py SOURCE_ROOT

Reads every source and header of include/cm, lib and tools. Prints one line per
violation and fails where there is one.
"""

import pathlib
import re
import sys

MIDDLE = ("Support", "Machine", "Program", "Poly", "Dialect", "Analysis", "Mapping")

# Folder: the other folders whose headers it may include.
ALLOWED = {
    "Support": (),
    "Machine": ("Support",),
    "Program": ("Support", "Machine"),
    "Sim": ("Support", "Machine", "Program"),
    "Poly": ("Support",),
    "Proof": ("Support", "Machine", "Program", "Poly"),
    "Dialect": ("Support", "Machine", "Poly"),
    "Interpreter": ("Support", "Dialect"),
    "Functional": ("Support", "Poly", "Dialect"),
    "Analysis": ("Support", "Machine", "Poly", "Dialect"),
    "Mapping": ("Support", "Machine", "Poly"),
    "Transforms": MIDDLE,
    "Conversion": MIDDLE,
    "Target": MIDDLE + ("Conversion",),
    "Pipelines": MIDDLE + ("Transforms", "Conversion", "Target", "Proof"),
}
# Plain C++: these link neither MLIR nor, but for Poly, isl.
WITHOUT_MLIR = ("Support", "Machine", "Program", "Sim", "Poly", "Proof", "Mapping")
ISL_DOOR = "Poly"

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')
SUFFIXES = (".h", ".cpp", ".td", ".inc")


def folder_of(path, root):
    """First folder below include/cm or lib; None for tools."""
    parts = path.relative_to(root).parts
    if parts[0] == "tools":
        return None
    return parts[2] if parts[0] == "include" else parts[1]


def violation(folder, target):
    """Why a file of `folder` may not include `target`, or None."""
    if target.startswith("..") or "/../" in target:
        return "includes by a relative path"
    if folder is None:
        return None
    if folder in WITHOUT_MLIR and target.startswith(("mlir/", "cm/Dialect/")):
        return "is plain C++ and must not include MLIR"
    if target.startswith("isl/") and folder != ISL_DOOR:
        return f"must not include isl: the one door is {ISL_DOOR}"
    match = re.match(r"cm/([^/]+)/", target)
    if match and match.group(1) != folder and match.group(1) not in ALLOWED[folder]:
        allowed = ", ".join(ALLOWED[folder]) or "nothing"
        return f"may include {allowed}, found {match.group(1)}"
    return None


def check_rule():
    """What is plain C++ may only use what is: then no header brings MLIR in."""
    for folder in WITHOUT_MLIR:
        others = set(ALLOWED[folder]) - set(WITHOUT_MLIR)
        if others:
            sys.exit(f"the rule lets {folder} use {', '.join(sorted(others))}, which are not plain C++")


def main():
    check_rule()
    if len(sys.argv) != 2:
        sys.exit("usage: check_includes.py SOURCE_ROOT")
    root = pathlib.Path(sys.argv[1])
    files = errors = 0
    for tree in ("include/cm", "lib", "tools"):
        for path in sorted((root / tree).rglob("*")):
            if path.suffix not in SUFFIXES:
                continue
            files += 1
            folder = folder_of(path, root)
            if folder is not None and folder not in ALLOWED:
                print(f"{path.relative_to(root)}: folder {folder} is not in the rule")
                errors += 1
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                why = violation(folder, match.group(1)) if match else None
                if why:
                    print(f"{path.relative_to(root)}:{number}: {folder} {why}")
                    errors += 1
    print(f"{files} files, {errors} violations")
    return 1 if errors or not files else 0


if __name__ == "__main__":
    sys.exit(main())
