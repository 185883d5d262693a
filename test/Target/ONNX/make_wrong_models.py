"""Writes models that the importer must refuse, and the one error each gives.

    python make_wrong_models.py [Inputs/wrong]      needs onnx, numpy

NAME.onnx goes beside expected.txt, which ImportTest.cpp reads: the name, a tab,
the error. The test calls each model FILE.
"""

import pathlib
import sys

import numpy as np

from wrong_operators import OPERATORS, whole_error
from breaking import *  # noqa: F403: a vocabulary of its own
from builder import Builder, Tensor

QCONV, CONV, DQ = at("QLinearConv"), at("Conv", name="n_y_c"), at("DequantizeLinear")
MS = "com.microsoft"
IN_TENSOR = QCONV + "constant 'w_y' "
MODELS = {
    # The file, its tensors, its graph.
    "external_nowhere": (edited("qop", external()), IN_TENSOR + "is in the file '': expected a "
                         "file of the model's own folder"),
    "external_above": (edited("qop", external(location="../conv_stride.in.npy")), IN_TENSOR +
                       "is in the file '../conv_stride.in.npy': expected a file of the model's "
                       "own folder"),
    "external_absolute": (edited("qop", external(location="/dev/zero")), IN_TENSOR + "is in the "
                          "file '/dev/zero': expected a file of the model's own folder"),
    "external_missing": (edited("qop", external(location="none.bin")), IN_TENSOR + "is in the "
                         "file 'none.bin', which cannot be read: No such file or directory"),
    "external_folder": (edited("qop", external(location=".", offset=0)), IN_TENSOR + "is in the "
                        "file '.': expected a file of the model's own folder"),
    "external_offset": (edited("qop", external(location="weights.bin", offset="1e3")),
                        IN_TENSOR + "has '1e3' as its offset in a file, expected a number of "
                        "bytes"),
    "external_end": (edited("qop", external(location="weights.bin", offset=11)), IN_TENSOR +
                     "is bytes 11 to 65 of the file 'weights.bin', which has 64"),
    "external_far": (edited("qop", external(location="weights.bin", offset=2**64 - 1)),
                     IN_TENSOR + "is bytes 18446744073709551615 to 53 of the file "
                     "'weights.bin', which has 64"),
    "external_length": (edited("qop", external(location="weights.bin", length=55)), IN_TENSOR +
                        "has 55 bytes of data in 'weights.bin', expected 54"),
    "second_operand": (second(False), at("Relu", opset=18, name="n_z") + "operand 'mean' is a "
                       "result that the importer does not compute"),
    "second_output": (second(True), "output 'mean' is a result that the importer does not "
                      "compute"),
    "huge": (edited("qop", huge), IN_TENSOR + "has shape 1099511627776x1099511627776: expected "
             "at most 2^31 elements"),
    "short": (edited("qop", short), IN_TENSOR + "of 3x2x3x3 int8 has 3 bytes of data, "
              "expected 54"),
    "twice": (edited("qop", twice), "value 'y' is defined twice"),
    "sparse": (edited("qop", sparse), "sparse initializer 's' is not supported"),
    "batch": (edited("qop", batch), "input 'x' has a batch of 4: expected 1 or a symbolic batch "
              "(images are streamed one by one)"),
    "symbolic": (edited("qop", symbolic), "extent 2 of input 'x' is 'h': expected a number, or "
                 "--dim h=NUMBER (only the batch may stay symbolic)"),
    "no_extent": (edited("qop", no_extent), "extent 2 of input 'x' is not a positive number: only "
                  "the batch may be symbolic"),
    "old": (edited("qop", old), "'FILE' imports version 8 of operator set 'ai.onnx': expected 9 "
            "to 28"),
    "many_axes_input": (edited("qop", many_axes), "input 'x' has rank 17: expected at most 16"),
    "many_axes_weight": (edited("qop", many_axes_weight), IN_TENSOR + "has 20 axes, expected at "
                         "most 16"),
    "complex": (edited("qop", complex_weight), IN_TENSOR + "has type complex64: expected int4, "
                "uint4, int8, uint8, int32, int64, float, float16, double or bool"),
    "double": (edited("qop", double), "input 'x' has type double: expected int8, uint8, "
               "int32, int64 or float"),
    "rank": (edited("qop", rank), "input 'x' has rank 1: expected a batch and at least one more "
             "axis"),
    "wide": (edited("qop", wide), "input 'x' has shape 1x1048576x1048576x1048576: expected at "
             "most 2^31 elements"),
    "no_input": (edited("qop", no_input), "'FILE' has no input"),
    "no_output": (edited("qop", no_output), "'FILE' has no output"),
    "cycle": (edited("qop", cycle), QCONV + "operand 'y' is computed by this or a later node: "
              "the graph has a cycle or is not in topological order"),
    "undefined": (edited("qop", undefined), QCONV + "operand 'nobody' is not an input, an "
                  "initializer or a result of a node"),
    "domain": (edited("qop", domain), at("QLinearConv", opset=0) + "the model imports no "
               "operator set of this domain"),
    "opsets": (edited("qop", opsets), "'FILE' imports no operator set"),
    "foreign": (edited("qop", foreign), at("NonMaxSuppression") + "operator is not supported"),
    "unnamed": (edited("qop", unnamed), at("NonMaxSuppression", name="y") + "operator is not "
                "supported"),
    "output_name": (edited("qop", output_name), "output 'z' is not computed by any node"),
    "output_type": (edited("qop", output_type), "output 'y' has type bool: expected int8, uint8, "
                    "int32, int64 or float"),
    "output_sign": (edited("qop", output_sign), "output 'y' is declared uint8 but computed as "
                    "int8"),
    "second_result": (edited("qop", second_result), QCONV + "result 1 is not supported, expected "
                      "one result"),
    "no_result": (edited("qop", no_result), QCONV + "has no result"),
    "constant_none": (edited("qop", constants()), at("Constant", name="n_c") + "expected one "
                      "attribute, found 0"),
    "constant_string": (edited("qop", constants(value_string="s")), at("Constant", name="n_c") +
                        "attribute 'value_string' is not supported"),
    # Attributes and operands.
    "attribute_type": (conv(kernel_shape=3), QCONV + "attribute 'kernel_shape' has type INT, "
                       "expected INTS"),
    "attribute_name": (conv(channels_last=1), QCONV + "attribute 'channels_last' is not "
                       "supported"),
    "operands": (conv(change=lambda b: b.nodes[0].input.extend(["x", "x"])), QCONV + "has 11 "
                 "operands, expected 8 to 9"),
    "left_out": (conv(change=operand("QLinearConv", 1, "")), QCONV + "operand 1 is left out"),
    "not_constant": (conv(change=operand("QLinearConv", 3, "x")), QCONV + "operand 3, 'x', is "
                     "not constant"),
    "scale_type": (conv(change=replace("x_s", np.int32(1))), QCONV + "scale 'x_s' is scalar "
                   "int32, expected float"),
    "scale_zero": (conv(change=replace("y_s", np.float32(0))), QCONV + "scale 'y_s' is "
                   "0, expected a positive, normal number of at most 2^80"),
    "scale_count": (conv(change=replace("x_s", np.ones(2, np.float32))), QCONV + "scale 'x_s' "
                    "has 2 elements, expected 1 (only weights have a scale per channel)"),
    "zero_point_type": (conv(change=replace("x_z", np.uint8(1))), QCONV + "zero point 'x_z' is "
                        "uint8, expected int8 as the tensor"),
    "zero_point_empty": (conv(change=replace("x_z", np.zeros(0, np.int8))), QCONV + "zero point "
                         "'x_z' is empty"),
    "zero_point_count": (conv(change=replace("x_z", np.zeros(2, np.int8))), QCONV + "zero point "
                         "'x_z' has 2 elements, expected 1"),
    # Weights and biases.
    "weight_type": (conv(change=replace("w_y", np.ones((3, 2, 3, 3), np.int32))), QCONV +
                    "weights 'w_y' are int32, expected int8 or uint8"),
    "weight_rank": (conv(change=replace("w_y", np.ones((3, 2, 3), np.int8))), QCONV + "weights "
                    "'w_y' have shape 3x2x3, expected rank 4 without empty axes"),
    "weight_scales": (conv(change=replace("w_y_s", np.ones(2, np.float32))), QCONV + "weights "
                      "'w_y' have 2 scales, expected 1 or 3, one per output channel"),
    "bias_type": (conv(change=replace("b_y", np.ones(3, np.int64))), QCONV + "bias 'b_y' is 3 "
                  "int64, expected 3 int32"),
    "bias_rank": (conv(change=replace("b_y", np.ones((1, 3), np.int32))), QCONV + "bias 'b_y' is "
                  "1x3 int32, expected 3 int32"),
    "bias_scale": (conv("qdq", change=replace("b_y_s", np.float32(1))), CONV + "bias 'b_y_d' "
                   "has scale 1, expected input scale times weight scale, "
                   "0.000638446"),
    "bias_count": (conv("qdq", change=replace("b_y", np.ones(2, np.int32))), CONV + "bias "
                   "'b_y_d' has 2 elements, expected 3"),
    "bias_scales": (conv("qdq", change=replace("b_y_s", np.ones(2, np.float32))), CONV +
                    "operand 'b_y_d' has 3 elements but 2 scales"),
    "bias_not_constant": (conv("qdq", change=operand("Conv", 2, "x_d")), CONV + "operand 'x_d' "
                          "is not constant"),
    "bias_integer": (conv("qdq", change=operand("Conv", 2, "b_y")), CONV + "operand 'b_y' is "
                     "int32, expected float"),
    # Quantisation.
    "alpha": (gemm(change=attribute("QGemm", alpha=2.0)), at("QGemm", MS, 1) + "attribute "
              "'alpha' is 2, supported is 1"),
    "float_operand": (conv("qdq", change=operand("QuantizeLinear", 0, "x")),
                      at("QuantizeLinear") + "operand 'x' is an integer, expected float"),
    "integer_operand": (conv("qdq", change=lambda b: b.node(
        "DequantizeLinear", ["y_c", "x_s", "x_z"], ["v"])), at("DequantizeLinear", name="n_v") +
                        "operand 'y_c' is float, expected int8 or uint8"),
    "float_weights": (float_weights(np.ones((3, 2, 3, 3), np.int32), 1), at(
        "QuantizeLinear", name="n_w_q") + "operand 'w' is int32, expected float"),
    "float_weight_scales": (float_weights(np.ones((3, 2, 3, 3), np.float32), 4), at(
        "QuantizeLinear", name="n_w_q") + "4 scales and 1 zero points do not fit axis 0 of shape "
        "3x2x3x3"),
    "dequantised_type": (conv("qdq", change=replace("w_y", np.ones((3, 2, 3, 3), np.int64))),
                         at("DequantizeLinear", name="n_w_y_d") + "operand 'w_y' is int64, "
                         "expected int4, uint4, int8, uint8 or int32"),
    "dequantised_zero_points": (conv("qdq", change=replace("w_y_z", np.zeros(2, np.int8))),
                                at("DequantizeLinear", name="n_w_y_d") + "'w_y' has 1 scales but "
                                "2 zero points"),
    "bias_zero_point": (conv("qdq", change=replace("b_y_z", np.int32(1))),
                        at("DequantizeLinear", name="n_b_y_d") + "zero point of int32 is not 0 "
                        "('b_y_z')"),
    "bias_overflow": (float_bias(np.full(3, 1e30, np.float32)), CONV + "bias 'bias' is "
                      "1.5663e+33 in units of 0.000638446, which does not fit 32 bits"),
    # Operators.
    "training": (shapes("Dropout", (1, 4), np.float32(0.5), np.bool_(True)),
                 at("Dropout") + "training is not supported ('y_1')"),
    "clip_shape": (shapes("Clip", (1, 4), np.zeros(2, np.int8)), at("Clip") + "bound 'y_0' is 2 "
                   "int8, expected one int8 or uint8"),
    "clip_number": (shapes("Clip", (1, 4), np.full(2, np.nan, np.float32), form="qdq"),
                    at("Clip", name="n_y_c") + "bound 'y_0' is not one number"),
    "clip_order": (shapes("Clip", (1, 4), np.int8(4), np.int8(3)), at("Clip") + "least value 4 "
                   "is above greatest value 3"),
    "reshape_type": (shapes("Reshape", (1, 4), np.ones(2, np.float32)), at("Reshape") + "operand "
                     "'y_0' is 2 float, expected a list of int64"),
    "reshape_wild": (shapes("Reshape", (1, 4), np.array([1, -1, -1])), at("Reshape") + "shape "
                     "1x-1x-1 is not valid for an operand of 1x4"),
    "reshape_count": (shapes("Reshape", (1, 4), np.array([1, 5])), at("Reshape") + "shape 1x4 "
                      "cannot become 1x5: expected as many elements"),
    "flatten_axis": (shapes("Flatten", (1, 4), axis=3), at("Flatten") + "attribute 'axis' is 3, "
                     "expected -2 to 2"),
    "image": (shapes("MaxPool", (1, 4), kernel_shape=[2, 2]), at("MaxPool") + "operand 'x' has "
              "shape 1x4, expected an image NxCxHxW or a sequence NxCxW"),
    "groups": (conv(group=2), QCONV + "2 groups, weights of 3x2x3x3 and 2 input channels do not "
               "fit together"),
    "features": (gemm_of((1, 7)), at("QGemm", MS, 1) + "operand 'x' has shape 1x7, expected 6 "
                 "as its last extent for weights of 6x5"),
    "softmax_scale": (unary("Softmax", (1, 4), extra={"opset": 13}, scale=1e-6),
                      at("QLinearSoftmax", MS, 1) + "has no meaning in cmnn: 'cmnn.softmax' op (C2) expects "
                      "floor(1 / y_scale) <= 512, found 1.000000e+06"),
    # Windows.
    "no_kernel": (shapes("MaxPool", (1, 2, 4, 4)), at("MaxPool") + "attribute 'kernel_shape' is "
                  "missing"),
    "kernel_weights": (conv(kernel_shape=[3, 2]), QCONV + "attribute 'kernel_shape' is 3x2, but "
                       "the weights have 3x3"),
    "stride_count": (conv(strides=[1]), QCONV + "attribute 'strides' has 1 elements, expected "
                     "2"),
    "stride_zero": (conv(strides=[0, 1]), QCONV + "attribute 'strides' has element 0, expected 1 "
                    "to 65536"),
    "pad_negative": (conv(pads=[-1, 0, 0, 0]), QCONV + "attribute 'pads' has element -1, "
                     "expected 0 to 65536"),
    "auto_pad": (conv(auto_pad="SAME"), QCONV + "attribute 'auto_pad' is 'SAME', expected "
                 "NOTSET, VALID, SAME_UPPER or SAME_LOWER"),
    "auto_pad_dilated": (conv(auto_pad="SAME_UPPER", dilations=[1, 2]), QCONV + "auto_pad with "
                         "dilations is not supported, expected pads"),
    "window": (conv(dilations=[2, 2]), QCONV + "window of 5 pixels is larger than the padded "
               "image of 4 on axis 2"),
    "result_size": (conv(pads=[65536] * 4, weights=(3, 2, 1, 1)), QCONV + "result has shape "
                    "1x3x131076x131076, expected 1 to 2^31 elements"),
    "padding_only": (shapes("MaxPool", (1, 2, 4, 4), kernel_shape=[2, 2], pads=[2, 0, 0, 0]),
                     at("MaxPool") + "a window on axis 2 holds padding only"),
    "ceil_and_pad": (unary("AveragePool", (1, 2, 5, 5), kernel_shape=[2, 2], strides=[2, 2],
                           ceil_mode=1, count_include_pad=1),
                     at("QLinearAveragePool", MS, 1) + "count_include_pad with a window that "
                     "ceil_mode lets hang over the end is not supported"),
}


def main():
    here = pathlib.Path(__file__).parent
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here / "Inputs" / "wrong"
    folder.mkdir(exist_ok=True)
    lines = []
    operators = {name: (model, whole_error(model, message))
                 for name, (model, message) in OPERATORS.items()}
    for name, (model, message) in {**MODELS, **operators}.items():
        (folder / f"{name}.onnx").write_bytes(model.SerializeToString())
        lines.append(f"{name}\t{message}\n")
    (folder / "weights.bin").write_bytes(bytes(range(64)))
    whole = conv().SerializeToString()
    (folder / "cut_off.onnx").write_bytes(whole[:len(whole) // 2])
    lines.append("cut_off\t'FILE' is not an ONNX model, or is cut off\n")
    (folder / "empty.onnx").write_bytes(b"")
    lines.append("empty\t'FILE' is not an ONNX model: it has no graph\n")
    no_node = conv()
    del no_node.graph.node[:]
    (folder / "no_node.onnx").write_bytes(no_node.SerializeToString())
    lines.append("no_node\tthe graph of 'FILE' has no node\n")
    (folder / "expected.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
