"""Habits that every source file keeps: banner, include guard, length of the file
and of its functions.

    python3 utils/check_files.py SOURCE_ROOT

The banner's first line names the file and says what it is for; a header's guard
is its path; no file has more than 500 lines, no function of lib and tools more than
40, its signature included. A function begins in the first column and ends with a
brace there.
"""

import pathlib
import re
import sys

MAX_LINES = 500
MAX_FUNCTION = 40
# Files with longer functions from before the limit was checked; none is to be added.
LONG_FUNCTIONS = ("lib/Sim/Engine.cpp", "tools/cm-sim/Options.cpp",
                  "tools/cm-translate/cm-translate.cpp")
NOT_FUNCTIONS = re.compile(r"(namespace|class|struct|enum|union|extern|typedef|using|public|private|"
                           r"protected)\b|[^(]*=|#|//")
BANNER = re.compile(r"//===-+ (\S+) - .+ -+(\*- .* -\*-)?-*===//$")


def guard_of(path, root):
    """CM_DIALECT_CMNN_CMNNOPS_TD below include, else CM_LIB_... by the whole path."""
    if (root / "include") in path.parents:
        name = str(path.relative_to(root / "include"))
    else:
        name = "cm/" + str(path.relative_to(root))
    return re.sub(r"[^A-Za-z0-9]", "_", name).upper()


def functions(lines):
    """Yields the first and last line of each function that begins in column 0."""
    begin = None
    for number, line in enumerate(lines, 1):
        if line.startswith("}") or line.endswith(";") and not line.startswith(" "):
            if begin and line.startswith("}"):
                yield begin, number
            begin = None
        elif not line.startswith(" ") and NOT_FUNCTIONS.match(line):
            begin = None
        elif line[:1].isalpha():
            # A return type may stand on a line of its own.
            begin = begin or number


def check(path, root):
    """Yields what is wrong with one file."""
    lines = path.read_text().splitlines()
    name = path.relative_to(root)
    if path.suffix == ".cpp" and name.parts[0] != "test" and str(name) not in LONG_FUNCTIONS:
        for begin, end in functions(lines):
            if end - begin >= MAX_FUNCTION:
                yield f"{begin}: a function has {end - begin + 1} lines, at most {MAX_FUNCTION} are allowed"
    if len(lines) > MAX_LINES:
        yield f"has {len(lines)} lines, at most {MAX_LINES} are allowed"
    if path.suffix not in (".h", ".cpp", ".td"):
        return
    banner = BANNER.match(lines[0]) if lines else None
    if not banner:
        yield "has no banner that says what the file is for"
    elif banner.group(1) != path.name:
        yield f"has the banner of {banner.group(1)}"
    if path.suffix == ".cpp":
        return
    guard = guard_of(path, root)
    if f"#ifndef {guard}" not in lines or f"#define {guard}" not in lines:
        yield f"lacks the include guard {guard}"


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: check_files.py SOURCE_ROOT")
    root = pathlib.Path(sys.argv[1])
    files = errors = 0
    for tree in ("include/cm", "lib", "tools", "utils", "test"):
        for path in sorted((root / tree).rglob("*")):
            if path.suffix not in (".h", ".cpp", ".td", ".py", ".sh", ".proto"):
                continue
            files += 1
            for message in check(path, root):
                print(f"{path.relative_to(root)}: {message}")
                errors += 1
    print(f"{files} files, {errors} complaints")
    return 1 if errors or not files else 0


if __name__ == "__main__":
    sys.exit(main())
