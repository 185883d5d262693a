// RUN: cm-opt %s --split-input-file --verify-diagnostics

// constant (C1).

cmnn.weight @w = dense<1.0> : tensor<4xf32>

func.func @constant() {
  // expected-error @below {{(C1) expects a result of type 'tensor<4xf32>', found 'tensor<5xf32>'}}
  %0 = cmnn.constant @w : tensor<5xf32>
  return
}

// -----

// conv2d (C1): element type of the weight.

// expected-note @below {{the weight is here}}
cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @float_weight(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{(C1) expects @w to be of rank 4 and 'f32', found}}
  %0 = cmnn.conv2d %x, @w : tensor<1x8x8x4xf32> -> tensor<1x6x6x16xf32>
  return
}

// -----

// conv2d (C3): scales of float weights.

cmnn.weight @w = dense<1.0> : tensor<3x3x4x16xf32>

func.func @float_scales(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{(C3) expects no weight scales with these element types, found 1}}
  %0 = cmnn.conv2d %x, @w {w_scales = array<f32: 1.0>} : tensor<1x8x8x4xf32> -> tensor<1x6x6x16xf32>
  return
}

// -----

// conv2d (C3): number of zero points.

cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @zero_points(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{(C3) expects 0, 1 or 16 weight zero points, found 2}}
  %0 = cmnn.conv2d %x, @w {w_scales = array<f32: 1.0>, w_zero_points = array<i8: 1, 2>} : tensor<1x8x8x4xi8> -> tensor<1x6x6x16xf32>
  return
}

// -----

// conv2d (C8).

cmnn.weight @w = dense<1.0> : tensor<3x3x4x16xf32>

func.func @conv_elements(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{(C8) expects operands and result of one kind of element, found operands of 'tensor<1x8x8x4xf32>' and a result of 'tensor<1x6x6x16xi8>'}}
  %0 = cmnn.conv2d %x, @w : tensor<1x8x8x4xf32> -> tensor<1x6x6x16xi8>
  return
}

// -----

// conv2d (C9): scale of a float operand.

cmnn.weight @w = dense<1.0> : tensor<3x3x4x16xf32>

func.func @float_scale(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{(C9) expects the 'f32' of operand 0 to have scale 1 and zero point 0, found 5.000000e-01 and 0}}
  %0 = cmnn.conv2d %x, @w {x_scale = 0.5 : f32} : tensor<1x8x8x4xf32> -> tensor<1x6x6x16xf32>
  return
}

// -----

// conv2d (C9): scale of a sum.

cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @sum_scale(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{(C9) expects the 'i32' of the result to have scale 1 and zero point 0, found 1.000000e+00 and 3}}
  %0 = cmnn.conv2d %x, @w {y_zero_point = 3 : i8} : tensor<1x8x8x4xi8> -> tensor<1x6x6x16xi32>
  return
}

// -----

// conv2d (C9): range of a float.

cmnn.weight @w = dense<1.0> : tensor<3x3x4x16xf32>

func.func @float_range(%x: tensor<1x8x8x4xf32>) {
  // expected-error @below {{(C9) expects the range -128 to 127 of a result that is not int8, found 0 to 127}}
  %0 = cmnn.conv2d %x, @w {minimum = 0 : i8} : tensor<1x8x8x4xf32> -> tensor<1x6x6x16xf32>
  return
}

// -----

// conv_transpose2d (C4): pads.

cmnn.weight @w = dense<1.0> : tensor<3x3x4x16xf32>

func.func @all_padding(%x: tensor<1x2x2x4xf32>) {
  // expected-error @below {{(C4) expects pads that leave a pixel of the result}}
  %0 = cmnn.conv_transpose2d %x, @w {pads = array<i64: 2, 0, 2, 0>} : tensor<1x2x2x4xf32> -> tensor<1x1x4x16xf32>
  return
}

// -----

// conv_transpose2d (C4): extents.

cmnn.weight @w = dense<1.0> : tensor<3x3x4x16xf32>

func.func @transposed_extents(%x: tensor<1x2x2x4xf32>) {
  // expected-error @below {{(C4) expects a result of type 'tensor<1x5x5x16xf32>', found 'tensor<1x4x4x16xf32>'}}
  %0 = cmnn.conv_transpose2d %x, @w {strides = array<i64: 2, 2>} : tensor<1x2x2x4xf32> -> tensor<1x4x4x16xf32>
  return
}

// -----

// matmul (C2): leading extents.

cmnn.weight @w = dense<1.0> : tensor<4x5xf32>

