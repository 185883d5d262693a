"""Cases of products, functions, softmax along other axes and resizes."""

import numpy as np
from onnx import TensorProto as T

from edges import fma, softmax_rows
from recorder import case, f32, half_away, i8, nchw, nhwc, pick, rng, run, saturate, scale, zero
from unsigned import lifted, lowered

BYTES = np.arange(-128, 128).astype(np.int8)


def all_pairs():
    return (v.ravel().astype(np.int8) for v in np.meshgrid(BYTES, BYTES))


def signed(v):
    return np.asarray(v, np.int8)


def run_bytes(is_unsigned, node, constants, feeds):
    """Runs a node with int8 values, or with the uint8 that they stand for."""
    lift = lifted if is_unsigned else signed
    bytes_of = lambda d: {k: v if v.dtype == f32 else lift(v) for k, v in d.items()}
    y = run([node], bytes_of(constants), bytes_of(feeds), T.UINT8 if is_unsigned else T.INT8)
    return lowered(y) if is_unsigned else y


def make_mul():
    a, b = all_pairs()
    missing = {0, 1, 2, 3, 4}
    for k in range(4000):
        if not missing and k > 6:
            break
        is_unsigned = k % 2
        o = 128 * is_unsigned
        sa, sb, sy = scale(-4, 0), scale(-4, 0), scale(-4, 2)
        za, zb, zy = zero(), zero(), zero()
        if k < 2:
            sa, sb, sy = f32(0.5), f32(0.25), f32(1)
        product = ((a.astype(np.int32) - za) * (b.astype(np.int32) - zb)).astype(f32)
        m, z = f32(f32(sa * sb) / sy), f32(zy + o)

        def rounded(v):
            return saturate(np.rint(v) - o)

        right = rounded(product * m + z)
        others = [
            rounded(fma(product, m, z)),
            rounded(product * m) + zy + o,
            rounded(half_away(product * m + z)),
            rounded(product * f32(sa * f32(sb / sy)) + z),
            saturate(np.rint(product * m + f32(zy))),
        ]
        found = [i for i in missing if np.any(others[i] != right)]
        if not found and k > 6:
            continue
        missing -= set(found)
        y = run_bytes(
            is_unsigned, ("QLinearMul", "com.microsoft", "a sa za b sb zb sy zy".split(), {}),
            dict(sa=sa, za=i8(za), sb=sb, zb=i8(zb), sy=sy, zy=i8(zy)), dict(a=a, b=b),
        )
        assert np.array_equal(y, right)
        keep = pick([], [v != y for v in others], 4, 24)
        case(
            "mul", f"{k}", dict(a=a[keep][None], b=b[keep][None]),
            dict(
                a_scale=sa, a_zero_point=za, b_scale=sb, b_zero_point=zb, y_scale=sy, y_zero_point=zy,
                unsigned_rounding=is_unsigned,
            ),
            y[keep][None],
        )
    assert not missing


def make_functions():
    """All bytes of the functions that ONNX Runtime makes tables of."""
    for k in range(4):
        sx, sy, zx, zy = scale(-6, -2), scale(-7, -4), zero(), zero()
        if k == 0:
            sx, sy, zx, zy = f32(0.0625), f32(1 / 256), 0, -128
        constants = dict(sx=sx, zx=i8(zx), sy=sy, zy=i8(zy))
        quantisation = dict(x_scale=sx, x_zero_point=zx, y_scale=sy, y_zero_point=zy)
        names = "x sx zx sy zy".split()
        y = run_bytes(k % 2, ("QLinearSigmoid", "com.microsoft", names, {}), constants, dict(x=BYTES))
        case("sigmoid", f"{k}", dict(x=BYTES[None]), quantisation, y[None])
        alpha = f32(rng.uniform(0.001, 0.5))
        node = ("QLinearLeakyRelu", "com.microsoft", names, dict(alpha=float(alpha)))
        y = run_bytes(k % 2, node, constants, dict(x=BYTES))
        real = (BYTES.astype(np.int32) - zx).astype(f32) * sx
        right = saturate(np.rint(np.where(real >= 0, real, real * alpha).astype(f32) / sy) + zy)
        assert np.array_equal(y, right)
        case("leaky_relu", f"{k}", dict(x=BYTES[None]), dict(quantisation, alpha=alpha), y[None])


