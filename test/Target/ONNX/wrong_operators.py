"""Models of one operator that the importer must refuse, for make_wrong_models.py.

`one(op, operands...)` makes a graph of one node y = op(...). An operand is
X(shape) for an input of the graph, an array for a constant, or None.
"""

import dataclasses

import numpy as np
from onnx import TensorProto, helper, numpy_helper

MS = "com.microsoft"
F32, I8, U8, I32, I64 = (TensorProto.FLOAT, TensorProto.INT8, TensorProto.UINT8,
                         TensorProto.INT32, TensorProto.INT64)


@dataclasses.dataclass(frozen=True)
class X:
    """An input of the graph."""

    shape: tuple
    kind: int = F32


def one(op, *operands, domain="", opset=18, results=1, kind=F32, name="n", **attributes):
    inputs, constants, names = [], [], []
    for i, operand in enumerate(operands):
        names.append("" if operand is None else f"x{i}")
        if isinstance(operand, X):
            inputs.append(helper.make_tensor_value_info(names[-1], operand.kind, operand.shape))
        elif operand is not None:
            constants.append(numpy_helper.from_array(np.asarray(operand), names[-1]))
    if not inputs:
        inputs.append(helper.make_tensor_value_info("unused", F32, [1, 1]))
    outputs = ["y"] + [f"y{i}" for i in range(1, results)]
    node = helper.make_node(op, names, outputs, name=name, domain=domain, **attributes)
    graph = helper.make_graph([node], "wrong", inputs,
                              [helper.make_tensor_value_info("y", kind, None)], constants)
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid(MS, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8,
                             producer_name="cm-mlir tests")


def f32(*values):
    return np.array(values, np.float32)


def i64(*values):
    return np.array(values, np.int64)


def ones(*shape, dtype=np.float32):
    return np.ones(shape, dtype)


IMAGE = X((1, 2, 4, 4))
SCALES = (np.float32(0.5), np.int8(0))

