"""Makes large models of the zoo, or takes them from its cache, and maps each.

    check_mapped_zoo.py MODELS_FOLDER WORK_FOLDER MACHINE NAME... [--OPTION...]

compiles the QDQ form of each for the machine, with the options of cm-compile, and
prints the line of test/Pipelines/Inputs/check_mapped.py with the time that it took.
"""

import pathlib
import subprocess
import sys
import time

from check_zoo import make


def main():
    models, work = (pathlib.Path(a) for a in sys.argv[1:3])
    machine = sys.argv[3]
    checker = models.parent / "Pipelines" / "Inputs" / "check_mapped.py"
    failed = False
    options = [a for a in sys.argv[4:] if a.startswith("--")]
    for name in (a for a in sys.argv[4:] if a not in options):
        start = time.time()
        result = subprocess.run(
            [sys.executable, checker, make(models, name), work / name, machine, "qdq",
             *options],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        failed |= result.returncode != 0
        print(f"{result.stdout.strip()}; {time.time() - start:.0f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
