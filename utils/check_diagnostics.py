"""Every diagnostic has a test: lists the error texts of lib/ and tools/ that no
test quotes.

    python3 utils/check_diagnostics.py SOURCE_ROOT [--list]

A diagnostic is a call of a function with `error` or `fail` in its name
(emitError, emitOpError, makeError, ...) that contains a string literal. It is
tested where an expectation below test/ has its longest literal piece,
placeholders taken out, or all of its pieces where the longest is a word or two.
Expectations are lines of FileCheck and `expected-error`, and all that unit tests
and Python helpers say.
`--list` prints the tested ones too.
"""

import argparse
import pathlib
import re
import sys

CALLS = re.compile(r"\b(\w*(?:[eE]rror|[fF]ail)\w*)\s*\(")
# These pass errors on, or end a run that met a mistake in our own code.
NOT_CALLS = ("failed", "failure", "joinErrors", "notifyMatchFailure",
             "report_fatal_error", "handleErrors", "handleAllErrors")
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
ADJACENT = re.compile(r'(?<!\\)"\s*\n\s*"')
PLACEHOLDER = re.compile(r"\{[^{}]*\}|\\.|%[a-z]")
CODE_SUFFIXES = (".cpp", ".h", ".py")
CHECK_SUFFIXES = (".mlir", ".test", ".textproto")
EXPECTATION = re.compile(r"expected-(error|note|warning|remark)|^\W*[A-Z][A-Z0-9_-]*:")
NO_EXPECTATION = re.compile(r"^\W*(RUN|REQUIRES|XFAIL|DEFINE|REDEFINE):")
# A piece this long identifies a message alone.
TELLING = 14
# Calls without a piece of this length pass a message on.
MIN_PIECE = 5


def statement(text, start):
    """From the call's opening parenthesis to the end of its statement."""
    depth, i, in_string = 0, start, False
    while i < len(text):
        c = text[i]
        if in_string:
            i += c == "\\"
            in_string = c != '"'
        elif c == '"':
            in_string = True
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
            if depth < 0:
                break
        elif c == ";" and depth == 0:
            break
        i += 1
    return text[start:i]


def pieces_of(literals):
    """The literal pieces around placeholders, longest first."""
    pieces = [piece.strip(" '`,:()[].")
              for literal in literals for piece in PLACEHOLDER.split(literal)]
    return sorted((p for p in pieces if len(p) > 1), key=len, reverse=True)


def diagnostics(path):
    """Yields line number and pieces of each diagnostic of a file."""
    text = path.read_text()
    code = re.sub(r"//.*", "", text)
    for match in CALLS.finditer(code):
        if match.group(1) in NOT_CALLS:
            continue
        body = ADJACENT.sub("", statement(code, match.end() - 1))
        pieces = pieces_of(LITERAL.findall(body))
        if pieces and len(pieces[0]) >= MIN_PIECE:
            line = text.count("\n", 0, code_offset(text, match.start())) + 1
            yield line, pieces


def is_tested(pieces, lines):
    wanted = pieces[:1] if len(pieces[0]) >= TELLING else pieces
    return any(all(piece in line for piece in wanted) for line in lines)


def code_offset(text, offset):
    """Offset in `text` of an offset in the same text without comments."""
    removed = 0
    for comment in re.finditer(r"//.*", text):
        if comment.start() - removed > offset:
            break
        removed += len(comment.group())
    return offset + removed


def test_lines(root):
    """The expectations of all tests, adjacent literals joined."""
    lines = []
    for path in sorted((root / "test").rglob("*")):
        if path.name == "expected.txt":
            lines += path.read_text().splitlines()
        if path.suffix not in CODE_SUFFIXES + CHECK_SUFFIXES:
            continue
        text = ADJACENT.sub("", path.read_text(errors="replace"))
        lines += [line for line in text.splitlines()
                  if path.suffix in CODE_SUFFIXES
                  or EXPECTATION.search(line) and not NO_EXPECTATION.match(line)]
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--list", action="store_true", help="print tested ones too")
    args = parser.parse_args()
    lines = test_lines(args.root)
    total = untested = 0
    for tree in ("lib", "tools", "include"):
        for path in sorted((args.root / tree).rglob("*")):
            if path.suffix not in (".cpp", ".h"):
                continue
            for line, pieces in diagnostics(path):
                total += 1
                tested = is_tested(pieces, lines)
                untested += not tested
                if args.list or not tested:
                    mark = "tested  " if tested else "untested"
                    print(f"{mark} {path.relative_to(args.root)}:{line}: {' ... '.join(pieces)}")
    print(f"{total} diagnostics, {untested} untested")
    return 1 if untested or not total else 0


if __name__ == "__main__":
    sys.exit(main())
