"""Cases of products with zero points of the weights, of two tensors, and with
results that are not int8. Attributes have the names of cmnn's operations."""

import numpy as np
from onnx import TensorProto as T

from recorder import case, f32, i8, nchw, nhwc, rng, run, saturate, scale, zero


def bytes_of(*shape):
    return rng.integers(-128, 128, shape).astype(np.int8)


def make_asymmetric_conv():
    for k in range(4):
        groups, ci, co = ((1, 3, 4), (2, 2, 6), (4, 1, 4), (1, 5, 3))[k]
        window = dict(strides=[1 + k % 2, 1], dilations=[1, 1 + k // 2], pads=[1, 0, k % 2, 2])
        sx, sy, zx, zy = scale(-4, 0), scale(-1, 2), zero(), zero()
        channels = co if k % 2 else 1
        sw = np.array([scale(-5, -3) for _ in range(channels)], f32)
        zw = i8([zero() for _ in range(channels)])
        x, w = bytes_of(1, 5, 6, ci * groups), bytes_of(2, 3, ci, co)
        b = rng.integers(-3000, 3000, co).astype(np.int32)
        kernel = np.ascontiguousarray(w.transpose(3, 2, 0, 1))
        scalar = lambda v: v if channels > 1 else v[0]
        y = nhwc(run(
            [("QLinearConv", "", "x sx zx w sw zw sy zy b".split(), dict(window, group=groups))],
            dict(sx=sx, zx=i8(zx), w=kernel, sw=scalar(sw), zw=scalar(zw), sy=sy, zy=i8(zy), b=b),
            dict(x=nchw(x)),
        ))
        quantisation = dict(
            x_scale=sx, x_zero_point=zx, w_scales=sw, w_zero_points=zw, y_scale=sy, y_zero_point=zy
        )
        case(
            "conv2d_asymmetric", f"{k}", dict(x=x, weight=w, bias=b), dict(window, groups=groups, **quantisation), y
        )
        y = nhwc(run(
            [("ConvInteger", "", "x w zx zw".split(), dict(window, group=groups))],
            dict(w=kernel, zx=i8(zx), zw=zw[0]), dict(x=nchw(x)), T.INT32,
        ))
        case(
            "conv2d_integer", f"{k}", dict(x=x, weight=w),
            dict(window, groups=groups, x_zero_point=zx, w_zero_points=zw[:1]), y,
        )


def make_asymmetric_matmul():
    for k in range(3):
        rows, n, m = ((3, 5, 7), (2, 40, 6), (1, 33, 4))[k]
        sx, sy, zx, zy = scale(-4, 0), scale(-1, 2), zero(), zero()
        sw = np.array([scale(-5, -3) for _ in range(m)], f32)
        zw = i8([zero() for _ in range(m)])
        x, w = bytes_of(rows, n), bytes_of(n, m)
        y = run(
            [("QLinearMatMul", "", "x sx zx w sw zw sy zy".split(), {})],
            dict(sx=sx, zx=i8(zx), w=w, sw=sw, zw=zw, sy=sy, zy=i8(zy)), dict(x=x),
        )
        acc = (x.astype(np.int32) - zx) @ (w.astype(np.int32) - zw)
        assert np.array_equal(y, saturate(np.rint(acc.astype(f32) * (sx * sw / sy)) + zy))
        case(
            "matmul_asymmetric", f"{k}", dict(x=x, weight=w),
            dict(x_scale=sx, x_zero_point=zx, w_scales=sw, w_zero_points=zw, y_scale=sy, y_zero_point=zy), y,
        )
        y = run([("MatMulInteger", "", "x w zx zw".split(), {})], dict(w=w, zx=i8(zx), zw=zw), dict(x=x), T.INT32)
        case("matmul_integer", f"{k}", dict(x=x, weight=w), dict(x_zero_point=zx, w_zero_points=zw), y)
        y = run(
            [("MatMulIntegerToFloat", "com.microsoft", "x w sx sw zx zw".split(), {})],
            dict(w=w, sx=sx, sw=sw, zx=i8(zx), zw=zw), dict(x=x), T.FLOAT,
        )
        assert np.array_equal(y, acc.astype(f32) * (sx * sw))
        case(
            "matmul_float", f"{k}", dict(x=x, weight=w),
            dict(x_scale=sx, x_zero_point=zx, w_scales=sw, w_zero_points=zw), y,
        )


def make_batch_matmul():
    for k in range(4):
        shape = ((2,), (), (2, 3), (1, 4))[k]
        m, n, p = (int(rng.integers(1, 8)) for _ in range(3))
        sa, sb, sy, za, zb, zy = scale(-4, 0), scale(-4, 0), scale(-3, 2), zero(), zero(), zero()
        a, b = bytes_of(*shape, m, n), bytes_of(*shape, n, p)
        y = run(
            [("QLinearMatMul", "", "a sa za b sb zb sy zy".split(), {})],
            dict(sa=sa, za=i8(za), sb=sb, zb=i8(zb), sy=sy, zy=i8(zy)), dict(a=a, b=b),
        )
        points = dict(a_zero_point=za, b_zero_point=zb)
        scales = dict(a_scale=sa, b_scale=sb)
        case("batch_matmul", f"{k}", dict(a=a, b=b), dict(points, **scales, y_scale=sy, y_zero_point=zy), y)
        y = run([("MatMulInteger", "", "a b za zb".split(), {})], dict(za=i8(za), zb=i8(zb)), dict(a=a, b=b), T.INT32)
        case("batch_matmul", f"{k} integer", dict(a=a, b=b), points, y)
        y = run(
            [("MatMulIntegerToFloat", "com.microsoft", "a b sa sb za zb".split(), {})],
            dict(sa=sa, sb=sb, za=i8(za), zb=i8(zb)), dict(a=a, b=b), T.FLOAT,
        )
        case("batch_matmul", f"{k} float", dict(a=a, b=b), dict(points, **scales), y)
