"""Changes one piece of arithmetic of an oracle at a time and checks that its unit
test then fails.

    python3 utils/check_mutants.py SOURCE_ROOT BUILD_ROOT [--only TEXT] [--quick]

A changed copy of a source file is compiled beside the build and linked before
the library, so neither the sources nor the build change. `--quick` takes the
first mutant of each oracle, `--only` those whose oracle or description holds
TEXT. Ends with 1 if a mutant survives.
"""

import argparse
import json
import pathlib
import shlex
import subprocess
import sys
import tempfile

# oracle: its folder below lib/, its unit test, what the test is filtered to.
ORACLES = {
    "interpreter": ("Interpreter", "InterpreterTests", "VectorsTest*"),
    "functional": ("Functional", "FunctionalTests", "*"),
    "simulator": ("Sim", "SimTests", "*"),
}

# (oracle, file, what is changed, from, to)
MUTANTS = [
    ("interpreter", "Elementwise.cpp", "two roundings in the sum",
     "std::fmaf(static_cast<float>(b[i] + shift), ratioB, constant)", "static_cast<float>(b[i] + shift) * ratioB + constant"),
    ("interpreter", "Kernels.h", "round half away from zero",
     "static_cast<int32_t>(std::nearbyintf(clamped))", "static_cast<int32_t>(std::roundf(clamped))"),
    ("interpreter", "Kernels.h", "round half away after adding the zero point",
     "float rounded = std::nearbyintf(clamped)", "float rounded = std::roundf(clamped)"),
    ("interpreter", "Products.cpp", "order of the scales",
     "float scale = op.getXScale() * op.getWScale(channel);\n      multipliers.push_back(scale / op.getYScale());",
     "float scale = op.getWScale(channel) / op.getYScale();\n      multipliers.push_back(op.getXScale() * scale);"),
    ("interpreter", "Products.cpp", "padding counts as -zero point",
     "x[group * groupInputs + c] - zeroPoint;", "x[group * groupInputs + c];"),
    ("interpreter", "Elementwise.cpp", "order of the operands",
     "std::fmaf(static_cast<float>(b[i] + shift), ratioB, constant);\n    value = std::fmaf(static_cast<float>(a[i] + shift), ratioA, value);",
     "std::fmaf(static_cast<float>(a[i] + shift), ratioA, constant);\n    value = std::fmaf(static_cast<float>(b[i] + shift), ratioB, value);"),
    ("interpreter", "Elementwise.cpp", "a product instead of a division",
     "real / rounding.scale", "real * (1.0f / rounding.scale)"),
    ("interpreter", "Elementwise.cpp", "steps of softmax rounded",
     "std::floor(1.0f / op.getYScale())", "std::round(1.0f / op.getYScale())"),
    ("interpreter", "Elementwise.cpp", "division before the steps",
     "table[value - greatest + 255] * steps / sum", "table[value - greatest + 255] / sum * steps"),
    ("interpreter", "Pools.cpp", "an average pool's zero point after rounding",
     "toInt8WithZeroPoint(mean / rounding.scale +", "toInt8WithZeroPoint(std::nearbyint(mean / rounding.scale) +"),
    ("interpreter", "Pools.cpp", "order of a global pool's scales",
     "op.getXScale() / (rounding.scale * pixels)", "op.getXScale() / rounding.scale / pixels"),
    ("interpreter", "Pools.cpp", "padding counts in the mean",
     "if (op.getCountIncludePad())", "if (true)"),
    ("interpreter", "Elementwise.cpp", "uint8 sums as int8",
     "op.getUnsignedRounding() ? 128 : 0", "0"),
    ("interpreter", "Pools.cpp", "uint8 means as int8",
     "op.getUnsignedRounding() ? 128 : 0", "0"),
    ("functional", "Arithmetic.cpp", "round half away from zero",
     "static_cast<int32_t>(std::nearbyint(clamped))", "static_cast<int32_t>(std::round(clamped))"),
    ("functional", "Arithmetic.cpp", "two roundings in the sum",
     "std::fma(static_cast<float>(b + lift), ratioB, offset)", "static_cast<float>(b + lift) * ratioB + offset"),
    ("functional", "Arithmetic.cpp", "an average pool's zero point after rounding",
     "saturateRound(scaled + static_cast<float>(y.zeroPoint + lift), limits,\n                       lift)",
     "clampRound(scaled, y.zeroPoint, limits)"),
    ("functional", "Arithmetic.cpp", "division before the steps",
     "exponentials[x[k] - greatest + 255] * inverse;\n    result[k] = clampRound(scaled / sum,",
     "exponentials[x[k] - greatest + 255] / sum;\n    result[k] = clampRound(scaled * inverse,"),
    ("functional", "Arithmetic.cpp", "uint8 sums as int8",
     "lift(liftOf(bytes)), ratioA", "lift(bytes == Bytes::Unsigned ? 0 : 0), ratioA"),
    ("functional", "Arithmetic.cpp", "uint8 means as int8",
     "limits(limits), lift(liftOf(bytes))", "limits(limits), lift(bytes == Bytes::Unsigned ? 0 : 0)"),
    ("simulator", "Kernels.cpp", "round half away from zero",
     "int32_t(std::nearbyint(clamped))", "int32_t(std::round(clamped))"),
    ("simulator", "Kernels.cpp", "two roundings in the sum",
     "std::fma(float(b[i] + origin), rb, k)", "float(b[i] + origin) * rb + k"),
    ("simulator", "Kernels.cpp", "half down in the fixed-point form",
     "(int64_t(1) << (shift - 1))", "(int64_t(1) << (shift - 1)) - 1"),
    ("simulator", "Kernels.cpp", "division before the steps",
     "power(a[c]) * q / sum", "power(a[c]) / sum * q"),
    ("simulator", "Kernels.cpp", "uint8 sums and means as int8",
     "instr.unsigned_rounding() ? 128 : 0", "instr.unsigned_rounding() ? 0 : 0"),
]


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


