"""Cases for the roundings that hardly any input shows.

Each is searched among millions: the inputs kept are those for which a formula
that rounds once more, once less or in another order gives another byte, and
ONNX Runtime is then asked about them.
"""

import numpy as np

from edges import fma
from recorder import case, f32, i8, nchw, nhwc, rng, run, saturate, scale, zero

FLT_MAX = np.finfo(f32).max


def toward_zero(exact):
    """binary64 to binary32, cut off."""
    rounded = exact.astype(f32)
    return np.where(np.abs(rounded) > np.abs(exact), np.nextafter(rounded, f32(0)), rounded)


def make_accumulator_edges():
    """Accumulators above 2^24, which binary32 does not hold, with results inside
    the range."""
    missing = {"product rounded once", "sum cut off", "product cut off"}
    while missing:
        sx, sw, zy = scale(-9, -7), scale(-9, -7), zero()
        sy = f32(f32(sx * sw) / f32(2.0 ** rng.uniform(-22, -20)))
        m = f32(f32(sx * sw) / sy)
        near = (rng.integers(-128 - zy, 127 - zy, 400000) + 0.5) / np.float64(m)
        acc = np.rint(near + rng.integers(-64, 65, near.size)).astype(np.int64)
        acc = acc[np.abs(acc) < 2**31 - 1].astype(np.int32)
        sums, product = acc.astype(f32), acc.astype(np.float64) * np.float64(m)
        right = saturate(np.rint(sums * m) + zy)
        others = {
            "product rounded once": product.astype(f32),
            "sum cut off": toward_zero(acc.astype(np.float64)) * m,
            "product cut off": toward_zero(sums.astype(np.float64) * np.float64(m)),
        }
        for name in sorted(missing):
            differing = np.flatnonzero(saturate(np.rint(others[name]) + zy) != right)
            for sign in (1, -1):
                keep = differing[np.sign(acc[differing]) == sign][:6]
                if keep.size < 6:
                    break
                record_accumulators(f"{name} {sign}", sx, sw, sy, zy, acc[keep], right[keep])
            else:
                missing.discard(name)


def record_accumulators(name, sx, sw, sy, zy, acc, right):
    n = acc.size
    y = run(
        [("QLinearConv", "", "x sx zx w sw zw sy zy b".split(), {})],
        dict(
            sx=sx, zx=i8(0), w=np.zeros((n, 1, 1, 1), np.int8),
            sw=np.full(n, sw, f32), zw=np.zeros(n, np.int8), sy=sy, zy=i8(zy), b=acc,
        ),
        dict(x=np.zeros((1, 1, 1, 1), np.int8)),
    ).ravel()
    assert np.array_equal(right, y), name
    case(
        "requantize_accumulator", name, dict(acc=acc),
        dict(x_scale=sx, w_scale=sw, y_scale=sy, y_zero_point=zy), y,
    )


def make_global_multiplier_edges():
    """Sums for which the quotient of the scales must be a binary32 number."""
    found = 0
    while found < 3:
        sx, sy, zx, zy = scale(), scale(-5, 1), zero(), zero()
        height, width = 6 + found, 7
        n = height * width
        sums = np.arange((-128 - zx) * n, (127 - zx) * n + 1)
        share = f32(sy * f32(n))
        right = saturate(np.rint(sums.astype(f32) * f32(sx / share)) + zy)
        wide = (sums * (np.float64(sx) / np.float64(share))).astype(f32)
        keep = np.flatnonzero(saturate(np.rint(wide) + zy) != right)[:6]
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
            "global_average_pool", f"multiplier {found}", dict(x=x),
            dict(x_scale=sx, x_zero_point=zx, y_scale=sy, y_zero_point=zy), y,
        )
        found += 1


def make_add_ratio_edges():
    """Pairs for which each quotient of scales must be the nearest binary32."""
    a, b = (v.ravel().astype(np.int8) for v in np.meshgrid(np.arange(-128, 128), np.arange(-128, 128)))

    def result(ra, rb, za, zb, zy):
        k = f32(f32(zy) - fma(np.array([za]), ra, f32(rb * f32(zb)))[0])
        return saturate(np.rint(fma(a.astype(f32), ra, fma(b.astype(f32), rb, k))))

    missing = {"a cut off", "a by reciprocal", "b cut off", "b by reciprocal"}
    while missing:
        sa, sb, sy = scale(-3, -1), scale(-3, -1), scale(-3, -1)
        za, zb, zy = zero(), zero(), zero()
        ra, rb, inverse = f32(sa / sy), f32(sb / sy), f32(f32(1) / sy)
        right = result(ra, rb, za, zb, zy)
        cut_a, cut_b = (toward_zero(np.float64(s) / np.float64(sy))[()] for s in (sa, sb))
        others = {
            "a cut off": (cut_a, rb), "a by reciprocal": (f32(sa * inverse), rb),
            "b cut off": (ra, cut_b), "b by reciprocal": (ra, f32(sb * inverse)),
        }
        for name in sorted(missing):
            if others[name] == (ra, rb):
                continue
            keep = np.flatnonzero(result(*others[name], za, zb, zy) != right)[:6]
            if keep.size == 0:
                continue
            y = run(
                [("QLinearAdd", "com.microsoft", "a sa za b sb zb sy zy".split(), {})],
                dict(sa=sa, za=i8(za), sb=sb, zb=i8(zb), sy=sy, zy=i8(zy)), dict(a=a, b=b),
            )
            if not np.array_equal(y, right):
                print("add: not as specified", name, np.flatnonzero(y != right).size)
                continue
            missing.discard(name)
            case(
                "add", name, dict(a=a[keep][None], b=b[keep][None]),
                dict(a_scale=sa, a_zero_point=za, b_scale=sb, b_zero_point=zb, y_scale=sy, y_zero_point=zy),
                y[keep][None],
            )