def make_affine():
    """BatchNormalization between DequantizeLinear and QuantizeLinear, offsets such
    that many results lie next to the middle between two bytes."""
    missing = [0, 1, 2, 3, 4]
    for k in range(4):
        c = 20000
        sx, sy, zx, zy = scale(-6, -2), scale(-6, -2), zero(), zero()
        x = rng.integers(-128, 128, c).astype(np.int8)
        gamma, variance = rng.uniform(-2, 2, c).astype(f32), rng.uniform(0.1, 4, c).astype(f32)
        factor = f32(1) / np.sqrt(variance + f32(1e-5)) * gamma
        real = (x.astype(np.int32) - zx).astype(f32) * sx
        middle = (rng.integers(-127, 127, c) - zy + 0.5) * np.float64(sy)
        bias = (middle - real.astype(np.float64) * factor).astype(f32)
        y = run(
            [
                ("DequantizeLinear", "", "x sx zx".split(), {}),
                ("BatchNormalization", "", "n0 gamma bias mean variance".split(), dict(epsilon=1e-5)),
                ("QuantizeLinear", "", "n1 sy zy".split(), {}),
            ],
            dict(
                sx=sx, zx=i8(zx), sy=sy, zy=i8(zy), gamma=gamma, bias=bias, mean=np.zeros(c, f32),
                variance=variance,
            ),
            dict(x=x.reshape(1, c, 1, 1)),
        ).ravel()
        v = real * factor + bias
        assert np.array_equal(saturate(np.rint(v / sy) + zy), y)
        exact = real.astype(np.float64) * factor + bias
        others = [
            saturate(np.rint(exact.astype(f32) / sy) + zy),
            saturate(np.rint((x.astype(np.int32) - zx).astype(f32) * (sx * factor) + bias) / sy + zy),
            saturate(half_away(v / sy) + zy),
            saturate(np.rint(v / sy + f32(zy))),
            saturate(np.rint(v * (f32(1) / sy)) + zy),
        ]
        missing = [i for i in missing if np.array_equal(others[i], y)]
        keep = pick([], [o != y for o in others], 4, 32)
        case(
            "affine", f"{k}", dict(x=x[keep][None], scale=factor[keep], bias=bias[keep]),
            dict(x_scale=sx, x_zero_point=zx, y_scale=sy, y_zero_point=zy), y[keep][None],
        )
    assert not missing, missing


def make_concat():
    """QLinearConcat requantises each part, as far as it must."""
    for k in range(3):
        sx, sb, sy, zx, zb, zy = scale(), scale(), scale(), zero(), zero(), zero()
        if k == 0:
            sb, zb = sy, zy
        y = run_bytes(
            k % 2, ("QLinearConcat", "com.microsoft", "sy zy x sx zx b sb zb".split(), dict(axis=1)),
            dict(
                sx=sx, zx=i8(zx), sb=sb, zb=i8(zb), sy=sy, zy=i8(zy),
                b=BYTES.reshape(16, 16),
            ),
            dict(x=BYTES.reshape(16, 16)),
        )
        for name, part, s, z in (("x", y[:, :16], sx, zx), ("b", y[:, 16:], sb, zb)):
            case(
                "requantize", f"concat {k} {name}", dict(x=BYTES[None]),
                dict(x_scale=s, x_zero_point=z, y_scale=sy, y_zero_point=zy), part.reshape(1, 256),
            )


def make_softmax_axis():
    for k in range(6):
        axis, shape = k % 3, [int(rng.integers(2, 7)) for _ in range(3)]
        sx, sy, zy = scale(-4, -1), f32(1 / 256), (-128, 3)[k % 2]
        x = rng.integers(-128, 128, shape).astype(np.int8)
        y = run_bytes(
            k % 2, ("QLinearSoftmax", "com.microsoft", "x sx zx sy zy".split(), dict(axis=axis, opset=13)),
            dict(sx=sx, zx=i8(7), sy=sy, zy=i8(zy)), dict(x=x),
        )
        rows = np.moveaxis(x, axis, -1)
        right = softmax_rows(rows.reshape(-1, shape[axis]), sx, sy, zy).reshape(rows.shape)
        assert np.array_equal(np.moveaxis(right, -1, axis), y)
        case(
            "softmax_axis", f"{k}", dict(x=x),
            dict(x_scale=sx, x_zero_point=7, y_scale=sy, y_zero_point=zy, axis=axis), y,
        )


def resize(x, size, mode, coordinates, nearest_mode):
    attributes = dict(mode=mode, coordinate_transformation_mode=coordinates)
    if mode == "nearest":
        attributes["nearest_mode"] = nearest_mode
    types = {"int8": T.INT8, "uint8": T.UINT8, "float32": T.FLOAT}
    return nhwc(run(
        [("Resize", "", ["x", "roi", "no_scales", "sizes"], attributes)],
        dict(roi=np.zeros(0, f32), no_scales=np.zeros(0, f32), sizes=np.array([1, x.shape[3], *size], np.int64)),
        dict(x=nchw(x)), types[str(x.dtype)],
    ))


def make_resize():
    """Floats to the bit, and int8 and uint8 as they are stored."""
    all_coordinates = ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel")
    nearest_modes = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
    for k in range(28):
        height, width = int(rng.integers(1, 6)), int(rng.integers(2, 8))
        size = [int(rng.integers(1, 9)), int(rng.integers(1, 9))]
        coordinates, nearest_mode = all_coordinates[k % 4], nearest_modes[k // 4 % 4]
        mode = "nearest" if k < 16 else "linear"
        kind = "float" if k < 20 else "stored" if k < 24 else "unsigned"
        x = rng.integers(-128, 128, (1, height, width, 2)).astype(np.int8)
        if kind == "float":
            x = (x * f32(0.37)).astype(f32)
        y = resize(lifted(x) if kind == "unsigned" else x, size, mode, coordinates, nearest_mode)
        case(
            "resize", f"{k} {kind}", dict(x=x),
            dict(
                mode=mode, coordinates=coordinates, nearest_mode=nearest_mode,
                scales=np.array([f32(size[0]) / f32(height), f32(size[1]) / f32(width)], f32),
                as_stored=int(kind != "float"), unsigned_rounding=int(kind == "unsigned"),
            ),
            lowered(y) if kind == "unsigned" else y,
        )
