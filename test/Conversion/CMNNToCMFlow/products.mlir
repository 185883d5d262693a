// Convolutions and products become stages, one for each tile.
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmnn-to-cmflow{reduction=chain})' | FileCheck %s

// One tile: 18 rows and 4 columns of 64 x 64. The input's zero point is the
// fill of the padding, and folded into the bias: b[o] - (-3) * (sum of w[o]).

// CHECK-LABEL: cmflow.graph @main {
// CHECK-NEXT:  cmflow.object @x : 5x6x2 i8
// CHECK-NEXT:  cmflow.input @input_x writes @x binding <"x" "uint8"[1, 2, 5, 6] permutation[1, 2, 0] scale 5.000000e-01 : f32 zero_point -3>
// CHECK-NEXT:  cmflow.object @y : 3x3x4 i8
// CHECK-NEXT:  cmflow.stage @conv2d_y domain [3, 3] {
// CHECK-NEXT:    %[[X:.*]] = cmflow.read @x <kernel[3, 3] strides[2, 2] offsets[-1, 0] dilations[1, 1] channels[0, 2] elements[0, 18] fill -3> : vector<18xi8>
// CHECK-NEXT:    %[[A:.*]] = cmflow.mvm %[[X]], @w groups 1 channels [0, 2] elements [0, 18] columns [0, 4] : vector<18xi8> -> vector<4xi32>
// CHECK-NEXT:    %[[B:.*]] = arith.constant dense<[154, 164, 174, 184]> : vector<4xi32>
// CHECK-NEXT:    %[[S:.*]] = arith.addi %[[A]], %[[B]] : vector<4xi32>
// CHECK-NEXT:    %[[Y:.*]] = cmflow.requantize %[[S]] zero_point 7 {cm.tensor = [#cmflow.tensor<"y"[1, 4, 3, 3] permutation[1, 2, 0]>], maximum = 100 : i32, minimum = 7 : i32, scales = array<f32: 1.250000e-01, 2.500000e-01, 5.000000e-01, 1.000000e+00>} : vector<4xi32> -> vector<4xi8>
// CHECK-NEXT:    cmflow.write %[[Y]], @y <strides[1, 1] offsets[0, 0] channels[0, 4]> : vector<4xi8>
// CHECK-NEXT:  }
// CHECK-NEXT:  cmflow.output @output_y reads @y binding <"y" "int8"[1, 4, 3, 3] permutation[1, 2, 0] scale 1.000000e+00 : f32 zero_point 0>
// CHECK-NEXT:  cmflow.stream @input_x to @conv2d_y over @x
// CHECK-NEXT:  cmflow.stream @conv2d_y to @output_y over @y
cmnn.weight @w = dense<1> : tensor<3x3x2x4xi8>
cmnn.weight @b = dense<[100, 110, 120, 130]> : tensor<4xi32>
func.func @main(%x: tensor<1x5x6x2xi8> {cm.tensor = "x", cm.host_type = "uint8", cm.scale = 0.5 : f32, cm.zero_point = -3 : i8}) -> (tensor<1x3x3x4xi8> {cm.tensor = "y"}) {
  %y = cmnn.conv2d %x, @w bias @b {pads = array<i64: 1, 0, 1, 1>, strides = array<i64: 2, 2>, x_scale = 0.5 : f32, x_zero_point = -3 : i8, w_scales = array<f32: 0.25, 0.5, 1.0, 2.0>, y_scale = 1.0 : f32, y_zero_point = 7 : i8, minimum = 7 : i8, maximum = 100 : i8, cm.tensor = "y"} : tensor<1x5x6x2xi8> -> tensor<1x3x3x4xi8>
  return %y : tensor<1x3x3x4xi8>
}

// -----

// No bias and no zero point: nothing is added. One scale stays one.

