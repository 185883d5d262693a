"""Every `mlir` example parses, verifies and survives a round trip.

    python3 utils/check_examples.py CM_OPT FILE_OR_FOLDER...

Takes the ```mlir blocks of documents (.md) and operation descriptions (.td) and
gives each to `cm-opt --verify-roundtrip`. Where a block uses values that it does
not define, its operations on values go into a function with these as arguments,
of the types that the last operation names.
"""

import pathlib
import re
import subprocess
import sys
import textwrap

BLOCK = re.compile(r"^[ ]*```mlir\n(.*?)^[ ]*```", re.MULTILINE | re.DOTALL)
VALUE = re.compile(r"%[A-Za-z0-9_$.-]+")
TYPE = re.compile(r"(?:tensor|vector|memref)<[^<>]*>|[if]\d+|index")


def operand_types(operation):
    """The types after the last ` : `, up to `->`."""
    signature = operation.rsplit(" : ", 1)[-1].split("->")[0]
    return TYPE.findall(signature)


def completed(block):
    """The block, in a function where it needs values from outside."""
    body = textwrap.dedent(block)
    lines = body.splitlines()
    first = next((i for i, line in enumerate(lines) if line.startswith("%")), None)
    if first is None:
        return body
    operations = "\n".join(lines[first:])
    defined = re.findall(r"^(%[^ ,:]+)", operations, re.MULTILINE)
    free = [v for v in dict.fromkeys(VALUE.findall(operations)) if v not in defined]
    types = operand_types(operations)
    types += types[-1:] * (len(free) - len(types))
    arguments = ", ".join(f"{v}: {t}" for v, t in zip(free, types))
    symbols = "\n".join(lines[:first])
    return (f"{symbols}\nfunc.func @example({arguments}) {{\n"
            f"{textwrap.indent(operations, '  ')}\n  return\n}}\n")


def examples(paths):
    """Yields name and text of each example."""
    for path in paths:
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in files:
            if file.suffix not in (".md", ".td"):
                continue
            text = file.read_text()
            for match in BLOCK.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                yield f"{file}:{line}", completed(match.group(1))


def main():
    if len(sys.argv) < 3:
        sys.exit("usage: check_examples.py CM_OPT FILE_OR_FOLDER...")
    count = wrong = 0
    for name, text in examples([pathlib.Path(a) for a in sys.argv[2:]]):
        count += 1
        result = subprocess.run([sys.argv[1], "--verify-roundtrip", "-o", "/dev/null"],
                                input=text, text=True, capture_output=True, check=False)
        if result.returncode != 0:
            wrong += 1
            print(f"{name}: {result.stderr.strip()}\n{text}")
    print(f"{count} examples, {wrong} wrong")
    return 1 if wrong or not count else 0


if __name__ == "__main__":
    sys.exit(main())
