"""Ways of breaking a small working model, for make_wrong_models.py."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from builder import Builder, Tensor

def start(form="qop", shape=(1, 2, 4, 4), dtype=np.int8, opset=13):
    b = Builder(form, 1, opset)
    return b, b.input(Tensor("x", 0.05, 0, dtype), list(shape))


def conv(form="qop", weights=(3, 2, 3, 3), change=None, **attributes):
    b, x = start(form)
    b.output(b.conv(x, Tensor("y", 0.3, 0), weights, **attributes), 4)
    if change:
        change(b)
    return b.model("wrong")


def gemm(form="qop", change=None, **options):
    b, x = start(form, (1, 6))
    b.output(b.gemm(x, Tensor("y", 0.3, 0), 6, 5, **options), 2)
    if change:
        change(b)
    return b.model("wrong")


def replace(name, array):
    """Gives a constant another value."""
    def change(b):
        for tensor in b.initializers:
            if tensor.name == name:
                tensor.CopyFrom(numpy_helper.from_array(np.asarray(array), name))
                return
        raise KeyError(name)
    return change


def attribute(op, **attributes):
    """Sets attributes of the first node of this operator."""
    def change(b):
        node = next(n for n in b.nodes if n.op_type == op)
        names = set(attributes)
        kept = [a for a in node.attribute if a.name not in names]
        del node.attribute[:]
        node.attribute.extend(kept)
        node.attribute.extend(helper.make_attribute(k, v) for k, v in attributes.items())
    return change


def operand(op, index, name):
    def change(b):
        node = next(n for n in b.nodes if n.op_type == op)
        while len(node.input) <= index:
            node.input.append("")
        node.input[index] = name
    return change


def shapes(op, shape, *constants, form="qop", opset=13, dtype=np.int8, **attributes):
    """One operator that works on the quantised tensor itself."""
    b, x = start(form, shape, dtype, opset)
    b.output(b.plain(op, x, "y", *constants, **attributes), 2)
    return b.model("wrong")


def unary(op, shape, form="qop", opset=13, extra=None, scale=1 / 256, **attributes):
    b, x = start(form, shape, opset=opset)
    b.output(b.unary(op, x, Tensor("y", scale, -128), extra, **attributes), 2)
    return b.model("wrong")


# The error's beginning for the node that computes y.
def at(op, domain="ai.onnx", opset=13, name="n_y"):
    return f"node '{name}' ({op}, domain '{domain}', opset {opset}): "


def edited(form, edit):
    """A conv model whose protobuf is edited afterwards."""
    model = conv(form)
    edit(model)
    return model


def tensor(model, name):
    return next(t for t in model.graph.initializer if t.name == name)


def external(**entries):
    """The weights w_y, 54 bytes, in another file."""
    def edit(model):
        weights = tensor(model, "w_y")
        weights.ClearField("raw_data")
        weights.data_location = TensorProto.EXTERNAL
        for key, value in entries.items():
            entry = weights.external_data.add()
            entry.key, entry.value = key, str(value)
    return edit


def complex_weight(model):
    tensor(model, "w_y").data_type = TensorProto.COMPLEX64


def many_axes_weight(model):
    tensor(model, "w_y").dims.extend([1] * 16)


def huge(model):
    del tensor(model, "w_y").dims[:]
    tensor(model, "w_y").dims.extend([1 << 40, 1 << 40])


def short(model):
    tensor(model, "w_y").raw_data = b"123"


def twice(model):
    model.graph.node.append(model.graph.node[0])


def sparse(model):
    model.graph.sparse_initializer.add().values.name = "s"


def batch(model):
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 4


def symbolic(model):
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_param = "h"


def no_extent(model):
    model.graph.input[0].type.tensor_type.shape.dim[2].ClearField("dim_value")


def old(model):
    model.opset_import[0].version = 8


def many_axes(model):
    for _ in range(13):
        model.graph.input[0].type.tensor_type.shape.dim.add().dim_value = 1


def double(model):
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.DOUBLE


def rank(model):
    del model.graph.input[0].type.tensor_type.shape.dim[1:]


def wide(model):
    for dim in model.graph.input[0].type.tensor_type.shape.dim[1:]:
        dim.dim_value = 1 << 20


def no_input(model):
    del model.graph.input[:]
    model.graph.initializer.append(numpy_helper.from_array(np.zeros((1, 2, 4, 4), np.int8), "x"))


def no_output(model):
    del model.graph.output[:]


def cycle(model):
    model.graph.node[0].input[0] = "y"


def undefined(model):
    model.graph.node[0].input[0] = "nobody"


def domain(model):
    del model.opset_import[0]


def opsets(model):
    del model.opset_import[:]


def foreign(model):
    model.graph.node[0].op_type = "NonMaxSuppression"


def unnamed(model):
    model.graph.node[0].op_type = "NonMaxSuppression"
    model.graph.node[0].name = ""


def output_name(model):
    model.graph.output[0].name = "z"


def output_type(model):
    model.graph.output[0].type.tensor_type.elem_type = TensorProto.BOOL


def output_sign(model):
    model.graph.output[0].type.tensor_type.elem_type = TensorProto.UINT8


def second_result(model):
    model.graph.node[0].output.append("mask")


def no_result(model):
    model.graph.node[0].output[0] = ""
    model.graph.output[0].name = "x"


def constants(**attributes):
    def edit(model):
        node = helper.make_node("Constant", [], ["c"], name="n_c", **attributes)
        model.graph.node.insert(0, node)
    return edit


def float_weights(values, scales):
    """Weights behind a QuantizeLinear."""
    b, x = start("qdq")
    b.constant("w", values)
    names = [b.constant("w_s", np.ones(scales, np.float32)), b.constant("w_z", np.int8(0))]
    b.node("QuantizeLinear", ["w"] + names, ["w_q"], axis=0)
    b.node("DequantizeLinear", ["w_q"] + names, ["w_d"], axis=0)
    y = Tensor("y", 0.3, 0)
    b.output(b.quantise(b.node("Conv", [b.dequantise(x), "w_d"], ["y_c"]), y), 4)
    return b.model("wrong")


def float_bias(bias):
    """A convolution whose bias is not quantised."""
    def change(b):
        operand("Conv", 2, b.constant("bias", bias))(b)
    return conv("qdq", change=change)


def gemm_of(shape):
    b, x = start("qop", shape)
    b.output(b.gemm(x, Tensor("y", 0.3, 0), 6, 5), 2)
    return b.model("wrong")


def second(as_output):
    """Reads a layer normalisation's mean, or returns it."""
    port = helper.make_tensor_value_info
    nodes = [helper.make_node("LayerNormalization", ["x", "w"], ["y", "mean"], name="n_y"),
             helper.make_node("Relu", ["mean"], ["z"], name="n_z")]
    weights = [numpy_helper.from_array(np.ones(4, np.float32), "w")]
    output = port("mean" if as_output else "z", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes[:1] if as_output else nodes, "wrong",
                              [port("x", TensorProto.FLOAT, [1, 4])], [output], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
