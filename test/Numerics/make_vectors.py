#!/usr/bin/env python3
"""Makes vectors.json: what ONNX Runtime computes for single operations.

Needs onnx, onnxruntime and numpy; run it on a CPU with AVX2 and FMA. Inputs are
random, plus those among many random ones for which a formula that is nearly
right (another rounding, another order of f32 operations) gives another result:
each oracle's unit test therefore fails when its arithmetic is changed a little.

Tensors are NHWC and weights HWIO, as in cmnn; docs/Numerics.md says what each
operation computes.
"""

import json
import os

import numpy as np
import onnxruntime as ort
from onnx import TensorProto as T

from attention import make_layer_norm, make_reduce_mean
from edges import (
    make_add_edges, make_global_average_pool_edges, make_requantize_edges, make_softmax_edges,
)
from elementwise import make_affine, make_concat, make_functions, make_mul, make_resize, make_softmax_axis
from narrowed import make_narrowed
from products import make_asymmetric_conv, make_asymmetric_matmul, make_batch_matmul
from recorder import (
    case, cases, f32, half_away, i8, nchw, nhwc, pick, rng, run, saturate, scale, zero,
)
from rounding import (
    make_accumulator_edges, make_add_ratio_edges, make_global_multiplier_edges, make_softmax_roundings,
    make_softmax_steps,
)
from unsigned import make_unsigned_add, make_unsigned_average_pool

# --- requantisation of an accumulator: a 1x1 convolution of zeros plus a bias


def requantize_accumulator(name, sx, sw, sy, zy, acc):
    n = acc.size
    y = run(
        [("QLinearConv", "", "x sx zx w sw zw sy zy b".split(), {})],
        dict(
            sx=sx, zx=i8(0), w=np.zeros((n, 1, 1, 1), np.int8),
            sw=np.full(n, sw, f32), zw=np.zeros(n, np.int8), sy=sy, zy=i8(zy), b=acc,
        ),
        dict(x=np.zeros((1, 1, 1, 1), np.int8)),
    ).ravel()
    v = acc.astype(f32) * f32(f32(sx * sw) / sy)
    assert np.array_equal(saturate(np.rint(v) + zy), y)
    others = [
        saturate(half_away(v) + zy),
        saturate(np.rint(v + f32(zy))),
        saturate(np.floor(v + f32(0.5)) + zy),
        saturate(np.rint(acc.astype(f32) * f32(sx * f32(sw / sy))) + zy),
        saturate(np.rint(acc * (np.float64(sx) * sw / sy)) + zy),
    ]
    keep = pick([0, 1], [o != y for o in others], 4, 24)
    case(
        "requantize_accumulator", name, dict(acc=acc[keep]),
        dict(x_scale=sx, w_scale=sw, y_scale=sy, y_zero_point=zy), y[keep],
    )


def make_requantize():
    ties = np.array([2**31 - 1, -(2**31)] + list(range(-600, 600, 1)), np.int32)
    requantize_accumulator("ties", f32(0.5), f32(0.25), f32(0.25), -3, ties)
    requantize_accumulator("ties, odd zero point", f32(0.5), f32(1), f32(1), 7, ties)
    for k in range(6):
        sx, sw, sy = scale(), scale(-9, -3), scale(-4, 2)
        m = float(sx) * float(sw) / float(sy)
        # Next to the boundaries between two results.
        near = (rng.integers(-140, 140, 60000) + 0.5) / m
        acc = np.clip(np.rint(near), -(2**31), 2**31 - 1).astype(np.int32)
        requantize_accumulator(f"random {k}", sx, sw, sy, zero(), acc)


# --- int8 to int8


def make_int8_requantize():
    x = np.arange(-128, 128).astype(np.int8)
    for k in range(5):
        sx, sy, zx, zy = scale(), scale(), zero(), zero()
        if k == 0:
            sx, sy, zx, zy = f32(0.5), f32(1), -3, 5
        y = run(
            [
                ("DequantizeLinear", "", "x sx zx".split(), {}),
                ("QuantizeLinear", "", "n0 sy zy".split(), {}),
            ],
            dict(sx=sx, zx=i8(zx), sy=sy, zy=i8(zy)), dict(x=x),
        )
        v = ((x.astype(np.int32) - zx).astype(f32) * sx) / sy
        assert np.array_equal(saturate(np.rint(v) + zy), y)
        case(
            "requantize", f"{k}", dict(x=x[None]),
            dict(x_scale=sx, x_zero_point=zx, y_scale=sy, y_zero_point=zy), y[None],
        )


# --- host floats


