// RUN: cm-opt %s --verify-roundtrip | FileCheck %s
// RUN: cm-opt %s | cm-opt | FileCheck %s

// CHECK-LABEL: func.func @rescale
func.func @rescale(%x: tensor<1x2x3xi32>, %z: tensor<2x3xi8>)
    -> (tensor<1x2x3xi8>, tensor<2x3xi32>, tensor<1x2x3xi32>) {
  // CHECK: cmnn.rescale %arg0 {double_round, maximum = 127 : i32, minimum = -3 : i32, multipliers = array<i32: 1, 2, 3>, shifts = array<i8: 2, 31, 62>, y_zero_point = -3 : i8} : tensor<1x2x3xi32> -> tensor<1x2x3xi8>
  %0 = cmnn.rescale %x {
      multipliers = array<i32: 1, 2, 3>, shifts = array<i8: 2, 31, 62>,
      double_round, y_zero_point = -3 : i8, minimum = -3 : i32,
      maximum = 127 : i32
    } : tensor<1x2x3xi32> -> tensor<1x2x3xi8>
  // Defaults are not printed.
  // CHECK: cmnn.rescale %arg1 {multipliers = array<i32: 1073741824>, shifts = array<i8: 10>, x_zero_point = 5 : i8} : tensor<2x3xi8> -> tensor<2x3xi32>
  %1 = cmnn.rescale %z {
      multipliers = array<i32: 1073741824>, shifts = array<i8: 10>,
      x_zero_point = 5 : i8, y_zero_point = 0 : i8,
      minimum = -2147483648 : i32, maximum = 2147483647 : i32
    } : tensor<2x3xi8> -> tensor<2x3xi32>
  // CHECK: cmnn.reduce_sum %arg0 {axes = array<i64: 1>} : tensor<1x2x3xi32> -> tensor<1x1x3xi32>
  %2 = cmnn.reduce_sum %x {axes = array<i64: 1>}
     : tensor<1x2x3xi32> -> tensor<1x1x3xi32>
  // CHECK: cmnn.rescale {{.*}} : tensor<1x2x3xi32> -> tensor<1x2x3xi32>
  %3 = cmnn.rescale %x {
      multipliers = array<i32: 0>, shifts = array<i8: 2>
    } : tensor<1x2x3xi32> -> tensor<1x2x3xi32>
  return %0, %1, %3 : tensor<1x2x3xi8>, tensor<2x3xi32>, tensor<1x2x3xi32>
}

// CHECK-LABEL: func.func @images
func.func @images(%x: tensor<1x8x8x4xi8>)
    -> (tensor<1x4x4x4xi8>, tensor<1x16x16x4xi8>, tensor<1x16x16x4xi32>) {
  // CHECK: cmnn.average_pool_fixed %arg0 {kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 0, 0>, strides = array<i64: 2, 2>, x_zero_point = -3 : i8, y_zero_point = 4 : i8} : tensor<1x8x8x4xi8> -> tensor<1x4x4x4xi8>
  %0 = cmnn.average_pool_fixed %x {
      kernel = array<i64: 3, 3>, pads = array<i64: 1, 1, 0, 0>,
      strides = array<i64: 2, 2>, x_zero_point = -3 : i8, y_zero_point = 4 : i8
    } : tensor<1x8x8x4xi8> -> tensor<1x4x4x4xi8>
  // CHECK: cmnn.resize_fixed nearest %arg0 {denominators = array<i64: 1, 1>, numerators = array<i64: 2, 2>, offsets = array<i64: 0, 0>} : tensor<1x8x8x4xi8> -> tensor<1x16x16x4xi8>
  %1 = cmnn.resize_fixed nearest %x {
      numerators = array<i64: 2, 2>, denominators = array<i64: 1, 1>,
      offsets = array<i64: 0, 0>
    } : tensor<1x8x8x4xi8> -> tensor<1x16x16x4xi8>
  // CHECK: cmnn.resize_fixed linear %arg0 {denominators = array<i64: 2, 32767>, numerators = array<i64: 4, 2048>, offsets = array<i64: -4, 32767>} : tensor<1x8x8x4xi8> -> tensor<1x16x16x4xi32>
  %2 = cmnn.resize_fixed linear %x {
      numerators = array<i64: 4, 2048>, denominators = array<i64: 2, 32767>,
      offsets = array<i64: -4, 32767>
    } : tensor<1x8x8x4xi8> -> tensor<1x16x16x4xi32>
  return %0, %1, %2
    : tensor<1x4x4x4xi8>, tensor<1x16x16x4xi8>, tensor<1x16x16x4xi32>
}
