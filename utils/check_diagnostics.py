"""Every diagnostic has a test: lists the error texts of lib/ and tools/ that no
test quotes.

    python3 utils/check_diagnostics.py SOURCE_ROOT [--list]

A diagnostic is a call of emitError, emitOpError, makeError or one of the other
functions below that contains a string literal. It is tested where its longest
literal piece, placeholders taken out, stands in a file below test/. `--list`
prints the tested ones too.
"""

import argparse
import pathlib
import re
import sys

CALLS = re.compile(r"\b(emitError|emitOpError|makeError|createStringError)\s*\(")
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
ADJACENT = re.compile(r'(?<!\\)"\s*\n\s*"')
PLACEHOLDER = re.compile(r"\{[^{}]*\}|\\.|%[a-z]")
TEST_SUFFIXES = (".cpp", ".h", ".mlir", ".test", ".textproto", ".py", ".json", ".txt")
# Shorter pieces say too little to identify a message.
MIN_PIECE = 6


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


def longest_piece(literals):
    pieces = [piece.strip(" '`,:()")
              for literal in literals for piece in PLACEHOLDER.split(literal)]
    return max(pieces, key=len, default="")


def diagnostics(path):
    """Yields line number and longest piece of each diagnostic of a file."""
    text = path.read_text()
    code = re.sub(r"//.*", "", text)
    for match in CALLS.finditer(code):
        body = ADJACENT.sub("", statement(code, match.end() - 1))
        piece = longest_piece(LITERAL.findall(body))
        if len(piece) >= MIN_PIECE:
            line = text.count("\n", 0, code_offset(text, match.start())) + 1
            yield line, piece


def code_offset(text, offset):
    """Offset in `text` of an offset in the same text without comments."""
    removed = 0
    for comment in re.finditer(r"//.*", text):
        if comment.start() - removed > offset:
            break
        removed += len(comment.group())
    return offset + removed


def quoted_in_tests(root):
    """All tests as one text; adjacent literals and plain regex escapes joined."""
    parts = []
    for path in sorted((root / "test").rglob("*")):
        if path.suffix in TEST_SUFFIXES:
            parts.append(ADJACENT.sub("", path.read_text(errors="replace")))
    return "\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--list", action="store_true", help="print tested ones too")
    args = parser.parse_args()
    tests = quoted_in_tests(args.root)
    total = untested = 0
    for tree in ("lib", "tools", "include"):
        for path in sorted((args.root / tree).rglob("*")):
            if path.suffix not in (".cpp", ".h"):
                continue
            for line, piece in diagnostics(path):
                total += 1
                tested = piece in tests
                untested += not tested
                if args.list or not tested:
                    mark = "tested  " if tested else "untested"
                    print(f"{mark} {path.relative_to(args.root)}:{line}: {piece}")
    print(f"{total} diagnostics, {untested} untested")
    return 1 if untested or not total else 0


if __name__ == "__main__":
    sys.exit(main())