def make_host():
    for k in range(3):
        s, z = scale(), zero()
        x = (rng.normal(0, 80, 40) * s).astype(f32)
        x[:16] = (np.arange(-8, 8) + 0.5).astype(f32) * s
        y = run([("QuantizeLinear", "", "x s z".split(), {})], dict(s=s, z=i8(z)), dict(x=x))
        case("quantize", f"{k}", dict(x=x), dict(scale=s, zero_point=z), y)
        q = np.arange(-128, 128, 9).astype(np.int8)
        y = run([("DequantizeLinear", "", "x s z".split(), {})], dict(s=s, z=i8(z)), dict(x=q), T.FLOAT)
        case("dequantize", f"{k}", dict(x=q), dict(scale=s, zero_point=z), y)


# --- add


def make_add():
    a, b = (v.ravel().astype(np.int8) for v in np.meshgrid(np.arange(-128, 128), np.arange(-128, 128)))
    for k in range(8):
        sa, sb, sy = scale(-4, 0), scale(-4, 0), scale(-4, 0)
        za, zb, zy = zero(), zero(), zero()
        if k == 0:
            sa, sb, sy, za, zb, zy = f32(0.5), f32(0.25), f32(1), 0, 3, -7
        if k == 1:
            sa, sb, sy, za, zb, zy = f32(0.1), f32(0.1), f32(0.2), 0, 3, -7
        y = run(
            [("QLinearAdd", "com.microsoft", "a sa za b sb zb sy zy".split(), {})],
            dict(sa=sa, za=i8(za), sb=sb, zb=i8(zb), sy=sy, zy=i8(zy)), dict(a=a, b=b),
        )
        fa, fb = a.astype(f32), b.astype(f32)
        ra, rb = f32(sa / sy), f32(sb / sy)
        constant = f32(zy) - f32(f32(ra * f32(za)) + f32(rb * f32(zb)))
        real = ((fa - f32(za)) * sa + (fb - f32(zb)) * sb) / sy
        others = [
            saturate(np.rint((constant + fb * rb) + fa * ra)),
            saturate(np.rint(real + f32(zy))),
            saturate(np.rint(real) + zy),
            saturate(half_away(real) + zy),
        ]
        keep = pick([], [o != y for o in others], 8, 48)
        case(
            "add", f"{k}", dict(a=a[keep][None], b=b[keep][None]),
            dict(a_scale=sa, a_zero_point=za, b_scale=sb, b_zero_point=zb, y_scale=sy, y_zero_point=zy),
            y[keep][None],
        )


# --- pools


def window(height, width):
    k = [int(rng.integers(1, 4)), int(rng.integers(1, 4))]
    return dict(
        kernel=k,
        strides=[int(rng.integers(1, 3)), int(rng.integers(1, 3))],
        pads=[int(rng.integers(0, k[i % 2])) for i in range(4)],
    )


def make_average_pool():
    for k in range(10):
        w = window(6, 7)
        include = k % 2
        sx, sy, zx, zy = scale(), scale(), zero(), zero()
        if k % 3 == 0:
            sy = sx
        if k == 0:
            w = dict(kernel=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0])
            sx, sy, zx, zy = f32(0.5), f32(0.5), 0, 3
        x = rng.integers(-128, 128, (1, 6, 7, 3)).astype(np.int8)
        y = run(
            [(
                "QLinearAveragePool", "com.microsoft", "x sx zx sy zy".split(),
                dict(kernel_shape=w["kernel"], strides=w["strides"], pads=w["pads"], count_include_pad=include),
            )],
            dict(sx=sx, zx=i8(zx), sy=sy, zy=i8(zy)), dict(x=nchw(x)),
        )
        case(
            "average_pool", f"{k}", dict(x=x),
            dict(w, count_include_pad=include, x_scale=sx, x_zero_point=zx, y_scale=sy, y_zero_point=zy),
            nhwc(y),
        )


