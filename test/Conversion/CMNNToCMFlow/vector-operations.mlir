// Operations on the pixel at hand.
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmnn-to-cmflow)' | FileCheck %s

// The convolution's value is used twice, but both users join: a swish.

// CHECK-LABEL: cmflow.graph @swish {
// CHECK:       cmflow.stage @conv2d_m domain [2, 2] {
// CHECK:         %[[A:.*]] = cmflow.requantize
// CHECK-NEXT:    %[[S:.*]] = cmflow.lookup %[[A]] {{.*}} {cm.tensor = [#cmflow.tensor<"s"
// CHECK-NEXT:    %[[M:.*]] = cmflow.mul_quantized %[[A]], %[[S]]
// CHECK-NEXT:    cmflow.write %[[M]], @m
// CHECK-NOT:   cmflow.stage @
cmnn.weight @w = dense<1> : tensor<1x1x4x4xi8>
func.func @swish(%x: tensor<1x2x2x4xi8> {cm.tensor = "x"}) -> tensor<1x2x2x4xi8> {
  %a = cmnn.conv2d %x, @w {w_scales = array<f32: 0.25>, cm.tensor = "a"} : tensor<1x2x2x4xi8> -> tensor<1x2x2x4xi8>
  %s = cmnn.sigmoid %a {x_scale = 0.0625 : f32, y_scale = 0.00390625 : f32, y_zero_point = -128 : i8, cm.tensor = "s"} : tensor<1x2x2x4xi8>
  %m = cmnn.mul %a, %s {b_scale = 0.00390625 : f32, b_zero_point = -128 : i8, cm.tensor = "m"} : tensor<1x2x2x4xi8>
  return %m : tensor<1x2x2x4xi8>
}

// -----

// Every pixel reads the one pixel of a gate, and all channels one channel.

// CHECK-LABEL: cmflow.graph @gate {
// CHECK:       cmflow.stage @mul_m domain [2, 3] {
// CHECK-NEXT:    cmflow.read @x <kernel[1, 1] strides[1, 1] offsets[0, 0]
// CHECK-NEXT:    cmflow.read @g <kernel[1, 1] strides[0, 0] offsets[0, 0] dilations[1, 1] channels[0, 4] elements[0, 4] fill 0>
// CHECK-NEXT:    cmflow.mul_quantized
// CHECK:         %[[R:.*]] = cmflow.read @r <kernel[1, 1] strides[1, 0] offsets[0, 0] dilations[1, 1] channels[0, 1] elements[0, 1] fill 0>
// CHECK-NEXT:    cmflow.shuffle %[[R]] [0, 0, 0, 0] : vector<1xi8> -> vector<4xi8>
func.func @gate(%x: tensor<1x2x3x4xi8> {cm.tensor = "x"}, %g: tensor<1x1x1x4xi8> {cm.tensor = "g"}, %r: tensor<1x2x1x1xi8> {cm.tensor = "r"}) -> (tensor<1x2x3x4xi8>, tensor<1x2x3x4xi8>) {
  %m = cmnn.mul %x, %g {cm.tensor = "m"} : tensor<1x2x3x4xi8>, tensor<1x1x1x4xi8> -> tensor<1x2x3x4xi8>
  %s = cmnn.add %x, %r {cm.tensor = "s"} : tensor<1x2x3x4xi8>, tensor<1x2x1x1xi8> -> tensor<1x2x3x4xi8>
  return %m, %s : tensor<1x2x3x4xi8>, tensor<1x2x3x4xi8>
}

// -----

// Slopes of channels are tables of channels: -1 * 2 and -1 * 0.5, ties to even.

// CHECK-LABEL: cmflow.graph @slopes {
// CHECK:         cmflow.lookup %{{.*}} [-128, {{.*}} -4, -2, 0, 1, 2, {{.*}} -1, 0, 0, 1, 2, {{.*}}] {{.*}}: vector<2xi8>
cmnn.weight @slope = dense<[[2.0, 0.5]]> : tensor<1x2xf32>
func.func @slopes(%x: tensor<1x2xi8> {cm.tensor = "x"}) -> tensor<1x2xi8> {
  %b = cmnn.constant @slope : tensor<1x2xf32>
  %y = cmnn.prelu %x, %b {cm.tensor = "y"} : tensor<1x2xi8>, tensor<1x2xf32> -> tensor<1x2xi8>
  return %y : tensor<1x2xi8>
}