# --- softmax


class Softmax:
    """One choice of n and scales; each method is a formula that is nearly right,
    `right` is the one of docs/Numerics.md."""

    def __init__(self, n, sx, sy):
        self.n, self.sx, self.sy = n, sx, sy
        self.share = f32(FLT_MAX / f32(n))
        self.q = np.floor(f32(1) / sy)
        # Nearest, which numpy's binary32 logarithm is not always.
        self.top = f32(np.log(np.float64(self.share)))

    def shift(self):
        return max(0.0, np.float64(self.top) - 5) / np.float64(self.sx)

    def exponentials(self, x, shift=None):
        shift = self.shift() if shift is None else np.float64(shift)
        table = np.exp((np.arange(256) - 255 + shift) * np.float64(self.sx)).astype(f32)
        return table[x.astype(np.int32) - x.max(1, keepdims=True) + 255]

    def total(self, e, order):
        total = np.zeros(len(e), f32)
        for c in order:
            total = total + e[:, c]
        return total[:, None]

    def right(self, x, shift=None, q=None):
        e = self.exponentials(x, shift)
        return (e * (self.q if q is None else q)) / self.total(e, range(self.n))

    def quotient_first(self, x):
        e = self.exponentials(x)
        return e * (self.q / self.total(e, range(self.n)))

    def reciprocal(self, x):
        e = self.exponentials(x)
        return (e * self.q) * (f32(1) / self.total(e, range(self.n)))

    def wide_sum(self, x):
        e = self.exponentials(x)
        return (e * self.q) / e.astype(np.float64).sum(1, keepdims=True).astype(f32)

    def reversed_sum(self, x):
        e = self.exponentials(x)
        return (e * self.q) / self.total(e, reversed(range(self.n)))

    def wide_product(self, x):
        e = self.exponentials(x)
        return (e.astype(np.float64) * self.q / self.total(e, range(self.n))).astype(f32)

    def narrow_shift(self, x):
        return self.right(x, f32(self.shift()))

    def narrow_difference(self, x):
        return self.right(x, max(f32(0), f32(self.top - f32(5))) / self.sx)

    def wide_logarithm(self, x):
        return self.right(x, max(0.0, np.log(np.float64(self.share)) - 5) / np.float64(self.sx))

    def wide_steps(self, x):
        return self.right(x, q=f32(np.floor(1 / np.float64(self.sy))))


SOFTMAX = (
    "quotient_first", "reciprocal", "wide_sum", "reversed_sum", "wide_product", "narrow_shift",
    "narrow_difference", "wide_logarithm",
)


def record_softmax(name, sx, sy, zy, x, right):
    y = run(
        [("QLinearSoftmax", "com.microsoft", "x sx zx sy zy".split(), dict(axis=-1, opset=13))],
        dict(sx=sx, zx=i8(0), sy=sy, zy=i8(zy)), dict(x=x),
    )
    if not np.array_equal(y, right):
        print("softmax: not as specified", name)
        return False
    for r, row in enumerate(x):
        case(
            "softmax", f"{name} {r}", dict(x=row[None]),
            dict(x_scale=sx, x_zero_point=0, y_scale=sy, y_zero_point=zy), y[r : r + 1],
        )
    return True


def make_softmax_roundings():
    """Rows with many results next to the middle between two bytes: as large as
    they can be without being clamped."""
    missing = dict.fromkeys(SOFTMAX, 3)
    for _ in range(80):
        if not missing:
            break
        n = int(rng.integers(3, 24))
        sx, zy = scale(-6, -3), -128
        sy = f32(1 / (n * rng.uniform(60, 120)))
        spread = int(min(255, 3 / sx))
        x = (127 - rng.integers(0, spread + 1, (600000 // n, n))).astype(np.int8)
        formula = Softmax(n, sx, sy)
        rounded = lambda v: saturate(np.rint(v) + zy).astype(np.int8)
        right = rounded(formula.right(x))
        for name in sorted(missing):
            rows = np.flatnonzero(np.any(rounded(getattr(formula, name)(x)) != right, axis=1))[:2]
            if rows.size and record_softmax(f"{name} {n}", sx, sy, zy, x[rows], right[rows]):
                missing[name] -= rows.size
                if missing[name] <= 0:
                    del missing[name]
    assert not missing, missing


def make_softmax_steps():
    """1 / y_scale that is a whole number in binary32 and below it in binary64."""
    found = 0
    for whole in range(200, 1200):
        sy = np.nextafter(f32(1 / whole), f32(1))
        if f32(1) / sy != whole or 1 / np.float64(sy) >= whole or found == 3:
            continue
        n, sx, zy = 12, scale(-5, -4), -128
        x = rng.integers(-128, 128, (4000, n)).astype(np.int8)
        formula = Softmax(n, sx, sy)
        right = saturate(np.rint(formula.right(x)) + zy).astype(np.int8)
        other = saturate(np.rint(formula.wide_steps(x)) + zy)
        rows = np.flatnonzero(np.any(other != right, axis=1))[:1]
        if rows.size and record_softmax(f"steps {whole}", sx, sy, zy, x[rows], right[rows]):
            found += 1
    assert found