func.func @leading(%x: tensor<2x4xf32>) {
  // expected-error @below {{(C2) expects 4 inputs and 5 outputs, found 'tensor<2x4xf32>' and 'tensor<3x5xf32>'}}
  %0 = cmnn.matmul %x, @w : tensor<2x4xf32> -> tensor<3x5xf32>
  return
}

// -----

// batch_matmul (C4): operands.

func.func @batch_operands(%a: tensor<2x3x4xf32>) {
  // expected-error @below {{(C4) expects operands ...xMxK and ...xKxN with the same leading extents}}
  %0 = cmnn.batch_matmul %a, %a : tensor<2x3x4xf32>, tensor<2x3x4xf32> -> tensor<2x3x4xf32>
  return
}

// -----

// batch_matmul (C8): two kinds of operands.

func.func @batch_kinds(%a: tensor<2x4xf32>, %b: tensor<4x2xi8>) {
  // expected-error @below {{(C8) expects operands and result of one kind of element}}
  %0 = cmnn.batch_matmul %a, %b : tensor<2x4xf32>, tensor<4x2xi8> -> tensor<2x2xf32>
  return
}

// -----

// add (C1): extents.

func.func @broadcast(%a: tensor<1x2xi8>, %b: tensor<1x3xi8>) {
  // expected-error @below {{(C1) expects operands of one rank with extents that are equal or 1, found 'tensor<1x2xi8>' and 'tensor<1x3xi8>'}}
  %0 = cmnn.add %a, %b : tensor<1x2xi8>, tensor<1x3xi8> -> tensor<1x3xi8>
  return
}

// -----

// sub (C1): result.

func.func @sub_result(%a: tensor<2x3xf32>, %b: tensor<1x3xf32>) {
  // expected-error @below {{(C1) expects a result of type 'tensor<2x3xf32>', found 'tensor<1x3xf32>'}}
  %0 = cmnn.sub %a, %b : tensor<2x3xf32>, tensor<1x3xf32> -> tensor<1x3xf32>
  return
}

// -----

// mul (C8).

func.func @mul_kinds(%a: tensor<2xi32>) {
  // expected-error @below {{(C8) expects operands and result of one kind of element}}
  %0 = cmnn.mul %a, %a : tensor<2xi32>, tensor<2xi32> -> tensor<2xi8>
  return
}

// -----

// div (C9).

func.func @div_scale(%a: tensor<2xf32>) {
  // expected-error @below {{(C9) expects the 'f32' of operand 1 to have scale 1}}
  %0 = cmnn.div %a, %a {b_scale = 2.0 : f32} : tensor<2xf32>
  return
}

// -----

// prelu (C9): scale of a float slope.

func.func @slope_scale(%a: tensor<2xi8>, %b: tensor<2xf32>) {
  // expected-error @below {{(C9) expects the 'f32' of operand 1 to have scale 1}}
  %0 = cmnn.prelu %a, %b {b_scale = 2.0 : f32} : tensor<2xi8>, tensor<2xf32> -> tensor<2xi8>
  return
}

// -----

// clip: bounds are numbers.

func.func @nan_bound(%x: tensor<2xf32>) {
  // expected-error @below {{attribute 'low' failed to satisfy constraint: 32-bit float attribute that is a number}}
  %0 = cmnn.clip %x {low = 0x7FC00000 : f32} : tensor<2xf32>
  return
}

// -----

// functions (C1).

func.func @function_types(%x: tensor<2xf32>) {
  // expected-error @below {{failed to verify that all of {x, y} have same type}}
  %0 = "cmnn.tanh"(%x) : (tensor<2xf32>) -> tensor<3xf32>
  return
}

// -----

// softmax (C7).

func.func @softmax_axis(%x: tensor<2x3xf32>) {
  // expected-error @below {{(C7) expects an axis from 0 to 1, found 2}}
  %0 = cmnn.softmax %x {axis = 2 : i64} : tensor<2x3xf32>
  return
}

// -----

// layer_norm (C1).

cmnn.weight @g = dense<1.0> : tensor<2xf32>

func.func @norm_extents(%x: tensor<2x3xf32>) {
  // expected-error @below {{(C1) expects @g to have the extents of 'tensor<2x3xf32>' from axis 1 on, found 'tensor<2xf32>'}}
  %0 = cmnn.layer_norm %x scale @g {axis = 1 : i64} : tensor<2x3xf32>
  return
}

// -----

// layer_norm (C3).

func.func @norm_epsilon(%x: tensor<2x3xf32>) {
  // expected-error @below {{(C3) expects an epsilon of at least 0, found -1}}
  %0 = cmnn.layer_norm %x {axis = 1 : i64, epsilon = -1.0 : f32} : tensor<2x3xf32>
  return
}

// -----

