"""What a new user gets wrong: each gives one clear error and leaves no file.

    wrong_inputs.py MODEL_FOLDER PRESETS_FOLDER

Works in the current folder, where `good.cmb` is the compiled model.
"""

import os
import subprocess
import sys

import numpy as np

model_folder, presets = sys.argv[1:]
MODEL = model_folder + "/digits_int8_qoperator.onnx"
INPUT = model_folder + "/inputs.npy"


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def machine(path, old, new):
    text = read(presets + "/tiny8.textproto")
    assert text.count(old) == 1, old
    write(path, text.replace(old, new))


write("text.onnx", b"this is no model\n")
write("empty.onnx", b"")
write("cut.onnx", read(MODEL)[:50000])
write("unknown-operator.onnx", read(MODEL).replace(b"QLinearAdd", b"QLinearOdd"))
write("wrong-operation.mlir", b"func.func @main() { cmnn.transmogrify }\n")
write("cut.cmb", read("good.cmb")[:-100])
damaged = bytearray(read("good.cmb"))
damaged[len(damaged) // 2] ^= 1
write("damaged.cmb", bytes(damaged))
machine("no-clock.textproto", b"clock_ghz: 1\n", b"")
machine("misspelt.textproto", b"width_bytes: 8", b"width_byte: 8")
machine("negative.textproto", b"rows: 64", b"rows: -64")
machine("zero.textproto", b"lanes: 16", b"lanes: 0")
machine("alone.textproto", b"attached_to: [0, 1, 2, 3, 4, 5, 6, 7]", b"attached_to: [8]")
machine("memory.textproto", b"bytes: 65536", b"bytes: 64")
np.save("one-row.npy", np.zeros((4, 1, 1, 16), np.int8))
np.save("doubles.npy", np.zeros((4, 1, 16, 16)))
write("cut.npy", read(INPUT)[:1000])

TINY8 = "--machine=tiny8"
OUT = ["-o", "out.cmb"]
CASES = [
    # Models.
    (["cm-compile", "none.onnx", TINY8, *OUT], "none.onnx"),
    (["cm-compile", "text.onnx", TINY8, *OUT], "text.onnx"),
    (["cm-compile", "empty.onnx", TINY8, *OUT], "empty.onnx"),
    (["cm-compile", "cut.onnx", TINY8, *OUT], "cut.onnx"),
    (["cm-compile", "unknown-operator.onnx", TINY8, *OUT], "QLinearOdd"),
    (["cm-compile", "wrong-operation.mlir", TINY8, *OUT], "cmnn.transmogrify"),
    (["cm-translate", "--import-onnx", "cut.onnx", "-o", "out.mlir"], "cut.onnx"),
    # Machines.
    (["cm-compile", MODEL, *OUT], "--machine"),
    (["cm-compile", MODEL, "--machine=tiny9", *OUT], "tiny9"),
    (["cm-compile", MODEL, "--machine=no-clock.textproto", *OUT], "clock_ghz"),
    (["cm-compile", MODEL, "--machine=misspelt.textproto", *OUT], "width_byte"),
    (["cm-compile", MODEL, "--machine=negative.textproto", *OUT], "negative.textproto"),
    (["cm-compile", MODEL, "--machine=zero.textproto", *OUT], "lanes"),
    (["cm-compile", MODEL, "--machine=alone.textproto", *OUT], "attached_to"),
    (["cm-compile", MODEL, "--machine=memory.textproto", *OUT], "bytes"),
    (["cm-compile", MODEL, TINY8, "--set", "core.mvm_cycle=1", *OUT], "mvm_cycle"),
    (["cm-compile", MODEL, TINY8, "--set", "core.mvm_cycles=fast", *OUT], "fast"),
    (["cm-compile", MODEL, TINY8, "--set", "core.count=1", *OUT], "crossbars"),
    (["cm-compile", MODEL, TINY8, "--set", "requantization=fixed", *OUT], "fixed point"),
    # Command lines.
    (["cm-compile", MODEL, TINY8, "--cores=99", *OUT], "99"),
    (["cm-compile", MODEL, TINY8, "--emit=assembly", *OUT], "assembly"),
    (["cm-compile", MODEL, TINY8, "-o", "none/out.cmb"], "none/out.cmb"),
    # Programs and data.
    (["cm-sim", MODEL, "--input", INPUT, "--output", "out.npy"], "digits_int8"),
    (["cm-sim", "cut.cmb", "--input", INPUT, "--output", "out.npy"], "cut.cmb"),
    (["cm-sim", "damaged.cmb", "--input", INPUT, "--output", "out.npy"], "damaged.cmb"),
    (["cm-sim", "good.cmb", "--output", "out.npy"], "--input"),
    (["cm-sim", "good.cmb", "--input", "none.npy", "--output", "out.npy"], "none.npy"),
    (["cm-sim", "good.cmb", "--input", "one-row.npy", "--output", "out.npy"], "[4, 1, 1, 16]"),
    (["cm-sim", "good.cmb", "--input", "doubles.npy", "--output", "out.npy"], "doubles.npy"),
    (["cm-sim", "good.cmb", "--input", "cut.npy", "--output", "out.npy"], "cut.npy"),
    (["cm-translate", "--program-to-text", "cut.cmb", "-o", "out.text"], "cut.cmb"),
]

wrong = 0
for command, culprit in CASES:
    done = subprocess.run(command, capture_output=True, text=True)
    errors = [line for line in done.stderr.splitlines() if "error" in line.lower()]
    left = [name for name in os.listdir(".") if name.startswith("out.")]
    problem = ""
    if done.returncode <= 0 or done.returncode > 127:
        problem = "exit code %d" % done.returncode
    elif left:
        problem = "leaves %s" % left
        os.remove(left[0])
    elif len(errors) > 1:
        problem = "%d errors, expected 1" % len(errors)
    elif culprit not in done.stderr:
        problem = "does not name %s" % culprit
    if problem:
        wrong += 1
        print("%s\n%s: %s" % (" ".join(command), problem, done.stderr))
print("%d wrong inputs, %d badly reported" % (len(CASES), wrong))
sys.exit(wrong != 0)
