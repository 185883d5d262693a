"""Runs the commands that a document shows, in order, as a reader would.

    python3 utils/run_doc_commands.py SOURCE_ROOT TOOLS DOCUMENT FOLDER

Takes the lines of code blocks that start with a tool of ours (`cm-...`, with or
without build/release/bin/ before it) or with `export`, and runs them as they are
written in FOLDER. There `test` is the source tree's and build/release/bin is the
folder TOOLS; PATH does not lead to TOOLS unless the document says so. Stops at
the first that fails.
"""

import os
import pathlib
import re
import subprocess
import sys

# A block with its language; those of commands have none, or a shell's.
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELLS = ("", "sh", "console")
COMMAND = re.compile(r"^(?:export |(?:build/release/bin/)?cm-[a-z-]+ )")


def commands(text):
    """Yields the command lines, continuation lines joined, comments cut."""
    for language, block in BLOCK.findall(text):
        if language not in SHELLS:
            continue
        for line in block.replace("\\\n", " ").splitlines():
            if COMMAND.match(line):
                yield re.sub(r"\s+# .*", "", line)


def make_link(link, target):
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        os.symlink(target, link)


def environment(tools):
    """Ours, without a way to the tools."""
    folders = os.environ["PATH"].split(os.pathsep)
    kept = [f for f in folders if pathlib.Path(f).resolve() != tools]
    return dict(os.environ, PATH=os.pathsep.join(kept))


def main():
    if len(sys.argv) != 5:
        sys.exit("usage: run_doc_commands.py SOURCE_ROOT TOOLS DOCUMENT FOLDER")
    root, tools, document, folder = (pathlib.Path(a).resolve() for a in sys.argv[1:])
    make_link(folder / "test", root / "test")
    make_link(folder / "build/release/bin", tools)
    count, exports = 0, ""
    for command in commands(document.read_text()):
        if command.startswith("export "):
            exports += command + "\n"
            continue
        print(f"$ {command}", flush=True)
        result = subprocess.run(["bash", "-c", exports + command], cwd=folder, check=False,
                                stdout=subprocess.DEVNULL, env=environment(tools))
        if result.returncode != 0:
            print(f"{document.name}: exit code {result.returncode}")
            return 1
        count += 1
    print(f"{document.name}: {count} commands ran")
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())
