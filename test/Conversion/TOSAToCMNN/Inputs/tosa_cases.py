"""Small seeded functions of integer TOSA: one for each family, and a network."""

import numpy

from tosa_module import Function


def conv_strided(f):
    x = f.input((1, 9, 8, 5))
    acc = f.convolution(x, 7, (3, 2), stride=(2, 1), pad=(1, 1, 1, 0), x_zero=-17)
    f.output(f.rescale(acc, f.random.uniform(5e-4, 3e-3, 7), y_zero=9))


def conv_dilated(f):
    x = f.input((2, 9, 9, 4))
    acc = f.convolution(x, 6, (3, 3), pad=(2, 2, 0, 0), dilation=(2, 2), x_zero=33, one_bias=True)
    f.output(f.rescale(acc, 1.9e-3, y_zero=-128, double=False), acc)


def depthwise(f):
    x = f.input((1, 7, 7, 6))
    acc = f.convolution(x, 2, (3, 3), stride=(2, 2), pad=(1, 1, 1, 1), x_zero=-128, depthwise=True)
    f.output(f.rescale(acc, f.random.uniform(1e-3, 9e-3, 12), y_zero=-4))


def transpose_conv(f):
    x = f.input((1, 4, 5, 3))
    weight, bias = f.random_constant((4, 3, 3, 3)), f.random_constant((4,), "int32", -999, 999)
    acc = f.op("transpose_conv2d", [x, weight, bias, f.constant(5), f.constant(0)], (1, 8, 10, 4),
               "int32", "acc_type = i32, out_pad = array<i64: -1, 0, -1, 0>, "
               "stride = array<i64: 2, 2>")
    f.output(f.rescale(acc, 2e-3))


def matmul_weight(f):
    x = f.input((1, 3, 20))
    weight = f.random_constant((1, 20, 9))
    acc = f.op("matmul", [x, weight, f.constant(-7), f.constant(0)], (1, 3, 9), "int32")
    f.output(f.rescale(acc, 4e-4, y_zero=1))


def matmul_dynamic(f):
    a, b = f.input((3, 4, 11)), f.input((3, 11, 5))
    acc = f.op("matmul", [a, b, f.constant(100), f.constant(-100)], (3, 4, 5), "int32")
    f.output(f.rescale(acc, 3e-4, double=False))


def sums(f):
    """As converters of TFLite add: both shifted to 20 bits before the point."""
    a, b = f.input((1, 4, 4, 6)), f.input((1, 1, 1, 6))
    wide = [f.rescale(value, scale * 2.0**20, "int32", x_zero=zero)
            for value, scale, zero in ((a, 0.73, -12), (b, 0.999, 127))]
    for name in ("add", "sub"):
        total = f.op(name, wide, a.shape, "int32")
        f.output(f.rescale(total, 2.0**-20, y_zero=3))


def products(f):
    a, b = f.input((1, 4, 4, 6)), f.input((1, 4, 1, 6))
    wide = [f.rescale(value, 1.0, "int32", x_zero=zero) for value, zero in ((a, -12), (b, 99))]
    total = f.op("mul", wide + [f.constant(0)], a.shape, "int32")
    direct = f.op("mul", [a, b, f.constant(0)], a.shape, "int32")
    constant = f.op("mul", [total, f.random_constant((1, 1, 1, 6), "int32"), f.constant(0)],
                    a.shape, "int32")
    f.output(f.rescale(total, 0.005, y_zero=-3), direct, constant)


def shifted_products(f):
    a, b = f.input((1, 4, 4, 6)), f.input((1, 4, 1, 6))
    wide = [f.rescale(value, 1.0, "int32", x_zero=zero) for value, zero in ((a, -12), (b, 99))]
    for shift in (1, 2, 9):
        f.output(f.op("mul", wide + [f.constant(shift)], a.shape, "int32"))
    x = f.input((1, 300, 2), "int32", -2**30, 2**30)
    one = f.constant([[[2**30 - 1]]], "int32")
    each = f.constant([[[2**31 - 1, 12345]]], "int32")
    f.output(f.op("mul", [x, one, f.constant(31)], x.shape, "int32"),
             f.op("mul", [each, x, f.constant(40)], x.shape, "int32"))


