"""Writes models as ONNX Runtime's own `quantize_static` emits them.

    python make_static_models.py [Inputs]      needs onnx, onnxruntime, numpy

NET.CONFIG.qop.onnx and .qdq.onnx with NET.CONFIG.in.npy and ONNX Runtime's
outputs for each, NET.CONFIG.FORM.out.npy: the tool gives the two forms other
scales. ONNX Runtime fuses all of these QDQ graphs to QOperator nodes, so that
their outputs have one meaning here. Random weights, deterministic.
"""

import pathlib
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (CalibrationDataReader, QuantFormat, QuantType,
                                      quantize_static)
from onnxruntime.quantization.shape_inference import quant_pre_process

from make_models import IMAGES, record


class Images(CalibrationDataReader):
    def __init__(self, values):
        self.rows = iter([{"x": v[None]} for v in values])

    def get_next(self):
        return next(self.rows, None)


class Float:
    """A float model with random weights."""

    def __init__(self, seed, shape):
        self.rng = np.random.default_rng(seed)
        self.shape = shape
        self.nodes, self.initializers = [], []

    def weights(self, *shape):
        name = f"w{len(self.initializers)}"
        values = self.rng.normal(0, 1 / np.sqrt(max(1, np.prod(shape[1:]))), shape)
        self.initializers.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name

    def node(self, op, *inputs, **attributes):
        name = f"{op.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], name="n_" + name, **attributes))
        return name

    def model(self, output, features):
        graph = helper.make_graph(
            self.nodes, "net",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch"] + self.shape)],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", features])],
            self.initializers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def cnn():
    f = Float(1, [3, 12, 12])
    x = f.node("Relu", f.node("Conv", "x", f.weights(8, 3, 3, 3), f.weights(8),
                              pads=[1, 1, 1, 1], strides=[2, 2]))
    p = f.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2])
    y = f.node("Relu", f.node("Conv", p, f.weights(8, 1, 3, 3), f.weights(8), group=8,
                              pads=[1, 1, 1, 1]))
    z = f.node("Conv", y, f.weights(8, 8, 1, 1), f.weights(8))
    s = f.node("Relu", f.node("Add", p, z))
    g = f.node("Flatten", f.node("GlobalAveragePool", s))
    y = f.node("Gemm", g, f.weights(5, 8), f.weights(5), transB=1)
    return f.model(f.node("Softmax", y, axis=1), 5), f


def lenet():
    f = Float(2, [1, 10, 10])
    low, high = (f.weights() for _ in range(2))
    for i, value in enumerate((0, 6)):
        f.initializers[i].CopyFrom(numpy_helper.from_array(np.float32(value), f"w{i}"))
    x = f.node("Clip", f.node("Conv", "x", f.weights(4, 1, 3, 3), f.weights(4)), low, high)
    x = f.node("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])
    shape = "shape"
    f.initializers.append(numpy_helper.from_array(np.array([-1, 64], np.int64), shape))
    x = f.node("Reshape", x, shape)
    x = f.node("Relu", f.node("Gemm", x, f.weights(64, 10), f.weights(10)))
    return f.model(f.node("MatMul", x, f.weights(10, 4)), 4), f


def dense():
    """Batch normalisation that no product takes in, as in DenseNet."""
    f = Float(3, [3, 9, 9])
    x = f.node("Relu", f.node("Conv", "x", f.weights(6, 3, 3, 3), f.weights(6)))
    y = f.node("Relu", f.node("Conv", x, f.weights(4, 6, 1, 1), f.weights(4)))
    x = f.node("Concat", x, y, axis=1)
    spread = numpy_helper.from_array(f.rng.uniform(0.2, 3, 10).astype(np.float32), "spread")
    x = f.node("BatchNormalization", x, f.weights(10), f.weights(10), f.weights(10), "spread")
    f.initializers.append(spread)
    x = f.node("Conv", f.node("Relu", x), f.weights(5, 10, 2, 2), f.weights(5))
    return f.model(f.node("Flatten", x), 180), f


CONFIGS = {
    "u8s8": dict(activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, per_channel=True),
    "s8s8": dict(activation_type=QuantType.QInt8, weight_type=QuantType.QInt8, per_channel=False,
                 extra_options={"ActivationSymmetric": True}),
}


def main():
    here = pathlib.Path(__file__).parent
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here / "Inputs"
    for build in (cnn, lenet, dense):
        model, net = build()
        values = net.rng.normal(0, 1, [16] + net.shape).astype(np.float32)
        for config, options in CONFIGS.items():
            for form, kind in (("qop", QuantFormat.QOperator), ("qdq", QuantFormat.QDQ)):
                stem = folder / f"{build.__name__}.{config}"
                with tempfile.TemporaryDirectory() as scratch:
                    source = pathlib.Path(scratch) / "float.onnx"
                    onnx.save(model, source)
                    quant_pre_process(str(source), str(source))
                    quantize_static(str(source), f"{stem}.{form}.onnx", Images(values),
                                    quant_format=kind, **options)
                quantised = onnx.load(f"{stem}.{form}.onnx")
                np.save(f"{stem}.{form}.out.npy", record(quantised, values[:IMAGES]))
            np.save(f"{stem}.in.npy", values[:IMAGES])


if __name__ == "__main__":
    main()
