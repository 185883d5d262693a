// Results whose pixels are computed in turns.
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmnn-to-cmflow)' | FileCheck %s

// Even rows have the middle row of the kernel, odd ones the other two, of which the
// last belongs to the earlier row of the image. What follows joins each.

// CHECK-LABEL: cmflow.graph @transposed {
// CHECK:       cmflow.stage @conv_transpose2d_s.y0x0 of "conv_transpose2d_s" domain [2, 2] {
// CHECK-NEXT:    cmflow.read @x <kernel[1, 1] strides[1, 1] offsets[0, 0] dilations[1, 1] channels[0, 2] elements[0, 2] fill 0>
// CHECK-NEXT:    cmflow.mvm %{{.*}}, @w taps [4] groups 1 channels [0, 2] elements [0, 2] columns [0, 2]
// CHECK-NEXT:    cmflow.requantize
// CHECK-NEXT:    cmflow.read @z <kernel[1, 1] strides[2, 2] offsets[0, 0]
// CHECK-NEXT:    cmflow.add_quantized
// CHECK-NEXT:    cmflow.write %{{.*}}, @s <strides[2, 2] offsets[0, 0] channels[0, 2]>
// CHECK:       cmflow.stage @conv_transpose2d_s.y0x1 of "conv_transpose2d_s" domain [2, 2] {
// CHECK-NEXT:    cmflow.read @x <kernel[1, 2] strides[1, 1] offsets[0, 0]
// CHECK-NEXT:    cmflow.mvm %{{.*}}, @w taps [5, 3]
// CHECK:         cmflow.read @z <kernel[1, 1] strides[2, 2] offsets[0, 1]
// CHECK:         cmflow.write %{{.*}}, @s <strides[2, 2] offsets[0, 1] channels[0, 2]>
// CHECK:       cmflow.stage @conv_transpose2d_s.y1x0
// CHECK:         cmflow.mvm %{{.*}}, @w taps [7, 1]
// CHECK:       cmflow.stage @conv_transpose2d_s.y1x1
// CHECK-NEXT:    cmflow.read @x <kernel[2, 2] strides[1, 1] offsets[0, 0]
// CHECK-NEXT:    cmflow.mvm %{{.*}}, @w taps [8, 6, 2, 0]
cmnn.weight @w = dense<1> : tensor<3x3x2x2xi8>
func.func @transposed(%x: tensor<1x2x2x2xi8> {cm.tensor = "x"}, %z: tensor<1x4x4x2xi8> {cm.tensor = "z"}) -> tensor<1x4x4x2xi8> {
  %y = cmnn.conv_transpose2d %x, @w {strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, output_pads = array<i64: 1, 1>, w_scales = array<f32: 1.0>, cm.tensor = "y"} : tensor<1x2x2x2xi8> -> tensor<1x4x4x2xi8>
  %s = cmnn.add %y, %z {cm.tensor = "s"} : tensor<1x4x4x2xi8>
  return %s : tensor<1x4x4x2xi8>
}

// -----

// Rows twice, of every second column one.

// CHECK-LABEL: cmflow.graph @nearest {
// CHECK:       cmflow.stage @resize_y.y0x0 of "resize_y" domain [2, 2] {
// CHECK-NEXT:    cmflow.read @x <kernel[1, 1] strides[1, 2] offsets[0, 0]
// CHECK:         cmflow.write %{{.*}}, @y <strides[2, 1] offsets[0, 0] channels[0, 2]>
// CHECK:       cmflow.stage @resize_y.y1x0 of "resize_y" domain [2, 2] {
// CHECK-NEXT:    cmflow.read @x <kernel[1, 1] strides[1, 2] offsets[0, 0]
// CHECK:         cmflow.write %{{.*}}, @y <strides[2, 1] offsets[1, 0] channels[0, 2]>
func.func @nearest(%x: tensor<1x2x4x2xi8> {cm.tensor = "x"}) -> tensor<1x4x2x2xi8> {
  %y = cmnn.resize nearest asymmetric %x rounding floor {scales = array<f32: 2.0, 0.5>, cm.tensor = "y"} : tensor<1x2x4x2xi8> -> tensor<1x4x2x2xi8>
  return %y : tensor<1x4x2x2xi8>
}

// -----

// Weights for windows that begin with row -1, 0 and 1; the last has one row only.

// CHECK-LABEL: cmflow.graph @linear {
// CHECK:         cmflow.interpolate @x <kernel[2, 2] strides[1, 1] offsets[-1, 0] dilations[1, 1] channels[0, 2] elements[0, 8] fill 0> rows [0.000000e+00, 1.000000e+00, 2.500000e-01, 7.500000e-01, 0.000000e+00, 0.000000e+00] columns [0.000000e+00, 0.000000e+00, 1.000000e+00, 0.000000e+00, 5.000000e-01, 5.000000e-01]
// CHECK:         cmflow.interpolate @x <kernel[2, 2] strides[1, 1] offsets[0, 0] {{.*}} rows [0.000000e+00, 0.000000e+00, 7.500000e-01, 2.500000e-01, 5.000000e-01, 5.000000e-01]
func.func @linear(%x: tensor<1x2x2x2xi8> {cm.tensor = "x"}) -> tensor<1x4x2x2xi8> {
  %y = cmnn.resize linear half_pixel %x {scales = array<f32: 2.0, 1.0>, cm.tensor = "y"} : tensor<1x2x2x2xi8> -> tensor<1x4x2x2xi8>
  return %y : tensor<1x4x2x2xi8>
}

// -----

// CHECK-LABEL: cmflow.graph @blocks {
// CHECK:       cmflow.stage @depth_to_space_y.y0x1 of "depth_to_space_y" domain [1, 1] {
// CHECK-NEXT:    cmflow.read @x <{{.*}} channels[2, 4] elements[0, 2] fill 0>
// CHECK-NEXT:    cmflow.write %{{.*}}, @y <strides[2, 2] offsets[0, 1] channels[0, 2]>
// CHECK:       cmflow.stage @depth_to_space_z.y1x0 of "depth_to_space_z" domain [1, 1] {
// CHECK-NEXT:    cmflow.read @x <{{.*}} channels[0, 8] elements[0, 8] fill 0>
// CHECK-NEXT:    cmflow.shuffle %{{.*}} [2, 6]
func.func @blocks(%x: tensor<1x1x1x8xi8> {cm.tensor = "x"}) -> (tensor<1x2x2x2xi8>, tensor<1x2x2x2xi8>) {
  %y = cmnn.depth_to_space %x {block = 2 : i64, cm.tensor = "y"} : tensor<1x1x1x8xi8> -> tensor<1x2x2x2xi8>
  %z = cmnn.depth_to_space %x {block = 2 : i64, crd, cm.tensor = "z"} : tensor<1x1x1x8xi8> -> tensor<1x2x2x2xi8>
  return %y, %z : tensor<1x2x2x2xi8>, tensor<1x2x2x2xi8>
}
