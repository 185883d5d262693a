"""A PyTorch module of integers as torch-mlir writes it, and what PyTorch computes.

    python torch_integer.py --record     makes torch.tosa.mlir and torch.*.npy here
    python torch_integer.py WORK         converts anew into WORK, runs it by cm-opt
                                         and cm-run and compares with PyTorch

Needs torch and torch-mlir. (Its quantised convolutions become float TOSA.)
"""

import pathlib
import subprocess
import sys

import numpy
import torch
from torch_mlir import fx

HERE = pathlib.Path(__file__).resolve().parent


class Integer(torch.nn.Module):
    """Products, sums, clamps and movements of int8 and int32."""

    def __init__(self, random):
        super().__init__()
        for name, shape, low, high, dtype in (("weight", (12, 10), -128, 128, torch.int8),
                                              ("bias", (10,), -9000, 9000, torch.int32),
                                              ("gain", (10,), 1, 40, torch.int32)):
            self.register_buffer(
                name, torch.randint(low, high, shape, dtype=dtype, generator=random))

    def forward(self, x, y):
        acc = torch.ops.aten._int_mm(x, self.weight) + self.bias
        gated = torch.clamp(acc, 0, 20000) * self.gain
        small = torch.clamp(acc, -128, 127).to(torch.int8).reshape(1, -1)
        image = y.permute(0, 2, 3, 1)
        image = torch.cat([image, image[:, :, :, 1:3]], dim=3)
        image = torch.nn.functional.pad(image, (1, 2, 0, 1), value=-7)
        total = y.to(torch.int32).sum(dim=2, dtype=torch.int32)
        return gated, small, image, total, torch.clamp(y, -5, 90)


def make():
    """The text, and the arrays of arguments and results."""
    random = torch.Generator().manual_seed(5)
    module = Integer(random)
    x, y = (torch.randint(-128, 128, shape, dtype=torch.int8, generator=random)
            for shape in ((20, 12), (1, 4, 5, 6)))
    text = str(fx.export_and_import(module, x, y, output_type="tosa", func_name="main"))
    return text, [x.numpy(), y.numpy()], [result.numpy() for result in module(x, y)]


def host(array):
    """As the host has it: a leading extent of 1 is its batch."""
    return array if array.shape[0] == 1 else array[None]


def save(folder):
    text, arguments, results = make()
    (folder / "torch.tosa.mlir").write_text(text + "\n")
    for kind, arrays in (("in", arguments), ("out", results)):
        for i, array in enumerate(arrays):
            numpy.save(folder / f"torch.{kind}{i}.npy", host(array))
    return arguments, results


def main():
    if sys.argv[1] == "--record":
        save(HERE)
        return
    work = pathlib.Path(sys.argv[1])
    work.mkdir(parents=True, exist_ok=True)
    arguments, results = save(work)
    subprocess.run(["cm-opt", "--convert-tosa-to-cmnn", work / "torch.tosa.mlir",
                    "-o", work / "torch.mlir"], check=True)
    subprocess.run(["cm-run", work / "torch.mlir"]
                   + [f"--input={work / f'torch.in{i}.npy'}" for i in range(len(arguments))]
                   + [f"--expect={work / f'torch.out{i}.npy'}" for i in range(len(results))],
                   check=True)


if __name__ == "__main__":
    main()
