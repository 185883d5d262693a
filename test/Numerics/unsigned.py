"""Cases that round otherwise where the model's tensors are uint8.

Inputs, zero points and results are written as int8, as cmnn has them.
"""

import numpy as np
from onnx import TensorProto as T

from edges import fma
from recorder import case, f32, nchw, nhwc, pick, rng, run, saturate, scale, zero


def lifted(v):
    """int8 as the model's uint8."""
    return (np.asarray(v, np.int32) + 128).astype(np.uint8)


def lowered(v):
    return (v.astype(np.int32) - 128).astype(np.int8)


def make_unsigned_add():
    a, b = (v.ravel().astype(np.int8) for v in np.meshgrid(np.arange(-128, 128), np.arange(-128, 128)))
    found = 0
    while found < 4:
        sa, sb, sy = scale(-4, 0), scale(-4, 0), scale(-4, 0)
        za, zb, zy = zero(), zero(), zero()
        ra, rb = f32(sa / sy), f32(sb / sy)

        def result(o):
            k = f32(f32(zy + o) - fma(np.array([za + o]), ra, f32(rb * f32(zb + o)))[0])
            v = fma(a.astype(f32) + f32(o), ra, fma(b.astype(f32) + f32(o), rb, k))
            return saturate(np.rint(v) - o)

        right = result(128)
        differing = result(0) != right
        if not differing.any():
            continue
        y = run(
            [("QLinearAdd", "com.microsoft", "a sa za b sb zb sy zy".split(), {})],
            dict(sa=sa, za=lifted(za), sb=sb, zb=lifted(zb), sy=sy, zy=lifted(zy)),
            dict(a=lifted(a), b=lifted(b)), T.UINT8,
        )
        assert np.array_equal(lowered(y), right)
        keep = pick([], [differing], 6, 16)
        case(
            "add", f"uint8 {found}", dict(a=a[keep][None], b=b[keep][None]),
            dict(
                a_scale=sa, a_zero_point=za, b_scale=sb, b_zero_point=zb, y_scale=sy, y_zero_point=zy,
                unsigned_rounding=1,
            ),
            lowered(y)[keep][None],
        )
        found += 1


def make_unsigned_average_pool():
    found = 0
    while found < 4:
        sx, zx, zy = scale(), zero(), zero()
        # Ratios that put many means next to the middle between two results.
        sy = f32(sx * rng.integers(1, 40) / 9 / rng.integers(1, 9))
        c = 4000
        x = rng.integers(-128, 128, (1, 3, 4, c)).astype(np.int8)
        y = nhwc(run(
            [(
                "QLinearAveragePool", "com.microsoft", "x sx zx sy zy".split(),
                dict(kernel_shape=[3, 3], strides=[1, 2]),
            )],
            dict(sx=sx, zx=lifted(zx), sy=sy, zy=lifted(zy)), dict(x=lifted(nchw(x))), T.UINT8,
        ))
        total = np.zeros(c, f32)
        for p in ((x[:, :, :3].astype(np.int32) - zx).astype(f32) * sx).reshape(9, c):
            total = total + p
        mean = total / f32(9) / sy
        flat = lowered(y).ravel()
        assert np.array_equal(saturate(np.rint(mean + f32(zy + 128)) - 128), flat)
        differing = saturate(np.rint(mean + f32(zy))) != flat
        if not differing.any():
            continue
        keep = pick([], [differing], 6, 12)
        case(
            "average_pool", f"uint8 {found}", dict(x=x[..., keep]),
            dict(
                kernel=[3, 3], strides=[1, 2], x_scale=sx, x_zero_point=zx, y_scale=sy, y_zero_point=zy,
                unsigned_rounding=1,
            ),
            lowered(y)[..., keep],
        )
        found += 1
