// Heads are ranges of channels: each has a stage of scores and one of values, whose
// results lie side by side.
// RUN: cm-opt %s --split-input-file --cm-split-heads | FileCheck %s --check-prefix=SPLIT
// RUN: sed '/^\/\/ -----/,$d' %s > %t.first.mlir
// RUN: cm-opt %t.first.mlir --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-split-heads,cmnn-verify-contract,cm-convert-cmnn-to-cmflow)' | FileCheck %s

// SPLIT:      %[[Q1:.*]] = cmnn.slice %arg0 {sizes = array<i64: 1, 5, 3>, starts = array<i64: 0, 0, 3>, steps = array<i64: 1, 1, 1>}
// SPLIT:      %[[K1:.*]] = cmnn.slice %arg1 {sizes = array<i64: 1, 5, 3>, starts = array<i64: 0, 0, 3>
// SPLIT:      %[[T1:.*]] = cmnn.transpose %[[K1]] {permutation = array<i64: 0, 2, 1>}
// SPLIT:      %[[S1:.*]] = cmnn.batch_matmul %[[Q1]], %[[T1]] {{.*}}cm.channel = 5 : i64, cm.part = [#cmflow.tensor<"s"[1, 2, 5, 5] permutation[1, 0, 2]>]
// SPLIT:      %[[M1:.*]] = cmnn.mul %[[S1]]
// SPLIT:      %[[P1:.*]] = cmnn.softmax %[[M1]] {axis = 2 : i64
// SPLIT:      %[[Y1:.*]] = cmnn.batch_matmul %[[P1]], {{.*}}cm.channel = 3 : i64, cm.part = [#cmflow.tensor<"y"[1, 5, 6] permutation[0, 1]>]
// SPLIT:      cmnn.concat %{{.*}}, %[[Y1]] {axis = 2 : i64, cm.tensor = "y"}
// SPLIT-NOT:  cmnn.reshape %arg

// CHECK:      cmflow.stage @batch_matmul_s_{{.*}} domain [1, 5] {
// CHECK-NEXT:   %[[Q:.*]] = cmflow.read @q <kernel[1, 1] strides[1, 1] offsets[0, 0] dilations[1, 1] channels[3, 6] elements[0, 3] fill 0>
// CHECK-NEXT:   %[[K:.*]] = cmflow.read @k <kernel[1, 5] strides[0, 0] offsets[0, 0] dilations[1, 1] channels[3, 6] elements[0, 15] fill 0>
// CHECK-NEXT:   %[[S:.*]] = cmflow.multiply_matrix %[[Q]], %[[K]] [1, -2] transposed
// CHECK-NEXT:   %[[R:.*]] = cmflow.requantize %[[S]] zero_point 0 {cm.channel = 5 : i64, cm.tensor = [#cmflow.tensor<"s"[1, 2, 5, 5] permutation[1, 0, 2]>], scales = array<f32: 5.000000e-01>}
// CHECK-NEXT:   %[[C:.*]] = cmflow.constants [1, 1] [3, 3, 3, 3, 3]
// CHECK-NEXT:   %[[M:.*]] = cmflow.mul_quantized %[[R]], %[[C]]
// CHECK-NEXT:   %[[P:.*]] = cmflow.softmax %[[M]]
// CHECK-NEXT:   cmflow.write %[[P]], @[[SHARES:.*]] <strides[1, 1] offsets[0, 0] channels[0, 5]>
// CHECK:      cmflow.stage @[[HEAD:batch_matmul_y_.*]] domain [1, 5] {
// CHECK-NEXT:   %[[X:.*]] = cmflow.read @[[SHARES]] <kernel[1, 1] strides[1, 1] offsets[0, 0] dilations[1, 1] channels[0, 5]
// CHECK-NEXT:   %[[V:.*]] = cmflow.read @v <kernel[1, 5] strides[0, 0] offsets[0, 0] dilations[1, 1] channels[3, 6] elements[0, 15] fill 0>
// CHECK-NEXT:   %[[D:.*]] = cmflow.multiply_matrix %[[X]], %[[V]] [-128, 0] : vector<5xi8>, vector<15xi8> -> vector<3xi32>
// CHECK-NEXT:   %[[Y:.*]] = cmflow.requantize %[[D]]
// CHECK-NEXT:   cmflow.write %[[Y]], @y <strides[1, 1] offsets[0, 0] channels[3, 6]>
cmnn.weight @scale = dense<3> : tensor<1x1x1x1xi8>
func.func @main(%q: tensor<1x5x6xi8> {cm.tensor = "q"}, %k: tensor<1x5x6xi8> {cm.tensor = "k"}, %v: tensor<1x5x6xi8> {cm.tensor = "v"}) -> (tensor<1x5x6xi8> {cm.tensor = "y"}) {
  %0 = cmnn.reshape %q : tensor<1x5x6xi8> -> tensor<1x5x2x3xi8>
  %1 = cmnn.transpose %0 {permutation = array<i64: 0, 2, 1, 3>} : tensor<1x5x2x3xi8> -> tensor<1x2x5x3xi8>
  %2 = cmnn.reshape %k : tensor<1x5x6xi8> -> tensor<1x5x2x3xi8>
  %3 = cmnn.transpose %2 {permutation = array<i64: 0, 2, 3, 1>} : tensor<1x5x2x3xi8> -> tensor<1x2x3x5xi8>
  %4 = cmnn.batch_matmul %1, %3 {cm.tensor = "s", cm.host_shape = array<i64: 1, 2, 5, 5>, cm.permutation = array<i64: 0, 1, 2>, a_zero_point = 1 : i8, b_zero_point = -2 : i8, a_scale = 0.5 : f32, b_scale = 0.5 : f32, y_scale = 0.5 : f32} : tensor<1x2x5x3xi8>, tensor<1x2x3x5xi8> -> tensor<1x2x5x5xi8>
  %5 = cmnn.constant @scale : tensor<1x1x1x1xi8>
  %6 = cmnn.mul %4, %5 {a_scale = 0.5 : f32} : tensor<1x2x5x5xi8>, tensor<1x1x1x1xi8> -> tensor<1x2x5x5xi8>
  %7 = cmnn.softmax %6 {y_scale = 0.00390625 : f32, y_zero_point = -128 : i8} : tensor<1x2x5x5xi8>
  %8 = cmnn.reshape %v : tensor<1x5x6xi8> -> tensor<1x5x2x3xi8>
  %9 = cmnn.transpose %8 {permutation = array<i64: 0, 2, 1, 3>} : tensor<1x5x2x3xi8> -> tensor<1x2x5x3xi8>
  %10 = cmnn.batch_matmul %7, %9 {a_zero_point = -128 : i8} : tensor<1x2x5x5xi8>, tensor<1x2x5x3xi8> -> tensor<1x2x5x3xi8>
  %11 = cmnn.transpose %10 {permutation = array<i64: 0, 2, 1, 3>} : tensor<1x2x5x3xi8> -> tensor<1x5x2x3xi8>
  %12 = cmnn.reshape %11 {cm.tensor = "y"} : tensor<1x5x2x3xi8> -> tensor<1x5x6xi8>
  return %12 : tensor<1x5x6xi8>
}

