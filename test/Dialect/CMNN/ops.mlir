// RUN: cm-opt %s --verify-roundtrip | FileCheck %s
// RUN: cm-opt %s | cm-opt | FileCheck %s
// RUN: cm-opt %s --mlir-print-op-generic | cm-opt | FileCheck %s

// CHECK: cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>
cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>
// CHECK: cmnn.weight @b {cm.tensor = "bias"} = dense<-7> : tensor<16xi32>
cmnn.weight @b {cm.tensor = "bias"} = dense<-7> : tensor<16xi32>
// CHECK: cmnn.weight @depthwise = dense<2> : tensor<3x3x1x4xi8>
cmnn.weight @depthwise = dense<2> : tensor<3x3x1x4xi8>
// CHECK: cmnn.weight @fc = dense_resource<fc> : tensor<2x3xi8>
cmnn.weight @fc = dense_resource<fc> : tensor<2x3xi8>

// CHECK-LABEL: func.func @products
func.func @products(%x: tensor<1x8x8x4xi8>, %v: tensor<1x2xi8>)
    -> (tensor<1x4x4x16xi8>, tensor<1x6x6x4xi8>, tensor<1x3xi8>) {
  // CHECK: cmnn.conv2d %{{.*}}, @w bias @b {cm.tensor = "t1"
  // CHECK-SAME: pads = array<i64: 1, 1, 1, 1>
  // CHECK-SAME: strides = array<i64: 2, 2>
  // CHECK-SAME: w_scales = array<f32: 2.500000e-01>, x_scale = 5.000000e-01 : f32, x_zero_point = -3 : i8
  // CHECK-SAME: y_scale = 2.000000e+00 : f32, y_zero_point = 3 : i8
  // CHECK-SAME: : tensor<1x8x8x4xi8> -> tensor<1x4x4x16xi8>
  %0 = cmnn.conv2d %x, @w bias @b {
      pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>,
      x_scale = 0.5 : f32, x_zero_point = -3 : i8, w_scales = array<f32: 0.25>,
      y_scale = 2.0 : f32, y_zero_point = 3 : i8, cm.tensor = "t1"
    } : tensor<1x8x8x4xi8> -> tensor<1x4x4x16xi8>
  // Defaults are not printed.
  // CHECK: cmnn.conv2d %{{.*}}, @depthwise {groups = 4 : i64, minimum = 0 : i8,
  // CHECK-NOT: dilations
  %1 = cmnn.conv2d %x, @depthwise {
      groups = 4 : i64, dilations = array<i64: 1, 1>, minimum = 0 : i8,
      x_scale = 0.5 : f32, x_zero_point = -3 : i8,
      w_scales = array<f32: 0.25, 0.5, 1.0, 2.0>,
      y_scale = 1.0 : f32, y_zero_point = 0 : i8
    } : tensor<1x8x8x4xi8> -> tensor<1x6x6x4xi8>
  // CHECK: cmnn.matmul %{{.*}}, @fc {w_scales = array<f32: 2.500000e-01>, x_scale = 5.000000e-01 : f32}
  // CHECK-SAME: : tensor<1x2xi8> -> tensor<1x3xi8>
  %2 = cmnn.matmul %v, @fc {
      x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>,
      y_scale = 1.0 : f32, y_zero_point = 0 : i8
    } : tensor<1x2xi8> -> tensor<1x3xi8>
  return %0, %1, %2
    : tensor<1x4x4x16xi8>, tensor<1x6x6x4xi8>, tensor<1x3xi8>
}

// CHECK-LABEL: func.func @elementwise
func.func @elementwise(%x: tensor<1x2x2x4xi8>) -> tensor<1x2x2x4xi8> {
  // CHECK: cmnn.add %{{.*}}, %{{.*}} {a_scale
  // CHECK-SAME: : tensor<1x2x2x4xi8>
  %0 = cmnn.add %x, %x {
      a_scale = 0.5 : f32, a_zero_point = 0 : i8,
      b_scale = 0.25 : f32, b_zero_point = 4 : i8,
      y_scale = 0.5 : f32, y_zero_point = -128 : i8
    } : tensor<1x2x2x4xi8>
  // CHECK: cmnn.requantize %{{.*}} {maximum = 6 : i8, minimum = -1 : i8
  %1 = cmnn.requantize %0 {
      x_scale = 0.5 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32,
      y_zero_point = 0 : i8, minimum = -1 : i8, maximum = 6 : i8
    } : tensor<1x2x2x4xi8>
  // CHECK: cmnn.softmax
  %2 = cmnn.softmax %1 {
      x_scale = 0.5 : f32, x_zero_point = 3 : i8,
      y_scale = 0.00390625 : f32, y_zero_point = -128 : i8
    } : tensor<1x2x2x4xi8>
  return %2 : tensor<1x2x2x4xi8>
}

// CHECK-LABEL: func.func @pools
func.func @pools(%x: tensor<1x8x8x4xi8>) -> tensor<1x1x1x4xi8> {
  // CHECK: cmnn.max_pool %{{.*}} {kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 0, 0>, strides = array<i64: 2, 2>} : tensor<1x8x8x4xi8> -> tensor<1x4x4x4xi8>
  %0 = cmnn.max_pool %x {
      kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>,
      pads = array<i64: 1, 1, 0, 0>
    } : tensor<1x8x8x4xi8> -> tensor<1x4x4x4xi8>
  // CHECK: cmnn.average_pool %{{.*}} {count_include_pad, {{.*}}unsigned_rounding
  %1 = cmnn.average_pool %0 {
      kernel = array<i64: 2, 2>, count_include_pad, unsigned_rounding,
      x_scale = 0.5 : f32, x_zero_point = 0 : i8,
      y_scale = 0.5 : f32, y_zero_point = 0 : i8
    } : tensor<1x4x4x4xi8> -> tensor<1x3x3x4xi8>
  // CHECK: cmnn.global_average_pool
  %2 = cmnn.global_average_pool %1 {
      x_scale = 0.5 : f32, x_zero_point = 0 : i8,
      y_scale = 0.5 : f32, y_zero_point = 0 : i8
    } : tensor<1x3x3x4xi8> -> tensor<1x1x1x4xi8>
  return %2 : tensor<1x1x1x4xi8>
}

// Whether windows meet the image is asked of few of them.
// CHECK-LABEL: func.func @huge_pool
func.func @huge_pool(%x: tensor<1x1099511627776x1x1xi8>) {
  // CHECK: cmnn.max_pool
  %0 = cmnn.max_pool %x {kernel = array<i64: 3, 1>, pads = array<i64: 1, 0, 1, 0>} : tensor<1x1099511627776x1x1xi8> -> tensor<1x1099511627776x1x1xi8>
  return
}

// CHECK-LABEL: func.func @shapes
func.func @shapes(%x: tensor<1x5x6x7xi8>) -> tensor<1x210xi8> {
  // CHECK: cmnn.transpose %{{.*}} {permutation = array<i64: 0, 3, 1, 2>} : tensor<1x5x6x7xi8> -> tensor<1x7x5x6xi8>
  %0 = cmnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>}
     : tensor<1x5x6x7xi8> -> tensor<1x7x5x6xi8>
  // CHECK: cmnn.reshape %{{.*}} : tensor<1x7x5x6xi8> -> tensor<1x210xi8>
  %1 = cmnn.reshape %0 : tensor<1x7x5x6xi8> -> tensor<1x210xi8>
  return %1 : tensor<1x210xi8>
}

// CHECK: fc: "0x01000000010203040506"
{-# dialect_resources: { builtin: { fc: "0x01000000010203040506" } } #-}