// affine (C1).

cmnn.weight @s = dense<1.0> : tensor<3xf32>
cmnn.weight @b = dense<1.0> : tensor<2xf32>

func.func @affine_channels(%x: tensor<2x3xf32>) {
  // expected-error @below {{(C1) expects @b to have 3 elements, one per channel, found 2}}
  %0 = cmnn.affine %x scale @s bias @b : tensor<2x3xf32>
  return
}

// -----

// expected-note @below {{the weight is here}}
cmnn.weight @s = dense<1> : tensor<3xi32>

func.func @affine_element(%x: tensor<2x3xi8>) {
  // expected-error @below {{(C1) expects @s to be of rank 1 and 'f32', found 'tensor<3xi32>'}}
  %0 = cmnn.affine %x scale @s bias @s : tensor<2x3xi8>
  return
}

// -----

cmnn.weight @s = dense<1.0> : tensor<3xf32>

func.func @affine_range(%x: tensor<2x3xi8>) {
  // expected-error @below {{(C5) expects minimum <= maximum, found minimum 5 and maximum 4}}
  %0 = cmnn.affine %x scale @s bias @s {minimum = 5 : i8, maximum = 4 : i8} : tensor<2x3xi8>
  return
}

// -----

cmnn.weight @s = dense<1.0> : tensor<3xf32>

func.func @affine_float_scale(%x: tensor<2x3xf32>) {
  // expected-error @below {{(C9) expects the 'f32' of operand 0 to have scale 1 and zero point 0, found 2.000000e+00 and 0}}
  %0 = cmnn.affine %x scale @s bias @s {x_scale = 2.0 : f32} : tensor<2x3xf32>
  return
}

// -----

// quantize (C1).

func.func @quantize_extents(%x: tensor<2xf32>) {
  // expected-error @below {{(C1) expects a result with the extents of 'tensor<2xf32>', found 'tensor<3xi8>'}}
  %0 = cmnn.quantize %x : tensor<2xf32> -> tensor<3xi8>
  return
}

// -----

// table (C3).

func.func @short_table(%x: tensor<2xi8>) {
  // expected-error @below {{(C3) expects 256 values, found 2}}
  %0 = cmnn.table %x {values = array<i8: 1, 2>} : tensor<2xi8>
  return
}

// -----

// reduce_mean (C7): order.

func.func @axes_order(%x: tensor<2x3xf32>) {
  // expected-error @below {{(C7) expects axes in ascending order, found [1, 1]}}
  %0 = cmnn.reduce_mean %x {axes = array<i64: 1, 1>} : tensor<2x3xf32> -> tensor<2x1xf32>
  return
}

// -----

// reduce_sum (C7): range.

func.func @axes_range(%x: tensor<2x3xf32>) {
  // expected-error @below {{(C7) expects an axis from 0 to 1, found -1}}
  %0 = cmnn.reduce_sum %x {axes = array<i64: -1>} : tensor<2x3xf32> -> tensor<2x1xf32>
  return
}

// -----

// reduce_max (C4).

func.func @reduced(%x: tensor<2x3xi8>) {
  // expected-error @below {{(C4) expects a result of type 'tensor<2x1xi8>', found 'tensor<1x3xi8>'}}
  %0 = cmnn.reduce_max %x {axes = array<i64: 1>} : tensor<2x3xi8> -> tensor<1x3xi8>
  return
}

// -----

// views (C8).

func.func @view_elements(%x: tensor<2x3xi8>) {
  // expected-error @below {{(C8) expects operands and result of one kind of element}}
  %0 = cmnn.reshape %x : tensor<2x3xi8> -> tensor<6xf32>
  return
}

// -----

// slice (C3): count.

func.func @slice_count(%x: tensor<2x3xi8>) {
  // expected-error @below {{(C3) expects 2 steps, found 1}}
  %0 = cmnn.slice %x {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1>} : tensor<2x3xi8> -> tensor<1x1xi8>
  return
}

// -----

// slice (C3): range.

func.func @slice_range(%x: tensor<2x3xi8>) {
  // expected-error @below {{(C3) expects elements from 0 to 2 on axis 1, found 2 from 1 in steps of 2}}
  %0 = cmnn.slice %x {starts = array<i64: 0, 1>, sizes = array<i64: 1, 2>, steps = array<i64: 1, 2>} : tensor<2x3xi8> -> tensor<1x2xi8>
  return
}

// -----

// slice (C3): no step.

func.func @slice_step(%x: tensor<2x3xi8>) {
  // expected-error @below {{(C3) expects elements from 0 to 2 on axis 1, found 1 from 1 in steps of 0}}
  %0 = cmnn.slice %x {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 0>} : tensor<2x3xi8> -> tensor<1x1xi8>
  return
}

