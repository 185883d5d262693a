"""Documents stay true: links lead somewhere, named files and the folders of the
architecture's picture exist, the changelog knows the program format.

    python3 utils/check_docs.py SOURCE_ROOT

Looks at README.md, CONTRIBUTING.md, CHANGELOG.md and docs/. In the picture a box is
`[Folder]`: a folder of include/cm, lib and test.
"""

import pathlib
import re
import sys

LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#]+)(?:#[^)]*)?\)")
# Paths in backticks or code blocks that start with a folder of the source tree.
NAMED_PATH = re.compile(r"(?<![\w/.-])((?:utils|docs|test|lib|tools|cmake|include)"
                        r"/[\w./*-]*[\w/])")
BOX = re.compile(r"\[([A-Z][A-Za-z]*(?:/[A-Z][A-Za-z]*)?)\](?!\()")
TREES = ("include/cm", "lib", "test")
# What the changelog says of the program format, and where the format says it.
FORMAT = re.compile(r"program format (\d+)\.(\d+)")
VERSION = re.compile(r"program(Major|Minor) = (\d+)")


def check_text(path, root):
    """Yields what is wrong with the links and named files of one document."""
    text = path.read_text()
    for target in LINK.findall(text):
        if "://" not in target and not (path.parent / target).exists():
            yield f"links to {target}, which does not exist"
    for named in NAMED_PATH.findall(text):
        if not any(root.glob(named.rstrip("/"))):
            yield f"names {named}, which does not exist"


def check_picture(path, root):
    boxes = BOX.findall(path.read_text())
    if not boxes:
        yield "has no box in its picture"
    for box in sorted(set(boxes)):
        for tree in TREES:
            if not (root / tree / box).is_dir():
                yield f"has the box {box}, but {tree}/{box} is no folder"


def check_format(path, root):
    """The changelog's version of the program format is that of the header."""
    header = (root / "include/cm/Program/ProgramFile.h").read_text()
    version = tuple(number for _, number in VERSION.findall(header))
    for said in FORMAT.findall(path.read_text()):
        if said != version:
            yield f"says program format {'.'.join(said)}, it is {'.'.join(version)}"


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: check_docs.py SOURCE_ROOT")
    root = pathlib.Path(sys.argv[1]).resolve()
    documents = [*root.glob("*.md"), *(root / "docs").rglob("*.md"),
                 *(root / "test/models").rglob("*.md")]
    errors = 0
    for path in sorted(documents):
        complaints = list(check_text(path, root))
        if path.name == "Architecture.md":
            complaints += check_picture(path, root)
        if path.name == "CHANGELOG.md":
            complaints += check_format(path, root)
        for complaint in complaints:
            print(f"{path.relative_to(root)}: {complaint}")
        errors += len(complaints)
    print(f"{len(documents)} documents, {errors} complaints")
    return 1 if errors or not documents else 0


if __name__ == "__main__":
    sys.exit(main())
