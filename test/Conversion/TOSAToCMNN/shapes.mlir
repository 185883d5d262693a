// RUN: cm-opt %s --convert-tosa-to-cmnn --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @main
func.func @movements(%x: tensor<1x2x3x4xi8>)
    -> (tensor<6x4xi8>, tensor<1x4x2x3xi8>, tensor<1x2x2x1xi8>,
        tensor<1x2x3x4xi8>, tensor<1x4x3x12xi8>, tensor<1x2x3x8xi8>,
        tensor<1x3x3x6xi8>, tensor<1x2x3x4xi8>) {
  %s = tosa.const_shape {values = dense<[6, 4]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %start = tosa.const_shape {values = dense<[0, 0, 1, 3]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %size = tosa.const_shape {values = dense<[1, 2, 2, 1]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %copies = tosa.const_shape {values = dense<[1, 2, 1, 3]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %pads = tosa.const_shape {values = dense<[0, 0, 1, 0, 0, 0, 0, 2]> : tensor<8xindex>} : () -> !tosa.shape<8>
  %fill = "tosa.const"() <{values = dense<-9> : tensor<1xi8>}> : () -> tensor<1xi8>
  // CHECK: cmnn.reshape %arg0 : tensor<1x2x3x4xi8> -> tensor<6x4xi8>
  %0 = tosa.reshape %x, %s
    : (tensor<1x2x3x4xi8>, !tosa.shape<2>) -> tensor<6x4xi8>
  // CHECK: cmnn.transpose %arg0 {permutation = array<i64: 0, 3, 1, 2>}
  %1 = tosa.transpose %x {perms = array<i32: 0, 3, 1, 2>}
    : (tensor<1x2x3x4xi8>) -> tensor<1x4x2x3xi8>
  // CHECK: cmnn.slice %arg0 {sizes = array<i64: 1, 2, 2, 1>, starts = array<i64: 0, 0, 1, 3>, steps = array<i64: 1, 1, 1, 1>}
  %2 = tosa.slice %x, %start, %size
    : (tensor<1x2x3x4xi8>, !tosa.shape<4>, !tosa.shape<4>)
    -> tensor<1x2x2x1xi8>
  // CHECK: cmnn.slice %arg0 {sizes = array<i64: 1, 2, 3, 4>, starts = array<i64: 0, 0, 2, 0>, steps = array<i64: 1, 1, -1, 1>}
  %3 = tosa.reverse %x {axis = 2 : i32}
    : (tensor<1x2x3x4xi8>) -> tensor<1x2x3x4xi8>
  // CHECK: %[[TWO:.*]] = cmnn.concat %arg0, %arg0 {axis = 1 : i64} : {{.*}} -> tensor<1x4x3x4xi8>
  // CHECK: cmnn.concat %[[TWO]], %[[TWO]], %[[TWO]] {axis = 3 : i64} : {{.*}} -> tensor<1x4x3x12xi8>
  %4 = tosa.tile %x, %copies
    : (tensor<1x2x3x4xi8>, !tosa.shape<4>) -> tensor<1x4x3x12xi8>
  // CHECK: cmnn.concat %arg0, %arg0 {axis = 3 : i64} : {{.*}} -> tensor<1x2x3x8xi8>
  %5 = tosa.concat %x, %x {axis = 3 : i32}
    : (tensor<1x2x3x4xi8>, tensor<1x2x3x4xi8>) -> tensor<1x2x3x8xi8>
  // CHECK: cmnn.pad constant %arg0 {high = array<i64: 0, 0, 0, 2>, low = array<i64: 0, 1, 0, 0>, value = -9 : i8} : tensor<1x2x3x4xi8> -> tensor<1x3x3x6xi8>
  %6 = tosa.pad %x, %pads, %fill
    : (tensor<1x2x3x4xi8>, !tosa.shape<8>, tensor<1xi8>) -> tensor<1x3x3x6xi8>
  // CHECK: return {{.*}}, %arg0 :
  %7 = tosa.identity %x : (tensor<1x2x3x4xi8>) -> tensor<1x2x3x4xi8>
  return %0, %1, %2, %3, %4, %5, %6, %7
    : tensor<6x4xi8>, tensor<1x4x2x3xi8>, tensor<1x2x2x1xi8>,
      tensor<1x2x3x4xi8>, tensor<1x4x3x12xi8>, tensor<1x2x3x8xi8>,
      tensor<1x3x3x6xi8>, tensor<1x2x3x4xi8>
}

// -----

// CHECK-LABEL: func.func @main
func.func @resize(%x: tensor<1x4x4x1xi8>)
    -> (tensor<1x8x4x1xi8>, tensor<1x8x4x1xi32>) {
  %scale = tosa.const_shape {values = dense<[4, 2, 3, 3]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %offset = tosa.const_shape {values = dense<[-1, 0]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %border = tosa.const_shape {values = dense<[1, 0]> : tensor<2xindex>} : () -> !tosa.shape<2>
  // CHECK: cmnn.resize_fixed nearest %arg0 {denominators = array<i64: 2, 3>, numerators = array<i64: 4, 3>, offsets = array<i64: -1, 0>} : tensor<1x4x4x1xi8> -> tensor<1x8x4x1xi8>
  %0 = tosa.resize %x, %scale, %offset, %border {mode = NEAREST_NEIGHBOR}
    : (tensor<1x4x4x1xi8>, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>)
    -> tensor<1x8x4x1xi8>
  // CHECK: cmnn.resize_fixed linear %arg0 {{.*}} : tensor<1x4x4x1xi8> -> tensor<1x8x4x1xi32>
  %1 = tosa.resize %x, %scale, %offset, %border {mode = BILINEAR}
    : (tensor<1x4x4x1xi8>, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>)
    -> tensor<1x8x4x1xi32>
  return %0, %1 : tensor<1x8x4x1xi8>, tensor<1x8x4x1xi32>
}

// -----

// Reshaped and transposed constants are constants.
// CHECK: cmnn.weight @weight = dense_resource<weight> : tensor<2x3xi8>
// CHECK-LABEL: func.func @main
// CHECK-NEXT: cmnn.matmul %arg0, @weight
func.func @constants(%x: tensor<1x4x2xi8>) -> tensor<1x4x3xi32> {
  %w = "tosa.const"() <{values = dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi8>}> : () -> tensor<3x2xi8>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %s = tosa.const_shape {values = dense<[1, 3, 2]> : tensor<3xindex>} : () -> !tosa.shape<3>
  %0 = tosa.reshape %w, %s
    : (tensor<3x2xi8>, !tosa.shape<3>) -> tensor<1x3x2xi8>
  %1 = tosa.transpose %0 {perms = array<i32: 0, 2, 1>}
    : (tensor<1x3x2xi8>) -> tensor<1x2x3xi8>
  %2 = tosa.matmul %x, %1, %z, %z
    : (tensor<1x4x2xi8>, tensor<1x2x3xi8>, tensor<1xi8>, tensor<1xi8>)
    -> tensor<1x4x3xi32>
  return %2 : tensor<1x4x3xi32>
}

// -----

// Several functions keep their names; a port without a batch is one image.
// CHECK-LABEL: func.func @one(
// CHECK-SAME: tensor<2x3xi8> {cm.host_shape = array<i64: 1, 2, 3>, cm.host_type = "int8", cm.permutation = array<i64: 0, 1>, cm.tensor = "input0"}
func.func @one(%x: tensor<2x3xi8>) -> tensor<2x3xi8> {
  return %x : tensor<2x3xi8>
}
// CHECK-LABEL: func.func @two(
// CHECK-SAME: tensor<1xi8> {cm.host_shape = array<i64: 1, 1>, cm.host_type = "int8", cm.permutation = array<i64: 0>, cm.tensor = "input0"}
func.func @two(%x: tensor<1xi8>) -> tensor<1xi8> {
  return %x : tensor<1xi8>
}
