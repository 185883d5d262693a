"""A random quantised transformer encoder as cmnn text.

As an importer leaves it: heads get an axis of their own by reshapes and
transposes. Tokens, channels, heads, layers and every quantisation are drawn, and
so are where queries, keys and values come from, and what a network has beside
attention: positions, class tokens, biases, scales and masks of scores, activations,
how tokens become one vector or an image.
"""

import math

import numpy as np

from random_model import Tensor, number


class Tokens(Tensor):
    """1 x T x C, or 1 x H x T x D."""

    @property
    def type(self):
        return "tensor<1x%sxi8>" % "x".join(map(str, self.shape))


MAX_FLAT = 48  # elements of tokens that become one vector


class Encoder:
    """Builds the network; `text` is the module, `features` says what it has."""

    def __init__(self, rng, operations=None, asymmetric=None):
        """`operations` and `asymmetric` are for networks of other kinds: ignored."""
        self.rng = rng
        self.weights, self.body = [], []
        self.count = 0
        self.features = set()
        self.heads = self.integer(1, 4)
        self.width = self.heads * self.integer(1, 6)
        tokens = self.integer(1, 11)
        x = self.first(tokens)
        for _ in range(self.integer(1, 2)):
            x = self.layer(x)
        self.result = self.last(x)

    def integer(self, low, high):
        return int(self.rng.integers(low, high + 1))

    def chance(self, probability, feature=None):
        if self.rng.random() >= probability:
            return False
        if feature:
            self.features.add(feature)
        return True

    def scale(self, center):
        if self.chance(0.3):
            return float(2.0 ** round(math.log2(center)))
        return float(np.float32(center * self.rng.uniform(0.6, 1.6)))

    def zero_point(self):
        return int(self.rng.choice([0, -128, 127, self.integer(-128, 127)]))

    # -- text -------------------------------------------------------------------

    def weight(self, values, kind="i8"):
        name = "w%d" % len(self.weights)
        dtype = {"i8": "<i1", "i32": "<i4", "f32": "<f4"}[kind]
        data = np.asarray(values).astype(dtype).tobytes().hex().upper()
        self.weights.append('cmnn.weight @%s = dense<"0x%s"> : tensor<%sx%s>' % (
            name, data, "x".join(map(str, np.shape(values))), kind))
        return "@" + name

    def emit(self, head, shape, tail, types, scale=0.0, zero=0, named=True):
        """`types` is what follows the attributes, with %s for the result's."""
        self.count += 1
        y = Tokens("t%d" % self.count, shape, scale, zero)
        name = 'cm.tensor = "%s"' % y.name if named else ""
        if named and len(shape) == 3:
            host = "1, %d, %d, %d" % tuple(shape)
            name += ", cm.host_shape = array<i64: %s>" % host
            name += ", cm.permutation = array<i64: 0, 1, 2>"
        inside = ", ".join(text for text in (name, tail) if text)
        self.body.append("%%%s = %s {%s} : %s" % (y.name, head, inside, types.replace("%s", y.type)))
        return y

    def quantised(self, letter, x):
        return "%s_scale = %s : f32, %s_zero_point = %d : i8" % (
            letter, number(x.scale), letter, x.zero_point)

    def chosen(self, center):
        scale, zero = self.scale(center), self.zero_point()
        text = "y_scale = %s : f32, y_zero_point = %d : i8" % (number(scale), zero)
        if self.chance(0.2):
            low, high = sorted([self.integer(-128, 20), self.integer(-20, 127)])
            text += ", minimum = %d : i8, maximum = %d : i8" % (low, high)
        return text, scale, zero

    # -- operations ---------------------------------------------------------------

    def constant(self, shape):
        """Sometimes a function of one."""
        symbol = self.weight(self.rng.integers(-128, 128, size=[1] + list(shape)))
        y = self.emit("cmnn.constant " + symbol, shape, "", "%s", self.scale(0.03),
                      self.zero_point(), named=False)
        if self.chance(0.2, "function of a constant"):
            y = self.function(y, named=False)
        return y

    def quantised_as(self, constant, x):
        """The constant, quantised as x."""
        tail = "%s, y_scale = %s : f32, y_zero_point = %d : i8" % (
            self.quantised("x", constant), number(x.scale), x.zero_point)
        return self.emit("cmnn.requantize %" + constant.name, constant.shape, tail, "%s",
                         x.scale, x.zero_point, named=False)

    def slice(self, x, axis, start, size, step=1, named=False):
        """Of one axis, counted without that of the batch."""
        shape = list(x.shape)
        starts, steps = [0] * (len(shape) + 1), [1] * (len(shape) + 1)
        shape[axis], starts[axis + 1], steps[axis + 1] = size, start, step
        tail = "starts = array<i64: %s>, sizes = array<i64: %s>, steps = array<i64: %s>" % tuple(
            ", ".join(map(str, values)) for values in (starts, [1] + shape, steps))
        return self.emit("cmnn.slice %" + x.name, shape, tail, x.type + " -> %s", x.scale,
                         x.zero_point, named)

    def binary(self, op, a, b):
        shape = [max(m, n) for m, n in zip(a.shape, b.shape)]
        center = a.scale + b.scale if op == "add" else a.scale * b.scale * 100
        text, scale, zero = self.chosen(center)
        tail = ", ".join([self.quantised("a", a), self.quantised("b", b), text])
        types = "%s" if a.type == b.type else "%s, %s -> %%s" % (a.type, b.type)
        return self.emit("cmnn.%s %%%s, %%%s" % (op, a.name, b.name), shape, tail, types,
                         scale, zero)

    def linear(self, x, channels):
        inner = x.shape[-1]
        symbol = self.weight(self.rng.integers(-128, 128, size=[inner, channels]))
        bias = ""
        if self.chance(0.3):
            values = self.rng.integers(-9000, 9000, size=[channels])
            bias = " bias " + self.weight(values, "i32")
        scales = [self.scale(0.01) for _ in range(self.rng.choice([1, channels]))]
        text, scale, zero = self.chosen(x.scale * 0.01 * 70 * math.sqrt(inner))
        tail = ", ".join([self.quantised("x", x), text,
                          "w_scales = array<f32: %s>" % ", ".join(map(number, scales))])
        y = self.emit("cmnn.matmul %%%s, %s%s" % (x.name, symbol, bias),
                      x.shape[:-1] + [channels], tail, x.type + " -> %s", scale, zero)
        if len(y.shape) == 2 and self.chance(0.6, "bias"):
            y = self.binary("add", *self.either(y, self.constant([1, channels])))
        return y

    def either(self, a, b):
        return (a, b) if self.chance(0.5) else (b, a)

    def layer_norm(self, x):
        self.features.add("layer norm")
        width = x.shape[-1]
        symbols = ""
        for name, values in (("scale", self.rng.uniform(0.5, 1.5, width)),
                             ("bias", self.rng.uniform(-0.5, 0.5, width))):
            if self.chance(0.8):
                symbols += " %s %s" % (name, self.weight(values, "f32"))
        text, scale, zero = self.chosen(0.03)
        epsilon = self.rng.choice([1e-5, 1e-12, 0.0])
        tail = ", ".join([self.quantised("x", x), text, "axis = 2 : i64",
                          "epsilon = %s : f32" % number(epsilon)])
        return self.emit("cmnn.layer_norm %%%s%s" % (x.name, symbols), x.shape, tail, "%s",
                         scale, zero)

    def function(self, x, named=True):
        op = str(self.rng.choice(["gelu", "tanh", "sigmoid", "requantize"]))
        if named:
            self.features.add(op)
        text, scale, zero = self.chosen(0.02)
        return self.emit("cmnn.%s %%%s" % (op, x.name), x.shape,
                         self.quantised("x", x) + ", " + text, "%s", scale, zero, named)

    def view(self, op, x, shape, permutation=None):
        tail = ""
        if permutation:
            tail = "permutation = array<i64: %s>" % ", ".join(map(str, permutation))
        return self.emit("cmnn.%s %%%s" % (op, x.name), shape, tail, x.type + " -> %s",
                         x.scale, x.zero_point, named=False)

    def heads_of(self, x):
        """Of 1xTxC, or of 1xHxTxD as it is."""
        if len(x.shape) == 3:
            return x
        x = self.view("reshape", x, [x.shape[0], self.heads, x.shape[1] // self.heads])
        return self.view("transpose", x, [x.shape[1], x.shape[0], x.shape[2]], (0, 2, 1, 3))

    def transposed_heads_of(self, x):
        if len(x.shape) == 3 or self.chance(0.5):
            x = self.heads_of(x)
            return self.view("transpose", x, [x.shape[0], x.shape[2], x.shape[1]], (0, 1, 3, 2))
        x = self.view("reshape", x, [x.shape[0], self.heads, x.shape[1] // self.heads])
        return self.view("transpose", x, [x.shape[1], x.shape[2], x.shape[0]], (0, 2, 3, 1))

    def fused(self, x):
        """Ranges of the channels of one product, in any order."""
        y = self.linear(x, 3 * self.width)
        return [self.slice(y, 1, int(part) * self.width, self.width)
                for part in self.rng.permutation(3)]

    def fused_axes(self, x):
        """One product whose channels get axes: of three, and of heads."""
        y = self.linear(x, 3 * self.width)
        tokens, width = y.shape[0], self.width // self.heads
        y = self.view("reshape", y, [tokens, 3, self.heads, width])
        y = self.view("transpose", y, [3, self.heads, tokens, width], (0, 2, 3, 1, 4))
        parts = [self.slice(y, 0, part, 1) for part in range(3)]
        return [self.view("reshape", part, part.shape[1:]) for part in parts]

    def queries_keys_values(self, x):
        kind = str(self.rng.choice(
            ["products of their own", "one product", "one product with axes",
             "shared keys and values", "tokens themselves"], p=[0.3, 0.25, 0.15, 0.15, 0.15]))
        self.features.add("queries: " + kind)
        if kind == "one product":
            return self.fused(x)
        if kind == "one product with axes":
            return self.fused_axes(x)
        if kind == "shared keys and values":
            keys = self.linear(x, self.width)
            return self.linear(x, self.width), keys, keys
        if kind == "tokens themselves":
            return x, x, x
        return [self.linear(x, self.width) for _ in range(3)]

    def product(self, a, b):
        text, scale, zero = self.chosen(a.scale * b.scale * 80 * math.sqrt(a.shape[-1]))
        tail = ", ".join([self.quantised("a", a), self.quantised("b", b), text])
        return self.emit("cmnn.batch_matmul %%%s, %%%s" % (a.name, b.name),
                         a.shape[:-1] + b.shape[-1:], tail,
                         "%s, %s -> %%s" % (a.type, b.type), scale, zero)

    def attention(self, x):
        q, k, v = self.queries_keys_values(x)
        tokens = x.shape[0]
        scores = self.product(self.heads_of(q), self.transposed_heads_of(k))
        if self.chance(0.6, "scaled scores"):
            scores = self.binary("mul", *self.either(scores, self.constant([1, 1, 1])))
        if self.chance(0.3, "mask"):
            scores = self.binary("add", scores, self.constant([1, 1, tokens]))
        # Of a single score the share is 1, and 256 steps of it do not fit (C2).
        share = 1 / 256 if tokens > 1 else 1 / 128
        tail = "%s, y_scale = %s : f32, y_zero_point = -128 : i8" % (
            self.quantised("x", scores), number(share))
        shares = self.emit("cmnn.softmax %%%s" % scores.name, scores.shape, tail, "%s", share, -128)
        self.features.add("%d heads" % self.heads)
        y = self.product(shares, self.heads_of(v))
        y = self.view("transpose", y, [tokens, self.heads, y.shape[-1]], (0, 2, 1, 3))
        self.count += 1
        name = "t%d" % self.count
        shape = [tokens, self.width]
        flat = Tokens(name, shape, y.scale, y.zero_point)
        self.body.append('%%%s = cmnn.reshape %%%s {cm.tensor = "%s"} : %s -> %s' % (
            name, y.name, name, y.type, flat.type))
        return self.linear(flat, self.width)

    def feed_forward(self, x):
        return self.linear(self.function(self.linear(x, self.integer(1, 30))), self.width)

    def layer(self, x):
        before = self.chance(0.5, "norm before")
        for block in (self.attention, self.feed_forward):
            y = block(self.layer_norm(x) if before else x)
            x = self.binary("add", *self.either(x, y))
            if not before:
                x = self.layer_norm(x)
        return x

    # -- ends ----------------------------------------------------------------------

    def first(self, tokens):
        """Tokens, or an image whose pixels are tokens."""
        if self.chance(0.4, "image"):
            shape = [self.integer(1, 4), self.integer(1, 4), self.integer(1, 5)]
        else:
            shape = [tokens, self.integer(1, 12)]
        self.argument = Tokens("in0", shape, self.scale(0.05), self.zero_point())
        x = self.argument
        if len(shape) == 3:
            y = self.convolution(x)
            x = self.view("reshape", y, [y.shape[0] * y.shape[1], self.width])
        else:
            x = self.linear(x, self.width)
        x = self.more_tokens(x)
        if self.chance(0.6, "positions"):
            x = self.binary("add", x, self.constant(x.shape))
        return x

    def more_tokens(self, x):
        """Tokens of a constant before x, after it or both, or of a fill; or fewer."""
        if self.chance(0.15, "padded tokens"):
            low, high = self.integer(0, 2), self.integer(0, 2)
            tail = "low = array<i64: 0, %d, 0>, high = array<i64: 0, %d, 0>, value = %d : i8" % (
                low, high, self.integer(-128, 127))
            x = self.emit("cmnn.pad constant %" + x.name, [x.shape[0] + low + high, self.width],
                          tail, x.type + " -> %s", x.scale, x.zero_point)
        if x.shape[0] > 2 and self.chance(0.15, "every other token"):
            start = self.integer(0, 1)
            x = self.slice(x, 0, start, (x.shape[0] - start + 1) // 2, 2, named=True)
        if not self.chance(0.5, "class token"):
            return x
        where = str(self.rng.choice(["before", "after", "around"]))
        self.features.add("class token " + where)
        sizes = [self.integer(1, 2) if where in (side, "around") else 0
                 for side in ("before", "after")]
        parts = [self.quantised_as(self.constant([size, self.width]), x) if size else None
                 for size in sizes]
        parts = [part for part in (parts[0], x, parts[1]) if part]
        return self.emit("cmnn.concat " + ", ".join("%" + part.name for part in parts),
                         [sum(part.shape[0] for part in parts), self.width], "axis = 1 : i64",
                         ", ".join(part.type for part in parts) + " -> %s", x.scale,
                         x.zero_point)

    def convolution(self, x):
        height, width, channels = x.shape
        symbol = self.weight(self.rng.integers(-128, 128, size=[1, 1, channels, self.width]))
        text, scale, zero = self.chosen(x.scale * 0.7 * math.sqrt(channels))
        tail = ", ".join([self.quantised("x", x), text, "w_scales = array<f32: 0.01>"])
        # Its name: images are NCHW to the host.
        self.count += 1
        y = Tokens("t%d" % self.count, [height, width, self.width], scale, zero)
        self.body.append('%%%s = cmnn.conv2d %%%s, %s {cm.tensor = "%s", %s} : %s -> %s' % (
            y.name, x.name, symbol, y.name, tail, x.type, y.type))
        return y

    def last(self, x):
        """Tokens, an image of them, or a vector for all."""
        kind = str(self.rng.choice(["tokens", "first", "mean", "max", "image", "flat"]))
        tokens, width = x.shape
        if kind == "flat" and tokens * width > MAX_FLAT:
            kind = "first"
        self.features.add("result: " + kind)
        if kind == "tokens":
            return x
        if kind == "image":
            height = max(h for h in (1, 2, 3, 4, 5) if tokens % h == 0)
            return self.convolution(self.view("reshape", x, [height, tokens // height, width]))
        if kind == "flat":
            y = self.view("reshape", x, [tokens * width])
            return self.binary(str(self.rng.choice(["add", "mul"])),
                               *self.either(y, self.linear(y, tokens * width)))
        if kind == "max":
            y = self.emit("cmnn.reduce_max %" + x.name, [1, width], "axes = array<i64: 1>",
                          x.type + " -> %s", x.scale, x.zero_point)
        elif kind == "mean":
            text, scale, zero = self.chosen(x.scale)
            y = self.emit("cmnn.reduce_mean %" + x.name, [1, width],
                          "axes = array<i64: 1>, " + self.quantised("x", x) + ", " + text,
                          x.type + " -> %s", scale, zero)
        else:
            y = self.slice(x, 0, 0, 1, named=True)
        y = self.view("reshape", y, [width])
        return self.linear(y, self.integer(1, 10))

    @property
    def text(self):
        named = '%s {cm.tensor = "%s"}'
        lines = self.weights + ["", "func.func @main(%%in0: %s)" % (
            named % (self.argument.type, "in0"))]
        lines += ["    -> (%s) {" % (named % (self.result.type, self.result.name))]
        lines += ["  " + line for line in self.body]
        lines += ["  return %%%s : %s" % (self.result.name, self.result.type), "}", ""]
        return "\n".join(lines)


# Of which a run of 300 cases must have so many.
WANTED = {name: 20 for name in (
    "1 heads", "2 heads", "3 heads", "4 heads", "bias", "class token before",
    "class token after", "class token around", "function of a constant", "gelu", "image",
    "layer norm", "mask", "norm before", "padded tokens", "every other token", "positions",
    "queries: one product", "queries: one product with axes", "queries: products of their own",
    "queries: shared keys and values", "queries: tokens themselves", "requantize",
    "result: first", "result: flat", "result: image", "result: max", "result: mean",
    "result: tokens", "scaled scores", "sigmoid", "tanh", "column tile", "replica",
    "several readers")}