def make_average_pool_edges():
    """1x1 outputs for which another order of operations gives another result."""
    found = 0
    while found < 6:
        sx, zx, zy = scale(), zero(), zero()
        # Ratios that put many means next to the middle between two results.
        sy = f32(sx * rng.integers(1, 40) / 9 / rng.integers(1, 9))
        c = 4000
        # One column more than the window: a pool of the whole image is another
        # operation.
        x = rng.integers(-128, 128, (1, 3, 4, c)).astype(np.int8)
        attributes = dict(kernel_shape=[3, 3], strides=[1, 2])
        y = nhwc(run(
            [("QLinearAveragePool", "com.microsoft", "x sx zx sy zy".split(), attributes)],
            dict(sx=sx, zx=i8(zx), sy=sy, zy=i8(zy)), dict(x=nchw(x)),
        ))
        d = (x[:, :, :3].astype(np.int32) - zx).astype(f32) * sx
        total = np.zeros(c, f32)
        for p in d.reshape(9, c):
            total = total + p
        integers = (x[:, :, :3].astype(np.int64) - zx).sum((0, 1, 2)).astype(f32)
        flat = y.ravel()
        assert np.array_equal(saturate(np.rint(total / f32(9) / sy + f32(zy))), flat)
        differing = [
            saturate(np.rint(total * f32(f32(1) / f32(9)) / sy + f32(zy))) != flat,
            saturate(np.rint(integers * f32(sx / f32(sy * f32(9))) + f32(zy))) != flat,
            saturate(np.rint(total / f32(9) / sy) + zy) != flat,
        ]
        if not any(m.any() for m in differing):
            continue
        keep = pick([], differing, 4, 12)
        case(
            "average_pool", f"edge {found}", dict(x=x[..., keep]),
            dict(kernel=[3, 3], strides=[1, 2], x_scale=sx, x_zero_point=zx, y_scale=sy, y_zero_point=zy), y[..., keep],
        )
        found += 1


def make_global_average_pool():
    """The same kernel runs where an average pool covers the whole image."""
    for k in range(7):
        sx, zx, zy = scale(), zero(), zero()
        sy = f32(sx * f32(0.5)) if k == 0 else sx if k % 2 else scale(-5, 1)
        height, width = ((1, 4), (2, 2), (3, 5), (7, 7), (4, 4), (8, 8), (25, 5))[k]
        if k == 0:
            sx, sy, zx = f32(1), f32(0.5), 1
        c = 2000 if k == 6 else 20000 if k else 256
        x = np.clip(rng.integers(-60, 60, (1, height, width, c)) + zx, -128, 127).astype(np.int8)
        kind, attributes = "QLinearGlobalAveragePool", dict(channels_last=0)
        if k == 6:
            kind, attributes = "QLinearAveragePool", dict(kernel_shape=[height, width])
        y = nhwc(run(
            [(kind, "com.microsoft", "x sx zx sy zy".split(), attributes)],
            dict(sx=sx, zx=i8(zx), sy=sy, zy=i8(zy)), dict(x=nchw(x)),
        ))
        flat = y.ravel()
        n = f32(height * width)
        total = (x.astype(np.int64) - zx).sum((0, 1, 2)).astype(f32)
        v = total * f32(sx / f32(sy * n))
        assert np.array_equal(saturate(np.rint(v) + zy), flat)
        differing = [
            saturate(half_away(v) + zy) != flat,
            saturate(np.rint(v + f32(zy))) != flat,
            saturate(np.rint(total * f32(f32(sx / sy) / n)) + zy) != flat,
            saturate(np.rint(total * sx / n / sy) + zy) != flat,
        ]
        keep = pick([], differing, 3, 8)
        case(
            "average_pool_whole_image" if k == 6 else "global_average_pool", f"{k}", dict(x=x[..., keep]),
            dict(x_scale=sx, x_zero_point=zx, y_scale=sy, y_zero_point=zy), y[..., keep],
        )


