"""Writes functions of integer TOSA as text, with random data from a seed."""

import numpy

TYPES = {"int8": "i8", "uint8": "i8", "int16": "i16", "int32": "i32"}


class Value:
    """A tensor: its name in the text, extents and element type."""

    def __init__(self, name, shape, dtype):
        self.name = name
        self.shape = tuple(shape)
        self.dtype = numpy.dtype(dtype)

    @property
    def type(self):
        extents = "x".join(str(extent) for extent in self.shape)
        return f"tensor<{extents}x{TYPES[self.dtype.name]}>"


class Function:
    """One function; operations are appended in order."""

    def __init__(self, seed):
        self.random = numpy.random.default_rng(seed)
        self.lines = []
        self.inputs = []  # (Value, array)
        self.outputs = []

    # Values

    def name(self):
        return f"%{len(self.lines)}"

    def input(self, shape, dtype="int8", low=None, high=None):
        """An argument with data over the whole range, or [low, high]."""
        info = numpy.iinfo(dtype)
        data = self.random.integers(info.min if low is None else low,
                                    (info.max if high is None else high) + 1,
                                    size=shape, dtype="int64").astype(dtype)
        self.inputs.append((Value(f"%arg{len(self.inputs)}", shape, dtype), data))
        return self.inputs[-1][0]

    def constant(self, data, dtype="int8"):
        # An unsigned number, too, is a byte of i8.
        array = numpy.atleast_1d(numpy.asarray(data, dtype))
        if array.dtype == numpy.uint8:
            array = array.view(numpy.int8)
        value = Value(self.name(), array.shape, dtype)
        text = str(array.tolist())
        self.lines.append(f'{value.name} = "tosa.const"() <{{values = dense<{text}> : '
                          f'{value.type}}}> : () -> {value.type}')
        return value

    def random_constant(self, shape, dtype="int8", low=-128, high=127):
        data = self.random.integers(low, high + 1, size=shape, dtype="int64")
        return self.constant(data.astype(dtype), dtype)

    def shape(self, *extents):
        name = self.name()
        n = len(extents)
        self.lines.append(f"{name} = tosa.const_shape {{values = dense<{list(extents)}> : "
                          f"tensor<{n}xindex>}} : () -> !tosa.shape<{n}>")
        value = Value(name, (n,), "int32")
        value.__class__ = Shape
        return value

    def op(self, name, operands, shape, dtype="int8", attributes=""):
        result = Value(self.name(), shape, dtype)
        attributes = f" {{{attributes}}}" if attributes else ""
        types = ", ".join(operand.type for operand in operands)
        names = ", ".join(operand.name for operand in operands)
        self.lines.append(f"{result.name} = tosa.{name} {names}{attributes} : "
                          f"({types}) -> {result.type}")
        return result

    def output(self, *values):
        self.outputs.extend(values)

    # Operations with many constants

    def rescale(self, x, scales, dtype="int8", x_zero=0, y_zero=0, double=True, scale16=False):
        """Times `scales` (one or one per channel) as multiplier / 2^shift."""
        scales = numpy.atleast_1d(numpy.asarray(scales, "float64"))
        bits = 15 if scale16 else 31
        fraction, exponent = numpy.frexp(scales)
        multiplier = numpy.minimum(numpy.round(fraction * 2.0**bits), 2**bits - 1)
        shift = bits - exponent
        operands = [x, self.constant(multiplier.astype("int64"), "int16" if scale16 else "int32"),
                    self.constant(shift, "int8"), self.constant(x_zero, x.dtype.name),
                    self.constant(y_zero, dtype)]
        mode = "DOUBLE_ROUND" if double and not scale16 else "SINGLE_ROUND"
        channels = "true" if len(scales) > 1 else "false"
        return self.op("rescale", operands, x.shape, dtype,
                       f"scale32 = {'false' if scale16 else 'true'}, rounding_mode = {mode}, "
                       f"per_channel = {channels}, "
                       f"input_unsigned = {'true' if x.dtype == numpy.uint8 else 'false'}, "
                       f"output_unsigned = {'true' if dtype == 'uint8' else 'false'}")

    def window(self, x, kernel, stride, pad, dilation=(1, 1)):
        """Extents of the result of a window; pad is top, bottom, left, right."""
        return [(x.shape[axis + 1] + pad[2 * axis] + pad[2 * axis + 1]
                 - dilation[axis] * (kernel[axis] - 1) - 1) // stride[axis] + 1 for axis in (0, 1)]

    def convolution(self, x, channels, kernel, stride=(1, 1), pad=(0, 0, 0, 0), dilation=(1, 1),
                    x_zero=0, w_zero=0, one_bias=False, depthwise=False):
        """conv2d with `channels`, or depthwise_conv2d with a multiplier of `channels`."""
        inputs = x.shape[3]
        outputs = channels * inputs if depthwise else channels
        weight = self.random_constant((*kernel, inputs, channels) if depthwise
                                      else (outputs, *kernel, inputs))
        bias = self.random_constant((1 if one_bias else outputs,), "int32", -4000, 4000)
        shape = (x.shape[0], *self.window(x, kernel, stride, pad, dilation), outputs)
        operands = [x, weight, bias, self.constant(x_zero), self.constant(w_zero)]
        attributes = (f"acc_type = i32, pad = array<i64: {', '.join(map(str, pad))}>, "
                      f"stride = array<i64: {', '.join(map(str, stride))}>, "
                      f"dilation = array<i64: {', '.join(map(str, dilation))}>")
        return self.op("depthwise_conv2d" if depthwise else "conv2d", operands, shape, "int32",
                       attributes)

    def pool(self, name, x, kernel, stride, pad, x_zero=0, y_zero=0):
        shape = (x.shape[0], *self.window(x, kernel, stride, pad), x.shape[3])
        attributes = (f"kernel = array<i64: {', '.join(map(str, kernel))}>, "
                      f"stride = array<i64: {', '.join(map(str, stride))}>, "
                      f"pad = array<i64: {', '.join(map(str, pad))}>")
        operands = [x]
        if name == "avg_pool2d":
            operands += [self.constant(x_zero), self.constant(y_zero)]
            attributes += ", acc_type = i32"
        return self.op(name, operands, shape, "int8", attributes)

    # Text

    def text(self, name):
        arguments = ", ".join(f"{value.name}: {value.type}" for value, _ in self.inputs)
        results = ", ".join(value.type for value in self.outputs)
        values = ", ".join(value.name for value in self.outputs)
        body = "\n  ".join(self.lines)
        return (f"func.func @{name}({arguments}) -> ({results}) {{\n  {body}\n"
                f"  return {values} : {results}\n}}\n")


class Shape(Value):
    """What const_shape gives."""

    @property
    def type(self):
        return f"!tosa.shape<{self.shape[0]}>"
