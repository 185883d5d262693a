// Which vector operations join which stage.
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmnn-to-cmflow)' | FileCheck %s

// A sum joins the latest layer that computes one of its operands; the other
// operand is read. What follows it pixel by pixel joins, too: a requantisation
// as a table, -128 ... -1 to 0 here and 2 v above.

// CHECK-LABEL: cmflow.graph @joins {
// CHECK:       cmflow.stage @conv2d_a domain [4, 4] {
// CHECK-NEXT:    cmflow.read @x
// CHECK:         cmflow.write %{{.*}}, @a
// CHECK:       cmflow.stage @conv2d_r domain [4, 4] {
// CHECK-NEXT:    cmflow.read @a
// CHECK-NEXT:    cmflow.mvm
// CHECK-NEXT:    %[[B:.*]] = cmflow.requantize {{.*}}cm.tensor = [#cmflow.tensor<"b"
// CHECK-NEXT:    %[[A:.*]] = cmflow.read @a <kernel[1, 1] strides[1, 1] offsets[0, 0] dilations[1, 1] channels[0, 4] elements[0, 4] fill 0> : vector<4xi8>
// CHECK-NEXT:    %[[S:.*]] = cmflow.add_quantized %[[A]], %[[B]] {a_scale = 5.000000e-01 : f32, a_zero_point = 1 : i32, b_scale = 2.500000e-01 : f32, b_zero_point = 2 : i32, cm.tensor = [#cmflow.tensor<"s"{{.*}}>], maximum = 9 : i32, y_scale = 1.000000e+00 : f32, y_zero_point = 3 : i32} : vector<4xi8>
// CHECK-NEXT:    %[[R:.*]] = cmflow.lookup %[[S]] [0, 0, {{(0, )*}}2, 4, 6, 8, {{.*}}, 124, 126, 127, {{(127, )*}}127] {cm.tensor = [#cmflow.tensor<"r"
// CHECK-NEXT:    cmflow.write %[[R]], @r
// CHECK-NOT:   cmflow.stage @
// CHECK:       cmflow.stream @conv2d_a to @conv2d_r over @a
// CHECK-NEXT:  cmflow.stream @conv2d_r to @output_r over @r
cmnn.weight @w = dense<1> : tensor<1x1x4x4xi8>
func.func @joins(%x: tensor<1x4x4x4xi8> {cm.tensor = "x"}) -> tensor<1x4x4x4xi8> {
  %a = cmnn.conv2d %x, @w {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "a"} : tensor<1x4x4x4xi8> -> tensor<1x4x4x4xi8>
  %b = cmnn.conv2d %a, @w {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "b"} : tensor<1x4x4x4xi8> -> tensor<1x4x4x4xi8>
  %s = cmnn.add %a, %b {a_scale = 0.5 : f32, a_zero_point = 1 : i8, b_scale = 0.25 : f32, b_zero_point = 2 : i8, y_scale = 1.0 : f32, y_zero_point = 3 : i8, maximum = 9 : i8, cm.tensor = "s"} : tensor<1x4x4x4xi8>
  %r = cmnn.requantize %s {x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 0.5 : f32, y_zero_point = 0 : i8, minimum = 0 : i8, cm.tensor = "r"} : tensor<1x4x4x4xi8>
  return %r : tensor<1x4x4x4xi8>
}

// -----

// Both operands are inputs: a stage without a crossbar.

// CHECK-LABEL: cmflow.graph @inputs {
// CHECK:       cmflow.stage @add_s domain [2, 2] {
// CHECK-NEXT:    %[[A:.*]] = cmflow.read @a
// CHECK-NEXT:    %[[B:.*]] = cmflow.read @b
// CHECK-NEXT:    cmflow.add_quantized %[[A]], %[[B]]
// CHECK:       cmflow.stream @input_a to @add_s over @a
// CHECK-NEXT:  cmflow.stream @input_b to @add_s over @b
func.func @inputs(%a: tensor<1x2x2x4xi8> {cm.tensor = "a"}, %b: tensor<1x2x2x4xi8> {cm.tensor = "b"}) -> tensor<1x2x2x4xi8> {
  %s = cmnn.add %a, %b {a_scale = 0.5 : f32, a_zero_point = 0 : i8, b_scale = 0.25 : f32, b_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "s"} : tensor<1x2x2x4xi8>
  return %s : tensor<1x2x2x4xi8>
}

