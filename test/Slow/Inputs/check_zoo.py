"""Makes large models of the zoo, or takes them from its cache, and checks each.

    check_zoo.py MODELS_FOLDER WORK_FOLDER NAME...

prints check_model.py's lines, the time that the check took, and CPU time and peak
memory of the import.
"""

import os
import pathlib
import subprocess
import sys
import time


def make(models, name):
    """The folder of the model `name`."""
    made = subprocess.run([sys.executable, "-m", "zoo", "make", name], cwd=models,
                          capture_output=True, text=True, check=False)
    if made.returncode:
        sys.exit(f"error: {name}: {made.stderr}")
    return pathlib.Path(made.stdout.split(" (")[0])


def measure_import(model, work):
    """"0.6 s, 120 MB": what importing takes."""
    process = subprocess.Popen(["cm-translate", "--import-onnx", model,
                                "-o", work / "imported.mlirbc"])
    _, _, usage = os.wait4(process.pid, 0)
    return (f"{usage.ru_utime + usage.ru_stime:.2f} s, "
            f"{usage.ru_maxrss / 1000:.0f} MB")


def main():
    models, work = (pathlib.Path(a) for a in sys.argv[1:3])
    checker = models.parent / "Models" / "Inputs" / "check_model.py"
    work.mkdir(parents=True, exist_ok=True)
    failed = False
    for name in sys.argv[3:]:
        folder = make(models, name)
        for form in ("qoperator", "qdq"):
            start = time.time()
            result = subprocess.run(
                [sys.executable, checker, folder, work / name, form], text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            failed |= result.returncode != 0
            seconds = time.time() - start
            print(f"{result.stdout.strip()}; checked in {seconds:.0f} s; import "
                  f"{measure_import(folder / f'{form}.onnx', work)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
