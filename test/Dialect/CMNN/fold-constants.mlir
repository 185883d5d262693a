// RUN: cm-opt %s --split-input-file --cmnn-normalise | FileCheck %s

// Batch normalisation behind a float convolution: w * 2, b * 2 + 1.

// CHECK-LABEL: func.func @batch_norm
// CHECK-NEXT: %[[Y:.*]] = cmnn.conv2d %{{.*}}, @w_scaled bias @shift_flat {cm.tensor = "y"}
// CHECK-NEXT: return %[[Y]]
// CHECK-DAG: shift_flat: "0x080000000000C03F0000A040"
// CHECK-DAG: w_scaled: "0x08000000000000400000C040"
cmnn.weight @w = dense<[[[[1.0, 2.0]]]]> : tensor<1x1x1x2xf32>
cmnn.weight @b = dense<[0.25, 0.5]> : tensor<2xf32>
cmnn.weight @factor = dense<[[[[2.0, 3.0]]]]> : tensor<1x1x1x2xf32>
cmnn.weight @shift = dense<[[[[1.0, 3.5]]]]> : tensor<1x1x1x2xf32>
func.func @batch_norm(%x: tensor<1x2x2x1xf32>) -> tensor<1x2x2x2xf32> {
  %0 = cmnn.conv2d %x, @w bias @b : tensor<1x2x2x1xf32> -> tensor<1x2x2x2xf32>
  %f = cmnn.constant @factor : tensor<1x1x1x2xf32>
  %1 = cmnn.mul %0, %f : tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32> -> tensor<1x2x2x2xf32>
  %s = cmnn.constant @shift : tensor<1x1x1x2xf32>
  %2 = cmnn.add %1, %s {cm.tensor = "y"} : tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32> -> tensor<1x2x2x2xf32>
  return %2 : tensor<1x2x2x2xf32>
}

// -----

// A product of int8 takes a factor into its scales and an addend, in steps of
// 0.5 * 0.5, into an int32 bias: 4 and -2 (0xFFFFFFFE).

// CHECK-LABEL: func.func @int8_product
// CHECK-NEXT: %[[Y:.*]] = cmnn.matmul %{{.*}}, @w bias @shift_int32 {w_scales = array<f32: 5.000000e-01, 5.000000e-01>, x_scale = 5.000000e-01 : f32, y_scale = 2.000000e+00 : f32} : tensor<1x3xi8> -> tensor<1x2xi8>
// CHECK-NEXT: return %[[Y]]
// CHECK: shift_int32: "0x0800000004000000FEFFFFFF"
cmnn.weight @w = dense<1> : tensor<3x2xi8>
cmnn.weight @factor = dense<2.0> : tensor<1x1xf32>
cmnn.weight @shift = dense<[[1.0, -0.5]]> : tensor<1x2xf32>
func.func @int8_product(%x: tensor<1x3xi8>) -> tensor<1x2xi8> {
  %0 = cmnn.matmul %x, @w {x_scale = 0.5 : f32, w_scales = array<f32: 0.25>} : tensor<1x3xi8> -> tensor<1x2xf32>
  %f = cmnn.constant @factor : tensor<1x1xf32>
  %1 = cmnn.mul %f, %0 : tensor<1x1xf32>, tensor<1x2xf32> -> tensor<1x2xf32>
  %s = cmnn.constant @shift : tensor<1x2xf32>
  %2 = cmnn.add %1, %s : tensor<1x2xf32>
  %3 = cmnn.quantize %2 {y_scale = 2.0 : f32} : tensor<1x2xf32> -> tensor<1x2xi8>
  return %3 : tensor<1x2xi8>
}

// -----

// A bias that was int32 comes back to the number it was; it is added to one that
// is there.

