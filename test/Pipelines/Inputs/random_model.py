"""A random quantised network as cmnn text, with random images for its inputs.

Shapes are small and awkward on purpose: odd sizes, strides that leave pixels
unread, windows larger than the image, branches that join again.
"""

import math

import numpy as np

MAX_ELEMENTS = 900


class Tensor:
    """A value of the network: its shape (H, W, C) and quantisation."""

    def __init__(self, name, shape, scale, zero_point, flat=False):
        self.name, self.shape, self.flat = name, shape, flat
        self.scale, self.zero_point = scale, zero_point

    @property
    def type(self):
        extents = self.shape[2:] if self.flat else self.shape
        return "tensor<1x%sxi8>" % "x".join(str(e) for e in extents)


def number(value):
    """A float of binary32 that MLIR reads back exactly."""
    text = repr(float(np.float32(value)))
    return text.replace("e", ".0e") if "e" in text and "." not in text else text


def extent(size, kernel, stride, dilation, before, after):
    """Pixels of a windowed result, or 0 where the window does not fit."""
    free = size + before + after - dilation * (kernel - 1) - 1
    return free // stride + 1 if free >= 0 else 0


class Network:
    """Builds the network operation by operation; `text` is the module."""

    def __init__(self, rng, operations, asymmetric=None):
        """`asymmetric` draws zero points of weights, where there are some."""
        self.rng, self.asymmetric = rng, asymmetric
        self.weights, self.body = [], []
        self.tensors, self.unused = [], []
        self.count = 0
        self.unnamed = []  # views that are computed nowhere
        self.arguments = [self.argument() for _ in range(rng.choice([1, 1, 1, 2]))]
        while len(self.body) < operations:
            self.step()
        self.finish()

    # -- small choices ------------------------------------------------------

    def integer(self, low, high):
        return int(self.rng.integers(low, high + 1))

    def chance(self, probability):
        return bool(self.rng.random() < probability)

    def scale(self, center):
        """Often a power of two, so that results fall on ties."""
        if self.chance(0.4):
            return float(2.0 ** round(math.log2(center)))
        return float(np.float32(center * self.rng.uniform(0.6, 1.6)))

    def zero_point(self):
        return self.rng.choice([0, -128, 127, self.integer(-128, 127)])

    def limits(self):
        """`minimum` and `maximum` of a result, as text; mostly left out."""
        if self.chance(0.6):
            return ""
        low, high = sorted([self.integer(-128, 40), self.integer(-40, 127)])
        return ", minimum = %d : i8, maximum = %d : i8" % (low, high)

    def pick(self):
        """Recent tensors and those without a reader come first."""
        pool = self.unused if self.unused and self.chance(0.6) else self.tensors
        return pool[self.rng.integers(max(0, len(pool) - 3), len(pool))]

    # -- bookkeeping --------------------------------------------------------

    def argument(self):
        shape = (self.integer(1, 9), self.integer(1, 9), self.integer(1, 9))
        name = "in%d" % len(self.tensors)
        tensor = Tensor(name, shape, self.scale(0.05), self.zero_point())
        self.tensors.append(tensor)
        self.unused.append(tensor)
        return tensor

    def emit(self, op, operands, shape, attributes, scale, zero_point, flat=False):
        self.count += 1
        result = Tensor("t%d" % self.count, shape, scale, zero_point, flat)
        names, types = op.split(" ", 1) if " " in op else (op, "")
        used = ", ".join("%" + t.name for t in operands)
        # An input or a view under another shape is not computed: it has no name.
        viewed = names == "cmnn.reshape" and operands[0] in self.arguments + self.unnamed
        if viewed:
            self.unnamed.append(result)
        name = "" if viewed else 'cm.tensor = "%s"' % result.name
        attributes = name + attributes if name else attributes.lstrip(", ")
        same = names in ("cmnn.add", "cmnn.requantize", "cmnn.softmax")
        signature = result.type if same else "%s -> %s" % (operands[0].type, result.type)
        self.body.append(
            "%%%s = %s %s%s {%s} : %s"
            % (result.name, names, used, types, attributes, signature)
        )
        self.unused = [t for t in self.unused if t not in operands]
        self.tensors.append(result)
        self.unused.append(result)
        return result

    def weight(self, shape, values, bits):
        name = "w%d" % len(self.weights)
        data = values.astype("<i%d" % (bits // 8)).tobytes().hex().upper()
        self.weights.append(
            'cmnn.weight @%s = dense<"0x%s"> : tensor<%sxi%d>'
            % (name, data, "x".join(str(e) for e in shape), bits)
        )
        return "@" + name

    def product(self, x, shape, fan_in):
        """Symbols and attributes that convolutions and products share."""
        channels = shape[-1]
        values = self.rng.integers(-128, 128, size=shape)
        if self.chance(0.2):
            values = np.full(shape, self.rng.choice([-128, 127]))
        symbols = ", " + self.weight(shape, values, 8)
        spread = 60.0 * 70.0 * math.sqrt(fan_in)
        if self.chance(0.7):
            bias = self.rng.integers(-spread, spread + 1, size=channels)
            symbols += " bias " + self.weight([channels], bias, 32)
        scales = [self.scale(0.01)]
        if self.chance(0.5):
            scales = [self.scale(0.01) for _ in range(channels)]
        y_scale = self.scale(x.scale * 0.01 * spread / 60.0)
        zero_point = self.zero_point()
        text = ", x_scale = %s : f32, x_zero_point = %d : i8" % (
            number(x.scale),
            x.zero_point,
        )
        text += ", w_scales = array<f32: %s>" % ", ".join(map(number, scales))
        text += self.weight_zero_points(channels)
        text += self.result(y_scale, zero_point)
        return symbols, text, y_scale, zero_point

    def weight_zero_points(self, channels):
        if self.asymmetric is None or self.asymmetric.random() > 0.2:
            return ""
        count = self.asymmetric.choice([1, channels])
        points = self.asymmetric.integers(-128, 128, size=count)
        return ", w_zero_points = array<i8: %s>" % ", ".join(map(str, points))

    def result(self, scale, zero_point):
        return ", y_scale = %s : f32, y_zero_point = %d : i8%s" % (
            number(scale),
            zero_point,
            self.limits(),
        )

    def window(self, x, largest):
        """A window that fits; its attributes, result extents and size."""
        while True:
            kernel = [self.integer(1, largest), self.integer(1, largest)]
            stride = [self.integer(1, 3), self.integer(1, 3)]
            dilation = [self.rng.choice([1, 1, 1, 2]) for _ in range(2)]
            pads = [self.integer(0, (kernel[i % 2] - 1) * dilation[i % 2]) for i in range(4)]
            if self.chance(0.3):
                pads = [0, 0, 0, 0]
            out = [
                extent(x.shape[i], kernel[i], stride[i], dilation[i], pads[i], pads[i + 2])
                for i in range(2)
            ]
            if min(out) == 0:
                continue
            text = ", strides = array<i64: %d, %d>" % tuple(stride)
            text += ", dilations = array<i64: %d, %d>" % tuple(dilation)
            text += ", pads = array<i64: %d, %d, %d, %d>" % tuple(pads)
            return kernel, text, out, (stride, dilation, pads)

    # -- operations ---------------------------------------------------------

    def step(self):
        x = self.pick()
        if x.flat:
            makers = [self.matmul, self.requantize, self.softmax, self.add]
        else:
            makers = [self.conv] * 4 + [self.depthwise, self.grouped, self.max_pool]
            makers += [self.average_pool, self.global_pool, self.requantize]
            makers += [self.softmax, self.add, self.add, self.flatten]
        makers[self.rng.integers(len(makers))](x)

    def conv(self, x, groups=1, out_channels=None):
        kernel, text, out, _ = self.window(x, 4)
        group_in = x.shape[2] // groups
        channels = out_channels or self.integer(1, 20)
        shape = [kernel[0], kernel[1], group_in, channels]
        symbols, attributes, scale, zero_point = self.product(
            x, shape, kernel[0] * kernel[1] * group_in
        )
        if groups > 1:
            text += ", groups = %d : i64" % groups
        self.emit(
            "cmnn.conv2d " + symbols, [x], (*out, channels), text + attributes, scale, zero_point
        )

    def depthwise(self, x):
        self.conv(x, x.shape[2], x.shape[2] * self.rng.choice([1, 1, 2]))

    def grouped(self, x):
        divisors = [g for g in range(1, x.shape[2] + 1) if x.shape[2] % g == 0]
        groups = int(self.rng.choice(divisors))
        self.conv(x, groups, groups * self.integer(1, 4))

    def covered(self, x, geometry, kernel):
        """Whether every window of a pool holds a pixel of the image."""
        stride, dilation, pads = geometry
        for axis in range(2):
            size = x.shape[axis]
            out = extent(
                size, kernel[axis], stride[axis], dilation[axis], pads[axis], pads[axis + 2]
            )
            for y in range(out):
                start = y * stride[axis] - pads[axis]
                rows = range(start, start + dilation[axis] * kernel[axis], dilation[axis])
                if not any(0 <= row < size for row in rows):
                    return False
        return True

    def pool_window(self, x):
        while True:
            kernel, text, out, geometry = self.window(x, 3)
            if self.covered(x, geometry, kernel):
                break
        return ", kernel = array<i64: %d, %d>" % tuple(kernel) + text, out

    def max_pool(self, x):
        text, out = self.pool_window(x)
        self.emit("cmnn.max_pool", [x], (*out, x.shape[2]), text, x.scale, x.zero_point)

    def rescaled(self, x):
        scale, zero_point = self.scale(x.scale), self.zero_point()
        text = ", x_scale = %s : f32, x_zero_point = %d : i8" % (number(x.scale), x.zero_point)
        return text + self.result(scale, zero_point), scale, zero_point

    def average_pool(self, x):
        text, out = self.pool_window(x)
        if self.chance(0.4):
            text += ", count_include_pad"
        attributes, scale, zero_point = self.rescaled(x)
        self.emit("cmnn.average_pool", [x], (*out, x.shape[2]), text + attributes, scale, zero_point)

    def global_pool(self, x):
        attributes, scale, zero_point = self.rescaled(x)
        self.emit("cmnn.global_average_pool", [x], (1, 1, x.shape[2]), attributes, scale, zero_point)

    def requantize(self, x):
        attributes, scale, zero_point = self.rescaled(x)
        if (scale, zero_point) == (x.scale, x.zero_point):
            return  # might change nothing, and is then folded away with its name
        self.emit("cmnn.requantize", [x], x.shape, attributes, scale, zero_point, x.flat)

    def softmax(self, x):
        if x.shape[2] < 2:
            return
        text = ", x_scale = %s : f32, x_zero_point = %d : i8" % (number(x.scale), x.zero_point)
        text += ", y_scale = 0.00390625 : f32, y_zero_point = -128 : i8"
        self.emit("cmnn.softmax", [x], x.shape, text, 0.00390625, -128, x.flat)

    def add(self, x, other=None):
        """Adds another tensor of the type; sometimes x to itself."""
        same = [t for t in self.tensors if t.type == x.type and (t is not x or self.chance(0.1))]
        if other is None:
            if not same:
                return
            other = same[self.rng.integers(len(same))]
        operands = [x, other] if self.chance(0.5) else [other, x]
        text = ""
        for name, tensor in zip("ab", operands):
            text += ", %s_scale = %s : f32, %s_zero_point = %d : i8" % (
                name,
                number(tensor.scale),
                name,
                tensor.zero_point,
            )
        scale, zero_point = self.scale(x.scale + other.scale), self.zero_point()
        text += self.result(scale, zero_point)
        self.emit("cmnn.add", operands, x.shape, text, scale, zero_point, x.flat)

    def flatten(self, x):
        """A reshape to a vector, at once multiplied if it has pixels."""
        size = x.shape[0] * x.shape[1] * x.shape[2]
        if size > MAX_ELEMENTS // 4:
            return
        view = self.emit("cmnn.reshape", [x], (1, 1, size), "", x.scale, x.zero_point, True)
        if size != x.shape[2]:
            self.matmul(view)
            self.tensors.remove(view)

    def matmul(self, x):
        channels = self.integer(1, 24)
        symbols, text, scale, zero_point = self.product(x, [x.shape[2], channels], x.shape[2])
        self.emit("cmnn.matmul " + symbols, [x], (1, 1, channels), text, scale, zero_point, True)

    # -- the whole ----------------------------------------------------------

    def finish(self):
        """Joins what can be joined; the rest are results."""
        for x in list(self.unused):
            partner = [t for t in self.unused if t is not x and t.type == x.type]
            if x in self.unused and partner and self.chance(0.7):
                self.add(x, partner[0])
        self.results = [t for t in self.unused if t not in self.arguments]
        inner = [t for t in self.tensors if t not in self.unused and t not in self.arguments]
        if inner and self.chance(0.2):
            self.results.append(inner[self.rng.integers(len(inner))])

    @property
    def text(self):
        arguments = ", ".join(
            '%%%s: %s {cm.tensor = "%s"}' % (t.name, t.type, t.name) for t in self.arguments
        )
        types = ", ".join(t.type for t in self.results)
        named = ", ".join('%s {cm.tensor = "%s"}' % (t.type, t.name) for t in self.results)
        lines = self.weights + ["", "func.func @main(%s)" % arguments, "    -> (%s) {" % named]
        lines += ["  " + line for line in self.body]
        returned = ", ".join("%" + t.name for t in self.results)
        lines += ["  return %s : %s" % (returned, types), "}", ""]
        return "\n".join(lines)

    def images(self, count):
        """Random images for each argument, NCHW as the host has them."""
        arrays = []
        for tensor in self.arguments:
            height, width, channels = tensor.shape
            low, high = (-128, 128) if self.chance(0.8) else (-8, 8)
            shape = (count, channels, height, width)
            arrays.append(self.rng.integers(low, high, size=shape).astype(np.int8))
        return arrays
