"""Runs the commands that a document shows, in order, as a reader would.

    python3 utils/run_doc_commands.py SOURCE_ROOT DOCUMENT FOLDER

Takes the lines of code blocks that start with a tool of ours (`cm-...`, with or
without build/release/bin/ before it) and runs them in FOLDER, where `test` is
the source tree's; the tools come from PATH. Stops at the first that fails.
"""

import os
import pathlib
import re
import subprocess
import sys

BLOCK = re.compile(r"^```(?:sh|console)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^(?:build/release/bin/)?(cm-[a-z-]+ .*)$")


def commands(text):
    """Yields the command lines, continuation lines joined, comments cut."""
    for block in BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            match = COMMAND.match(line)
            if match:
                yield re.sub(r"\s+# .*", "", match.group(1))


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: run_doc_commands.py SOURCE_ROOT DOCUMENT FOLDER")
    root, document, folder = (pathlib.Path(a).resolve() for a in sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / "test"
    if not link.is_symlink():
        os.symlink(root / "test", link)
    count = 0
    for command in commands(document.read_text()):
        print(f"$ {command}", flush=True)
        result = subprocess.run(["bash", "-c", command], cwd=folder, check=False,
                                stdout=subprocess.DEVNULL)
        if result.returncode != 0:
            print(f"{document.name}: exit code {result.returncode}")
            return 1
        count += 1
    print(f"{document.name}: {count} commands ran")
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())
