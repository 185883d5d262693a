"""Cases where only one rounding of many is another: random ones hardly meet them."""

import numpy as np

from recorder import case, f32, i8, nchw, nhwc, rng, run, saturate, scale, zero


def fma(a, b, c):
    """One rounding: the product of a byte and a float is exact in binary64."""
    return (a.astype(np.float64) * np.float64(b) + np.asarray(c, np.float64)).astype(f32)


def make_requantize_edges():
    """Scales at which a product with 1 / y_scale is no division by y_scale."""
    x = np.arange(-128, 128).astype(np.int8)
    found = 0
    while found < 3:
        sx, zx, zy = scale(), zero(), zero()
        # Such ratios put many values in the middle between two results.
        sy = f32(sx * rng.integers(1, 30) * 2 / rng.integers(1, 30))
        real = (x.astype(np.int32) - zx).astype(f32) * sx
        right = saturate(np.rint(real / sy) + zy)
        if np.array_equal(right, saturate(np.rint(real * f32(f32(1) / sy)) + zy)):
            continue
        y = run(
            [
                ("DequantizeLinear", "", "x sx zx".split(), {}),
                ("QuantizeLinear", "", "n0 sy zy".split(), {}),
            ],
            dict(sx=sx, zx=i8(zx), sy=sy, zy=i8(zy)), dict(x=x),
        )
        assert np.array_equal(right, y)
        case(
            "requantize", f"edge {found}", dict(x=x[None]),
            dict(x_scale=sx, x_zero_point=zx, y_scale=sy, y_zero_point=zy), y[None],
        )
        found += 1


def make_add_edges():
    """Pairs for which one of the three fused operations must be fused, or the
    order of the operands matters."""
    a, b = (v.ravel().astype(np.int8) for v in np.meshgrid(np.arange(-128, 128), np.arange(-128, 128)))
    fa, fb = a.astype(f32), b.astype(f32)
    missing = {0, 1, 2, 3, 4}
    for _ in range(20000):
        if not missing:
            break
        sa, sb, sy = scale(-3, -1), scale(-3, -1), scale(-3, -1)
        za, zb, zy = zero(), zero(), zero()
        ra, rb = f32(sa / sy), f32(sb / sy)
        fused = f32(f32(zy) - fma(np.array([za]), ra, f32(rb * f32(zb)))[0])
        swapped = f32(f32(zy) - fma(np.array([zb]), rb, f32(ra * f32(za)))[0])
        apart = f32(f32(zy) - f32(f32(ra * f32(za)) + f32(rb * f32(zb))))
        right = saturate(np.rint(fma(fa, ra, fma(fb, rb, fused))))
        others = [
            saturate(np.rint(fma(fa, ra, fma(fb, rb, apart)))),
            saturate(np.rint(fma(fa, ra, fb * rb + fused))),
            saturate(np.rint(fa * ra + fma(fb, rb, fused))),
            saturate(np.rint(fma(fb, rb, fma(fa, ra, fused)))),
            saturate(np.rint(fma(fa, ra, fma(fb, rb, swapped)))),
        ]
        found = [k for k in missing if np.any(others[k] != right)]
        if not found:
            continue
        keep = np.flatnonzero(np.any([others[k] != right for k in found], axis=0))[:6]
        y = run(
            [("QLinearAdd", "com.microsoft", "a sa za b sb zb sy zy".split(), {})],
            dict(sa=sa, za=i8(za), sb=sb, zb=i8(zb), sy=sy, zy=i8(zy)), dict(a=a, b=b),
        )
        if not np.array_equal(y, right):
            print("add: not the fused result", np.flatnonzero(y != right).size)
            continue
        missing -= set(found)
        case(
            "add", f"fused {found}", dict(a=a[keep][None], b=b[keep][None]),
            dict(a_scale=sa, a_zero_point=za, b_scale=sb, b_zero_point=zb, y_scale=sy, y_zero_point=zy),
            y[keep][None],
        )
    assert not missing


