"""Random networks with what makes dependences hard: residual blocks, concats,
windows up to 7x7, slices with steps, transposed convolutions, views that move
pixels. `features` says which of it a network has."""

import numpy as np

from random_model import MAX_ELEMENTS, Network, extent, number

MAX_PIXELS = 14 * 14


class WideNetwork(Network):
    def __init__(self, rng, operations, asymmetric=None):
        self.features = set()
        self.seen = set()  # in windows that no operation has used yet
        self.readers = {}
        super().__init__(rng, operations, asymmetric)
        if any(count > 1 for count in self.readers.values()):
            self.features.add("branch")
        if any(e > 1 and e % 2 for t in self.tensors for e in t.shape[:2]):
            self.features.add("odd size")

    def emit(self, op, operands, shape, attributes, scale, zero_point, flat=False):
        for tensor in {t.name for t in operands}:
            self.readers[tensor] = self.readers.get(tensor, 0) + 1
        self.features |= self.seen
        self.seen = set()
        return super().emit(op, operands, shape, attributes, scale, zero_point, flat)

    def argument(self):
        """Larger images than Network has, of fewer channels."""
        argument = super().argument()
        if self.chance(0.5):
            argument.shape = (self.integer(2, 13), self.integer(2, 13), self.integer(1, 5))
        return argument

    def step(self):
        x = self.pick()
        makers = [self.residual, self.residual, self.concat, self.concat, self.slice, self.pad]
        makers += [self.depth_to_space, self.resize, self.transposed]
        if x.flat or self.chance(0.5):
            return super().step()
        makers[self.rng.integers(len(makers))](x)

    def window(self, x, largest):
        """Sometimes up to 7x7; what a window has is a feature."""
        if largest == 4 and self.chance(0.3):
            largest = 7
        kernel, text, out, geometry = super().window(x, largest)
        self.note_window(x, kernel, geometry[0], geometry[1])
        return kernel, text, out, geometry

    def note_window(self, x, kernel, strides, dilations):
        """What the window has counts once an operation has it."""
        self.seen = set()
        if max(strides) > 1:
            self.seen.add("stride")
        if any(d > 1 and k > 1 for d, k in zip(dilations, kernel)):
            self.seen.add("dilation")
        if any(k > size for k, size in zip(kernel, x.shape)):
            self.seen.add("kernel larger than input")

    # -- one convolution with the window that is wanted -----------------------

    def conv_of(self, x, kernel, stride, channels):
        """A convolution with zeros around, so that out = ceil(in / stride)."""
        pads, out = [0] * 4, []
        for axis in range(2):
            size = -(-x.shape[axis] // stride)
            need = max(0, (size - 1) * stride + kernel - x.shape[axis])
            pads[axis], pads[axis + 2] = need // 2, need - need // 2
            out.append(extent(x.shape[axis], kernel, stride, 1, pads[axis], pads[axis + 2]))
        self.note_window(x, (kernel, kernel), (stride, stride), (1, 1))
        shape = [kernel, kernel, x.shape[2], channels]
        symbols, attributes, scale, zero_point = self.product(x, shape, kernel * kernel * x.shape[2])
        text = ", strides = array<i64: %d, %d>, dilations = array<i64: 1, 1>" % (stride, stride)
        text += ", pads = array<i64: %d, %d, %d, %d>" % tuple(pads)
        return self.emit("cmnn.conv2d " + symbols, [x], (*out, channels), text + attributes, scale, zero_point)

    # -- operations ---------------------------------------------------------

    def residual(self, x):
        """x or a 1x1 of it is added to what convolutions make of x; with a stride
        on both ways, which a reader of every other pixel must respect."""
        stride, depth = int(self.rng.choice([1, 1, 2, 2, 3])), self.integer(1, 2)
        channels = x.shape[2] if stride == 1 else self.integer(1, 12)
        y = x
        for layer in range(depth):
            kernel = int(self.rng.choice([1, 2, 3, 3, 5, 7]))
            y = self.conv_of(y, kernel, stride if layer == 0 else 1, channels)
        if stride > 1:
            x = self.conv_of(x, int(self.rng.choice([1, 1, 3])), stride, channels)
        self.add(y, x)
        self.features.add("skip over a strided path" if stride > 1 else "skip")

    def concat(self, x):
        """Branches of one size, one after the other by channels."""
        parts = [self.conv_of(x, int(self.rng.choice([1, 3, 5])), 1, self.integer(1, 8))
                 for _ in range(self.integer(1, 3))]
        if self.chance(0.4) or len(parts) == 1:
            parts.append(x)
        # Operands have the quantisation of the result.
        scale, zero_point = self.scale(x.scale), self.zero_point()
        parts = [self.requantized(part, scale, zero_point) for part in parts]
        channels = sum(part.shape[2] for part in parts)
        shape = (*x.shape[:2], channels)
        self.join(parts, shape, scale, zero_point)
        self.features.add("concat")

    def requantized(self, x, scale, zero_point):
        if (scale, zero_point) == (x.scale, x.zero_point):
            return x
        text = ", x_scale = %s : f32, x_zero_point = %d : i8" % (number(x.scale), x.zero_point)
        text += ", y_scale = %s : f32, y_zero_point = %d : i8" % (number(scale), zero_point)
        return self.emit("cmnn.requantize", [x], x.shape, text, scale, zero_point)

    def join(self, parts, shape, scale, zero_point):
        result = self.view("concat", parts, shape, ", axis = 3 : i64")
        result.scale, result.zero_point = scale, zero_point

    def view(self, op, operands, shape, attributes, mode="", rounding=""):
        """An operation that only moves elements: it has no name of its own."""
        x = operands[0]
        result = self.emit("cmnn." + op, operands, shape, attributes, x.scale, x.zero_point)
        self.unnamed.append(result)
        types = ", ".join(t.type for t in operands)
        line = self.body.pop()
        head, attributes = line.split(" {", 1)
        named = 'cm.tensor = "%s", ' % result.name
        attributes = attributes.rsplit("} : ", 1)[0].replace(named, "")
        head = head.replace("cmnn.%s " % op, "cmnn.%s %s" % (op, mode)) + rounding
        self.body.append("%s {%s} : %s -> %s" % (head, attributes, types, result.type))
        return result

    def slice(self, x):
        starts, sizes, steps = [0], [1], [1]
        for axis in range(3):
            step = self.integer(1, 3) if axis < 2 else 1
            start = self.integer(0, x.shape[axis] - 1)
            most = (x.shape[axis] - start + step - 1) // step
            starts.append(start), steps.append(step), sizes.append(self.integer(1, most))
        text = ""
        for name, values in (("starts", starts), ("sizes", sizes), ("steps", steps)):
            text += ", %s = array<i64: %s>" % (name, ", ".join(map(str, values)))
        if sizes[1:] != list(x.shape):
            self.view("slice", [x], tuple(sizes[1:]), text)
            self.features.add("slice")

    def pad(self, x):
        low = [0] + [self.integer(0, 2) for _ in range(2)] + [0]
        high = [0] + [self.integer(0, 2) for _ in range(2)] + [0]
        if not any(low + high):
            return
        text = ", low = array<i64: %s>" % ", ".join(map(str, low))
        text += ", high = array<i64: %s>" % ", ".join(map(str, high))
        text += ", value = %d : i8" % self.integer(-128, 127)
        shape = [x.shape[i] + low[i + 1] + high[i + 1] for i in range(3)]
        if shape[0] * shape[1] <= MAX_PIXELS:
            self.view("pad", [x], tuple(shape), text, "constant ")
            self.features.add("pad")

    def depth_to_space(self, x):
        if x.shape[2] % 4 or x.shape[0] * x.shape[1] * 4 > MAX_PIXELS:
            return
        shape = (x.shape[0] * 2, x.shape[1] * 2, x.shape[2] // 4)
        mode = ", crd" if self.chance(0.5) else ""
        self.view("depth_to_space", [x], shape, ", block = 2 : i64" + mode)
        self.features.add("depth to space")

    def resize(self, x):
        if x.shape[0] * x.shape[1] * 4 > MAX_PIXELS:
            return
        shape = (x.shape[0] * 2, x.shape[1] * 2, x.shape[2])
        text = ", scales = array<f32: 2.0, 2.0>"
        self.view("resize", [x], shape, text, "nearest asymmetric ", " rounding floor")
        self.features.add("resize")

    def transposed(self, x):
        """A transposed convolution all of whose pixels have a tap."""
        stride = self.integer(1, 3)
        kernel = self.integer(stride, stride + 2)
        out = [(size - 1) * stride + kernel for size in x.shape[:2]]
        if out[0] * out[1] > MAX_PIXELS or x.shape[2] * kernel * kernel > MAX_ELEMENTS:
            return
        channels = self.integer(1, 8)
        asymmetric, self.asymmetric = self.asymmetric, None
        symbols, attributes, scale, zero_point = self.product(
            x, [kernel, kernel, x.shape[2], channels], kernel * kernel * x.shape[2])
        self.asymmetric = asymmetric
        text = ", strides = array<i64: %d, %d>" % (stride, stride)
        self.emit("cmnn.conv_transpose2d " + symbols, [x], (*out, channels), text + attributes, scale, zero_point)
        self.features.add("transposed convolution")


def features_of_graph(text):
    """What a mapped cmflow graph has: tiles, copies, shifted kernels, objects of
    several readers at one core or many."""
    features = set()
    readers = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "cmflow.stage":
            name = words[1]
            if ".r" in name:
                features.add("row tile")
            if any(".c%d" % i in name for i in range(1, 10)):
                features.add("column tile")
            if ".x1" in name:
                features.add("replica")
        if words and words[0] == "cmflow.write":
            if " count " in line:
                features.add("shifted along x")
            if " rows " in line:
                features.add("shifted along y")
        if len(words) > 5 and words[0] == "cmflow.stream":
            readers.setdefault(words[5], set()).add(words[3])
    if any(len(stages) > 1 for stages in readers.values()):
        features.add("several readers")
    return features


# Of which a run of 300 cases must have so many.
WANTED = {name: 20 for name in (
    "branch", "skip", "concat", "stride", "dilation", "kernel larger than input",
    "odd size", "row tile", "column tile", "replica", "several readers")}
WANTED["skip over a strided path"] = 10
