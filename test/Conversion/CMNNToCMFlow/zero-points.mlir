// Zero points of weights: a column of ones gives the sum of the inputs of each
// tile, and the DPU takes zero point times sum out. The input's zero point is
// folded into the bias: b - x_zero * (sum of (w - w_zero)).
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmnn-to-cmflow)' | FileCheck %s

// CHECK-LABEL: cmflow.graph @main {
// CHECK:       cmflow.stage @conv2d_y.r0
// CHECK:         %[[A:.*]] = cmflow.mvm %{{.*}}, @w groups 1 channels [0, 8] elements [0, 40] columns [0, 4] sums 1 : vector<40xi8> -> vector<5xi32>
// CHECK-NEXT:    %[[B:.*]] = cmflow.subtract_zero_points %[[A]] [5, 6, 7, 8] : vector<5xi32> -> vector<4xi32>
// CHECK-NEXT:    cmflow.write %[[B]], @conv2d_y.p0
// CHECK:       cmflow.stage @conv2d_y domain
// CHECK:         %[[A:.*]] = cmflow.mvm {{.*}} sums 1 : vector<32xi8> -> vector<5xi32>
// CHECK-NEXT:    %[[B:.*]] = cmflow.subtract_zero_points %[[A]] [5, 6, 7, 8]
// CHECK-NEXT:    %[[P:.*]] = cmflow.read @conv2d_y.p0
// CHECK-NEXT:    %[[S:.*]] = arith.addi %[[B]], %[[P]]
// CHECK-NEXT:    %[[K:.*]] = arith.constant dense<[-864, -1080, -1296, -1512]>
cmnn.weight @w = dense<1> : tensor<3x3x8x4xi8>
func.func @main(%x: tensor<1x4x4x8xi8> {cm.tensor = "x"}) -> (tensor<1x4x4x4xi8> {cm.tensor = "y"}) {
  %y = cmnn.conv2d %x, @w {pads = array<i64: 1, 1, 1, 1>, x_scale = 0.5 : f32, x_zero_point = -3 : i8, w_scales = array<f32: 0.25>, w_zero_points = array<i8: 5, 6, 7, 8>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x4x4x8xi8> -> tensor<1x4x4x4xi8>
  return %y : tensor<1x4x4x4xi8>
}

// -----

// One sum for each group of a tile; one zero point stays one.

// CHECK-LABEL: cmflow.graph @main {
// CHECK:       cmflow.mvm {{.*}} groups 4 channels [0, 4] elements [0, 36] columns [0, 8] sums 4 : vector<36xi8> -> vector<12xi32>
// CHECK-NEXT:  cmflow.subtract_zero_points %{{.*}} [5] : vector<12xi32> -> vector<8xi32>
cmnn.weight @w = dense<1> : tensor<3x3x1x8xi8>
func.func @main(%x: tensor<1x4x4x4xi8> {cm.tensor = "x"}) -> (tensor<1x4x4x8xi8> {cm.tensor = "y"}) {
  %y = cmnn.conv2d %x, @w {groups = 4 : i64, pads = array<i64: 1, 1, 1, 1>, x_scale = 0.5 : f32, w_scales = array<f32: 0.25>, w_zero_points = array<i8: 5>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, x_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x4x4x4xi8> -> tensor<1x4x4x8xi8>
  return %y : tensor<1x4x4x8xi8>
}

// -----

// Zero points of 0 need no column.

// CHECK-LABEL: cmflow.graph @main {
// CHECK-NOT:   sums
// CHECK-NOT:   subtract_zero_points
cmnn.weight @w = dense<1> : tensor<4x8xi8>
func.func @main(%x: tensor<1x4xi8> {cm.tensor = "x"}) -> (tensor<1x8xi8> {cm.tensor = "y"}) {
  %y = cmnn.matmul %x, @w {x_scale = 0.5 : f32, w_scales = array<f32: 0.25>, w_zero_points = array<i8: 0>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, x_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x4xi8> -> tensor<1x8xi8>
  return %y : tensor<1x8xi8>
}