def make_global_average_pool_edges():
    """Sums for which the order of the two divisions matters."""
    found = 0
    while found < 3:
        sx, sy, zx, zy = scale(), scale(-5, 1), zero(), zero()
        height, width = 5 + found, 7
        n = height * width
        sums = np.arange(-128 - zx, 128 - zx)[:, None] * n + np.arange(n)
        sums = sums[:-1].ravel()
        total = sums.astype(f32)
        right = saturate(np.rint(total * f32(sx / f32(sy * f32(n)))) + zy)
        keep = np.flatnonzero(right != saturate(np.rint(total * f32(f32(sx / sy) / f32(n))) + zy))[:6]
        if keep.size == 0:
            continue
        # Pixels that add up to the sum: its mean, and one more for some.
        x = sums[keep] // n + (np.arange(n)[:, None] < sums[keep] % n) + zx
        x = x.reshape(1, height, width, keep.size).astype(np.int8)
        y = nhwc(run(
            [("QLinearGlobalAveragePool", "com.microsoft", "x sx zx sy zy".split(), dict(channels_last=0))],
            dict(sx=sx, zx=i8(zx), sy=sy, zy=i8(zy)), dict(x=nchw(x)),
        ))
        assert np.array_equal(y.ravel(), right[keep])
        case(
            "global_average_pool", f"edge {found}", dict(x=x),
            dict(x_scale=sx, x_zero_point=zx, y_scale=sy, y_zero_point=zy), y,
        )
        found += 1


def softmax_rows(x, sx, sy, zy, table=None, divide_first=False):
    n = x.shape[1]
    if table is None:
        shift = max(0.0, np.float64(np.log(f32(np.finfo(f32).max / f32(n)))) - 5) / np.float64(sx)
        table = np.exp((np.arange(256) - 255 + shift) * np.float64(sx)).astype(f32)
    e = table[x.astype(np.int32) - x.max(1, keepdims=True) + 255]
    total = np.zeros(len(x), f32)
    for c in range(n):
        total = total + e[:, c]
    q = np.floor(f32(1) / sy)
    v = (e / total[:, None]) * q if divide_first else (e * q) / total[:, None]
    return saturate(np.rint(v) + zy).astype(np.int8)


def make_softmax_edges():
    """Rows for which the order of product and quotient matters, or the width of
    the exponential's argument."""
    missing = {"quotient", "exponential"}
    for _ in range(60):
        if not missing:
            break
        n = int(rng.integers(2, 5))
        sx, sy, zy = scale(-6, -3), scale(-6, -5), zero()
        x = rng.integers(-128, 128, (200000, n)).astype(np.int8)
        right = softmax_rows(x, sx, sy, zy)
        shift = max(0.0, np.float64(np.log(f32(np.finfo(f32).max / f32(n)))) - 5) / np.float64(sx)
        narrow = np.exp(((np.arange(256) - 255 + shift) * np.float64(sx)).astype(f32)).astype(f32)
        others = {
            "quotient": softmax_rows(x, sx, sy, zy, divide_first=True),
            "exponential": softmax_rows(x, sx, sy, zy, table=narrow),
        }
        for name in sorted(missing):
            rows = np.flatnonzero(np.any(others[name] != right, axis=1))[:4]
            if rows.size == 0:
                continue
            y = run(
                [("QLinearSoftmax", "com.microsoft", "x sx zx sy zy".split(), dict(axis=-1, opset=13))],
                dict(sx=sx, zx=i8(0), sy=sy, zy=i8(zy)), dict(x=x[rows]),
            )
            if not np.array_equal(y, right[rows]):
                print("softmax: not as specified", name)
                continue
            missing.discard(name)
            for r, row in enumerate(rows):
                case(
                    "softmax", f"{name} {r}", dict(x=x[row : row + 1]),
                    dict(x_scale=sx, x_zero_point=0, y_scale=sy, y_zero_point=zy), y[r : r + 1],
                )
    assert not missing