// -----

// A value that others use, too, is written: the sum is a stage of its own. The
// sum of that value with itself is not.

// CHECK-LABEL: cmflow.graph @used_twice {
// CHECK:       cmflow.stage @conv2d_a
// CHECK:         cmflow.write %{{.*}}, @a
// CHECK:       cmflow.stage @add_d domain [4, 4] {
// CHECK-NEXT:    cmflow.read @a
// CHECK-NEXT:    cmflow.read @x
// CHECK-NEXT:    %[[S:.*]] = cmflow.add_quantized
// CHECK-NEXT:    %[[D:.*]] = cmflow.add_quantized %[[S]], %[[S]]
// CHECK-NEXT:    cmflow.write %[[D]], @d
cmnn.weight @w = dense<1> : tensor<1x1x4x4xi8>
func.func @used_twice(%x: tensor<1x4x4x4xi8> {cm.tensor = "x"}) -> (tensor<1x4x4x4xi8>, tensor<1x4x4x4xi8>) {
  %a = cmnn.conv2d %x, @w {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "a"} : tensor<1x4x4x4xi8> -> tensor<1x4x4x4xi8>
  %s = cmnn.add %a, %x {a_scale = 0.5 : f32, a_zero_point = 0 : i8, b_scale = 0.25 : f32, b_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "s"} : tensor<1x4x4x4xi8>
  %d = cmnn.add %s, %s {a_scale = 0.5 : f32, a_zero_point = 0 : i8, b_scale = 0.25 : f32, b_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "d"} : tensor<1x4x4x4xi8>
  return %a, %d : tensor<1x4x4x4xi8>, tensor<1x4x4x4xi8>
}

// -----

// Softmax needs all channels: it joins one column tile.

