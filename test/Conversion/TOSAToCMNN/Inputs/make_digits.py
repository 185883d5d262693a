"""The digits network as TOSA that PyPI's converter made, and what the TOSA
reference model computes: makes digits.tosa.mlir, digits.images.npy and
digits.logits.npy beside this file, or checks them.

    python make_digits.py MODELS_DIGITS TOOLS WORK [--check]

MODELS_DIGITS has the ONNX file and its images, TOOLS the programs of a virtual
environment with what ../requirements.txt lists; WORK takes intermediate files.
The first 16 images.
"""

import argparse
import pathlib
import subprocess
import sys

import numpy

import reference_model

HERE = pathlib.Path(__file__).resolve().parent
IMAGES = 16


def make(models, tools, work):
    """The text and the two arrays."""
    work.mkdir(parents=True, exist_ok=True)
    lite, text = work / "digits.tflite", work / "digits.tosa.mlir"
    subprocess.run([tools / "python", HERE / "digits_tflite.py",
                    models / "digits_int8_qoperator.onnx", lite], check=True)
    subprocess.run([tools / "tosa-converter-for-tflite", "--text", "-o", text, lite], check=True)
    images = numpy.load(models / "inputs.npy")[:IMAGES].transpose(0, 2, 3, 1).copy()
    return text.read_text(), images, run(text, tools, work, images)


def run(text, tools, work, images):
    model = reference_model.ReferenceModel(tools, work)
    binary = model.serialize(text)
    return numpy.concatenate([model.run(binary, [image[None]], 1)[0] for image in images])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("models", "tools", "work"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    text, images, logits = make(args.models, args.tools, args.work)
    labels = numpy.load(args.models / "labels.npy")[:IMAGES]
    right = int((logits.argmax(axis=1) == labels).sum())
    print(f"{len(text)} bytes of TOSA, {IMAGES} images, {right} right")
    if not args.check:
        (HERE / "digits.tosa.mlir").write_text(text)
        numpy.save(HERE / "digits.images.npy", images)
        numpy.save(HERE / "digits.logits.npy", logits)
        return 0
    # Another version of the converter may write another text; the recording must
    # be what the reference model computes of the text that is here.
    recorded = run(HERE / "digits.tosa.mlir", args.tools, args.work, images)
    same = {"text": text == (HERE / "digits.tosa.mlir").read_text(),
            "images": numpy.array_equal(images, numpy.load(HERE / "digits.images.npy")),
            "logits": numpy.array_equal(recorded, numpy.load(HERE / "digits.logits.npy"))}
    print(", ".join(f"{name} {'equal' if equal else 'differ'}" for name, equal in same.items()))
    return 0 if same["images"] and same["logits"] else 1


if __name__ == "__main__":
    sys.exit(main())