// -----

// So are factors and offsets: -1 * 2 + 1 and -1 * 0.5 - 1, ties to even.

// CHECK-LABEL: cmflow.graph @factors {
// CHECK:         cmflow.lookup %{{.*}} [-128, {{.*}} -3, -1, 1, 3, 5, {{.*}} -2, -2, -1, 0, {{.*}}] {{.*}}: vector<2xi8>
cmnn.weight @factor = dense<[2.0, 0.5]> : tensor<2xf32>
cmnn.weight @offset = dense<[1.0, -1.0]> : tensor<2xf32>
func.func @factors(%x: tensor<1x2xi8> {cm.tensor = "x"}) -> tensor<1x2xi8> {
  %y = cmnn.affine %x scale @factor bias @offset {cm.tensor = "y"} : tensor<1x2xi8>
  return %y : tensor<1x2xi8>
}

// -----

// Two groups of three channels are interleaved, in the stage that computes them.

// CHECK-LABEL: cmflow.graph @shuffle {
// CHECK:       cmflow.stage @max_pool_s domain [2, 2] {
// CHECK-NEXT:    %[[P:.*]] = cmflow.max_pool @x {{.*}} {cm.tensor = [#cmflow.tensor<"p"[1, 6, 2, 2] permutation[1, 2, 0]>, #cmflow.tensor<"g"[1, 2, 3, 2, 2] permutation[2, 3, 0, 1]>]}
// CHECK-NEXT:    %[[S:.*]] = cmflow.shuffle %[[P]] [0, 3, 1, 4, 2, 5] {cm.tensor = [#cmflow.tensor<"s"
// CHECK-NEXT:    cmflow.write %[[S]], @s
func.func @shuffle(%x: tensor<1x2x2x6xi8> {cm.tensor = "x"}) -> tensor<1x2x2x6xi8> {
  %p = cmnn.max_pool %x {kernel = array<i64: 1, 1>, cm.tensor = "p"} : tensor<1x2x2x6xi8> -> tensor<1x2x2x6xi8>
  %g = cmnn.reshape %p {cm.tensor = "g", cm.host_shape = array<i64: 1, 2, 3, 2, 2>, cm.permutation = array<i64: 2, 3, 0, 1>} : tensor<1x2x2x6xi8> -> tensor<1x2x2x2x3xi8>
  %t = cmnn.transpose %g {permutation = array<i64: 0, 1, 2, 4, 3>} : tensor<1x2x2x2x3xi8> -> tensor<1x2x2x3x2xi8>
  %s = cmnn.reshape %t {cm.tensor = "s"} : tensor<1x2x2x3x2xi8> -> tensor<1x2x2x6xi8>
  return %s : tensor<1x2x2x6xi8>
}

// -----

// Channels that are added are a shuffle; pixels that are added are the fill of a
// window.

// CHECK-LABEL: cmflow.graph @pads {
// CHECK:       cmflow.stage @pad_b domain [3, 4] {
// CHECK-NEXT:    %[[X:.*]] = cmflow.read @x <kernel[1, 1] strides[1, 1] offsets[-1, 0] dilations[1, 1] channels[0, 2] elements[0, 2] fill -7>
// CHECK-NEXT:    %[[A:.*]] = cmflow.shuffle %[[X]] [0, 1, -1] fill -7
// CHECK-NEXT:    cmflow.shuffle %[[A]] [-1, 0, 1, 2] fill 3
func.func @pads(%x: tensor<1x2x3x2xi8> {cm.tensor = "x"}) -> tensor<1x3x4x4xi8> {
  %a = cmnn.pad constant %x {low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 0, 1, 1>, value = -7 : i8, cm.tensor = "a"} : tensor<1x2x3x2xi8> -> tensor<1x3x4x3xi8>
  %b = cmnn.pad constant %a {low = array<i64: 0, 0, 0, 1>, high = array<i64: 0, 0, 0, 0>, value = 3 : i8, cm.tensor = "b"} : tensor<1x3x4x3xi8> -> tensor<1x3x4x4xi8>
  return %b : tensor<1x3x4x4xi8>
}