# NAME: (model, error behind "node 'n' (OP, domain 'DOMAIN', opset OPSET): ").
OPERATORS = {
    # Convolutions and products.
    "conv_rank": (one("Conv", X((1, 2, 4, 4, 4)), ones(3, 2, 3, 3, 3)),
                  "operand 'x0' has shape 1x2x4x4x4, expected an image NxCxHxW or a sequence "
                  "NxCxW"),
    "conv_weights": (one("Conv", IMAGE, X((3, 2, 3, 3)), opset=17),
                     "@input 'x1' has a batch of 3: expected 1 or a symbolic batch (images are "
                     "streamed one by one)"),
    "conv_int8_weights": (one("Conv", IMAGE, ones(3, 2, 3, 3, dtype=np.int8)),
                          "weights 'x1' are int8, expected float"),
    "conv_group": (one("Conv", IMAGE, ones(3, 2, 3, 3), group=0),
                   "attribute 'group' is 0, expected 1 to 1048576"),
    "conv_bias": (one("Conv", IMAGE, ones(3, 2, 3, 3), ones(2)),
                  "bias 'x2' has 2 elements, expected 3"),
    "conv_kernel": (one("Conv", X((1, 1, 70000)), ones(1, 1, 70000)),
                    "weights have a kernel of 1x70000, expected at most 65536 on an axis"),
    "transposed_groups": (one("ConvTranspose", IMAGE, ones(2, 3, 2, 2), group=3),
                          "weights 'x1' have shape 2x3x2x2, which 3 groups do not divide"),
    "transposed_channels": (one("ConvTranspose", IMAGE, ones(4, 3, 2, 2), group=2),
                            "2 groups, weights of 4x3x2x2 and 2 input channels do not fit "
                            "together"),
    "transposed_padding": (one("ConvTranspose", IMAGE, ones(2, 3, 1, 1), pads=[2, 0, 2, 0]),
                           "padding leaves no pixel on axis 2"),
    "transposed_shape": (one("ConvTranspose", IMAGE, ones(2, 3, 1, 1), strides=[65536, 1],
                             output_shape=[1, 1]),
                         "result of 1 pixels on axis 2 is not supported, expected at most "
                         "196609, and 65536 less at least"),
    "integer_points": (one("ConvInteger", X((1, 2, 4, 4), I8), ones(3, 2, 3, 3, dtype=np.int8),
                           np.zeros(2, np.int8), kind=I32),
                       "zero point 'x2' has 2 elements, expected 1"),
    "integer_weights": (one("ConvInteger", X((1, 2, 4, 4), I8), ones(3, 2, 3, 3), kind=I32),
                        "weights 'x1' are float, expected int8 or uint8"),
    "weight_points": (one("ConvInteger", X((1, 2, 4, 4), I8), ones(3, 2, 3, 3, dtype=np.int8),
                          np.int8(0), np.zeros(2, np.int8), kind=I32),
                      "weights 'x1' have 2 zero points, expected 1 or 3, one per output "
                      "channel"),
    "matmul_features": (one("MatMul", X((1, 5)), ones(6, 4)),
                        "operand 'x0' has shape 1x5, expected 6 as its last extent for weights "
                        "of 6x4"),
    "matmul_scalars": (one("MatMul", X((1, 5)), np.float32(1)),
                       "operands have shapes 1x5 and scalar, expected matrices"),
    "matmul_fit": (one("MatMul", X((1, 2, 5)), X((1, 4, 3))),
                   "operands have shapes 1x2x5 and 1x4x3, which do not fit together"),
    "matmul_partly": (one("MatMul", X((1, 3, 2, 5)), ones(2, 1, 5, 4)),
                      "operands have shapes 1x3x2x5 and 2x1x5x4: leading extents that "
                      "broadcast in part are not supported"),
    "matmul_points": (one("MatMulInteger", X((1, 5), I8), X((1, 5, 5), I8),
                          np.zeros(2, np.int8), kind=I32),
                      "zero point 'x2' has 2 elements, expected 1"),
    "gemm_rank": (one("Gemm", X((1, 2, 5)), ones(5, 4)),
                  "operand 'x0' has shape 1x2x5, expected a matrix"),
    "gemm_bias": (one("Gemm", X((1, 5)), ones(5, 4), ones(3)),
                  "operand 'x2' has shape 1x3, which does not broadcast to 1x4"),
    "gemm_beta": (one("Gemm", X((1, 5)), ones(5, 4), X((1, 4)), beta=2.0),
                  "attribute 'beta' is 2, supported is 1"),
    # Elementwise.
    "add_types": (one("Add", X((1, 4)), X((1, 4), I8)),
                  "operand 'x1' is an integer, expected float"),
    "qadd_type": (one("QLinearAdd", X((1, 4), I8), *SCALES, X((1, 4)), *SCALES, *SCALES,
                      domain=MS),
                  "operand 'x3' is float, expected int8 or uint8"),
    "norm_count": (one("BatchNormalization", IMAGE, ones(3), ones(2), ones(2), ones(2)),
                   "operand 'x1' has 3 elements, expected 2, one per channel"),
    "norm_channels": (one("BatchNormalization", X((1,)), ones(1), ones(1), ones(1), ones(1)),
                      "@input 'x0' has rank 1: expected a batch and at least one more axis"),
    "leaky_nan": (one("LeakyRelu", IMAGE, alpha=float("nan")),
                  "attribute 'alpha' is not a number"),
    "gelu_mode": (one("Gelu", IMAGE, opset=20, approximate="sigmoid"),
                  "attribute 'approximate' is 'sigmoid', expected none or tanh"),
    "gelu_old": (one("Gelu", IMAGE), "operator is not supported in this version, expected opset "
                 "20 to 1000"),
    "pow_exponent": (one("Pow", IMAGE, X((1, 1))),
                     "exponent 'x1' is not one number that is constant"),
    "relu_wide": (one("Relu", X((1, 4), I32)), "operand 'x0' is a wide integer, expected float, "
                  "int8 or uint8"),
    "max_shape": (one("Max", IMAGE, ones(4)), "operand 'x1' is 4 float, expected one number"),
    # Pools and reductions.
    "reduce_axis": (one("ReduceMean", IMAGE, i64(4)), "axis is 4, expected -4 to 3"),
    "reduce_wide": (one("ReduceMax", X((1, 4), I32)), "operand 'x0' is a wide integer, expected "
                    "float, int8 or uint8"),
    "softmax_range": (one("Softmax", IMAGE, axis=4), "attribute 'axis' is 4, expected -4 to 3"),
    "norm_weights": (one("LayerNormalization", X((1, 3, 4)), ones(3)),
                     "operand 'x1' is 3 float, expected 4 elements"),
    "norm_epsilon": (one("LayerNormalization", X((1, 3, 4)), ones(4), epsilon=-1.0),
                     "attribute 'epsilon' is -1, expected a number that is not negative"),
    # Shapes and pieces.
    "many_axes": (one("Reshape", X((1, 4)), np.ones(17, np.int64)),
                  "result has 17 axes, expected at most 16"),
    "squeeze_extent": (one("Squeeze", X((1, 4)), i64(1)), "axis 1 has extent 4, expected 1"),
    "squeeze_twice": (one("Squeeze", X((1, 4)), i64(0, -2)), "an axis is given twice"),
    "perm": (one("Transpose", IMAGE, perm=[0, 1, 1, 3]),
             "attribute 'perm' is 0x1x1x3, expected the 4 axes of the operand in some order"),
    "expand": (one("Expand", X((1, 4)), i64(3, 4)), "operand 'x0' of 1x4 would be repeated to "
               "3x4, which is not supported"),
    "concat_fit": (one("Concat", X((1, 4)), X((1, 2, 4)), axis=1),
                   "operand 'x0' of shape 1x4 does not fit the others"),
    "concat_types": (one("Concat", X((1, 4)), X((1, 4), I8), axis=1),
                     "operand 'x1' has another type than the others"),
    "concat_left_out": (one("Concat", X((1, 4)), None, X((1, 4)), axis=1),
                        "operand 1 is left out"),
    "concat_signs": (one("Concat", X((1, 4), I8), X((1, 4), U8), axis=1, kind=I8),
                     "operands are int8 and uint8, expected one type"),
    "qconcat_type": (one("QLinearConcat", *SCALES, X((1, 4)), *SCALES, domain=MS, axis=1),
                     "operand 'x2' is float, expected int8 or uint8"),
    "split_outputs": (one("Split", X((1, 4)), axis=1, num_outputs=3, results=2),
                      "attribute 'num_outputs' is 3, but there are 2 results"),
    "split_sizes": (one("Split", X((1, 4)), i64(3, 2), axis=1, results=2),
                    "pieces of 3x2 do not fit an extent of 4 and 2 results"),
    "slice_lists": (one("Slice", X((1, 4)), i64(0), i64(1, 2)),
                    "1 starts, 2 ends, 1 axes and 1 steps do not fit together"),
    "slice_step": (one("Slice", X((1, 4)), i64(0), i64(1), i64(1), i64(0)),
                   "step on axis 1 is 0"),
    "slice_empty": (one("Slice", X((1, 4)), i64(2), i64(2), i64(1)),
                    "result has shape 1x0, expected 1 to 2^31 elements"),
    "pad_mode": (one("Pad", X((1, 4)), i64(0, 1, 0, 1), mode="wrap", opset=19),
                 "attribute 'mode' is 'wrap', expected constant, edge or reflect"),
    "pad_count": (one("Pad", X((1, 4)), i64(0, 1, 0)), "3 pads do not fit 2 axes"),
    "pad_far": (one("Pad", X((1, 4)), i64(0, 1 << 40, 0, 0)),
                "pad of 1099511627776 is not supported, expected at most 2^31"),
    "pad_value": (one("Pad", X((1, 4)), i64(0, 1, 0, 1), ones(2)),
                  "value 'x2' is 2 float, expected one number"),
    "pad_computed": (one("Pad", X((1, 4)), i64(0, 1, 0, 1), X((1, 1))),
                     "value 'x2' is not constant"),
    "pad_integer": (one("Pad", X((1, 4), I8), i64(0, 1, 0, 1), np.float32(0.5), kind=I8),
                    "value 0.5 is not one of the operand's type"),
    "pad_wide": (one("Pad", X((1, 4), I32), i64(0, 1, 0, 1)),
                 "operand 'x0' is a wide integer, expected float, int8 or uint8"),
    "pad_nothing": (one("Pad", X((1, 4)), i64(0, -2, 0, -2)),
                    "negative pads leave nothing of an operand of 1x4"),
    "pad_reflect": (one("Pad", X((1, 4)), i64(0, 4, 0, 0), mode="reflect"),
                    "pad of 4 on axis 1 reflects more than its extent of 4"),
    "gather_float": (one("Gather", X((1, 4)), f32(0)), "indices 'x1' are float, expected int64"),
    "gather_none": (one("Gather", X((1, 4)), i64()),
                    "indices 'x1' are 0 int64, expected 1 to 65536"),
    "gather_index": (one("Gather", X((1, 4)), i64(7), axis=1), "index is 7, expected -4 to 3"),
    "gather_ids": (one("Gather", ones(5, 4), X((1, 4))), "indices 'x1' are not int64"),
    "gather_both": (one("Gather", X((1, 4)), X((1, 4), I64)),
                    "operand 'x0' and its indices are both computed at run time, expected a "
                    "constant table or constant indices"),
    "gather_table": (one("Gather", ones(5, 4, 2), X((1, 4), I64)),
                     "table 'x0' has shape 5x4x2, expected a matrix"),
    "resize_count": (one("Resize", IMAGE, None, f32(1, 1, 2)),
                     "3 scales or sizes do not fit 4 axes"),
    "resize_scale": (one("Resize", IMAGE, None, f32(1, 1, 0.1, 1)),
                     "scale 0.1 of an extent of 4 is not supported, expected a result of 1 to "
                     "65536"),
    "resize_mode": (one("Resize", IMAGE, None, f32(1, 1, 2, 2), mode="cubic"),
                    "attribute 'mode' is 'cubic', expected nearest or linear"),
    "resize_mixed": (one("Resize", IMAGE, f32(1, 1, 2, 0.5), opset=10),
                     "one axis smaller and another larger is not supported before opset 11"),
    "resize_channels": (one("Resize", IMAGE, None, f32(1, 2, 2, 2)),
                        "scales of the axes of shape 1x2x4x4 are not supported, expected those "
                        "of an image"),
    "resize_policy": (one("Resize", IMAGE, None, None, i64(1, 2, 8, 8),
                          keep_aspect_ratio_policy="not_larger"),
                      "attribute 'keep_aspect_ratio_policy' is 'not_larger', supported is "
                      "stretch"),
    "depth_rank": (one("DepthToSpace", X((1, 4)), blocksize=2),
                   "operand 'x0' has shape 1x4, expected an image NxCxHxW"),
    "depth_mode": (one("DepthToSpace", X((1, 4, 2, 2)), blocksize=2, mode="ABC"),
                   "attribute 'mode' is 'ABC', expected DCR or CRD"),
    "depth_block": (one("DepthToSpace", X((1, 4, 2, 2)), blocksize=3),
                    "attribute 'blocksize' is 3, whose square does not divide 4 channels"),
    # Quantisation.
    "dynamic": (one("DynamicQuantizeLinear", IMAGE, results=3, kind=U8),
                "scales that are computed at run time are not supported: expected a model with "
                "calibrated scales (static quantization)"),
    "int16": (one("QuantizeLinear", IMAGE, np.float32(1), np.int16(0), opset=21, kind=I8),
              "constant 'x2' has type int16: expected int4, uint4, int8, uint8, int32, int64, "
              "float, float16, double or bool"),
    "output_int16": (one("QuantizeLinear", IMAGE, np.float32(1), opset=21, kind=I8,
                         output_dtype=TensorProto.INT16),
                     "result is int16, expected int8 or uint8 (activations of other widths are "
                     "not supported)"),
    "not_finite": (one("QuantizeLinear", f32(1, np.nan), np.float32(1), np.int8(0), kind=I8),
                   "operand 'x0' holds a number that is not finite"),
    "dequantize_float": (one("DequantizeLinear", IMAGE, *SCALES),
                         "operand 'x0' is float, expected int8 or uint8"),
    "dequantize_axis": (one("DequantizeLinear", ones(3, 4, dtype=np.int8), ones(3), axis=1),
                        "3 scales and 1 zero points do not fit axis 1 of shape 3x4"),
    "blocked": (one("DequantizeLinear", ones(4, 4, dtype=np.int8), ones(2, 4), axis=0,
                    block_size=2, opset=21),
                "attribute 'block_size' is 2, supported is 0"),
    # What is computed when a model is imported.
    "cast_down": (one("Cast", IMAGE, to=I8, kind=I8),
                  "a cast from float to int8 at run time is not supported"),
    "where_mixed": (one("Where", np.array([True, False]), X((1, 2)), X((1, 2))),
                    "condition 'x0' differs between elements, expected all true or all false "
                    "where operands are computed at run time"),
    "where_repeated": (one("Where", ones(3, 1, dtype=bool), X((1, 2)), X((1, 2))),
                       "operands have shapes 1x2 and 3x1, which would be repeated: this is not "
                       "supported"),
    "fold_attribute": (one("Neg", ones(4), alpha=1.0), "attribute 'alpha' is not supported"),
    "identity_attribute": (one("Identity", X((1, 4)), alpha=1.0),
                           "attribute 'alpha' is not supported"),
    "fold_half": (one("Concat", np.ones(2, np.float16), np.ones(2, np.float32), axis=0),
                  "operand 'x1' of shape 2 does not fit the others"),
    "fold_size": (one("ConstantOfShape", i64(1 << 20, 1 << 20)),
                  "constant result has shape 1048576x1048576, expected at most 2^26 elements "
                  "and 16 axes"),
    "fold_list": (one("ConstantOfShape", f32(1)),
                  "operand 'x0' is 1 float, expected a list of int64"),
    "fold_reshape": (one("Reshape", ones(4), i64(3)),
                     "shape 4 cannot become 3: expected as many elements"),
    "fold_wild": (one("Reshape", ones(4), i64(-1, -1)),
                  "shape -1x-1 is not valid for an operand of 4"),
    "fold_axes": (one("Unsqueeze", ones(4), i64(*range(17))),
                  "has 17 axes, expected at most 16"),
    "fold_perm": (one("Transpose", ones(4, 2), perm=[0, 0]),
                  "attribute 'perm' is 0x0, expected the 2 axes of the operand in some order"),
    "fold_index": (one("Gather", ones(4), i64(4)), "index is 4, expected -4 to 3"),
    "fold_indices": (one("Gather", ones(4), f32(1)), "indices 'x1' are float, expected int64"),
    "fold_slice": (one("Slice", ones(4), i64(0), i64(1, 2)),
                   "1 starts, 2 ends, 1 axes and 1 steps do not fit together"),
    "fold_step": (one("Slice", ones(4), i64(0), i64(1), i64(0), i64(0)), "step on axis 0 is 0"),
    "fold_broadcast": (one("Add", ones(4), ones(3)),
                       "operands have shapes 4 and 3, which do not broadcast"),
    "fold_types": (one("Add", ones(4), np.ones(4, np.float16)),
                   "operands are 4 float and 4 float16, expected two constants of one type"),
    "fold_zero": (one("Div", i64(4), i64(0), kind=I64),
                  "an integer result does not exist or fit 64 bits"),
    "fold_product": (one("ReduceProd", i64(1 << 62, 4), kind=I64),
                     "an integer result does not exist or fit 64 bits"),
    "fold_product_type": (one("ReduceProd", ones(4)),
                          "operand 'x0' is 4 float, expected a list of int64"),
    "fold_where": (one("Where", ones(2), ones(2), ones(2)),
                   "condition of 2 float, operands of 2 float and 2 float do not fit together"),
    "fold_function": (one("Sqrt", i64(4)), "operand 'x0' is int64, expected float"),
    "fold_sign": (one("Neg", np.ones(4, np.float16)),
                  "operand 'x0' is float16, expected float or an integer"),
    "fold_not": (one("Not", ones(4)), "operand 'x0' is float, expected bool"),
    "fold_cast": (one("Cast", ones(4), to=TensorProto.FLOAT16),
                  "a cast to float16 is not supported"),
    "fold_cast_number": (one("Cast", f32(1e30), to=I64, kind=I64),
                         "1e+30 cannot be cast to int64"),
    "fold_value": (one("ConstantOfShape", i64(2), value=numpy_helper.from_array(ones(2))),
                   "attribute 'value' is 2 float, expected one element"),
    "fold_range": (one("Range", f32(0), i64(4), i64(1)),
                   "operand 'x1' is 1 int64, expected one number of the type of the others"),
    "fold_range_size": (one("Range", i64(0), i64(4), i64(0), kind=I64),
                        "a range of inf elements is not supported"),
    "constant_bool": (one("Add", X((1, 2)), np.array([True, False])),
                      "operand 'x1' is bool, expected int8, uint8, int32, int64 or float"),
    "constant_empty": (one("Concat", X((1, 2)), np.ones((1, 0), np.float32), axis=1),
                       "operand 'x1' is 1x0 float, expected at least one element"),
}


def whole_error(model, message):
    """The error with its beginning, which "@" in front leaves out."""
    if message.startswith("@"):
        return message[1:]
    node = model.graph.node[0]
    domain = node.domain or "ai.onnx"
    opset = next(o.version for o in model.opset_import if o.domain == node.domain)
    return f"node 'n' ({node.op_type}, domain '{domain}', opset {opset}): {message}"
