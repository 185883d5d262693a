// RUN: cm-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func.func @reshape_of_reshape
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x3x4xi8>)
func.func @reshape_of_reshape(%x: tensor<1x2x3x4xi8>) -> tensor<1x24xi8> {
  // CHECK-NEXT: %[[Y:.*]] = cmnn.reshape %[[X]] : tensor<1x2x3x4xi8> -> tensor<1x24xi8>
  // CHECK-NEXT: return %[[Y]]
  %0 = cmnn.reshape %x : tensor<1x2x3x4xi8> -> tensor<1x6x4xi8>
  %1 = cmnn.reshape %0 : tensor<1x6x4xi8> -> tensor<1x24xi8>
  return %1 : tensor<1x24xi8>
}

// CHECK-LABEL: func.func @reshape_and_back
// CHECK-SAME: (%[[X:.*]]: tensor<1x24xi8>)
// CHECK-NEXT: return %[[X]]
func.func @reshape_and_back(%x: tensor<1x24xi8>) -> tensor<1x24xi8> {
  %0 = cmnn.reshape %x : tensor<1x24xi8> -> tensor<1x2x3x4xi8>
  %1 = cmnn.reshape %0 : tensor<1x2x3x4xi8> -> tensor<1x24xi8>
  %2 = cmnn.reshape %1 : tensor<1x24xi8> -> tensor<1x24xi8>
  return %2 : tensor<1x24xi8>
}

// CHECK-LABEL: func.func @transpose_and_back
// CHECK-SAME: (%[[X:.*]]: tensor<1x2x3x4xi8>)
// CHECK-NEXT: return %[[X]]
func.func @transpose_and_back(%x: tensor<1x2x3x4xi8>) -> tensor<1x2x3x4xi8> {
  %0 = cmnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>}
     : tensor<1x2x3x4xi8> -> tensor<1x4x2x3xi8>
  %1 = cmnn.transpose %0 {permutation = array<i64: 0, 2, 3, 1>}
     : tensor<1x4x2x3xi8> -> tensor<1x2x3x4xi8>
  return %1 : tensor<1x2x3x4xi8>
}

// CHECK-LABEL: func.func @transposes_compose
func.func @transposes_compose(%x: tensor<1x2x3x4xi8>) -> tensor<1x3x4x2xi8> {
  // CHECK-NEXT: cmnn.transpose %{{.*}} {permutation = array<i64: 0, 2, 3, 1>} : tensor<1x2x3x4xi8> -> tensor<1x3x4x2xi8>
  // CHECK-NEXT: return
  %0 = cmnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>}
     : tensor<1x2x3x4xi8> -> tensor<1x4x2x3xi8>
  %1 = cmnn.transpose %0 {permutation = array<i64: 0, 3, 1, 2>}
     : tensor<1x4x2x3xi8> -> tensor<1x3x4x2xi8>
  return %1 : tensor<1x3x4x2xi8>
}

// CHECK-LABEL: func.func @transpose_of_unit_axes
func.func @transpose_of_unit_axes(%x: tensor<1x1x5x4xi8>) -> tensor<1x5x1x4xi8> {
  // CHECK-NEXT: cmnn.reshape %{{.*}} {cm.tensor = "t"} : tensor<1x1x5x4xi8> -> tensor<1x5x1x4xi8>
  %0 = cmnn.transpose %x {permutation = array<i64: 0, 2, 1, 3>, cm.tensor = "t"}
     : tensor<1x1x5x4xi8> -> tensor<1x5x1x4xi8>
  return %0 : tensor<1x5x1x4xi8>
}

// CHECK-LABEL: func.func @transpose_that_moves
func.func @transpose_that_moves(%x: tensor<1x1x5x4xi8>) -> tensor<1x1x4x5xi8> {
  // CHECK-NEXT: cmnn.transpose
  %0 = cmnn.transpose %x {permutation = array<i64: 0, 1, 3, 2>}
     : tensor<1x1x5x4xi8> -> tensor<1x1x4x5xi8>
  return %0 : tensor<1x1x4x5xi8>
}

// CHECK-LABEL: func.func @requantize_nothing
// CHECK-SAME: (%[[X:.*]]: tensor<1x4xi8>)
// CHECK-NEXT: return %[[X]]
func.func @requantize_nothing(%x: tensor<1x4xi8>) -> tensor<1x4xi8> {
  %0 = cmnn.requantize %x {x_scale = 0.3 : f32, x_zero_point = 4 : i8,
      y_scale = 0.3 : f32, y_zero_point = 4 : i8} : tensor<1x4xi8>
  return %0 : tensor<1x4xi8>
}

// CHECK-LABEL: func.func @requantize_something
// CHECK-COUNT-3: cmnn.requantize
func.func @requantize_something(%x: tensor<1x4xi8>) -> tensor<1x4xi8> {
  %0 = cmnn.requantize %x {x_scale = 0.3 : f32, x_zero_point = 4 : i8,
      y_scale = 0.3 : f32, y_zero_point = 5 : i8} : tensor<1x4xi8>
  %1 = cmnn.requantize %0 {x_scale = 0.3 : f32, x_zero_point = 5 : i8,
      y_scale = 0.4 : f32, y_zero_point = 5 : i8} : tensor<1x4xi8>
  %2 = cmnn.requantize %1 {x_scale = 0.4 : f32, x_zero_point = 5 : i8,
      y_scale = 0.4 : f32, y_zero_point = 5 : i8, minimum = 5 : i8}
     : tensor<1x4xi8>
  return %2 : tensor<1x4xi8>
}

// CHECK-LABEL: func.func @pool_of_whole_image
func.func @pool_of_whole_image(%x: tensor<1x3x5x4xi8>) -> tensor<1x1x1x4xi8> {
  // CHECK-NEXT: cmnn.global_average_pool %{{.*}} {cm.tensor = "t", minimum = 0 : i8, x_scale = 2.000000e+00 : f32, x_zero_point = -1 : i8, y_scale = 5.000000e-01 : f32, y_zero_point = 3 : i8} : tensor<1x3x5x4xi8> -> tensor<1x1x1x4xi8>
  %0 = cmnn.average_pool %x {kernel = array<i64: 3, 5>,
      strides = array<i64: 3, 5>, minimum = 0 : i8, x_scale = 2.0 : f32,
      x_zero_point = -1 : i8, y_scale = 0.5 : f32, y_zero_point = 3 : i8,
      cm.tensor = "t"} : tensor<1x3x5x4xi8> -> tensor<1x1x1x4xi8>
  return %0 : tensor<1x1x1x4xi8>
}

// CHECK-LABEL: func.func @padded_pool_of_whole_image
func.func @padded_pool_of_whole_image(%x: tensor<1x3x5x4xi8>) -> tensor<1x2x1x4xi8> {
  // CHECK-NEXT: cmnn.average_pool
  %0 = cmnn.average_pool %x {kernel = array<i64: 3, 5>,
      pads = array<i64: 1, 0, 0, 0>, x_scale = 2.0 : f32,
      x_zero_point = -1 : i8, y_scale = 0.5 : f32, y_zero_point = 3 : i8}
     : tensor<1x3x5x4xi8> -> tensor<1x2x1x4xi8>
  return %0 : tensor<1x2x1x4xi8>
}
