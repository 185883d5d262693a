"""Builds one int8 network in ONNX's two quantised forms.

The caller adds operations on quantised tensors once; `QuantizedGraph` emits
either the QOperator form (QLinearConv, QGemm, ...) or the QDQ form (float
operations between DequantizeLinear and QuantizeLinear). Both name the quantised
tensors alike, so that one recording serves both. Needs `onnx` and `numpy` only.
"""

import dataclasses

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CONTRIB = "com.microsoft"


@dataclasses.dataclass(frozen=True)
class Tensor:
    """An int8 tensor of the graph: real value = scale * (q - zero_point)."""

    name: str
    shape: tuple
    scale: float
    zero_point: int


@dataclasses.dataclass(frozen=True)
class Weights:
    """int8 values [out, in, ...], one float32 scale per output, int32 bias."""

    values: np.ndarray
    scales: np.ndarray
    bias: np.ndarray


class QuantizedGraph:
    """Nodes and initialisers of one network in one of the two forms."""

    def __init__(self, name, form):
        assert form in ("qoperator", "qdq"), form
        self.name = name
        self.qdq = form == "qdq"
        self.nodes = []
        self.initializers = []
        self.inputs = []
        self.tensors = []
        self.shared = set()

    def input(self, tensor):
        self.inputs.append(tensor)
        return self._define(tensor)

    def conv(self, x, weights, name, scale, zero_point, stride, pad, relu):
        """Square kernel; `pad` on all four sides; `relu` clamps at zero."""
        outputs, _, kernel, _ = weights.values.shape
        height = (x.shape[2] + 2 * pad - kernel) // stride + 1
        width = (x.shape[3] + 2 * pad - kernel) // stride + 1
        y = Tensor(name, (1, outputs, height, width), scale, zero_point)
        attributes = dict(group=1, kernel_shape=[kernel, kernel],
                          pads=[pad] * 4, strides=[stride, stride])
        if self.qdq:
            self._float_op("Conv", [x], weights, y, relu, attributes)
        else:
            w, bias = self._weights(weights, y)
            self._node("QLinearConv", self._params(x) + w + self._quant(y) + [bias],
                       y, attributes)
        return self._define(y)

    def add(self, a, b, name, scale, zero_point, relu):
        y = Tensor(name, a.shape, scale, zero_point)
        if self.qdq:
            self._float_op("Add", [a, b], None, y, relu, {})
        else:
            self._node("QLinearAdd", self._params(a) + self._params(b) + self._quant(y),
                       y, {}, CONTRIB)
        return self._define(y)

    def max_pool(self, x, name, kernel, stride, pad):
        """Works on the int8 values: scale and zero point are those of `x`."""
        size = (x.shape[2] + 2 * pad - kernel) // stride + 1
        y = Tensor(name, (1, x.shape[1], size, size), x.scale, x.zero_point)
        self._node("MaxPool", [x.name], y,
                   dict(kernel_shape=[kernel, kernel], pads=[pad] * 4,
                        strides=[stride, stride]))
        return self._define(y)

    def global_average_pool(self, x, name, scale, zero_point):
        y = Tensor(name, (1, x.shape[1], 1, 1), scale, zero_point)
        if self.qdq:
            self._float_op("GlobalAveragePool", [x], None, y, False, {})
        else:
            self._node("QLinearGlobalAveragePool", self._params(x) + self._quant(y),
                       y, dict(channels_last=0), CONTRIB)
        return self._define(y)

    def flatten(self, x, name):
        y = Tensor(name, (1, int(np.prod(x.shape))), x.scale, x.zero_point)
        self._node("Flatten", [x.name], y, dict(axis=1))
        return self._define(y)

    def gemm(self, x, weights, name, scale, zero_point):
        y = Tensor(name, (1, weights.values.shape[0]), scale, zero_point)
        if self.qdq:
            self._float_op("Gemm", [x], weights, y, False, dict(transB=1))
        else:
            w, bias = self._weights(weights, y)
            self._node("QGemm", self._params(x) + w + [bias] + self._quant(y),
                       y, dict(transB=1), CONTRIB)
        return self._define(y)

    def softmax(self, x, name, scale, zero_point):
        y = Tensor(name, x.shape, scale, zero_point)
        if self.qdq:
            self._float_op("Softmax", [x], None, y, False, dict(axis=-1))
        else:
            self._node("QLinearSoftmax", self._params(x) + self._quant(y),
                       y, dict(axis=-1, opset=13), CONTRIB)
        return self._define(y)

    def model(self, output):
        """The checked model with the tensor `output` as its result."""
        def info(t):
            return helper.make_tensor_value_info(t.name, TensorProto.INT8, t.shape)

        graph = helper.make_graph(
            self.nodes, self.name, [info(t) for t in self.inputs],
            [info(output)], self.initializers)
        opsets = [helper.make_opsetid("", 13)]
        if not self.qdq:
            opsets.append(helper.make_opsetid(CONTRIB, 1))
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8,
                                  producer_name="cm-mlir")
        onnx.checker.check_model(model)
        return model

    def _define(self, tensor):
        self.tensors.append(tensor)
        return tensor

    def _constant(self, name, value):
        if name not in self.shared:
            self.shared.add(name)
            self.initializers.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def _quant(self, t):
        return [self._constant(t.name + "_scale", np.float32(t.scale)),
                self._constant(t.name + "_zero_point", np.int8(t.zero_point))]

    def _params(self, t):
        return [t.name] + self._quant(t)

    def _weights(self, weights, y):
        """Names of values, scales and zero points, and of the bias."""
        stem = y.name + "_weight"
        names = [self._constant(stem, weights.values),
                 self._constant(stem + "_scale", weights.scales),
                 self._constant(stem + "_zero_point",
                                np.zeros(len(weights.scales), np.int8))]
        return names, self._constant(y.name + "_bias", weights.bias)

    def _node(self, op, inputs, y, attributes, domain=""):
        self.nodes.append(helper.make_node(op, inputs, [y.name], name=y.name + "_node",
                                           domain=domain, **attributes))

    def _dequantize(self, inputs, output, **attributes):
        self.nodes.append(helper.make_node("DequantizeLinear", inputs, [output],
                                           name=output + "_node", **attributes))
        return output

    def _float_op(self, op, operands, weights, y, relu, attributes):
        """DequantizeLinear on every operand, `op`, Relu if asked, QuantizeLinear."""
        inputs = [self._dequantize(self._params(t), f"{y.name}_{t.name}_dq")
                  for t in operands]
        if weights is not None:
            names, bias = self._weights(weights, y)
            inputs.append(self._dequantize(names, y.name + "_weight_dq", axis=0))
            bias_scale = np.float32(operands[0].scale) * weights.scales
            inputs.append(self._dequantize(
                [bias, self._constant(bias + "_scale", bias_scale),
                 self._constant(bias + "_zero_point", np.zeros(len(bias_scale), np.int32))],
                y.name + "_bias_dq", axis=0))
        result = y.name + "_float"
        self.nodes.append(helper.make_node(op, inputs, [result], name=y.name + "_node",
                                           **attributes))
        if relu:
            self.nodes.append(helper.make_node("Relu", [result], [result + "_relu"],
                                               name=y.name + "_relu_node"))
            result += "_relu"
        self.nodes.append(helper.make_node("QuantizeLinear", [result] + self._quant(y),
                                           [y.name], name=y.name + "_q_node"))