// CHECK-LABEL: cmflow.stage @conv2d_y domain [4, 4]
// CHECK-NEXT:    cmflow.read @x <kernel[1, 1] strides[1, 1] offsets[0, 0] dilations[1, 1] channels[0, 4] elements[0, 4] fill 0>
// CHECK-NEXT:    cmflow.mvm
// CHECK-NEXT:    cmflow.requantize %{{.*}} zero_point 0 {{{.*}}scales = array<f32: 1.250000e-01>}
cmnn.weight @w = dense<1> : tensor<1x1x4x8xi8>
func.func @main(%x: tensor<1x4x4x4xi8> {cm.tensor = "x"}) -> (tensor<1x4x4x8xi8> {cm.tensor = "y"}) {
  %y = cmnn.conv2d %x, @w {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x4x4x4xi8> -> tensor<1x4x4x8xi8>
  return %y : tensor<1x4x4x8xi8>
}

// -----

// Row tiles: 144 rows are a chain of three stages. Only the last adds the bias
// and requantises; the others hand int32 on.

// CHECK-LABEL: cmflow.graph @main {
// CHECK:       cmflow.object @conv2d_y.p0 : 4x4x4 i32
// CHECK-NEXT:  cmflow.stage @conv2d_y.r0 of "conv2d_y" domain [4, 4] {
// CHECK-NEXT:    cmflow.read @x <kernel[3, 3] {{.*}} channels[0, 16] elements[0, [[E1:[0-9]+]]] fill 0>
// CHECK-NEXT:    %[[A:.*]] = cmflow.mvm {{.*}} columns [0, 4]
// CHECK-NEXT:    cmflow.write %[[A]], @conv2d_y.p0 <strides[1, 1] offsets[0, 0] channels[0, 4]> : vector<4xi32>
// CHECK:       cmflow.object @conv2d_y.p1 : 4x4x4 i32
// CHECK-NEXT:  cmflow.stage @conv2d_y.r1 of "conv2d_y" domain [4, 4] {
// CHECK-NEXT:    cmflow.read @x <kernel[3, 3] {{.*}} channels[0, 16] elements{{\[}}[[E1]], [[E2:[0-9]+]]] fill 0>
// CHECK-NEXT:    %[[A:.*]] = cmflow.mvm
// CHECK-NEXT:    %[[P:.*]] = cmflow.read @conv2d_y.p0 <kernel[1, 1] strides[1, 1] offsets[0, 0] dilations[1, 1] channels[0, 4] elements[0, 4] fill 0> : vector<4xi32>
// CHECK-NEXT:    %[[S:.*]] = arith.addi %[[A]], %[[P]]
// CHECK-NEXT:    cmflow.write %[[S]], @conv2d_y.p1
// CHECK:       cmflow.stage @conv2d_y domain [4, 4] {
// CHECK-NEXT:    cmflow.read @x <kernel[3, 3] {{.*}} channels[0, 16] elements{{\[}}[[E2]], 144] fill 0>
// CHECK-NEXT:    cmflow.mvm
// CHECK-NEXT:    cmflow.read @conv2d_y.p1
// CHECK-NEXT:    arith.addi
// CHECK-NEXT:    arith.constant dense<[1, 2, 3, 4]>
// CHECK-NEXT:    arith.addi
// CHECK-NEXT:    cmflow.requantize
// CHECK-NEXT:    cmflow.write %{{.*}}, @y
// CHECK:       cmflow.stream @input_x to @conv2d_y.r0 over @x
// CHECK-NEXT:  cmflow.stream @input_x to @conv2d_y.r1 over @x
// CHECK-NEXT:  cmflow.stream @conv2d_y.r0 to @conv2d_y.r1 over @conv2d_y.p0
// CHECK-NEXT:  cmflow.stream @input_x to @conv2d_y over @x
// CHECK-NEXT:  cmflow.stream @conv2d_y.r1 to @conv2d_y over @conv2d_y.p1
// CHECK-NEXT:  cmflow.stream @conv2d_y to @output_y over @y
cmnn.weight @w = dense<1> : tensor<3x3x16x4xi8>
cmnn.weight @b = dense<[1, 2, 3, 4]> : tensor<4xi32>
func.func @main(%x: tensor<1x4x4x16xi8> {cm.tensor = "x"}) -> (tensor<1x4x4x4xi8> {cm.tensor = "y"}) {
  %y = cmnn.conv2d %x, @w bias @b {pads = array<i64: 1, 1, 1, 1>, x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x4x4x16xi8> -> tensor<1x4x4x4xi8>
  return %y : tensor<1x4x4x4xi8>
}

// -----

// 200 columns take four crossbars side by side of one core: one stage.

// CHECK-LABEL: cmflow.graph @main {
// CHECK:       cmflow.stage @matmul_y domain [1, 1] {
// CHECK:         cmflow.mvm {{.*}} columns [0, 200]
// CHECK-NOT:   cmflow.stage
cmnn.weight @w = dense<1> : tensor<64x200xi8>
func.func @main(%x: tensor<1x64xi8> {cm.tensor = "x"}) -> (tensor<1x200xi8> {cm.tensor = "y"}) {
  %y = cmnn.matmul %x, @w {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x64xi8> -> tensor<1x200xi8>
  return %y : tensor<1x200xi8>
}

// -----

// Column tiles: 300 columns are more than a core has. Each tile writes its
// channels of the result and has its part of bias and scales.

// CHECK-LABEL: cmflow.graph @main {
// CHECK:       cmflow.stage @matmul_y.c0 of "matmul_y" domain [1, 1] {
// CHECK:         cmflow.mvm {{.*}} columns [0, [[C:[0-9]+]]]
// CHECK:         cmflow.requantize
// CHECK-NEXT:    cmflow.write %{{.*}}, @y <strides[1, 1] offsets[0, 0] channels[0, [[C]]]>
// CHECK:       cmflow.stage @matmul_y.c1 of "matmul_y" domain [1, 1] {
// CHECK:         cmflow.mvm {{.*}} columns {{\[}}[[C]], 300]
// CHECK:         cmflow.write %{{.*}}, @y <strides[1, 1] offsets[0, 0] channels{{\[}}[[C]], 300]>
// CHECK-NOT:   cmflow.stage @
// CHECK:       cmflow.stream @matmul_y.c0 to @output_y over @y
// CHECK-NEXT:  cmflow.stream @matmul_y.c1 to @output_y over @y
cmnn.weight @w = dense<1> : tensor<64x300xi8>
func.func @main(%x: tensor<1x64xi8> {cm.tensor = "x"}) -> (tensor<1x300xi8> {cm.tensor = "y"}) {
  %y = cmnn.matmul %x, @w {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x64xi8> -> tensor<1x300xi8>
  return %y : tensor<1x300xi8>
}

// -----

// Both: the chains of the column tiles do not meet.

// CHECK-LABEL: cmflow.graph @main {
// CHECK:       cmflow.stage @matmul_y.c0.r0
// CHECK:       cmflow.stage @matmul_y.c0 of "matmul_y" domain
// CHECK:         cmflow.read @matmul_y.c0.p0
// CHECK:       cmflow.stage @matmul_y.c1.r0
// CHECK:       cmflow.stage @matmul_y.c1 of "matmul_y" domain
// CHECK:         cmflow.read @matmul_y.c1.p0
cmnn.weight @w = dense<1> : tensor<100x300xi8>
func.func @main(%x: tensor<1x100xi8> {cm.tensor = "x"}) -> (tensor<1x300xi8> {cm.tensor = "y"}) {
  %y = cmnn.matmul %x, @w {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x100xi8> -> tensor<1x300xi8>
  return %y : tensor<1x300xi8>
}

// -----

// Depthwise: 8 groups of 9 rows make 72 block-diagonal rows. Tiles take whole
// channels, so that no column needs a partial sum.

// CHECK-LABEL: cmflow.graph @main {
// CHECK-NOT:   i32
// CHECK:       cmflow.stage @conv2d_y.c0 of "conv2d_y" domain [4, 4] {
// CHECK-NEXT:    cmflow.read @x <kernel[3, 3] {{.*}} channels[0, [[C:[0-9]+]]] elements[0, [[E:[0-9]+]]] fill 0>
// CHECK-NEXT:    cmflow.mvm {{.*}}, @w groups 8 channels [0, [[C]]] elements [0, [[E]]] columns [0, [[C]]]
// CHECK:       cmflow.stage @conv2d_y.c1 of "conv2d_y" domain [4, 4] {
// CHECK-NEXT:    cmflow.read @x <kernel[3, 3] {{.*}} channels{{\[}}[[C]], 8]
// CHECK-NEXT:    cmflow.mvm {{.*}}, @w groups 8 channels [[[C]], 8] {{.*}} columns {{\[}}[[C]], 8]
cmnn.weight @w = dense<1> : tensor<3x3x1x8xi8>
func.func @main(%x: tensor<1x4x4x8xi8> {cm.tensor = "x"}) -> (tensor<1x4x4x8xi8> {cm.tensor = "y"}) {
  %y = cmnn.conv2d %x, @w {pads = array<i64: 1, 1, 1, 1>, groups = 8 : i64, x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x4x4x8xi8> -> tensor<1x4x4x8xi8>
  return %y : tensor<1x4x4x8xi8>
}

// -----

// Two groups of two channels fit one crossbar as blocks.

// CHECK-LABEL: cmflow.stage @conv2d_y domain [4, 4]
// CHECK-NEXT:    cmflow.read @x {{.*}} channels[0, 4] elements[0, 4]
// CHECK-NEXT:    cmflow.mvm {{.*}}, @w groups 2 channels [0, 4] elements [0, 4] columns [0, 6]
cmnn.weight @w = dense<1> : tensor<1x1x2x6xi8>
func.func @main(%x: tensor<1x4x4x4xi8> {cm.tensor = "x"}) -> (tensor<1x4x4x6xi8> {cm.tensor = "y"}) {
  %y = cmnn.conv2d %x, @w {groups = 2 : i64, x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x4x4x4xi8> -> tensor<1x4x4x6xi8>
  return %y : tensor<1x4x4x6xi8>
}

// -----

// A product over an image reads it as one window; the flattened tensor is a
// second name of the image.

// CHECK-LABEL: cmflow.graph @main {
// CHECK:       cmflow.object @t : 4x3x2 i8
// CHECK-NOT:   cmflow.object @flat
// CHECK:       cm.tensor = [#cmflow.tensor<"t"[1, 2, 4, 3] permutation[1, 2, 0]>, #cmflow.tensor<"flat"[1, 24] permutation[0]>]
// CHECK:       cmflow.stage @matmul_y domain [1, 1] {
// CHECK-NEXT:    cmflow.read @t <kernel[4, 3] strides[1, 1] offsets[0, 0] dilations[1, 1] channels[0, 2] elements[0, 24] fill 5>
// CHECK-NEXT:    cmflow.mvm {{.*}}, @f groups 1 channels [0, 2] elements [0, 24] columns [0, 2]
cmnn.weight @w = dense<1> : tensor<1x1x1x2xi8>
cmnn.weight @f = dense<1> : tensor<24x2xi8>
func.func @main(%x: tensor<1x4x3x1xi8> {cm.tensor = "x"}) -> (tensor<1x2xi8> {cm.tensor = "y"}) {
  %t = cmnn.conv2d %x, @w {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "t"} : tensor<1x4x3x1xi8> -> tensor<1x4x3x2xi8>
  %flat = cmnn.reshape %t {cm.tensor = "flat"} : tensor<1x4x3x2xi8> -> tensor<1x24xi8>
  %y = cmnn.matmul %flat, @f {x_scale = 0.5 : f32, x_zero_point = 5 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x24xi8> -> tensor<1x2xi8>
  return %y : tensor<1x2xi8>
}