def extremes(f):
    """As converters of TFLite have LeakyRelu, with one operand repeated, and a constant."""
    x, b = f.input((1, 16, 16, 1)), f.input((1, 16, 1, 1))
    wide = [f.rescale(value, slope * 2.0**20, "int32", x_zero=-3)
            for value, slope in ((x, 1.25), (x, 0.125), (b, 0.7))]
    constant = f.random_constant((1, 1, 16, 1), "int32", -2**26, 2**26)
    for name in ("maximum", "minimum"):
        f.output(f.rescale(f.op(name, wide[:2], x.shape, "int32"), 2.0**-20, y_zero=7),
                 f.op(name, [wide[0], wide[2]], x.shape, "int32"),
                 f.op(name, [constant, wide[0]], x.shape, "int32"))


def extremes_int8(f):
    x, b = f.input((1, 16, 16, 1)), f.input((1, 16, 1, 1))
    f.output(f.op("maximum", [x, b], x.shape), f.op("minimum", [b, x], x.shape),
             f.op("maximum", [f.random_constant((1, 1, 16, 1)), x], x.shape))


def pools(f):
    x = f.input((2, 7, 8, 3))
    for kernel, stride, pad in (((3, 3), (2, 2), (1, 1, 1, 0)), ((2, 2), (1, 2), (0, 0, 0, 0)),
                                ((7, 8), (1, 1), (0, 0, 0, 0))):
        f.output(f.pool("max_pool2d", x, kernel, stride, pad))
        f.output(f.pool("avg_pool2d", x, kernel, stride, pad, x_zero=-31, y_zero=-30))
        f.output(f.pool("avg_pool2d", x, kernel, stride, pad, x_zero=-128, y_zero=-70))


def functions(f):
    x = f.input((1, 16, 16, 1))
    f.output(f.op("table", [x, f.random_constant((256,))], x.shape))
    f.output(f.op("clamp", [x], x.shape, attributes="min_val = -100 : i8, max_val = 6 : i8"))
    f.output(f.op("negate", [x, f.constant(3), f.constant(-60)], x.shape))
    f.output(f.op("cast", [x], x.shape, "int32"))
    half = f.rescale(x, 0.5)
    f.output(f.op("clamp", [half], x.shape, attributes="min_val = -9 : i8, max_val = 40 : i8"))


def clamp_int32(f):
    x = f.input((1, 16, 16, 1), "int32", -99, 99)
    bounds = "min_val = -77 : i32, max_val = 50 : i32"
    f.output(f.op("clamp", [x], x.shape, "int32", bounds))


def rescales(f):
    """Edges of both roundings: numbers near halves, and the range that TOSA allows."""
    small = f.input((1, 300, 2))
    wide = f.input((1, 400, 2), "int32", -2**30, 2**30 - 1)
    near = f.input((1, 400, 2), "int32", -6000, 6000)
    for double in (False, True):
        f.output(f.rescale(small, (0.5, 0.7), x_zero=-5, y_zero=99, double=double),
                 f.rescale(small, 2.0**9 / 3, "int32", double=double),
                 f.rescale(wide, (2.0**-25, 0.9 * 2.0**-24), double=double),
                 f.rescale(wide, (0.5, 1 - 2.0**-31), "int32", double=double),
                 f.rescale(near, (1 / 96, 2.0**-6), double=double),
                 f.rescale(near, 1 / 2.0, "int32", double=double))
    f.output(f.rescale(near, (0.01, 0.004), scale16=True, y_zero=-7))


def unsigned(f):
    """uint8 at the ports alone, as converters of TFLite have it."""
    x, y = f.input((1, 300, 2), "uint8"), f.input((1, 300, 2), "uint8")
    inner = f.rescale(x, 1.0, x_zero=131, y_zero=3, double=False)
    scaled = f.rescale(y, 0.7, x_zero=255, y_zero=-20, double=False)
    f.output(f.rescale(inner, 1.0, "uint8", x_zero=3, y_zero=131, double=False),
             f.rescale(scaled, 1.9, "uint8", x_zero=-20, y_zero=250, double=False), inner)


def movements(f):
    x, z = f.input((1, 4, 5, 6)), f.input((1, 4, 5, 2))
    joined = f.op("concat", [x, z], (1, 4, 5, 8), attributes="axis = 3 : i32")
    padded = f.op("pad", [joined, f.shape(0, 0, 1, 2, 0, 3, 0, 0), f.constant(-9)], (1, 7, 8, 8))
    cut = f.op("slice", [padded, f.shape(0, 2, 1, 3), f.shape(1, 4, 7, 5)], (1, 4, 7, 5))
    turned = f.op("transpose", [cut], (1, 5, 4, 7), attributes="perms = array<i32: 0, 3, 1, 2>")
    mirrored = f.op("reverse", [turned], turned.shape, attributes="axis = 2 : i32")
    tiled = f.op("tile", [mirrored, f.shape(1, 2, 1, 3)], (1, 10, 4, 21))
    f.output(padded, mirrored, f.op("reshape", [tiled, f.shape(40, 21)], (40, 21)))


