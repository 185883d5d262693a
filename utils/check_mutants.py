"""Changes one piece of arithmetic at a time and checks that a test then fails.

    python3 utils/check_mutants.py SOURCE_ROOT [BUILD_ROOT] [--only TEXT]
        [--sample DAY] [--check]

utils/mutants/NAME.txt lists the changes of one oracle: a title, the lines to
replace (`- `) and what stands there instead (`+ `). The lines occur once in the
oracle's folder, broken and indented in any way. A changed copy of the source is compiled beside the build and
linked before the library, so neither the sources nor the build change.

`--only` takes the mutants whose oracle or title holds TEXT, `--sample` one of each
oracle, another one every DAY (a number, or `today`). `--check` compiles nothing
and only looks for the lines. Ends with 1 if a mutant survives.
"""

import argparse
import collections
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import time

# oracle: its folder below lib/, its unit test, what the test is filtered to.
ORACLES = {
    "interpreter": ("Interpreter", "InterpreterTests", "VectorsTest*"),
    "functional": ("Functional", "FunctionalTests", "*"),
    "simulator": ("Sim", "SimTests", "Vectors*:Kernels*"),
    "analogue": ("Sim", "SimTests", "Analog*:Random*"),
    "partition": ("Conversion/CMNNToCMFlow", "NumericsTests", "*"),
    "tables": ("Dialect/CMNN", "NumericsTests", "*"),
}

Mutant = collections.namedtuple("Mutant", "oracle title old new")


def read_mutants(oracle):
    """The mutants of one list; its first paragraphs are prose."""
    path = pathlib.Path(__file__).parent / "mutants" / f"{oracle}.txt"
    mutants = []
    for block in path.read_text().split("\n\n"):
        title, *lines = block.strip("\n").split("\n")
        old, new = ([line[2:] for line in lines if line[:2] == sign] for sign in ("- ", "+ "))
        if old and new:
            mutants.append(Mutant(oracle, title, "\n".join(old), "\n".join(new)))
    return mutants


def find(root, mutant):
    """The one file that has the lines of a mutant, and the match in it."""
    folder = root / "lib" / ORACLES[mutant.oracle][0]
    pattern = r"\s*".join(re.escape(token) for token in re.findall(r"\w+|\S", mutant.old))
    files = [p for p in folder.iterdir() if p.suffix in (".cpp", ".h")]
    found = [(p, match) for p in files for match in re.finditer(pattern, p.read_text())]
    if len(found) != 1:
        sys.exit(
            f"{folder}: {mutant.title}: expected these lines once, found them {len(found)} times:\n{mutant.old}"
        )
    return found[0]


def compile_commands(build):
    """The compile command of every source file."""
    entries = json.loads((build / "compile_commands.json").read_text())
    return {pathlib.Path(e["file"]): shlex.split(e["command"]) for e in entries}


def link_command(build, test):
    """The command that links a unit test."""
    out = subprocess.run(["ninja", "-t", "commands", test], cwd=build, check=True, capture_output=True, text=True)
    line = out.stdout.strip().splitlines()[-1]
    return shlex.split(line.split("&&")[1])


def replaced(command, flag, value):
    """The command with another argument for a flag."""
    at = command.index(flag)
    return command[: at + 1] + [value] + command[at + 2 :]


def build_mutant(build, commands, changed, test, scratch):
    """Compiles the changed files of `scratch` and links the test with them."""
    headers = changed.suffix == ".h"
    sources = sorted(scratch.glob("*.cpp")) if headers else [scratch / changed.name]
    objects = []
    for source in sources:
        command = replaced(commands[changed.parent / source.name], "-o", f"{source}.o")
        # A change may leave a variable unused.
        subprocess.run(replaced(command, "-c", str(source)) + ["-w"], cwd=build, check=True)
        objects.append(f"{source}.o")
    program = scratch / test
    command = link_command(build, test)
    at = next(i for i, part in enumerate(command) if part.endswith(".o"))
    command = replaced(command[:at] + objects + command[at:], "-o", str(program))
    subprocess.run(command, cwd=build, check=True)
    return program


def is_killed(root, build, commands, mutant):
    """Whether the oracle's test fails on a mutant."""
    changed, match = find(root, mutant)
    _, test, tests = ORACLES[mutant.oracle]
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        for path in changed.parent.iterdir():
            if path.suffix in (".cpp", ".h"):
                (scratch / path.name).write_text(path.read_text())
        text = match.string[: match.start()] + mutant.new + match.string[match.end() :]
        (scratch / changed.name).write_text(text)
        program = build_mutant(build, commands, changed, test, scratch)
        run = subprocess.run([str(program), f"--gtest_filter={tests}"], cwd=build, capture_output=True)
        return run.returncode != 0


def sample(mutants, day):
    """One mutant of each oracle, all of them in turn."""
    number = int(time.time()) // 86400 if day == "today" else int(day)
    lists = collections.defaultdict(list)
    for mutant in mutants:
        lists[mutant.oracle].append(mutant)
    return [choice[number % len(choice)] for choice in lists.values()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path, nargs="?")
    parser.add_argument("--only", default="")
    parser.add_argument("--sample", metavar="DAY")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    root = args.root.resolve()
    mutants = [m for oracle in ORACLES for m in read_mutants(oracle)]
    for mutant in mutants:
        find(root, mutant)
    if args.check:
        print(f"{len(mutants)} mutants: all lines found")
        return 0
    build = args.build.resolve()
    commands = compile_commands(build)
    chosen = [m for m in mutants if args.only in m.oracle or args.only in m.title]
    if args.sample:
        chosen = sample(chosen, args.sample)
    survivors = 0
    for mutant in chosen:
        killed = is_killed(root, build, commands, mutant)
        survivors += not killed
        print(f"{'killed' if killed else 'SURVIVED'}: {mutant.oracle}, {mutant.title}", flush=True)
    print(f"{len(chosen)} mutants, {survivors} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