// CHECK-LABEL: cmflow.graph @softmax_one_tile {
// CHECK:       cmflow.stage @matmul_p
// CHECK:         cmflow.requantize
// CHECK-NEXT:    cmflow.softmax %{{.*}} {{{.*}}x_scale = 1.250000e-01 : f32, y_scale = 3.906250e-03 : f32, y_zero_point = -128 : i32} : vector<10xi8>
// CHECK-NOT:   cmflow.stage @
cmnn.weight @w = dense<1> : tensor<16x10xi8>
func.func @softmax_one_tile(%x: tensor<1x16xi8> {cm.tensor = "x"}) -> tensor<1x10xi8> {
  %y = cmnn.matmul %x, @w {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 0.125 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x16xi8> -> tensor<1x10xi8>
  %p = cmnn.softmax %y {x_scale = 0.125 : f32, x_zero_point = 0 : i8, y_scale = 0.00390625 : f32, y_zero_point = -128 : i8, cm.tensor = "p"} : tensor<1x10xi8>
  return %p : tensor<1x10xi8>
}

// -----

// Not several: they are written, and a stage of the DPU reads them together.
// Its requantisation, before it, joins each tile with the channels of that.

// CHECK-LABEL: cmflow.graph @softmax_tiles {
// CHECK:       cmflow.stage @matmul_r.c0
// CHECK:         cmflow.lookup
// CHECK-NEXT:    cmflow.write %{{.*}}, @r <strides[1, 1] offsets[0, 0] channels[0,
// CHECK:       cmflow.stage @matmul_r.c1
// CHECK:         cmflow.lookup
// CHECK-NEXT:    cmflow.write %{{.*}}, @r
// CHECK:       cmflow.stage @softmax_p domain [1, 1] {
// CHECK-NEXT:    cmflow.read @r <{{.*}} elements[0, 300] fill 0> : vector<300xi8>
// CHECK-NEXT:    cmflow.softmax
cmnn.weight @w = dense<1> : tensor<16x300xi8>
func.func @softmax_tiles(%x: tensor<1x16xi8> {cm.tensor = "x"}) -> tensor<1x300xi8> {
  %y = cmnn.matmul %x, @w {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 0.125 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x16xi8> -> tensor<1x300xi8>
  %r = cmnn.requantize %y {x_scale = 0.125 : f32, x_zero_point = 0 : i8, y_scale = 0.25 : f32, y_zero_point = 0 : i8, cm.tensor = "r"} : tensor<1x300xi8>
  %p = cmnn.softmax %r {x_scale = 0.25 : f32, x_zero_point = 0 : i8, y_scale = 0.00390625 : f32, y_zero_point = -128 : i8, cm.tensor = "p"} : tensor<1x300xi8>
  return %p : tensor<1x300xi8>
}

// -----

// Pools are stages of the DPU, and vector operations join them. The average
// pool's fill is the zero point, so that padding counts as real zero.

// CHECK-LABEL: cmflow.graph @pools {
// CHECK:       cmflow.stage @max_pool_m domain [4, 4] {
// CHECK-NEXT:    cmflow.max_pool @x <kernel[3, 2] strides[2, 2] offsets[-1, 0] dilations[1, 1] channels[0, 4] elements[0, 24] fill 0> {cm.tensor = {{.*}}} : vector<4xi8>
// CHECK-NEXT:    cmflow.write
// CHECK:       cmflow.stage @average_pool_a domain [2, 2] {
// CHECK-NEXT:    cmflow.average_pool @m <kernel[3, 3] strides[2, 2] offsets[-1, -1] dilations[1, 1] channels[0, 4] elements[0, 36] fill -5> {cm.tensor = {{.*}}, count_include_pad, minimum = 0 : i32, x_scale = 5.000000e-01 : f32, x_zero_point = -5 : i32, y_scale = 1.000000e+00 : f32, y_zero_point = 0 : i32} : vector<4xi8>
// CHECK:       cmflow.stage @global_average_pool_r domain [1, 1] {
// CHECK-NEXT:    cmflow.global_average_pool @a <kernel[2, 2] strides[1, 1] offsets[0, 0] dilations[1, 1] channels[0, 4] elements[0, 16] fill 0> {{{.*}}y_zero_point = 4 : i32} : vector<4xi8>
// CHECK-NEXT:    cmflow.lookup
// CHECK-NEXT:    cmflow.write %{{.*}}, @r
// CHECK:       cmflow.output @output_r reads @r binding <"output0" "int8"[1, 4] permutation[0]
func.func @pools(%x: tensor<1x7x8x4xi8> {cm.tensor = "x"}) -> tensor<1x4xi8> {
  %m = cmnn.max_pool %x {kernel = array<i64: 3, 2>, strides = array<i64: 2, 2>, pads = array<i64: 1, 0, 1, 0>, cm.tensor = "m"} : tensor<1x7x8x4xi8> -> tensor<1x4x4x4xi8>
  %a = cmnn.average_pool %m {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 0, 0>, count_include_pad, x_scale = 0.5 : f32, x_zero_point = -5 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, minimum = 0 : i8, cm.tensor = "a"} : tensor<1x4x4x4xi8> -> tensor<1x2x2x4xi8>
  %g = cmnn.global_average_pool %a {x_scale = 0.5 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 4 : i8, cm.tensor = "g"} : tensor<1x2x2x4xi8> -> tensor<1x1x1x4xi8>
  %flat = cmnn.reshape %g {cm.tensor = "flat"} : tensor<1x1x1x4xi8> -> tensor<1x4xi8>
  %r = cmnn.requantize %flat {x_scale = 1.0 : f32, x_zero_point = 4 : i8, y_scale = 0.5 : f32, y_zero_point = 0 : i8, cm.tensor = "r"} : tensor<1x4xi8>
  return %r : tensor<1x4xi8>
}

// -----

// An input that is an output, and one that nobody needs.

// CHECK-LABEL: cmflow.graph @through {
// CHECK-NEXT:  cmflow.object @x : 2x2x4 i8
// CHECK-NEXT:  cmflow.input @input_x writes @x
// CHECK-NEXT:  cmflow.object @u : 1x1x4 i8
// CHECK-NEXT:  cmflow.input @input_u writes @u
// CHECK-NEXT:  cmflow.output @output_x reads @x
// CHECK-NEXT:  cmflow.stream @input_x to @output_x over @x
// CHECK-NEXT:  }
func.func @through(%x: tensor<1x2x2x4xi8> {cm.tensor = "x"}, %unused: tensor<1x4xi8> {cm.tensor = "u"}) -> tensor<1x2x2x4xi8> {
  return %x : tensor<1x2x2x4xi8>
}
