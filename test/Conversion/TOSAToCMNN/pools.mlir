// RUN: cm-opt %s --convert-tosa-to-cmnn --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @main
func.func @pools(%x: tensor<1x5x4x2xi8>, %y: tensor<1x4x2xi32>)
    -> (tensor<1x3x2x2xi8>, tensor<1x3x2x2xi8>, tensor<1x1x2xi32>,
        tensor<1x1x4x2xi8>, tensor<1x5x4x1xi8>) {
  %xz = "tosa.const"() <{values = dense<-7> : tensor<1xi8>}> : () -> tensor<1xi8>
  %yz = "tosa.const"() <{values = dense<2> : tensor<1xi8>}> : () -> tensor<1xi8>
  // CHECK: cmnn.max_pool %arg0 {kernel = array<i64: 3, 2>, pads = array<i64: 1, 0, 1, 0>, strides = array<i64: 2, 2>}
  %0 = tosa.max_pool2d %x {
      kernel = array<i64: 3, 2>, stride = array<i64: 2, 2>,
      pad = array<i64: 1, 1, 0, 0>
    } : (tensor<1x5x4x2xi8>) -> tensor<1x3x2x2xi8>
  // CHECK: cmnn.average_pool_fixed %arg0 {kernel = array<i64: 3, 2>, pads = array<i64: 1, 0, 1, 0>, strides = array<i64: 2, 2>, x_zero_point = -7 : i8, y_zero_point = 2 : i8}
  %1 = tosa.avg_pool2d %x, %xz, %yz {
      kernel = array<i64: 3, 2>, stride = array<i64: 2, 2>,
      pad = array<i64: 1, 1, 0, 0>, acc_type = i32
    } : (tensor<1x5x4x2xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x3x2x2xi8>
  // CHECK: cmnn.reduce_sum %arg1 {axes = array<i64: 1>} : tensor<1x4x2xi32> -> tensor<1x1x2xi32>
  %2 = tosa.reduce_sum %y {axis = 1 : i32}
    : (tensor<1x4x2xi32>) -> tensor<1x1x2xi32>
  // CHECK: cmnn.reduce_max %arg0 {axes = array<i64: 1>}
  %3 = tosa.reduce_max %x {axis = 1 : i32}
    : (tensor<1x5x4x2xi8>) -> tensor<1x1x4x2xi8>
  // The least is the greatest of -1 - x, turned back.
  // CHECK: %[[N:.*]] = cmnn.table %arg0 {values = array<i8: 127, 126, {{.*}}-128>}
  // CHECK: %[[M:.*]] = cmnn.reduce_max %[[N]] {axes = array<i64: 3>}
  // CHECK: cmnn.table %[[M]] {values = array<i8: 127, 126, {{.*}}-128>}
  %4 = tosa.reduce_min %x {axis = 3 : i32}
    : (tensor<1x5x4x2xi8>) -> tensor<1x5x4x1xi8>
  return %0, %1, %2, %3, %4
    : tensor<1x3x2x2xi8>, tensor<1x3x2x2xi8>, tensor<1x1x2xi32>,
      tensor<1x1x4x2xi8>, tensor<1x5x4x1xi8>
}