// -----

// concat (C4).

func.func @concat_extents(%a: tensor<2x3xi8>, %b: tensor<2x2xi8>) {
  // expected-error @below {{(C4) expects operands with the same extents on other axes}}
  %0 = cmnn.concat %a, %b {axis = 0 : i64} : tensor<2x3xi8>, tensor<2x2xi8> -> tensor<4x3xi8>
  return
}

// -----

// concat (C7).

func.func @concat_nothing() {
  // expected-error @below {{(C7) expects at least one operand, found none}}
  %0 = "cmnn.concat"() {axis = 0 : i64} : () -> tensor<4x3xi8>
  return
}

// -----

// pad (C3): count.

func.func @pad_count(%x: tensor<2x3xi8>) {
  // expected-error @below {{(C3) expects 2 low, found 1}}
  %0 = cmnn.pad edge %x {low = array<i64: 1>, high = array<i64: 0, 0>} : tensor<2x3xi8> -> tensor<3x3xi8>
  return
}

// -----

// pad (C3): reflect.

func.func @pad_reflect(%x: tensor<2x3xi8>) {
  // expected-error @below {{(C3) expects 0 to 1 elements more on axis 0, found 2}}
  %0 = cmnn.pad reflect %x {low = array<i64: 2, 0>, high = array<i64: 0, 0>} : tensor<2x3xi8> -> tensor<4x3xi8>
  return
}

// -----

// pad (C6): mode.

func.func @pad_mode(%x: tensor<2x3xi8>) {
  // expected-error @below {{(C6) expects a value with mode constant only, found 3 : i8 with edge}}
  %0 = cmnn.pad edge %x {low = array<i64: 1, 0>, high = array<i64: 0, 0>, value = 3 : i8} : tensor<2x3xi8> -> tensor<3x3xi8>
  return
}

// -----

// pad (C6): type.

func.func @pad_type(%x: tensor<2x3xi8>) {
  // expected-error @below {{(C6) expects a value of type 'i8', found 3 : i32}}
  %0 = cmnn.pad constant %x {low = array<i64: 1, 0>, high = array<i64: 0, 0>, value = 3 : i32} : tensor<2x3xi8> -> tensor<3x3xi8>
  return
}

// -----

// resize (C4).

func.func @resize_channels(%x: tensor<1x2x2x4xi8>) {
  // expected-error @below {{(C4) expects 1 images of 4 channels, found 'tensor<1x4x4x5xi8>'}}
  %0 = cmnn.resize nearest asymmetric %x {scales = array<f32: 2.0, 2.0>} : tensor<1x2x2x4xi8> -> tensor<1x4x4x5xi8>
  return
}

// -----

// resize (C6).

func.func @resize_scales(%x: tensor<1x2x2x4xi8>) {
  // expected-error @below {{(C6) expects two positive scales, found [2.000000e+00, 0.000000e+00]}}
  %0 = cmnn.resize nearest asymmetric %x {scales = array<f32: 2.0, 0.0>} : tensor<1x2x2x4xi8> -> tensor<1x4x4x4xi8>
  return
}

// -----

// resize (C9).

func.func @resize_nearest(%x: tensor<1x2x2x4xi8>) {
  // expected-error @below {{(C9) expects a nearest resize to have no quantisation}}
  %0 = cmnn.resize nearest asymmetric %x {scales = array<f32: 2.0, 2.0>, x_scale = 0.5 : f32} : tensor<1x2x2x4xi8> -> tensor<1x4x4x4xi8>
  return
}

// -----

// depth_to_space (C4).

func.func @block(%x: tensor<1x2x2x4xi8>) {
  // expected-error @below {{(C4) expects channels that the square of the block divides}}
  %0 = cmnn.depth_to_space %x {block = 3 : i64} : tensor<1x2x2x4xi8> -> tensor<1x6x6x1xi8>
  return
}

// -----

// gather (C1).

func.func @gather_table(%ids: tensor<3xi64>) {
  // expected-error @below {{(C1) expects @t to be a cmnn.weight, found none}}
  %0 = cmnn.gather @t [%ids] : tensor<3xi64> -> tensor<3x4xi8>
  return
}

// -----

// gather (C4).

cmnn.weight @t = dense<1> : tensor<9x4xi8>

func.func @gather_row(%ids: tensor<3xi64>) {
  // expected-error @below {{(C4) expects a result of type 'tensor<3x4xi8>', found 'tensor<3x5xi8>'}}
  %0 = cmnn.gather @t [%ids] : tensor<3xi64> -> tensor<3x5xi8>
  return
}
