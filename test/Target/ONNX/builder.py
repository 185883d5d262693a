"""Builds tiny int8 models in ONNX's two quantised forms for the importer's tests.

Every method adds one operation on quantised tensors; `Builder` emits it as a
QOperator node or as a group of DequantizeLinear, float operator and
QuantizeLinear. Both forms name tensors and constants alike.
"""

import dataclasses

import numpy as np
from onnx import TensorProto, helper, numpy_helper

CONTRIB = "com.microsoft"


@dataclasses.dataclass(frozen=True)
class Tensor:
    """A quantised tensor: real value = scale * (q - zero_point)."""

    name: str
    scale: float
    zero_point: int
    dtype: type = np.int8


class Builder:
    """Nodes and initialisers of one model in one of the two forms."""

    def __init__(self, form, seed, opset=13):
        self.qdq = form == "qdq"
        self.rng = np.random.default_rng(seed)
        self.opset = opset
        self.nodes, self.initializers, self.inputs, self.outputs = [], [], [], []
        self.known = set()

    # Pieces

    def constant(self, name, array):
        if name not in self.known:
            self.known.add(name)
            self.initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def quantisation(self, tensor):
        return [
            self.constant(tensor.name + "_s", np.float32(tensor.scale)),
            self.constant(tensor.name + "_z", tensor.dtype(tensor.zero_point)),
        ]

    def node(self, op, inputs, outputs, domain="", **attributes):
        self.nodes.append(
            helper.make_node(op, inputs, outputs, name="n_" + outputs[0], domain=domain,
                             **attributes))
        return outputs[0]

    def dequantise(self, tensor):
        name = tensor.name + "_d"
        if name not in self.known:
            self.known.add(name)
            self.node("DequantizeLinear", [tensor.name] + self.quantisation(tensor), [name])
        return name

    def quantise(self, real, tensor):
        self.node("QuantizeLinear", [real] + self.quantisation(tensor), [tensor.name])
        return tensor

    def input(self, tensor, shape):
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(tensor.dtype))
        self.inputs.append(helper.make_tensor_value_info(tensor.name, kind, shape))
        return tensor

    def float_input(self, name, shape, tensor):
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return self.quantise(name, tensor)

    def output(self, tensor, rank):
        kind = helper.np_dtype_to_tensor_dtype(np.dtype(tensor.dtype))
        shape = [1] + [None] * (rank - 1)
        self.outputs.append(helper.make_tensor_value_info(tensor.name, kind, shape))

    def float_output(self, tensor, rank):
        shape = ["batch"] + [None] * (rank - 1)
        self.outputs.append(helper.make_tensor_value_info(
            self.dequantise(tensor), TensorProto.FLOAT, shape))

    def weights(self, name, shape, channels, axis, dtype=np.int8, spread=0.02):
        """Returns [weight, scale, zero point] and the scales' values."""
        values = self.rng.integers(-127, 128, shape) + (128 if dtype == np.uint8 else 0)
        scales = self.rng.uniform(spread / 2, spread, channels).astype(np.float32)
        scales = scales if channels > 1 else scales[0]
        zero = np.full(np.shape(scales), 128 if dtype == np.uint8 else 0, dtype)
        names = [self.constant(name, values.astype(dtype)),
                 self.constant(name + "_s", scales), self.constant(name + "_z", zero)]
        if self.qdq:
            self.node("DequantizeLinear", names, [name + "_d"], axis=axis)
        return names, scales

    def bias(self, name, channels, x, scales):
        values = self.rng.integers(-2000, 2000, channels).astype(np.int32)
        self.constant(name, values)
        if self.qdq:
            step = np.float32(x.scale) * scales
            self.constant(name + "_s", step)
            self.constant(name + "_z", np.zeros(np.shape(step), np.int32))
            self.node("DequantizeLinear", [name, name + "_s", name + "_z"], [name + "_d"],
                      axis=0)
        return name

    # Operations

    def clamp(self, real, name, clip):
        """Relu or Clip between a float operator and its QuantizeLinear."""
        if clip is None:
            return real
        if clip == "relu":
            return self.node("Relu", [real], [name + "_r"])
        bounds = [self.constant(name + "_min", np.float32(clip[0])),
                  self.constant(name + "_max", np.float32(clip[1]))]
        return self.node("Clip", [real] + bounds, [name + "_r"])

    def clamp_quantised(self, tensor, clip):
        """The same on the QOperator form's int8 or uint8 result."""
        if clip is None:
            return tensor
        low, high = (0, np.inf) if clip == "relu" else clip
        info = np.iinfo(tensor.dtype)
        bounds = [np.clip(np.rint(np.float32(b) / np.float32(tensor.scale)) + tensor.zero_point,
                          info.min, info.max).astype(tensor.dtype) for b in (low, high)]
        self.nodes[-1].name += "_q"
        self.nodes[-1].output[0] = tensor.name + "_q"
        self.node("Clip", [tensor.name + "_q",
                           self.constant(tensor.name + "_min", bounds[0]),
                           self.constant(tensor.name + "_max", bounds[1])], [tensor.name])
        return tensor

    def conv(self, x, y, shape, per_channel=False, bias=True, clip=None, wtype=np.int8,
             **attributes):
        channels = shape[0]
        names, scales = self.weights("w_" + y.name, shape, channels if per_channel else 1, 0,
                                     wtype)
        extra = [self.bias("b_" + y.name, channels, x, scales)] if bias else []
        if self.qdq:
            real = self.node("Conv", [self.dequantise(x), names[0] + "_d"] +
                             [b + "_d" for b in extra], [y.name + "_c"], **attributes)
            return self.quantise(self.clamp(real, y.name, clip), y)
        self.node("QLinearConv", [x.name] + self.quantisation(x) + names +
                  self.quantisation(y) + extra, [y.name], **attributes)
        return self.clamp_quantised(y, clip)

    def gemm(self, x, y, features, outputs, transpose=False, per_channel=False, bias=True):
        shape = (outputs, features) if transpose else (features, outputs)
        names, scales = self.weights("w_" + y.name, shape, outputs if per_channel else 1,
                                     0 if transpose else 1)
        extra = [self.bias("b_" + y.name, outputs, x, scales)] if bias else []
        if self.qdq:
            real = self.node("Gemm", [self.dequantise(x), names[0] + "_d"] +
                             [b + "_d" for b in extra], [y.name + "_c"], transB=int(transpose))
            return self.quantise(real, y)
        self.node("QGemm", [x.name] + self.quantisation(x) + names + (extra or [""]) +
                  self.quantisation(y), [y.name], CONTRIB, transB=int(transpose))
        return y

    def matmul(self, x, y, features, outputs, per_channel=False):
        names, _ = self.weights("w_" + y.name, (features, outputs),
                                outputs if per_channel else 1, 1)
        if self.qdq:
            real = self.node("MatMul", [self.dequantise(x), names[0] + "_d"], [y.name + "_c"])
            return self.quantise(real, y)
        self.node("QLinearMatMul", [x.name] + self.quantisation(x) + names +
                  self.quantisation(y), [y.name])
        return y

    def add(self, a, b, y, clip=None):
        if self.qdq:
            real = self.node("Add", [self.dequantise(a), self.dequantise(b)], [y.name + "_c"])
            return self.quantise(self.clamp(real, y.name, clip), y)
        self.node("QLinearAdd", [a.name] + self.quantisation(a) + [b.name] +
                  self.quantisation(b) + self.quantisation(y), [y.name], CONTRIB)
        return self.clamp_quantised(y, clip)

    def unary(self, op, x, y, extra=None, **attributes):
        """AveragePool, GlobalAveragePool or Softmax."""
        if self.qdq:
            return self.quantise(
                self.node(op, [self.dequantise(x)], [y.name + "_c"], **attributes), y)
        self.node("QLinear" + op, [x.name] + self.quantisation(x) + self.quantisation(y),
                  [y.name], CONTRIB, **attributes, **(extra or {}))
        return y

    def mul(self, a, b, y):
        if self.qdq:
            real = self.node("Mul", [self.dequantise(a), self.dequantise(b)], [y.name + "_c"])
            return self.quantise(real, y)
        self.node("QLinearMul", [a.name] + self.quantisation(a) + [b.name] +
                  self.quantisation(b) + self.quantisation(y), [y.name], CONTRIB)
        return y

    def concat(self, tensors, y, axis):
        if self.qdq:
            real = self.node("Concat", [self.dequantise(t) for t in tensors], [y.name + "_c"],
                             axis=axis)
            return self.quantise(real, y)
        operands = [n for t in tensors for n in [t.name] + self.quantisation(t)]
        self.node("QLinearConcat", self.quantisation(y) + operands, [y.name], CONTRIB, axis=axis)
        return y

    def product(self, a, b, y):
        """A matrix product of two computed tensors."""
        if self.qdq:
            real = self.node("MatMul", [self.dequantise(a), self.dequantise(b)], [y.name + "_c"])
            return self.quantise(real, y)
        self.node("QLinearMatMul", [a.name] + self.quantisation(a) + [b.name] +
                  self.quantisation(b) + self.quantisation(y), [y.name])
        return y

    def known_tensor(self, tensor, shape):
        """A quantised constant."""
        info = np.iinfo(tensor.dtype)
        self.constant(tensor.name, self.rng.integers(info.min, info.max + 1, shape)
                      .astype(tensor.dtype))
        return tensor

    def split(self, x, names, axis, sizes):
        """Split of the quantised tensor itself, in both forms."""
        y = [dataclasses.replace(x, name=name) for name in names]
        operands = [self.constant(names[0] + "_n", np.array(sizes, np.int64))]
        results = [name + "_c" for name in names] if self.qdq else names
        self.node("Split", [self.dequantise(x) if self.qdq else x.name] + operands, results,
                  axis=axis)
        return [self.quantise(r, t) for r, t in zip(results, y)] if self.qdq else y

    def plain(self, op, x, name, *constants, **attributes):
        """An operator that works on the quantised tensor itself."""
        y = dataclasses.replace(x, name=name)
        operands = [self.constant(f"{name}_{i}", c) for i, c in enumerate(constants)]
        if self.qdq:
            real = self.node(op, [self.dequantise(x)] + operands, [name + "_c"], **attributes)
            return self.quantise(real, y)
        self.node(op, [x.name] + operands, [name], **attributes)
        return y

    def model(self, name):
        graph = helper.make_graph(self.nodes, name, self.inputs, self.outputs, self.initializers)
        opsets = [helper.make_opsetid("", self.opset), helper.make_opsetid(CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8,
                                 producer_name="cm-mlir tests")
