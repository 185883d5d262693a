"""Writes the importer's test models, their inputs and ONNX Runtime's outputs.

    python make_models.py [Inputs]      needs onnx, onnxruntime, numpy

NAME.qop.onnx and NAME.qdq.onnx are one network in the two forms; NAME.in.npy
and NAME.out.npy are four images and what ONNX Runtime makes of them in the
QOperator form, which is the form that has one meaning. Deterministic.
"""

import dataclasses
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from builder import Builder, Tensor

IMAGES = 4


def conv_stride(b):
    x = b.input(Tensor("x", 0.05, -3), [1, 3, 9, 8])
    y = b.conv(x, Tensor("y", 0.4, 7), (5, 3, 3, 3), per_channel=True, kernel_shape=[3, 3],
               strides=[2, 2], pads=[0, 1, 1, 0])
    b.output(y, 4)


def conv_same(b):
    x = b.input(Tensor("x", 0.05, 11), [1, 2, 7, 10])
    y = b.conv(x, Tensor("y", 0.3, -20), (4, 2, 2, 3), bias=False, auto_pad="SAME_LOWER",
               strides=[2, 3])
    z = b.conv(y, Tensor("z", 0.9, 0), (3, 4, 3, 4), auto_pad="SAME_UPPER")
    b.output(b.conv(z, Tensor("v", 4.0, 0), (3, 3, 2, 2), auto_pad="VALID"), 4)


def conv_dilated(b):
    x = b.input(Tensor("x", 0.05, 5), [1, 2, 9, 9])
    y = b.conv(x, Tensor("y", 0.3, 0), (3, 2, 3, 3), dilations=[2, 3], pads=[2, 3, 1, 3])
    b.output(y, 4)


def conv_group(b):
    x = b.input(Tensor("x", 0.05, -9), [1, 4, 6, 6])
    y = b.conv(x, Tensor("y", 0.3, 2), (6, 2, 3, 3), per_channel=True, group=2,
               pads=[1, 1, 1, 1])
    z = b.conv(y, Tensor("z", 0.7, 2), (6, 1, 3, 3), per_channel=True, group=6,
               strides=[2, 1])
    b.output(z, 4)


def conv_uint8(b):
    x = b.input(Tensor("x", 0.05, 117, np.uint8), [1, 3, 6, 6])
    y = b.conv(x, Tensor("y", 0.3, 100, np.uint8), (4, 3, 3, 3), wtype=np.uint8,
               pads=[1, 1, 1, 1], clip="relu")
    z = b.conv(y, Tensor("z", 0.5, 60, np.uint8), (4, 4, 1, 1), per_channel=True,
               clip=(-20.0, 60.0))
    b.output(z, 4)


def clamps(b):
    x = b.input(Tensor("x", 0.05, -3), [1, 3, 5, 5])
    y = b.conv(x, Tensor("y", 0.2, -10), (4, 3, 3, 3), pads=[1, 1, 1, 1], clip="relu")
    z = b.conv(y, Tensor("z", 0.1, -28), (4, 4, 1, 1), clip=(-8.0, 12.0))
    b.output(b.add(y, z, Tensor("s", 0.2, -90), clip="relu"), 4)


def residual(b):
    x = b.input(Tensor("x", 0.05, 8), [1, 3, 6, 6])
    y = b.conv(x, Tensor("y", 0.3, -11), (3, 3, 3, 3), pads=[1, 1, 1, 1])
    s = b.add(x, y, Tensor("s", 0.35, 3))
    b.output(b.add(s, s, Tensor("t", 0.7, -4)), 4)


def matmuls(b):
    x = b.input(Tensor("x", 0.05, 8), [1, 12])
    y = b.gemm(x, Tensor("y", 0.3, -1), 12, 9, transpose=True, per_channel=True)
    z = b.gemm(y, Tensor("z", 1.2, 4), 9, 10, bias=False)
    b.output(b.matmul(z, Tensor("v", 4.0, 0), 10, 5, per_channel=True), 2)


def pools(b):
    x = b.input(Tensor("x", 0.05, 40), [1, 3, 11, 9])
    y = b.plain("MaxPool", x, "y", kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 1, 1])
    z = b.unary("AveragePool", y, Tensor("z", 0.06, 5), kernel_shape=[3, 3], strides=[1, 2],
                pads=[1, 1, 1, 1])
    v = b.unary("AveragePool", z, Tensor("v", 0.05, -60), kernel_shape=[2, 2],
                pads=[0, 1, 1, 0], count_include_pad=1)
    b.output(b.unary("GlobalAveragePool", v, Tensor("g", 0.04, -70), {"channels_last": 0}), 4)


