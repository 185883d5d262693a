// RUN: cm-opt %s --convert-tosa-to-cmnn --split-input-file | FileCheck %s

// Weights are O x KH x KW x I in TOSA. Equal arrays are one weight.
// CHECK-DAG: cmnn.weight @weight = dense_resource<weight> : tensor<2x1x3x2xi8>
// CHECK-DAG: cmnn.weight @bias = dense_resource<bias> : tensor<2xi32>
// CHECK-NOT: cmnn.weight @weight_1

// CHECK-LABEL: func.func @main
// CHECK-SAME: %arg0: tensor<1x4x4x3xi8> {cm.host_shape = array<i64: 1, 4, 4, 3>, cm.host_type = "int8", cm.permutation = array<i64: 0, 1, 2>, cm.tensor = "input0"}
// CHECK-SAME: -> (tensor<1x4x4x2xi32> {cm.host_shape = array<i64: 1, 4, 4, 2>, cm.host_type = "int32", cm.permutation = array<i64: 0, 1, 2>, cm.tensor = "output0"}, tensor<1x2x3x2xi32>
func.func @a_single_function_becomes_main(%x: tensor<1x4x4x3xi8>)
    -> (tensor<1x4x4x2xi32>, tensor<1x2x3x2xi32>) {
  %w = "tosa.const"() <{values = dense<[[[[1, 2, 3]], [[4, 5, 6]]], [[[7, 8, 9]], [[10, 11, 12]]]]> : tensor<2x2x1x3xi8>}> : () -> tensor<2x2x1x3xi8>
  %b = "tosa.const"() <{values = dense<[3, -4]> : tensor<2xi32>}> : () -> tensor<2xi32>
  %none = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  %xz = "tosa.const"() <{values = dense<-7> : tensor<1xi8>}> : () -> tensor<1xi8>
  %wz = "tosa.const"() <{values = dense<2> : tensor<1xi8>}> : () -> tensor<1xi8>
  %zero = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  // CHECK: cmnn.conv2d %arg0, @weight bias @bias {pads = array<i64: 1, 0, 0, 0>, w_zero_points = array<i8: 2>, x_zero_point = -7 : i8} : tensor<1x4x4x3xi8> -> tensor<1x4x4x2xi32>
  %0 = tosa.conv2d %x, %w, %b, %xz, %wz {
      acc_type = i32, pad = array<i64: 1, 0, 0, 0>, stride = array<i64: 1, 1>,
      dilation = array<i64: 1, 1>
    } : (tensor<1x4x4x3xi8>, tensor<2x2x1x3xi8>, tensor<2xi32>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x4x4x2xi32>
  // CHECK: cmnn.conv2d %arg0, @weight {dilations = array<i64: 2, 1>, pads = array<i64: 0, 1, 1, 0>, strides = array<i64: 2, 2>}
  %1 = tosa.conv2d %x, %w, %none, %zero, %zero {
      acc_type = i32, pad = array<i64: 0, 1, 1, 0>, stride = array<i64: 2, 2>,
      dilation = array<i64: 2, 1>
    } : (tensor<1x4x4x3xi8>, tensor<2x2x1x3xi8>, tensor<1xi32>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x2x3x2xi32>
  return %0, %1 : tensor<1x4x4x2xi32>, tensor<1x2x3x2xi32>
}

// -----

// One bias is for all channels.
// CHECK: cmnn.weight @weight = dense_resource<weight> : tensor<2x2x1x6xi8>
// CHECK: cmnn.weight @bias = dense_resource<bias> : tensor<6xi32>
// CHECK-LABEL: func.func @main
func.func @depthwise_conv2d(%x: tensor<1x4x4x3xi8>) -> tensor<1x3x3x6xi32> {
  %w = "tosa.const"() <{values = dense<1> : tensor<2x2x3x2xi8>}> : () -> tensor<2x2x3x2xi8>
  %b = "tosa.const"() <{values = dense<5> : tensor<1xi32>}> : () -> tensor<1xi32>
  %xz = "tosa.const"() <{values = dense<-7> : tensor<1xi8>}> : () -> tensor<1xi8>
  %wz = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  // CHECK: cmnn.conv2d %arg0, @weight bias @bias {groups = 3 : i64, x_zero_point = -7 : i8}
  %0 = tosa.depthwise_conv2d %x, %w, %b, %xz, %wz {
      acc_type = i32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>,
      dilation = array<i64: 1, 1>
    } : (tensor<1x4x4x3xi8>, tensor<2x2x3x2xi8>, tensor<1xi32>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x3x3x6xi32>
  return %0 : tensor<1x3x3x6xi32>
}

// -----

// CHECK: cmnn.weight @weight = dense_resource<weight> : tensor<3x3x2x4xi8>
// CHECK-LABEL: func.func @main
func.func @transpose_conv2d(%x: tensor<1x4x4x2xi8>) -> tensor<1x9x9x4xi32> {
  %w = "tosa.const"() <{values = dense<1> : tensor<4x3x3x2xi8>}> : () -> tensor<4x3x3x2xi8>
  %b = "tosa.const"() <{values = dense<0> : tensor<4xi32>}> : () -> tensor<4xi32>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  // CHECK: cmnn.conv_transpose2d %arg0, @weight {output_pads = array<i64: 1, 0>, pads = array<i64: 1, 0, 0, 0>, strides = array<i64: 2, 2>}
  %0 = tosa.transpose_conv2d %x, %w, %b, %z, %z {
      acc_type = i32, out_pad = array<i64: -1, 1, 0, 0>,
      stride = array<i64: 2, 2>
    } : (tensor<1x4x4x2xi8>, tensor<4x3x3x2xi8>, tensor<4xi32>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x9x9x4xi32>
  return %0 : tensor<1x9x9x4xi32>
}

// -----

// The second product has two matrices, so its constant stays a tensor.
// CHECK: cmnn.weight @weight = dense_resource<weight> : tensor<4x5xi8>
// CHECK: cmnn.weight @constant = dense_resource<constant> : tensor<2x4x5xi8>
// CHECK-LABEL: func.func @main
func.func @matmul(%a: tensor<1x3x4xi8>, %b: tensor<2x3x4xi8>)
    -> (tensor<1x3x5xi32>, tensor<2x3x5xi32>) {
  %w = "tosa.const"() <{values = dense<1> : tensor<1x4x5xi8>}> : () -> tensor<1x4x5xi8>
  %v = "tosa.const"() <{values = dense<1> : tensor<2x4x5xi8>}> : () -> tensor<2x4x5xi8>
  %az = "tosa.const"() <{values = dense<3> : tensor<1xi8>}> : () -> tensor<1xi8>
  %bz = "tosa.const"() <{values = dense<-2> : tensor<1xi8>}> : () -> tensor<1xi8>
  // CHECK: %[[C:.*]] = cmnn.constant @constant : tensor<2x4x5xi8>
  // CHECK: cmnn.matmul %arg0, @weight {w_zero_points = array<i8: -2>, x_zero_point = 3 : i8} : tensor<1x3x4xi8> -> tensor<1x3x5xi32>
  %0 = tosa.matmul %a, %w, %az, %bz
    : (tensor<1x3x4xi8>, tensor<1x4x5xi8>, tensor<1xi8>, tensor<1xi8>)
    -> tensor<1x3x5xi32>
  // CHECK: cmnn.batch_matmul %arg1, %[[C]] {a_zero_point = 3 : i8, b_zero_point = -2 : i8}
  %1 = tosa.matmul %b, %v, %az, %bz
    : (tensor<2x3x4xi8>, tensor<2x4x5xi8>, tensor<1xi8>, tensor<1xi8>)
    -> tensor<2x3x5xi32>
  return %0, %1 : tensor<1x3x5xi32>, tensor<2x3x5xi32>
}