// -----

// What is not tokens again stays as it is: the contract names it.
// RUN: cm-opt %s --split-input-file --cm-split-heads | FileCheck %s --check-prefix=STAYS
// STAYS-LABEL: func.func @main(%arg0: tensor<1x2x5x3xi8>
// STAYS:       cmnn.batch_matmul %{{.*}}, %{{.*}} : tensor<1x2x5x3xi8>, tensor<1x2x3x5xi8> -> tensor<1x2x5x5xi8>
func.func @main(%q: tensor<1x2x5x3xi8>, %k: tensor<1x2x3x5xi8>) -> tensor<1x2x5x5xi8> {
  %0 = cmnn.batch_matmul %q, %k : tensor<1x2x5x3xi8>, tensor<1x2x3x5xi8> -> tensor<1x2x5x5xi8>
  return %0 : tensor<1x2x5x5xi8>
}

// -----

// One head of one channel: K^T has the elements of K in the order of K.
// SPLIT-LABEL: func.func @one_channel
// SPLIT:         %[[T:.*]] = cmnn.transpose %arg1 {permutation = array<i64: 0, 2, 1>} : tensor<1x5x1xi8> -> tensor<1x1x5xi8>
// SPLIT-NEXT:    %[[S:.*]] = cmnn.batch_matmul %arg0, %[[T]]
// SPLIT-NEXT:    %[[Y:.*]] = cmnn.batch_matmul %[[S]], %arg0
// SPLIT-NEXT:    return %[[Y]]
func.func @one_channel(%q: tensor<1x5x1xi8>, %k: tensor<1x5x1xi8>) -> tensor<1x5x1xi8> {
  %0 = cmnn.reshape %q : tensor<1x5x1xi8> -> tensor<1x1x5x1xi8>
  %1 = cmnn.reshape %k : tensor<1x5x1xi8> -> tensor<1x5x1x1xi8>
  %2 = cmnn.transpose %1 {permutation = array<i64: 0, 2, 3, 1>} : tensor<1x5x1x1xi8> -> tensor<1x1x1x5xi8>
  %3 = cmnn.batch_matmul %0, %2 : tensor<1x1x5x1xi8>, tensor<1x1x1x5xi8> -> tensor<1x1x5x5xi8>
  %4 = cmnn.batch_matmul %3, %0 : tensor<1x1x5x5xi8>, tensor<1x1x5x1xi8> -> tensor<1x1x5x1xi8>
  %5 = cmnn.reshape %4 : tensor<1x1x5x1xi8> -> tensor<1x5x1xi8>
  return %5 : tensor<1x5x1xi8>
}

// -----

