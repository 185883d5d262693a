"""Makes vectors/quantised-*.zip: quantised operators as ONNX Runtime computes them.

    python make_quantised_vectors.py [--out DIR]

ONNX's own tests know few quantised operators and no contributed ones. Operands are
seeded, in shapes, types and attributes that differ; the same bytes each time.
"""

import argparse
import pathlib
import zipfile

import numpy as np
import onnxruntime
from onnx import helper, numpy_helper

HERE = pathlib.Path(__file__).parent
CONTRIB = "com.microsoft"
TYPES = {"int8": (np.int8, -128), "uint8": (np.uint8, 0)}


class Vectors:
    """Collects tests: name -> {file: bytes}, by operator."""

    def __init__(self):
        self.random = np.random.RandomState(7)
        self.tests = {}

    def integers(self, shape, dtype):
        low = TYPES[dtype][1]
        return self.random.randint(low, low + 256, shape).astype(TYPES[dtype][0])

    def quantisation(self, dtype, scale):
        """A scale near `scale` and a zero point."""
        low = TYPES[dtype][1]
        zero = self.random.randint(low + 64, low + 192)
        scale *= 0.7 + 0.6 * self.random.random_sample()
        return [np.float32(scale), TYPES[dtype][0](zero)]

    def data(self, shape, dtype, scale=0.05):
        return [self.integers(shape, dtype)] + self.quantisation(dtype, scale)

    def weights(self, shape, dtype, channel_axis=None):
        """int8 weights are symmetric, with a scale for each channel where an axis
        is given; uint8 ones have one scale and a zero point."""
        if dtype == "uint8":
            return self.data(shape, dtype, 0.02)
        values = self.integers(shape, dtype)
        count = () if channel_axis is None else (shape[channel_axis],)
        scales = 0.01 + 0.02 * self.random.random_sample(count)
        return [values, scales.astype(np.float32), np.zeros(count, np.int8)]

    def add(self, op, variant, operands, **attributes):
        """One node on `operands` (None: left out), its result by ONNX Runtime."""
        names = [f"x{i}" if a is not None else "" for i, a in enumerate(operands)]
        standard = op in ("QLinearConv", "QLinearMatMul", "MatMulInteger",
                          "ConvInteger", "Resize")
        node = helper.make_node(op, names, ["y"], domain="" if standard else CONTRIB,
                                **attributes)
        arrays = {n: np.asarray(a) for n, a in zip(names, operands) if n}
        infos = [helper.make_tensor_value_info(
            n, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
            for n, a in arrays.items()]
        result = helper.make_empty_tensor_value_info("y")
        opsets = [helper.make_opsetid("", 13), helper.make_opsetid(CONTRIB, 1)]

        def model(output):
            graph = helper.make_graph([node], "test", infos, [output])
            return helper.make_model(graph, opset_imports=opsets, ir_version=8)

        text = model(result).SerializeToString()
        session = onnxruntime.InferenceSession(text, providers=["CPUExecutionProvider"])
        y = session.run(None, arrays)[0]
        result = helper.make_tensor_value_info(
            "y", helper.np_dtype_to_tensor_dtype(y.dtype), y.shape)
        files = {"model.onnx": model(result).SerializeToString()}
        for kind, named in (("input", arrays), ("output", {"y": y})):
            for index, (name, array) in enumerate(named.items()):
                proto = numpy_helper.from_array(array, name)
                files[f"test_data_set_0/{kind}_{index}.pb"] = proto.SerializeToString()
        self.tests.setdefault(op, {})[f"test_{op.lower()}_{variant}"] = files


def bias(v, channels):
    return v.random.randint(-3000, 3000, channels).astype(np.int32)


def products(v):
    for dtype, weight in (("int8", "int8"), ("uint8", "int8"), ("uint8", "uint8")):
        name = f"{dtype}_{weight}"
        for variant, channels, groups, options in (
                ("plain", 5, 1, dict(pads=[1, 1, 1, 1])),
                ("strides", 4, 2, dict(strides=[2, 1], pads=[0, 1, 2, 1], group=2)),
                ("dilated", 3, 1, dict(dilations=[2, 2], auto_pad="VALID")),
                ("same", 3, 1, dict(strides=[2, 2], auto_pad="SAME_UPPER"))):
            w = v.weights((channels, 4 // groups, 3, 3), weight, 0)
            v.add("QLinearConv", f"{name}_{variant}", v.data((2, 4, 7, 8), dtype) + w +
                  v.quantisation(dtype, 0.15) + [bias(v, channels)], **options)
        v.add("QLinearConv", f"{name}_1d", v.data((1, 3, 11), dtype) +
              v.weights((4, 3, 3), weight, 0) + v.quantisation(dtype, 0.15))
        v.add("QLinearMatMul", f"{name}_weights", v.data((2, 3, 12), dtype) +
              v.weights((12, 5), weight, 1) + v.quantisation(dtype, 0.15))
        for transposed in (0, 1):
            shape = (6, 10) if transposed else (10, 6)
            v.add("QGemm", f"{name}_{'bt' if transposed else 'b'}",
                  v.data((3, 10), dtype) + v.weights(shape, weight, 1 - transposed) +
                  [bias(v, 6)] + v.quantisation(dtype, 0.1), transB=transposed)
        a, b = v.data((4, 9), dtype), v.data((9, 3), weight)
        v.add("MatMulInteger", name, [a[0], b[0], a[2], b[2]])
        a, b = v.data((1, 2, 5, 6), dtype), v.data((3, 2, 3, 2), weight)
        if weight == "uint8":  # the others have no kernel in ONNX Runtime
            v.add("ConvInteger", name, [a[0], b[0], a[2], b[2]], pads=[1, 0, 1, 1])
    v.add("QLinearMatMul", "activations", v.data((2, 3, 4, 6), "int8") +
          v.data((2, 3, 6, 5), "int8") + v.quantisation("int8", 0.3))
    v.add("QGemm", "float_result", v.data((2, 8), "int8") +
          v.weights((8, 4), "int8", 1) + [bias(v, 4)])


def elementwise(v):
    shapes = (("same", (2, 3, 5), (2, 3, 5)), ("channel", (1, 6, 4, 4), (6, 1, 1)),
              ("scalar", (1, 30), (1,)), ("both", (3, 1, 4), (1, 5, 4)),
              ("rank", (4,), (2, 3, 4)))
    for dtype in TYPES:
        for op, scale in (("QLinearAdd", 0.08), ("QLinearMul", 0.2)):
            for variant, a, b in shapes:
                v.add(op, f"{dtype}_{variant}", v.data(a, dtype) + v.data(b, dtype) +
                      v.quantisation(dtype, scale))
        v.add("QLinearConcat", f"{dtype}_channels", v.quantisation(dtype, 0.06) +
              v.data((1, 3, 4, 5), dtype) + v.data((1, 2, 4, 5), dtype) +
              v.data((1, 4, 4, 5), dtype), axis=1)
        v.add("QLinearConcat", f"{dtype}_last", v.quantisation(dtype, 0.06) +
              v.data((2, 3), dtype) + v.data((2, 4), dtype), axis=-1)
        v.add("QLinearSigmoid", f"{dtype}", v.data((2, 256), dtype) +
              [np.float32(1 / 256), TYPES[dtype][0](TYPES[dtype][1])])
        v.add("QLinearLeakyRelu", f"{dtype}", v.data((2, 256), dtype) +
              v.quantisation(dtype, 0.05), alpha=0.3)
        for axis, opset in ((-1, 13), (1, 13), (1, 9)):
            v.add("QLinearSoftmax", f"{dtype}_axis{axis % 4}_opset{opset}",
                  v.data((2, 4, 5), dtype) +
                  [np.float32(1 / 256), TYPES[dtype][0](TYPES[dtype][1])],
                  axis=axis, opset=opset)


def pools(v):
    for dtype in TYPES:
        for variant, options in (
                ("plain", dict(kernel_shape=[2, 2], strides=[2, 2])),
                ("pads", dict(kernel_shape=[3, 3], pads=[1, 1, 1, 1])),
                ("include", dict(kernel_shape=[3, 2], pads=[1, 0, 1, 1], strides=[2, 1],
                                 count_include_pad=1)),
                ("ceil", dict(kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)),
                ("last", dict(kernel_shape=[2, 2], channels_last=1))):
            v.add("QLinearAveragePool", f"{dtype}_{variant}",
                  v.data((1, 3, 6, 8), dtype) + v.quantisation(dtype, 0.03), **options)
        for last in (0, 1):
            v.add("QLinearGlobalAveragePool", f"{dtype}_last{last}",
                  v.data((2, 5, 4, 6), dtype) + v.quantisation(dtype, 0.01),
                  channels_last=last)
        for mode in ("linear", "nearest"):
            v.add("Resize", f"{dtype}_{mode}",
                  [v.integers((1, 3, 4, 5), dtype), None,
                   np.array([1, 1, 2, 2], np.float32)], mode=mode)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "vectors")
    args = parser.parse_args()
    onnxruntime.set_default_logger_severity(3)
    v = Vectors()
    for part in (products, elementwise, pools):
        part(v)
    for op, tests in sorted(v.tests.items()):
        with zipfile.ZipFile(args.out / f"quantised-{op}.zip", "w") as archive:
            for name in sorted(tests):
                for file, data in sorted(tests[name].items()):
                    entry = zipfile.ZipInfo(f"{name}/{file}")  # dated 1980
                    archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
        print(f"{op}: {len(tests)} tests")


if __name__ == "__main__":
    main()
