"""Prints what the digits recordings say about themselves."""

import pathlib
import sys

import numpy as np

folder = pathlib.Path(sys.argv[1])
inputs, labels, outputs = (np.load(folder / f"{name}.npy")
                           for name in ("inputs", "labels", "ort_outputs"))
tensors = np.load(folder / "intermediate.npz")
assert inputs.shape == (256, 1, 16, 16) and inputs.dtype == np.int8, inputs.shape
assert outputs.shape == (256, 10) and outputs.dtype == np.int8, outputs.shape
print(f"{len(inputs)} images, {int((outputs.argmax(axis=1) == labels).sum())} right")

images = len(tensors["image"])
equal = (np.array_equal(tensors["image"], inputs[:images])
         and np.array_equal(tensors["probabilities"], outputs[:images]))
print(f"{len(tensors.files)} tensors of {images} images, "
      f"outputs {'equal' if equal else 'differ'}")