// Two heads of one token are not one head of twice the channels, and what was
// made in vain is gone.
// STAYS-LABEL: func.func @two_heads
// STAYS-NOT:     cmnn.slice
// STAYS:         cmnn.batch_matmul %{{.*}}, %{{.*}} : tensor<1x2x1x4xi8>, tensor<1x2x4x4xi8> -> tensor<1x2x1x4xi8>
// STAYS-NEXT:    cmnn.reshape
// STAYS-NEXT:    cmnn.reshape
// STAYS-NEXT:    cmnn.batch_matmul %{{.*}}, %{{.*}} : tensor<1x1x1x8xi8>, tensor<1x1x8x5xi8> -> tensor<1x1x1x5xi8>
// STAYS-NEXT:    cmnn.reshape
// STAYS-NEXT:    return
func.func @two_heads(%q: tensor<1x1x8xi8>, %k: tensor<1x4x8xi8>, %v: tensor<1x8x5xi8>) -> tensor<1x1x5xi8> {
  %0 = cmnn.reshape %q : tensor<1x1x8xi8> -> tensor<1x2x1x4xi8>
  %1 = cmnn.reshape %k : tensor<1x4x8xi8> -> tensor<1x4x2x4xi8>
  %2 = cmnn.transpose %1 {permutation = array<i64: 0, 2, 1, 3>} : tensor<1x4x2x4xi8> -> tensor<1x2x4x4xi8>
  %3 = cmnn.batch_matmul %0, %2 : tensor<1x2x1x4xi8>, tensor<1x2x4x4xi8> -> tensor<1x2x1x4xi8>
  %4 = cmnn.reshape %3 : tensor<1x2x1x4xi8> -> tensor<1x1x1x8xi8>
  %5 = cmnn.reshape %v : tensor<1x8x5xi8> -> tensor<1x1x8x5xi8>
  %6 = cmnn.batch_matmul %4, %5 : tensor<1x1x1x8xi8>, tensor<1x1x8x5xi8> -> tensor<1x1x1x5xi8>
  %7 = cmnn.reshape %6 : tensor<1x1x1x5xi8> -> tensor<1x1x5xi8>
  return %7 : tensor<1x1x5xi8>
}

// -----

// Slices of an axis of three are views like others, and pixels of an image tokens.
// SPLIT-LABEL: func.func @axes
// SPLIT:         %[[P:.*]] = cmnn.reshape %arg0 : tensor<1x2x2x12xi8> -> tensor<1x4x12xi8>
// SPLIT:         cmnn.slice %[[P]] {sizes = array<i64: 1, 4, 2>, starts = array<i64: 0, 0, 2>, steps = array<i64: 1, 1, 1>}
// SPLIT:         cmnn.slice %[[P]] {sizes = array<i64: 1, 4, 2>, starts = array<i64: 0, 0, 6>
// SPLIT-NOT:     tensor<1x3x2x4x2xi8>
// SPLIT:         cmnn.concat
func.func @axes(%x: tensor<1x2x2x12xi8>) -> tensor<1x4x4xi8> {
  %0 = cmnn.reshape %x : tensor<1x2x2x12xi8> -> tensor<1x4x3x2x2xi8>
  %1 = cmnn.transpose %0 {permutation = array<i64: 0, 2, 3, 1, 4>} : tensor<1x4x3x2x2xi8> -> tensor<1x3x2x4x2xi8>
  %2 = cmnn.slice %1 {starts = array<i64: 0, 0, 0, 0, 0>, sizes = array<i64: 1, 1, 2, 4, 2>, steps = array<i64: 1, 1, 1, 1, 1>} : tensor<1x3x2x4x2xi8> -> tensor<1x1x2x4x2xi8>
  %3 = cmnn.reshape %2 : tensor<1x1x2x4x2xi8> -> tensor<1x2x4x2xi8>
  %4 = cmnn.slice %1 {starts = array<i64: 0, 1, 0, 0, 0>, sizes = array<i64: 1, 1, 2, 4, 2>, steps = array<i64: 1, 1, 1, 1, 1>} : tensor<1x3x2x4x2xi8> -> tensor<1x1x2x4x2xi8>
  %5 = cmnn.reshape %4 : tensor<1x1x2x4x2xi8> -> tensor<1x2x4x2xi8>
  %6 = cmnn.transpose %5 {permutation = array<i64: 0, 1, 3, 2>} : tensor<1x2x4x2xi8> -> tensor<1x2x2x4xi8>
  %7 = cmnn.batch_matmul %3, %6 : tensor<1x2x4x2xi8>, tensor<1x2x2x4xi8> -> tensor<1x2x4x4xi8>
  %8 = cmnn.batch_matmul %7, %5 : tensor<1x2x4x4xi8>, tensor<1x2x4x2xi8> -> tensor<1x2x4x2xi8>
  %9 = cmnn.transpose %8 {permutation = array<i64: 0, 2, 1, 3>} : tensor<1x2x4x2xi8> -> tensor<1x4x2x2xi8>
  %10 = cmnn.reshape %9 : tensor<1x4x2x2xi8> -> tensor<1x4x4xi8>
  return %10 : tensor<1x4x4xi8>
}