def build_mutant(build, commands, folder, changed, test, scratch):
    """Compiles the changed files of `scratch` and links the test with them."""
    headers = changed.suffix == ".h"
    sources = sorted(scratch.glob("*.cpp")) if headers else [scratch / changed.name]
    objects = []
    for source in sources:
        command = replaced(commands[folder / source.name], "-o", f"{source}.o")
        subprocess.run(replaced(command, "-c", str(source)), cwd=build, check=True)
        objects.append(f"{source}.o")
    program = scratch / test
    command = link_command(build, test)
    at = next(i for i, part in enumerate(command) if part.endswith(".o"))
    command = replaced(command[:at] + objects + command[at:], "-o", str(program))
    subprocess.run(command, cwd=build, check=True)
    return program


def is_killed(root, build, commands, mutant):
    """Whether the oracle's test fails on a mutant."""
    oracle, file, _, old, new = mutant
    name, test, tests = ORACLES[oracle]
    folder = root / "lib" / name
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        for path in folder.iterdir():
            if path.suffix in (".cpp", ".h"):
                (scratch / path.name).write_text(path.read_text())
        text = (scratch / file).read_text()
        if text.count(old) != 1:
            sys.exit(f"{folder / file}: expected '{old}' once, found {text.count(old)} times")
        (scratch / file).write_text(text.replace(old, new))
        program = build_mutant(build, commands, folder, folder / file, test, scratch)
        run = subprocess.run([str(program), f"--gtest_filter={tests}"], cwd=build, capture_output=True)
        return run.returncode != 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    root, build = args.root.resolve(), args.build.resolve()
    commands = compile_commands(build)
    chosen = [m for m in MUTANTS if args.only in m[0] or args.only in m[2]]
    if args.quick:
        chosen = list({m[0]: m for m in reversed(chosen)}.values())
    survivors = 0
    for mutant in chosen:
        killed = is_killed(root, build, commands, mutant)
        survivors += not killed
        print(f"{'killed' if killed else 'SURVIVED'}: {mutant[0]}, {mutant[2]}", flush=True)
    print(f"{len(chosen)} mutants, {survivors} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
