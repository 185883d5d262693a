"""Cases with another range than [-128, 127]: a Clip on the bytes of the result.

cmnn has the range in the operation, where the float is clamped before it is
rounded; that comes to the same.
"""

import numpy as np

from recorder import case, f32, i8, nchw, nhwc, rng, run, scale, zero

RANGES = ((-100, 127), (-128, 90), (-31, 46))


def clipped(nodes, constants, feeds, low, high):
    """Runs one node (op, domain, inputs, attributes) and clips its result."""
    nodes = nodes + [("Clip", "", f"n{len(nodes) - 1} low high".split(), {})]
    y = run(nodes, dict(constants, low=i8(low), high=i8(high)), feeds)
    # The range must matter on both sides, where it is narrowed.
    free = run(nodes[:-1], constants, feeds)
    assert np.any(free < low) == (low > -128) and np.any(free > high) == (high < 127)
    return y


def quantities(**given):
    """One dictionary for ONNX, and one for the case."""
    onnx, attributes = {}, {}
    for key, (s, z) in given.items():
        onnx.update({"s" + key: s, "z" + key: i8(z)})
        attributes.update({f"{key}_scale": s, f"{key}_zero_point": z})
    return onnx, attributes


def make_narrowed_elementwise(k, low, high):
    limits = dict(minimum=low, maximum=high)
    x = np.arange(-128, 128).astype(np.int8)
    onnx, attributes = quantities(x=(f32(0.7), 3), y=(f32(0.4), -9))
    y = clipped(
        [
            ("DequantizeLinear", "", "x sx zx".split(), {}),
            ("QuantizeLinear", "", "n0 sy zy".split(), {}),
        ],
        onnx, dict(x=x), low, high,
    )
    case("requantize", f"narrowed {k}", dict(x=x[None]), dict(attributes, **limits), y[None])
    a, b = (rng.integers(-128, 128, 64).astype(np.int8) for _ in range(2))
    onnx, attributes = quantities(a=(scale(-2, -1), zero()), b=(scale(-2, -1), zero()), y=(f32(0.3), 7))
    y = clipped(
        [("QLinearAdd", "com.microsoft", "a sa za b sb zb sy zy".split(), {})],
        onnx, dict(a=a, b=b), low, high,
    )
    case("add", f"narrowed {k}", dict(a=a[None], b=b[None]), dict(attributes, **limits), y[None])


def make_narrowed_pools(k, low, high):
    limits = dict(minimum=low, maximum=high)
    # Channels of one sign, so that means reach both ends.
    x = rng.integers(-20, 20, (1, 4, 5, 24)) + np.linspace(-107, 107, 24).astype(int)
    x = x.astype(np.int8)
    onnx, attributes = quantities(x=(f32(0.5), 4), y=(f32(0.45), -5))
    ins = "x sx zx sy zy".split()
    window = dict(kernel=[2, 2], strides=[2, 2], pads=[0, 1, 0, 0])
    y = nhwc(clipped(
        [(
            "QLinearAveragePool", "com.microsoft", ins,
            dict(kernel_shape=[2, 2], strides=[2, 2], pads=window["pads"], count_include_pad=0),
        )],
        onnx, dict(x=nchw(x)), low, high,
    ))
    case(
        "average_pool", f"narrowed {k}", dict(x=x),
        dict(window, count_include_pad=0, **attributes, **limits), y,
    )
    y = nhwc(clipped(
        [("QLinearGlobalAveragePool", "com.microsoft", ins, dict(channels_last=0))],
        onnx, dict(x=nchw(x)), low, high,
    ))
    case("global_average_pool", f"narrowed {k}", dict(x=x), dict(attributes, **limits), y)


def make_narrowed_products(k, low, high):
    limits = dict(minimum=low, maximum=high)
    acc = np.arange(-400, 400, 13).astype(np.int32)
    n = acc.size
    zeros = dict(x=np.zeros((1, 1, 1, 1), np.int8))
    y = clipped(
        [("QLinearConv", "", "x sx zx w sw zw sy zy b".split(), {})],
        dict(
            sx=f32(0.5), zx=i8(0), w=np.zeros((n, 1, 1, 1), np.int8), sw=np.full(n, 0.25, f32),
            zw=np.zeros(n, np.int8), sy=f32(0.3), zy=i8(-6), b=acc,
        ),
        zeros, low, high,
    ).ravel()
    case(
        "requantize_accumulator", f"narrowed {k}", dict(acc=acc),
        dict(x_scale=f32(0.5), w_scale=f32(0.25), y_scale=f32(0.3), y_zero_point=-6, **limits), y,
    )
    x = rng.integers(-128, 128, (1, 17)).astype(np.int8)
    w = rng.integers(-127, 128, (17, 40)).astype(np.int8)
    b = rng.integers(-3000, 3000, 40).astype(np.int32)
    sw = np.array([scale(-5, -4) for _ in range(40)], f32)
    onnx, attributes = quantities(x=(f32(0.1), 11), y=(f32(0.4), 3))
    y = clipped(
        [("QGemm", "com.microsoft", "x sx zx w sw zw b sy zy".split(), {})],
        dict(onnx, w=w, sw=sw, zw=np.zeros(40, np.int8), b=b), dict(x=x), low, high,
    )
    case("matmul", f"narrowed {k}", dict(x=x, weight=w, bias=b), dict(attributes, w_scales=sw, **limits), y)


def make_narrowed():
    for k, (low, high) in enumerate(RANGES):
        make_narrowed_elementwise(k, low, high)
        make_narrowed_pools(k, low, high)
        make_narrowed_products(k, low, high)
