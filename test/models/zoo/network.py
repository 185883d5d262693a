"""A float ONNX network under construction, with seeded weights.

Every method adds nodes and returns the tensor that they compute. Weights have
the variance that keeps activations of the size of the input (He's rule behind a
rectifier), so that quantised values spread over the whole of int8. All random
numbers are sums of uniform ones, which are the same bits on every machine.
"""

import dataclasses
import math

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


@dataclasses.dataclass(frozen=True)
class Tensor:
    """A named tensor of the graph; shape in ONNX's order."""

    name: str
    shape: tuple


@dataclasses.dataclass(frozen=True)
class Input:
    """A graph input. kind: image, bell (zero mean, variance 1), ids (below
    `limit`) or mask (0, and a large negative number at the end)."""

    name: str
    shape: tuple
    kind: str
    limit: int = 0


def bell(random, shape):
    """Zero mean, variance 1, near normal."""
    total = random.random_sample(shape)
    for _ in range(3):
        total += random.random_sample(shape)
    total -= 2.0
    total *= math.sqrt(3.0)
    return total


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


class Network:
    """Nodes and constants. `fold` folds batch normalisation into the products
    before it; else BatchNormalization nodes stay for the quantiser to see."""

    def __init__(self, name, seed, fold, opset):
        self.name = name
        self.random = np.random.RandomState(seed)
        self.fold = fold
        self.opset = opset
        self.nodes = []
        self.constants = []
        self.inputs = []
        self.outputs = []
        self.in_float = []  # names of nodes that the quantiser leaves alone
        self.count = 0

    # Basics.

    def input(self, name, shape, kind, limit=0):
        self.inputs.append(Input(name, tuple(shape), kind, limit))
        return Tensor(name, tuple(shape))

    def output(self, x):
        self.outputs.append(x)

    def fresh(self, stem):
        self.count += 1
        return f"{stem.lower()}{self.count}"

    def constant(self, value, stem="const"):
        """An initialiser; float64 becomes float32."""
        value = np.asarray(value)
        if value.dtype == np.float64:
            value = value.astype(np.float32)
        name = self.fresh(stem)
        self.constants.append(numpy_helper.from_array(value, name))
        return Tensor(name, value.shape)

    def op(self, op, inputs, shape, in_float=False, **attributes):
        """One node with one result. Arrays among the inputs become constants;
        None is an operand left out."""
        names = []
        for x in inputs:
            if x is not None and not isinstance(x, Tensor):
                x = self.constant(x)
            names.append(x.name if x else "")
        result = self.fresh(op)
        self.nodes.append(helper.make_node(op, names, [result], name="n_" + result,
                                           **attributes))
        if in_float:
            self.in_float.append("n_" + result)
        return Tensor(result, tuple(int(s) for s in shape))

    def model(self):
        """The checked model."""
        def info(t, kind="float"):
            dtype = TensorProto.INT64 if kind == "ids" else TensorProto.FLOAT
            return helper.make_tensor_value_info(t.name, dtype, t.shape)

        graph = helper.make_graph(
            self.nodes, self.name, [info(t, t.kind) for t in self.inputs],
            [info(t) for t in self.outputs], self.constants)
        opsets = [helper.make_opsetid("", self.opset)]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="cm-mlir",
                                  ir_version=8 if self.opset <= 18 else 9)
        onnx.checker.check_model(model)
        self.check_shapes(model)
        return model

    def check_shapes(self, model):
        """The shapes tracked here are those that ONNX infers."""
        inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
        for value in inferred.graph.output:
            found = tuple(d.dim_value for d in value.type.tensor_type.shape.dim)
            expected = next(t.shape for t in self.outputs if t.name == value.name)
            assert found == expected, (value.name, found, expected)

    # Products.

    def weights(self, shape, fan_in, gain):
        return bell(self.random, shape) * math.sqrt(gain / fan_in)

    def norm_parameters(self, channels):
        """scale, bias, mean, variance of a batch normalisation."""
        r = self.random
        return (0.8 + 0.4 * r.random_sample(channels), 0.1 * bell(r, channels),
                0.1 * bell(r, channels), 0.7 + 0.6 * r.random_sample(channels))

    def conv(self, x, channels, kernel, stride=1, pad=None, groups=1, dilation=1,
             norm=False, gain=2.0, transposed=False):
        """Convolution with bias, or followed by batch normalisation. `pad`
        defaults to what keeps the extents at stride 1."""
        kernel, stride, dilation = pair(kernel), pair(stride), pair(dilation)
        if pad is None:
            pad = tuple(d * (k - 1) // 2 for d, k in zip(dilation, kernel))
        pad = pair(pad)
        inner = x.shape[1] // groups
        shape = (x.shape[1], channels // groups) if transposed else (channels, inner)
        fan_in = inner * math.prod(kernel)
        if transposed:
            fan_in = max(1, fan_in // math.prod(stride))
        w = self.weights(shape + kernel, fan_in, gain)
        bias = None if norm else 0.1 * bell(self.random, channels)
        if norm and self.fold:
            scale, shift, mean, variance = self.norm_parameters(channels)
            factor = scale / np.sqrt(variance + 1e-5)
            bias = shift - mean * factor
            w = w * factor.reshape((1, -1, 1, 1) if transposed else (-1, 1, 1, 1))
        size = tuple((n - 1) * s + k - 2 * p if transposed
                     else (n + 2 * p - d * (k - 1) - 1) // s + 1
                     for n, k, s, p, d in zip(x.shape[2:], kernel, stride, pad, dilation))
        operands = [x, self.constant(w, "w")]
        if bias is not None:
            operands.append(self.constant(bias, "b"))
        y = self.op("ConvTranspose" if transposed else "Conv", operands,
                    (x.shape[0], channels) + size, kernel_shape=kernel,
                    strides=stride, pads=pad + pad, dilations=dilation, group=groups)
        return self.batch_norm(y) if norm and not self.fold else y

    def batch_norm(self, x):
        parameters = [self.constant(p, "bn") for p in self.norm_parameters(x.shape[1])]
        return self.op("BatchNormalization", [x] + parameters, x.shape, epsilon=1e-5)

    def gemm(self, x, features, gain=1.0):
        w = self.weights((features, x.shape[1]), x.shape[1], gain)
        b = 0.1 * bell(self.random, features)
        return self.op("Gemm", [x, self.constant(w, "w"), self.constant(b, "b")],
                       (x.shape[0], features), transB=1)

    def linear(self, x, features, gain=1.0):
        """MatMul and Add, as exporters write a linear layer on tokens."""
        w = self.weights((x.shape[-1], features), x.shape[-1], gain)
        y = self.op("MatMul", [x, self.constant(w, "w")], x.shape[:-1] + (features,))
        b = self.constant(0.1 * bell(self.random, features), "b")
        return self.op("Add", [y, b], y.shape)

    def matmul(self, a, b):
        return self.op("MatMul", [a, b], a.shape[:-1] + b.shape[-1:])

    # Activations.

    def act(self, x, kind):
        """relu, relu6, leaky, prelu, silu, hswish, none, or an operator's name."""
        if kind == "none":
            return x
        if kind == "relu":
            return self.op("Relu", [x], x.shape)
        if kind == "relu6":
            return self.op("Clip", [x, np.float32(0), np.float32(6)], x.shape)
        if kind == "leaky":
            return self.op("LeakyRelu", [x], x.shape, alpha=0.1)
        if kind == "prelu":
            slope = 0.1 + 0.3 * self.random.random_sample((x.shape[1], 1, 1))
            return self.op("PRelu", [x, self.constant(slope, "slope")], x.shape)
        if kind == "silu":
            return self.mul(x, self.op("Sigmoid", [x], x.shape))
        if kind == "hswish":
            return self.op("HardSwish", [x], x.shape)
        return self.op(kind, [x], x.shape)

    def conv_norm(self, x, channels, kernel, stride=1, act="relu", **options):
        y = self.conv(x, channels, kernel, stride, norm=True,
                      gain=1.0 if act == "none" else 2.0, **options)
        return self.act(y, act)

    # Element-wise.

    def binary(self, op, a, b, in_float=False):
        shapes = [getattr(t, "shape", np.shape(t)) for t in (a, b)]
        return self.op(op, [a, b], np.broadcast_shapes(*shapes), in_float)

    def add(self, a, b, **options):
        return self.binary("Add", a, b, **options)

    def mul(self, a, b, **options):
        return self.binary("Mul", a, b, **options)

    # Shapes.

    def concat(self, tensors, axis=1):
        shape = list(tensors[0].shape)
        shape[axis] = sum(t.shape[axis] for t in tensors)
        return self.op("Concat", tensors, shape, axis=axis)

    def flatten(self, x):
        return self.op("Flatten", [x], (x.shape[0], math.prod(x.shape[1:])), axis=1)

    def reshape(self, x, shape):
        return self.op("Reshape", [x, np.array(shape, np.int64)], shape)

    def transpose(self, x, permutation):
        return self.op("Transpose", [x], [x.shape[i] for i in permutation],
                       perm=permutation)

    def split(self, x, parts, axis=1):
        """Equal parts."""
        shape = list(x.shape)
        shape[axis] //= parts
        names = [self.fresh("split") for _ in range(parts)]
        sizes = self.constant(np.array([shape[axis]] * parts, np.int64))
        self.nodes.append(helper.make_node("Split", [x.name, sizes.name], names,
                                           name="n_" + names[0], axis=axis))
        return [Tensor(name, tuple(shape)) for name in names]

    def slice(self, x, axis, start, stop, step=1):
        shape = list(x.shape)
        shape[axis] = len(range(*slice(start, stop, step).indices(shape[axis])))
        ints = [np.array([v], np.int64) for v in (start, stop, axis, step)]
        return self.op("Slice", [x] + ints, shape)

    def pad(self, x, low, high):
        """Zeros before and after each axis."""
        shape = [a + n + b for a, n, b in zip(low, x.shape, high)]
        amounts = np.array(list(low) + list(high), np.int64)
        return self.op("Pad", [x, amounts, np.float32(0)], shape, mode="constant")

    def resize(self, x, factor, mode, coordinates):
        n, c, h, w = x.shape
        scales = self.constant(np.array([1, 1, factor, factor], np.float32))
        extra = dict(nearest_mode="floor") if mode == "nearest" else {}
        return self.op("Resize", [x, None, scales], (n, c, h * factor, w * factor),
                       mode=mode, coordinate_transformation_mode=coordinates, **extra)

    # Pools and reductions.

    def pool(self, op, x, kernel, stride, pad=0, **attributes):
        size = [(n + 2 * pad - kernel) // stride + 1 for n in x.shape[2:]]
        return self.op(op, [x], x.shape[:2] + tuple(size), kernel_shape=[kernel] * 2,
                       strides=[stride] * 2, pads=[pad] * 4, **attributes)

    def max_pool(self, x, kernel, stride, pad=0):
        return self.pool("MaxPool", x, kernel, stride, pad)

    def average_pool(self, x, kernel, stride, pad=0, include_pad=0):
        return self.pool("AveragePool", x, kernel, stride, pad,
                         count_include_pad=include_pad)

    def global_pool(self, x):
        return self.op("GlobalAveragePool", [x], x.shape[:2] + (1, 1))

    def softmax(self, x, axis=-1):
        return self.op("Softmax", [x], x.shape, axis=axis)

    def classifier(self, x, classes):
        """Mean over the image and a linear layer."""
        self.output(self.gemm(self.flatten(self.global_pool(x)), classes))
