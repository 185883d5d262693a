"""Cases of what transformers need: layer_norm and reduce_mean.

ONNX Runtime computes both in float with sums of its own order: it may be a step off.
Results are those of docs/Numerics.md, on rows where a formula that is nearly right
gives others.
"""

import numpy as np

from recorder import case, f32, i8, rng, run, saturate, scale, zero


def total(x, wide=False):
    """Sums of rows in order, in f32 or in f64."""
    sums = np.zeros(len(x), np.float64 if wide else f32)
    for c in range(x.shape[1]):
        sums = sums + x[:, c]
    return sums.astype(f32)


def quantised(v, sy, zy):
    v = v / sy
    v = np.where(np.isnan(v), f32(0), v)
    return saturate(np.rint(np.clip(v, f32(-128 - zy), f32(127 - zy))) + zy).astype(np.int8)


def normalised(x, sx, zx, sy, zy, gamma, beta, epsilon, change=""):
    """docs/Numerics.md, "layer_norm", with one thing changed."""
    n = f32(x.shape[1])
    r = (x.astype(np.int32) - zx).astype(f32) * sx
    mean = total(r, change == "sum") / n
    if change == "mean":
        mean = total(r) * (f32(1) / n)
    d = r - mean[:, None]
    squares = total(d * d, change == "squares")
    if change == "moments":
        variance = total(r * r) / n - mean * mean
    elif change == "unbiased":
        variance = squares / (n - f32(1))
    else:
        variance = squares / n
    deviation = np.sqrt(variance + epsilon)
    if change == "epsilon":
        deviation = np.sqrt(variance) + epsilon
    v = d * (f32(1) / deviation)[:, None] if change == "reciprocal" else d / deviation[:, None]
    if change == "scale first":
        v = d * gamma / deviation[:, None]
    elif gamma is not None:
        v = v * gamma
    if beta is not None:
        v = v + beta
    if change == "fused":
        v = ((d / deviation[:, None]).astype(np.float64) * gamma + beta).astype(f32)
    return quantised(v, sy, zy)


CHANGES = ("sum", "mean", "squares", "moments", "unbiased", "epsilon", "reciprocal",
           "scale first", "fused")


def layer_norm_inputs():
    n = int(rng.integers(3, 40))
    sx, sy, zx, zy = scale(-5, -2), scale(-6, -4), zero(), zero()
    gamma = rng.uniform(0.5, 1.5, n).astype(f32)
    beta = rng.uniform(-0.5, 0.5, n).astype(f32)
    epsilon = f32(rng.choice([1e-5, 1e-3, 1e-12]))
    spread = int(rng.choice([2, 20, 128]))
    x = rng.integers(-spread, spread, (3000, n)).astype(np.int8)
    return x, sx, zx, sy, zy, gamma, beta, epsilon


def record_layer_norm(name, row, sx, zx, sy, zy, gamma, beta, epsilon, y):
    inputs = dict(x=row[None])
    if gamma is not None:
        inputs["scale"] = gamma
    if beta is not None:
        inputs["bias"] = beta
    case("layer_norm", name, inputs,
         dict(axis=1, epsilon=epsilon, x_scale=sx, x_zero_point=zx, y_scale=sy, y_zero_point=zy),
         y[None])


def make_layer_norm():
    missing = {change: 3 for change in CHANGES}
    for attempt in range(200):
        if not missing:
            break
        values = layer_norm_inputs()
        right = normalised(*values)
        for change in sorted(missing):
            rows = np.flatnonzero(np.any(normalised(*values, change=change) != right, axis=1))
            if rows.size == 0:
                continue
            row = rows[0]
            record_layer_norm(f"{change} {missing[change]}", values[0][row], *values[1:],
                              right[row])
            missing[change] -= 1
            if missing[change] == 0:
                del missing[change]
    assert not missing, missing
    x, sx, zx, sy, zy, gamma, beta, epsilon = layer_norm_inputs()
    for name, g, b in (("no scale", None, beta), ("no bias", gamma, None), ("plain", None, None)):
        y = normalised(x[:1], sx, zx, sy, zy, g, b, epsilon)
        record_layer_norm(name, x[0], sx, zx, sy, zy, g, b, epsilon, y[0])
    flat = np.full(5, 7, np.int8)
    with np.errstate(invalid="ignore"):
        y = normalised(flat[None], sx, zx, sy, zy, None, None, f32(0))
    record_layer_norm("0 / 0", flat, sx, zx, sy, zy, None, None, f32(0), y[0])


def mean_of(x, sx, zx, sy, zy, change=""):
    """x is T x C; the sum goes over T in order."""
    r = (x.astype(np.int32) - zx).astype(f32) * sx
    t = total(r.T, change == "sum")
    n = f32(len(x))
    mean = t * (f32(1) / n) if change == "reciprocal" else t / n
    if change == "zero point":
        return saturate(np.rint(mean / sy + f32(zy))).astype(np.int8)
    if change == "exact":
        mean = ((x.astype(np.int32) - zx).sum(0).astype(f32) * (sx / n)).astype(f32)
    return quantised(mean, sy, zy)


def make_reduce_mean():
    missing = {change: 3 for change in ("sum", "reciprocal", "zero point", "exact")}
    for attempt in range(400):
        if not missing:
            break
        tokens = int(rng.integers(2, 9))
        sx, zx, zy = scale(-5, -2), zero(), zero()
        sy = f32(sx / tokens * rng.choice([1, 2, 4]))
        x = rng.integers(-128, 128, (tokens, 4000)).astype(np.int8)
        right = mean_of(x, sx, zx, sy, zy)
        for change in sorted(missing):
            found = np.flatnonzero(mean_of(x, sx, zx, sy, zy, change) != right)
            if found.size == 0:
                continue
            columns = np.concatenate([found[:4], [0, 1]])
            y = run([("DequantizeLinear", "", ["x", "sx", "zx"], {}),
                     ("ReduceMean", "", ["n0"], dict(axes=[1], keepdims=1)),
                     ("QuantizeLinear", "", ["n1", "sy", "zy"], {})],
                    dict(sx=sx, zx=i8(zx), sy=sy, zy=i8(zy)), dict(x=x[None, :, columns]))
            step = np.abs(y.ravel().astype(int) - right[columns]).max()
            assert step <= 1, step
            case("reduce_mean", f"{change} {missing[change]}", dict(x=x[None, :, columns]),
                 dict(axes=[1], x_scale=sx, x_zero_point=zx, y_scale=sy, y_zero_point=zy),
                 right[columns][None, None])
            missing[change] -= 1
            if missing[change] == 0:
                del missing[change]
    assert not missing, missing