// CHECK-LABEL: func.func @int32_bias
// CHECK-NEXT: cmnn.matmul %{{.*}}, @w bias @addend_int32
// CHECK: addend_int32: "0x0800000040420F0005000000"
cmnn.weight @w = dense<1> : tensor<3x2xi8>
cmnn.weight @old = dense<[0, 7]> : tensor<2xi32>
cmnn.weight @addend = dense<[[1000000, -2]]> : tensor<1x2xi32>
func.func @int32_bias(%x: tensor<1x3xi8>) -> tensor<1x2xf32> {
  %0 = cmnn.matmul %x, @w bias @old {x_scale = 0.5 : f32, w_scales = array<f32: 0.3>} : tensor<1x3xi8> -> tensor<1x2xf32>
  %i = cmnn.constant @addend : tensor<1x2xi32>
  %s = cmnn.dequantize %i {x_scale = 0.15 : f32} : tensor<1x2xi32> -> tensor<1x2xf32>
  %2 = cmnn.add %0, %s : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// -----

// What stays: a negative factor of int8 weights, a bias beyond int32, a constant
// along another axis, a product with another user.

// CHECK-LABEL: func.func @stays
// CHECK: cmnn.mul
// CHECK: cmnn.add
// CHECK: cmnn.add
// CHECK: cmnn.mul
// CHECK: return
cmnn.weight @w = dense<1> : tensor<3x2xi8>
cmnn.weight @minus = dense<-1.0> : tensor<1x1xf32>
cmnn.weight @large = dense<1.0e10> : tensor<1x1xf32>
cmnn.weight @rows = dense<[[1.0], [2.0]]> : tensor<2x1xf32>
func.func @stays(%x: tensor<2x3xi8>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) {
  %m = cmnn.constant @minus : tensor<1x1xf32>
  %l = cmnn.constant @large : tensor<1x1xf32>
  %r = cmnn.constant @rows : tensor<2x1xf32>
  %0 = cmnn.matmul %x, @w {w_scales = array<f32: 0.25>} : tensor<2x3xi8> -> tensor<2x2xf32>
  %a = cmnn.mul %0, %m : tensor<2x2xf32>, tensor<1x1xf32> -> tensor<2x2xf32>
  %1 = cmnn.matmul %x, @w {w_scales = array<f32: 0.5>} : tensor<2x3xi8> -> tensor<2x2xf32>
  %b = cmnn.add %1, %l : tensor<2x2xf32>, tensor<1x1xf32> -> tensor<2x2xf32>
  %2 = cmnn.matmul %x, @w {w_scales = array<f32: 0.75>} : tensor<2x3xi8> -> tensor<2x2xf32>
  %c = cmnn.add %2, %r : tensor<2x2xf32>, tensor<2x1xf32> -> tensor<2x2xf32>
  %3 = cmnn.matmul %x, @w {w_scales = array<f32: 1.25>} : tensor<2x3xi8> -> tensor<2x2xf32>
  %d = cmnn.mul %3, %l : tensor<2x2xf32>, tensor<1x1xf32> -> tensor<2x2xf32>
  return %a, %b, %c, %d, %3 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>
}

// -----

// Views of constants are constants; views of nothing vanish.

// CHECK-LABEL: func.func @views
// CHECK-NEXT: %[[C:.*]] = cmnn.constant @c_view{{.*}} {cm.tensor = "r"} : tensor<6xi8>
// CHECK-NEXT: return %[[C]], %arg0
// CHECK: c_view{{.*}}: "0x08000000010402050306"
cmnn.weight @c = dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi8>
func.func @views(%x: tensor<1x2xi8>) -> (tensor<6xi8>, tensor<1x2xi8>) {
  %c = cmnn.constant @c : tensor<2x3xi8>
  %t = cmnn.transpose %c {permutation = array<i64: 1, 0>} : tensor<2x3xi8> -> tensor<3x2xi8>
  %r = cmnn.reshape %t {cm.tensor = "r"} : tensor<3x2xi8> -> tensor<6xi8>
  %p = cmnn.pad edge %x {low = array<i64: 0, 0>, high = array<i64: 0, 0>} : tensor<1x2xi8> -> tensor<1x2xi8>
  %s = cmnn.slice %p {starts = array<i64: 0, 0>, sizes = array<i64: 1, 2>, steps = array<i64: 1, 1>} : tensor<1x2xi8> -> tensor<1x2xi8>
  %k = cmnn.concat %s {axis = 1 : i64} : tensor<1x2xi8> -> tensor<1x2xi8>
  return %r, %k : tensor<6xi8>, tensor<1x2xi8>
}

// -----

// A constant that two products take in.

// CHECK-LABEL: func.func @shared
// CHECK-DAG: cmnn.matmul %{{.*}}, @w bias @shift_int32 {
// CHECK-DAG: cmnn.matmul %{{.*}}, @w bias @shift_int32_1 {
// CHECK: return
cmnn.weight @w = dense<1> : tensor<3x2xi8>
cmnn.weight @shift = dense<[[1.0, -0.5]]> : tensor<1x2xf32>
func.func @shared(%x: tensor<1x3xi8>) -> (tensor<1x2xf32>, tensor<1x2xf32>) {
  %s = cmnn.constant @shift : tensor<1x2xf32>
  %0 = cmnn.matmul %x, @w {x_scale = 0.5 : f32, w_scales = array<f32: 0.5>} : tensor<1x3xi8> -> tensor<1x2xf32>
  %1 = cmnn.add %0, %s : tensor<1x2xf32>
  %2 = cmnn.matmul %x, @w {x_scale = 0.25 : f32, w_scales = array<f32: 0.5>} : tensor<1x3xi8> -> tensor<1x2xf32>
  %3 = cmnn.add %2, %s : tensor<1x2xf32>
  return %1, %3 : tensor<1x2xf32>, tensor<1x2xf32>
}

// -----

// The numbers of an int32 bias keep bits that f32 does not have: 2^28 + 1.

// CHECK-LABEL: func.func @int32_exact
// CHECK-NEXT: cmnn.matmul %{{.*}}, @w bias @addend_int32
// CHECK: addend_int32: "0x0800000001000010FEFFFFFF"
cmnn.weight @w = dense<1> : tensor<3x2xi8>
cmnn.weight @addend = dense<[[268435457, -2]]> : tensor<1x2xi32>
func.func @int32_exact(%x: tensor<1x3xi8>) -> tensor<1x2xf32> {
  %0 = cmnn.matmul %x, @w {x_scale = 0.5 : f32, w_scales = array<f32: 0.5>} : tensor<1x3xi8> -> tensor<1x2xf32>
  %i = cmnn.constant @addend : tensor<1x2xi32>
  %s = cmnn.dequantize %i {x_scale = 0.25 : f32} : tensor<1x2xi32> -> tensor<1x2xf32>
  %2 = cmnn.add %0, %s : tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}

// -----

// A divisor of an int8 product goes into its scales where it is positive.

// CHECK-LABEL: func.func @divisor
// CHECK: cmnn.conv2d %{{.*}}, @w {w_scales = array<f32: 1.250000e-01, 6.250000e-02>, x_scale = 5.000000e-01 : f32, y_scale = 2.000000e+00 : f32} : tensor<1x2x2x1xi8> -> tensor<1x2x2x2xi8>
// CHECK: cmnn.div
// CHECK: cmnn.div
// CHECK: cmnn.div
cmnn.weight @w = dense<1> : tensor<1x1x1x2xi8>
cmnn.weight @per_channel = dense<[[[[2.0, 4.0]]]]> : tensor<1x1x1x2xf32>
cmnn.weight @zero = dense<[[[[2.0, 0.0]]]]> : tensor<1x1x1x2xf32>
cmnn.weight @negative = dense<[[[[-2.0, 4.0]]]]> : tensor<1x1x1x2xf32>
func.func @divisor(%x: tensor<1x2x2x1xi8>)
    -> (tensor<1x2x2x2xi8>, tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>) {
  %d = cmnn.constant @per_channel : tensor<1x1x1x2xf32>
  %z = cmnn.constant @zero : tensor<1x1x1x2xf32>
  %n = cmnn.constant @negative : tensor<1x1x1x2xf32>
  %0 = cmnn.conv2d %x, @w {x_scale = 0.5 : f32, w_scales = array<f32: 0.25>} : tensor<1x2x2x1xi8> -> tensor<1x2x2x2xf32>
  %1 = cmnn.div %0, %d : tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32> -> tensor<1x2x2x2xf32>
  %2 = cmnn.quantize %1 {y_scale = 2.0 : f32} : tensor<1x2x2x2xf32> -> tensor<1x2x2x2xi8>
  %3 = cmnn.conv2d %x, @w {x_scale = 0.5 : f32, w_scales = array<f32: 0.5>} : tensor<1x2x2x1xi8> -> tensor<1x2x2x2xf32>
  %4 = cmnn.div %3, %z : tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32> -> tensor<1x2x2x2xf32>
  %5 = cmnn.conv2d %x, @w {x_scale = 0.5 : f32, w_scales = array<f32: 0.75>} : tensor<1x2x2x1xi8> -> tensor<1x2x2x2xf32>
  %6 = cmnn.div %5, %n : tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32> -> tensor<1x2x2x2xf32>
  %7 = cmnn.conv2d %x, @w {x_scale = 0.5 : f32, w_scales = array<f32: 1.0>} : tensor<1x2x2x1xi8> -> tensor<1x2x2x2xf32>
  %8 = cmnn.div %d, %7 : tensor<1x1x1x2xf32>, tensor<1x2x2x2xf32> -> tensor<1x2x2x2xf32>
  return %2, %4, %6, %8 : tensor<1x2x2x2xi8>, tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32>
}