def pool_ceil(b):
    x = b.input(Tensor("x", 0.05, -7), [1, 2, 8, 10])
    y = b.plain("MaxPool", x, "y", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    z = b.plain("MaxPool", y, "z", kernel_shape=[2, 2], auto_pad="SAME_UPPER")
    b.output(b.plain("MaxPool", z, "v", kernel_shape=[2, 2], dilations=[1, 2]), 4)


def pool_uint8(b):
    x = b.input(Tensor("x", 0.05, 90, np.uint8), [1, 2, 6, 6])
    y = b.unary("AveragePool", x, Tensor("y", 0.05, 120, np.uint8), kernel_shape=[3, 3],
                strides=[2, 2], pads=[1, 1, 0, 0])
    b.output(b.plain("MaxPool", y, "z", kernel_shape=[2, 2]), 4)


def residual_uint8(b):
    """Quotients of scales next to 1/2: many sums are a tie but for f32's rounding."""
    near = float(np.nextafter(np.float32(0.1), np.float32(1)))
    x = b.input(Tensor("x", near, 90, np.uint8), [1, 3, 6, 6])
    y = b.conv(x, Tensor("y", 0.1, 120, np.uint8), (3, 3, 1, 1))
    b.output(b.add(x, y, Tensor("z", 0.2, 101, np.uint8)), 4)


def softmax(b):
    x = b.input(Tensor("x", 0.05, 8), [1, 12])
    y = b.gemm(x, Tensor("y", 0.05, -1), 12, 10)
    b.output(b.unary("Softmax", y, Tensor("p", 1 / 256, -128), {"opset": b.opset}, axis=-1), 2)


def softmax_uint8(b):
    x = b.input(Tensor("x", 0.03, 8, np.uint8), [1, 7])
    b.output(b.unary("Softmax", x, Tensor("p", 1 / 256, 0, np.uint8), {"opset": b.opset},
                     axis=1), 2)


def reshapes(b):
    x = b.input(Tensor("x", 0.05, 8), [1, 60])
    y = b.plain("Reshape", x, "y", np.array([0, 3, 5, -1], np.int64))
    z = b.conv(y, Tensor("z", 0.25, 1), (2, 3, 2, 2))
    v = b.plain("Flatten", z, "v")
    b.output(b.gemm(v, Tensor("g", 1.5, 0), 24, 6), 2)


def float_ports(b):
    x = b.float_input("x", ["batch", 3, 5, 4], Tensor("xq", 0.05, 110, np.uint8))
    y = b.conv(x, Tensor("y", 0.3, 100, np.uint8), (4, 3, 3, 3), pads=[1, 1, 1, 1])
    b.float_output(y, 4)


def odd_constants(b):
    """The QDQ form says everything in a less usual way, and means the same."""
    x = b.input(Tensor("x", 0.05, 8), [1, 2, 3, 3])
    y, z, v = Tensor("y", 0.3, 0), Tensor("z", 0.5, 4), Tensor("v", 4.0, 1)
    if not b.qdq:
        b.conv(x, y, (3, 2, 3, 3))
        b.plain("Flatten", y, "f")
        b.gemm(Tensor("f", 0.3, 0), z, 3, 6)
        b.output(b.matmul(z, v, 6, 4), 2)
        return
    plain = Builder("qop", b.rng)
    odd_constants(plain)
    values = {t.name: numpy_helper.to_array(t) for t in plain.initializers}
    step = {n: np.float32(s) * values[f"w_{n}_s"] for n, s in (("y", 0.05), ("z", 0.3))}
    # Weights of a Constant node, typed data, scales of shape [1], a float bias.
    typed = helper.make_tensor("w", TensorProto.INT8, [3, 2, 3, 3], values["w_y"].flatten())
    b.node("Constant", [], ["w_y"], value=typed)
    one = [b.constant("w_y_s", values["w_y_s"].reshape(1)), b.constant("w_y_z", [np.int8(0)])]
    b.node("DequantizeLinear", ["w_y"] + one, ["w_y_d"])
    b.node("Identity", ["w_y_d"], ["w_y_i"])
    b.constant("b_y", (values["b_y"] * step["y"]).astype(np.float32))
    b.node("Identity", ["x"], ["x_i"])
    b.node("DequantizeLinear", ["x_i"] + b.quantisation(x), ["x_d"])
    b.node("Conv", ["x_d", "w_y_i", "b_y"], ["y_c"])
    # No rounding before Flatten and Dropout.
    b.node("Flatten", ["y_c"], ["f_c"])
    b.node("Dropout", ["f_c"], ["f_r"])
    b.quantise("f_r", dataclasses.replace(y, name="f"))
    # Weights behind a QuantizeLinear, MatMul and Add.
    real = values["w_z"] * values["w_z_s"]
    two = [b.constant("w_z_s", values["w_z_s"]), b.constant("w_z_z", np.int8(0))]
    b.node("QuantizeLinear", [b.constant("r", real.astype(np.float32))] + two, ["w_z"])
    b.node("DequantizeLinear", ["w_z"] + two, ["w_z_d"])
    b.node("MatMul", [b.dequantise(dataclasses.replace(y, name="f")), "w_z_d"], ["z_m"])
    b.constant("b_z", (values["b_z"] * step["z"]).astype(np.float32).reshape(1, 6))
    b.node("Add", ["b_z", "z_m"], ["z_c"])
    b.quantise("z_c", z)
    for name in ("w_v", "w_v_s", "w_v_z"):
        b.constant(name, values[name])
    b.node("DequantizeLinear", ["w_v", "w_v_s", "w_v_z"], ["w_v_d"])
    b.node("Gemm", [b.dequantise(z), "w_v_d"], ["v_c"])
    b.output(b.quantise("v_c", v), 2)


def gates(b):
    """Squeeze and excitation: a sigmoid of the channels' means is a factor."""
    x = b.input(Tensor("x", 0.05, 8, np.uint8), [1, 6, 4, 4])
    m = b.unary("GlobalAveragePool", x, Tensor("m", 0.03, 5, np.uint8), {"channels_last": 0})
    y = b.conv(m, Tensor("y", 0.05, 120, np.uint8), (6, 6, 1, 1))
    s = b.unary("Sigmoid", y, Tensor("s", 1 / 256, 0, np.uint8))
    b.output(b.mul(x, s, Tensor("z", 0.05, 100, np.uint8)), 4)


def leaky(b):
    x = b.input(Tensor("x", 0.05, 8), [1, 3, 4, 4])
    b.output(b.unary("LeakyRelu", x, Tensor("y", 0.04, -30), alpha=0.1), 4)


def concat(b):
    x = b.input(Tensor("x", 0.05, 8), [1, 3, 5, 5])
    y = b.conv(x, Tensor("y", 0.3, -11), (4, 3, 1, 1))
    z = b.conv(x, Tensor("z", 0.25, 7), (2, 3, 1, 1))
    b.output(b.concat([y, z, x], Tensor("c", 0.3, -11), 1), 4)


def pieces(b):
    """Everything that only moves elements."""
    x = b.input(Tensor("x", 0.05, 8), [1, 6, 5, 7])
    v, w = b.split(x, ["v", "w"], 1, [2, 4])
    p = b.plain("Pad", v, "p", np.array([0, 0, 1, 0, 0, 2, 0, 1]), np.int8(8) if not b.qdq else
                np.float32(0))
    s = b.plain("Slice", w, "s", np.array([3, 6]), np.array([-4, 0]), np.array([1, 3]),
                np.array([-1, -2]))
    t = b.plain("Transpose", s, "t", perm=[0, 3, 1, 2])
    u = b.plain("Squeeze", b.plain("Unsqueeze", t, "n", np.array([1])), "u", np.array([1]))
    f = b.plain("Flatten", u, "f")
    g = b.plain("Flatten", p, "g", axis=-3)
    b.output(b.concat([f, g], Tensor("c", 0.05, 8), 1), 2)


def shuffle(b):
    """ShuffleNet's order of channels."""
    x = b.input(Tensor("x", 0.05, 8), [1, 6, 4, 4])
    y = b.conv(x, Tensor("y", 0.3, 3), (6, 3, 1, 1), group=2)
    v = b.plain("Reshape", y, "v", np.array([1, 2, 3, 4, 4]))
    u = b.plain("Reshape", b.plain("Transpose", v, "t", perm=[0, 2, 1, 3, 4]), "u",
                np.array([0, -1, 4, 4]))
    b.output(b.conv(u, Tensor("z", 0.5, 0), (6, 1, 3, 3), group=6, pads=[1, 1, 1, 1]), 4)


def attention(b):
    """Two heads over five tokens."""
    x = b.input(Tensor("x", 0.05, 8), [1, 5, 8])
    heads = []
    for name in "qkv":
        y = b.matmul(x, Tensor(name, 0.3, 3), 8, 8)
        v = b.plain("Reshape", y, name + "_4", np.array([0, 5, 2, 4]))
        perm = [0, 2, 3, 1] if name == "k" else [0, 2, 1, 3]
        heads.append(b.plain("Transpose", v, name + "_t", perm=perm))
    s = b.product(heads[0], heads[1], Tensor("s", 6.0, -5))
    p = b.unary("Softmax", s, Tensor("p", 1 / 256, -128), {"opset": b.opset}, axis=-1)
    o = b.product(p, heads[2], Tensor("o", 0.3, 1))
    t = b.plain("Transpose", o, "t", perm=[0, 2, 1, 3])
    b.output(b.matmul(b.plain("Reshape", t, "r", np.array([1, 5, 8])), Tensor("y", 2.0, 0), 8, 3),
             3)


def constants(b):
    """Constant operands of sums and products, which broadcast."""
    x = b.input(Tensor("x", 0.05, 8), [1, 3, 4, 5])
    y = b.add(x, b.known_tensor(Tensor("k", 0.02, 3), (3, 1, 1)), Tensor("y", 0.06, 1))
    b.output(b.mul(b.known_tensor(Tensor("l", 0.02, 3), (5,)), y, Tensor("z", 0.09, 1)), 4)


def asymmetric(b):
    """Weights with zero points."""
    x = b.input(Tensor("x", 0.05, 120, np.uint8), [1, 2, 5, 5])
    names, scales = b.weights("w", (3, 2, 3, 3), 1, 0, np.uint8)
    b.initializers = [t for t in b.initializers if t.name != "w_z"]
    b.known.discard("w_z")
    b.constant("w_z", np.uint8(97))
    y = Tensor("y", 0.7, 110, np.uint8)
    if b.qdq:
        b.quantise(b.node("Conv", [b.dequantise(x), "w_d"], ["y_c"], pads=[1, 1, 1, 1]), y)
    else:
        b.node("QLinearConv", ["x"] + b.quantisation(x) + names + b.quantisation(y), ["y"],
               pads=[1, 1, 1, 1])
    b.output(y, 4)


def sequence(b):
    """One-dimensional windows."""
    x = b.input(Tensor("x", 0.05, 8), [1, 3, 12])
    y = b.conv(x, Tensor("y", 0.3, 3), (4, 3, 5), pads=[2, 1], strides=[2])
    b.output(b.plain("MaxPool", y, "z", kernel_shape=[2]), 3)


BOTH = [conv_stride, conv_same, conv_dilated, conv_group, conv_uint8, clamps, residual, matmuls,
        pools, pool_ceil, pool_uint8, softmax, softmax_uint8, reshapes, float_ports, odd_constants,
        residual_uint8, gates, leaky, concat, pieces, shuffle, attention, constants, asymmetric,
        sequence]


def external(folder):
    """conv_stride with its weights in a file, after some other bytes."""
    model = onnx.load(folder / "conv_stride.qop.onnx")
    weights = next(t for t in model.graph.initializer if t.name == "w_y")
    (folder / "external").mkdir(exist_ok=True)
    (folder / "external" / "weights.bin").write_bytes(bytes(7) + weights.raw_data)
    weights.ClearField("raw_data")
    weights.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "external/weights.bin"), ("offset", "7")):
        entry = weights.external_data.add()
        entry.key, entry.value = key, value
    onnx.save(model, folder / "external.onnx")


