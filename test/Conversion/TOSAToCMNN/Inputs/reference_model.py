"""Runs TOSA by the TOSA reference model (PyPI's tosa-tools)."""

import pathlib
import subprocess

import numpy


class ReferenceModel:
    """The programs in `tools`; files go to `folder`."""

    def __init__(self, tools, folder):
        self.tools = pathlib.Path(tools).resolve()
        self.folder = pathlib.Path(folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)

    def serialize(self, source):
        """The flatbuffer of a file of TOSA as text."""
        binary = self.folder / (pathlib.Path(source).name + ".tosa")
        subprocess.run([self.tools / "tosa-opt", source, "--tosa-serialize",
                        f"--tosa-flatbuffer-filename={binary}", "-o", "/dev/null"], check=True)
        return binary

    def run(self, binary, inputs, count):
        """The `count` results for arrays of the shapes that the file has."""
        def paths(prefix, number):
            return [self.folder / f"{binary.stem}.{prefix}{i}.npy" for i in range(number)]

        sources, targets = paths("in", len(inputs)), paths("out", count)
        for path, array in zip(sources, inputs):
            numpy.save(path, array)
        # Paths are taken relative to the file's folder.
        subprocess.run(
            [self.tools / "tosa_reference_model", f"--tosa_file={binary}", "--flatbuffer_dir=/",
             "--tosa_level=NONE",
             "--ifm_name=" + ",".join(f"TosaInput_{i}" for i in range(len(inputs))),
             "--ifm_file=" + ",".join(map(str, sources)),
             "--ofm_name=" + ",".join(f"TosaOutput_{i}" for i in range(count)),
             "--ofm_file=" + ",".join(map(str, targets))],
            check=True, capture_output=True)
        return [numpy.load(path) for path in targets]