def make_max_pool():
    for k in range(5):
        w = window(6, 7)
        dilations = [1 + k % 2, 1 + k // 3]
        x = rng.integers(-128, -100, (1, 9, 8, 2)).astype(np.int8)
        y = run(
            [(
                "MaxPool", "", ["x"],
                dict(kernel_shape=w["kernel"], strides=w["strides"], pads=w["pads"], dilations=dilations),
            )],
            {}, dict(x=nchw(x)),
        )
        case("max_pool", f"{k}", dict(x=x), dict(w, dilations=dilations), nhwc(y))


# --- softmax


def make_softmax():
    for k in range(8):
        n = (2, 3, 10, 10, 12, 64, 100, 33)[k]
        sx = scale(-4, 0)
        sy, zy = (f32(1 / 256), -128) if k % 4 else (scale(-5, -4), zero())
        spread = 128 if k % 2 else 20
        x = rng.integers(-spread, spread, (12, n)).astype(np.int8)
        y = run(
            [("QLinearSoftmax", "com.microsoft", "x sx zx sy zy".split(), dict(axis=-1, opset=13))],
            dict(sx=sx, zx=i8(0), sy=sy, zy=i8(zy)), dict(x=x),
        )
        for r in range(4 if n > 20 else 12):
            case(
                "softmax", f"{k} row {r}", dict(x=x[r : r + 1]),
                dict(x_scale=sx, x_zero_point=0, y_scale=sy, y_zero_point=zy), y[r : r + 1],
            )


# --- products


def make_conv():
    for k in range(8):
        groups, ci, co = ((1, 3, 5), (1, 4, 4), (2, 2, 6), (4, 1, 4), (1, 2, 3), (4, 1, 8), (1, 1, 2), (1, 3, 4))[k]
        kernel = [int(rng.integers(1, 4)), int(rng.integers(1, 4))]
        strides = [1 + k % 2, 1 + k // 4]
        dilations = [1 + (k == 4), 1 + (k in (2, 4))]
        pads = [int(rng.integers(0, 3)) for _ in range(4)]
        sx, sy, zx, zy = scale(-4, 0), scale(-1, 2), zero(), zero()
        sw = np.array([scale(-5, -3) for _ in range(co if k % 2 else 1)], f32)
        x = rng.integers(-128, 128, (1, 6, 7, ci * groups)).astype(np.int8)
        w = rng.integers(-127, 128, (kernel[0], kernel[1], ci, co)).astype(np.int8)
        b = rng.integers(-3000, 3000, co).astype(np.int32)
        constants = dict(
            sx=sx, zx=i8(zx), w=np.ascontiguousarray(w.transpose(3, 2, 0, 1)),
            sw=sw if sw.size > 1 else sw[0], zw=np.zeros(sw.size, np.int8) if sw.size > 1 else i8(0),
            sy=sy, zy=i8(zy), b=b,
        )
        y = run(
            [(
                "QLinearConv", "", "x sx zx w sw zw sy zy b".split(),
                dict(strides=strides, dilations=dilations, pads=pads, group=groups, kernel_shape=kernel),
            )],
            constants, dict(x=nchw(x)),
        )
        case(
            "conv2d", f"{k}", dict(x=x, weight=w, bias=b),
            dict(
                strides=strides, dilations=dilations, pads=pads, groups=groups, x_scale=sx, x_zero_point=zx,
                w_scales=sw, y_scale=sy, y_zero_point=zy,
            ),
            nhwc(y),
        )


def make_matmul():
    for k in range(3):
        n, m = ((5, 7), (64, 10), (33, 4))[k]
        sx, sy, zx, zy = scale(-4, 0), scale(-1, 2), zero(), zero()
        sw = np.array([scale(-5, -3) for _ in range(m if k else 1)], f32)
        x = rng.integers(-128, 128, (1, n)).astype(np.int8)
        w = rng.integers(-127, 128, (n, m)).astype(np.int8)
        b = rng.integers(-3000, 3000, m).astype(np.int32)
        y = run(
            [("QGemm", "com.microsoft", "x sx zx w sw zw b sy zy".split(), {})],
            dict(
                sx=sx, zx=i8(zx), w=w, sw=sw if k else sw[0], zw=np.zeros(m, np.int8) if k else i8(0),
                b=b, sy=sy, zy=i8(zy),
            ),
            dict(x=x),
        )
        case(
            "matmul", f"{k}", dict(x=x, weight=w, bias=b),
            dict(x_scale=sx, x_zero_point=zx, w_scales=sw, y_scale=sy, y_zero_point=zy), y,
        )


def main():
    for make in (
        make_requantize, make_int8_requantize, make_host, make_add, make_average_pool,
        make_average_pool_edges, make_global_average_pool, make_max_pool, make_softmax, make_conv, make_matmul,
        make_add_edges, make_global_average_pool_edges, make_softmax_edges, make_requantize_edges,
        make_unsigned_add, make_unsigned_average_pool, make_accumulator_edges, make_global_multiplier_edges,
        make_softmax_roundings, make_softmax_steps, make_narrowed, make_add_ratio_edges,
        make_mul, make_functions, make_concat, make_softmax_axis, make_resize,
        make_asymmetric_conv, make_asymmetric_matmul, make_batch_matmul, make_affine, make_layer_norm,
        make_reduce_mean,
    ):
        make()
    counts = {}
    for c in cases:
        counts[c["op"]] = counts.get(c["op"], 0) + 1
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vectors.json")
    with open(path, "w") as out:
        out.write('{"producer": "onnxruntime %s",\n' % ort.__version__)
        # The tests compare these with the cases that they ran.
        out.write('"counts": %s,\n"cases": [\n' % json.dumps(counts))
        out.write(",\n".join(json.dumps(c) for c in cases))
        out.write("\n]}\n")
    print(counts, os.path.getsize(path), "bytes")


if __name__ == "__main__":
    main()
