"""Writes the digits network as TFLite would have it, from its ONNX file.

    python digits_tflite.py digits_int8_qoperator.onnx digits.tflite

The same weights, biases, scales and zero points; images NHWC; the padding of
strided convolutions is an operation of its own; the mean and the classifier are
TFLite's MEAN and FULLY_CONNECTED. The softmax is left out: its int8 form needs
int16. Needs onnx, flatbuffers and ai-edge-litert (for the file's schema).
"""

import sys

import flatbuffers
import numpy
import onnx
import onnx.numpy_helper
from ai_edge_litert import schema_py_generated as schema

OPERATORS = schema.BuiltinOperator
TYPES = {"int8": schema.TensorType.INT8, "int32": schema.TensorType.INT32}


class Network:
    """The one subgraph of a TFLite file, built in order."""

    def __init__(self):
        self.graph = schema.SubGraphT()
        self.graph.name = "main"
        self.graph.tensors, self.graph.operators = [], []
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.description = "digits"
        self.model.subgraphs = [self.graph]
        self.model.operatorCodes = []
        self.model.buffers = [schema.BufferT()]

    def tensor(self, name, shape, scale=None, zero=0, data=None, axis=0):
        """Its number; int8 where it has a scale, unless `data` says otherwise."""
        tensor = schema.TensorT()
        tensor.name, tensor.shape = name, list(shape)
        tensor.type = TYPES["int8" if data is None else data.dtype.name]
        tensor.buffer = 0
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = numpy.frombuffer(data.tobytes(), "uint8")
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        if scale is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = [float(s) for s in numpy.atleast_1d(scale)]
            tensor.quantization.zeroPoint = [int(zero)] * numpy.size(scale)
            tensor.quantization.quantizedDimension = axis
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def operator(self, code, inputs, output, options=None, options_type=0, version=1):
        codes = [known.builtinCode for known in self.model.operatorCodes]
        if code not in codes:
            operator_code = schema.OperatorCodeT()
            operator_code.builtinCode = code
            operator_code.deprecatedBuiltinCode = min(code, 127)
            operator_code.version = version
            self.model.operatorCodes.append(operator_code)
            codes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex = codes.index(code)
        operator.inputs, operator.outputs = list(inputs), [output]
        operator.builtinOptions, operator.builtinOptionsType = options, options_type
        self.graph.operators.append(operator)

    def pack(self):
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


class Converter:
    """Walks over the ONNX nodes; `values` are tensors by ONNX name."""

    def __init__(self, graph):
        self.graph = graph
        self.constants = {tensor.name: onnx.numpy_helper.to_array(tensor)
                          for tensor in graph.initializer}
        self.network = Network()
        self.values = {}
        self.shapes = {}

    def quantisation(self, name):
        return float(self.constants[name + "_scale"]), int(self.constants[name + "_zero_point"])

    def define(self, name, shape):
        self.values[name] = self.network.tensor(name, shape, *self.quantisation(name))
        self.shapes[name] = tuple(shape)
        return self.values[name]

    def weights(self, name, x, data, bias):
        """Weight, output channels first, and bias."""
        scales = numpy.atleast_1d(self.constants[name + "_weight_scale"])
        weight = self.network.tensor(name + "_weight", data.shape, scales, 0, data)
        scale_x = self.quantisation(x)[0]
        return weight, self.network.tensor(name + "_bias", bias.shape,
                                           scale_x * scales.astype("float64"), 0, bias)

    def convolution(self, node, attributes):
        x, name = node.input[0], node.output[0]
        stride, pad = attributes["strides"][0], attributes["pads"][0]
        data = self.constants[node.input[3]].transpose(0, 2, 3, 1).copy()
        _, height, width, channels = self.shapes[x]
        source = self.values[x]
        if pad and stride > 1:
            shape = (1, height + 2 * pad, width + 2 * pad, channels)
            padding = numpy.array([[0, 0], [pad, pad], [pad, pad], [0, 0]], "int32")
            padded = self.network.tensor(name + "_padded", shape, *self.quantisation(x))
            amounts = self.network.tensor(name + "_padding", (4, 2), data=padding)
            self.network.operator(OPERATORS.PAD, (source, amounts), padded, schema.PadOptionsT(),
                                  schema.BuiltinOptions.PadOptions, version=2)
            source = padded
        weight, bias = self.weights(name, x, data, self.constants[node.input[8]])
        options = schema.Conv2DOptionsT()
        options.padding = schema.Padding.SAME if stride == 1 else schema.Padding.VALID
        options.strideH = options.strideW = stride
        options.dilationHFactor = options.dilationWFactor = 1
        result = self.define(name, (1, height // stride, width // stride, data.shape[0]))
        self.network.operator(OPERATORS.CONV_2D, (source, weight, bias), result, options,
                              schema.BuiltinOptions.Conv2DOptions, version=3)

    def add(self, node):
        a, b, name = node.input[0], node.input[3], node.output[0]
        options = schema.AddOptionsT()
        options.potScaleInt16 = False
        self.network.operator(OPERATORS.ADD, (self.values[a], self.values[b]),
                              self.define(name, self.shapes[a]), options,
                              schema.BuiltinOptions.AddOptions, version=2)

    def mean(self, node):
        x, name = node.input[0], node.output[0]
        axes = self.network.tensor(name + "_axes", (2,), data=numpy.array([1, 2], "int32"))
        options = schema.ReducerOptionsT()
        options.keepDims = False
        self.network.operator(OPERATORS.MEAN, (self.values[x], axes),
                              self.define(name, (1, self.shapes[x][3])), options,
                              schema.BuiltinOptions.ReducerOptions, version=2)

    def product(self, node):
        x, name = "pool", node.output[0]
        data, bias = self.constants[node.input[3]], self.constants[node.input[6]]
        weight, bias = self.weights(name, x, data, bias)
        options = schema.FullyConnectedOptionsT()
        result = self.define(name, (1, data.shape[0]))
        self.network.operator(OPERATORS.FULLY_CONNECTED, (self.values[x], weight, bias), result,
                              options, schema.BuiltinOptions.FullyConnectedOptions, version=4)

    def convert(self):
        image = self.graph.input[0]
        _, channels, height, width = [d.dim_value for d in image.type.tensor_type.shape.dim]
        self.define(image.name, (1, height, width, channels))
        for node in self.graph.node:
            if node.op_type == "QLinearConv":
                self.convolution(node, {a.name: a.ints for a in node.attribute})
            elif node.op_type == "QLinearAdd":
                self.add(node)
            elif node.op_type == "QLinearGlobalAveragePool":
                self.mean(node)
            elif node.op_type == "QGemm":
                self.product(node)
        self.network.graph.inputs = [self.values[image.name]]
        self.network.graph.outputs = [self.values["logits"]]
        return self.network.pack()


def main():
    model = onnx.load(sys.argv[1])
    with open(sys.argv[2], "wb") as file:
        file.write(Converter(model.graph).convert())


if __name__ == "__main__":
    main()