def symbols(folder):
    """Extents that have names, in float."""
    port = helper.make_tensor_value_info
    node = helper.make_node("Relu", ["x"], ["y"], name="n_y")
    shape = ["batch", "tokens", 4]
    graph = helper.make_graph([node], "symbols", [port("x", TensorProto.FLOAT, shape)],
                              [port("y", TensorProto.FLOAT, shape)])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8,
                                producer_name="cm-mlir tests"), folder / "symbols.onnx")


def images(model, seed):
    """Random inputs; floats go a little beyond what the quantisation holds."""
    port = model.graph.input[0].type.tensor_type
    shape = [d.dim_value or 1 for d in port.shape.dim]
    shape[0] = IMAGES
    rng = np.random.default_rng(seed)
    if port.elem_type == onnx.TensorProto.FLOAT:
        return rng.normal(0, 3, shape).astype(np.float32)
    info = np.iinfo(onnx.helper.tensor_dtype_to_np_dtype(port.elem_type))
    return rng.integers(info.min, info.max + 1, shape).astype(info.dtype)


def record(model, values):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.qdqisint8allowed", "1")
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    name = session.get_inputs()[0].name
    rows = [session.run(None, {name: value[None]})[0] for value in values]
    return np.concatenate(rows)


def main():
    here = pathlib.Path(__file__).parent
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here / "Inputs"
    folder.mkdir(exist_ok=True)
    for seed, build in enumerate(BOTH):
        name = build.__name__
        for form in ("qop", "qdq"):
            builder = Builder(form, seed)
            build(builder)
            model = builder.model(name)
            onnx.save(model, folder / f"{name}.{form}.onnx")
            if form == "qop":
                values = images(model, seed)
                np.save(folder / f"{name}.in.npy", values)
                np.save(folder / f"{name}.out.npy", record(model, values))
    external(folder)
    symbols(folder)


if __name__ == "__main__":
    main()