def resize(f, x, scale, offset, border, extents, linear):
    operands = [x, f.shape(*scale), f.shape(*offset), f.shape(*border)]
    if not linear:
        return f.op("resize", operands, (1, *extents, 3), "int8", "mode = NEAREST_NEIGHBOR")
    wide = f.op("resize", operands, (1, *extents, 3), "int32", "mode = BILINEAR")
    return f.rescale(wide, 1 / (scale[0] * scale[2]))


HALF_PIXELS = ((4, 2, 4, 2), (-1, -1), (1, 1), (10, 12))


def resizes(f):
    x = f.input((1, 5, 6, 3))
    f.output(resize(f, x, *HALF_PIXELS, linear=False))
    for rule in (((2, 1, 2, 1), (0, 0), (1, 1), (10, 12)),      # asymmetric, twice
                 ((16, 8, 6, 4), (0, 0), (0, 2), (9, 9)),       # corners, and 3 / 2
                 ((2, 4, 2, 6), (1, 2), (-3, -2), (2, 2))):     # smaller
        f.output(resize(f, x, *rule, linear=False), resize(f, x, *rule, linear=True))


def resize_half_pixels(f):
    """Places before the image: MLIR 22 extrapolates there, TOSA takes the edge."""
    x = f.input((1, 5, 6, 3))
    f.output(resize(f, x, *HALF_PIXELS, linear=True))


def reductions(f):
    x = f.input((1, 6, 7, 5))
    f.output(f.op("reduce_max", [x], (1, 6, 1, 5), attributes="axis = 2 : i32"),
             f.op("reduce_min", [x], (1, 6, 7, 1), attributes="axis = 3 : i32"))
    total = f.rescale(x, 1.0, "int32", x_zero=-77)
    total = f.op("reduce_sum", [total], (1, 1, 7, 5), "int32", "axis = 1 : i32")
    total = f.op("reduce_sum", [total], (1, 1, 1, 5), "int32", "axis = 2 : i32")
    f.output(f.rescale(total, 1 / 42, y_zero=-77))


def network(f):
    """Convolution, residual depthwise block, pools, product."""
    def relu(value):
        return f.op("clamp", [value], value.shape, attributes="min_val = -10 : i8, max_val = 127 : i8")

    x = f.input((1, 12, 12, 3))
    y = f.convolution(x, 8, (3, 3), pad=(1, 1, 1, 1), x_zero=4)
    y = relu(f.rescale(y, f.random.uniform(5e-4, 2e-3, 8), y_zero=-10))
    skip = y = f.pool("max_pool2d", y, (2, 2), (2, 2), (0, 0, 0, 0))
    y = f.convolution(y, 1, (3, 3), pad=(1, 1, 1, 1), x_zero=-10, depthwise=True)
    y = relu(f.rescale(y, f.random.uniform(1e-3, 5e-3, 8), y_zero=-10))
    y = f.convolution(y, 8, (1, 1), x_zero=-10)
    y = f.rescale(y, f.random.uniform(1e-3, 5e-3, 8), y_zero=2)
    wide = [f.rescale(value, scale * 2.0**20, "int32", x_zero=zero)
            for value, scale, zero in ((skip, 0.41, -10), (y, 0.83, 2))]
    y = relu(f.rescale(f.op("add", wide, y.shape, "int32"), 2.0**-20, y_zero=-10))
    y = f.pool("avg_pool2d", y, (3, 3), (3, 3), (0, 0, 0, 0), x_zero=-10, y_zero=-10)
    y = f.op("reshape", [y, f.shape(1, 1, 32)], (1, 1, 32))
    y = f.op("matmul", [y, f.random_constant((1, 32, 10)), f.constant(-10), f.constant(0)],
             (1, 1, 10), "int32")
    f.output(f.rescale(y, 1e-3, y_zero=5))


CASES = [conv_strided, conv_dilated, depthwise, transpose_conv, matmul_weight, matmul_dynamic, sums,
         products, shifted_products, extremes, extremes_int8, pools, functions, clamp_int32,
         rescales, unsigned, movements, resizes, resize_half_pixels, reductions, network]
# What one of the other implementations does not have, or has otherwise than TOSA.
NOT_IN_MLIR = [resize_half_pixels]
NOT_IN_REFERENCE = [clamp_int32, extremes_int8]


def build(case):
    function = Function(seed=numpy.frombuffer(case.__name__.encode(), "uint8").tolist())
    case(function)
    return function
