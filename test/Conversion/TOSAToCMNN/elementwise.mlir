// RUN: cm-opt %s --convert-tosa-to-cmnn --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @main
func.func @rescale(%x: tensor<1x2x3xi32>, %y: tensor<1x2x3xi8>)
    -> (tensor<1x2x3xi8>, tensor<1x2x3xi32>, tensor<1x2x3xi8>) {
  %m = "tosa.const"() <{values = dense<[1073741824, 2000000000, 3]> : tensor<3xi32>}> : () -> tensor<3xi32>
  %s = "tosa.const"() <{values = dense<[31, 40, 2]> : tensor<3xi8>}> : () -> tensor<3xi8>
  %m1 = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s1 = "tosa.const"() <{values = dense<10> : tensor<1xi8>}> : () -> tensor<1xi8>
  %m16 = "tosa.const"() <{values = dense<[16384]> : tensor<1xi16>}> : () -> tensor<1xi16>
  %z8 = "tosa.const"() <{values = dense<-5> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z32 = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  // CHECK: cmnn.rescale %arg0 {double_round, multipliers = array<i32: 1073741824, 2000000000, 3>, shifts = array<i8: 31, 40, 2>, y_zero_point = -5 : i8} : tensor<1x2x3xi32> -> tensor<1x2x3xi8>
  %0 = tosa.rescale %x, %m, %s, %z32, %z8 {
      scale32 = true, rounding_mode = DOUBLE_ROUND, per_channel = true,
      input_unsigned = false, output_unsigned = false
    } : (tensor<1x2x3xi32>, tensor<3xi32>, tensor<3xi8>, tensor<1xi32>,
         tensor<1xi8>) -> tensor<1x2x3xi8>
  // CHECK: cmnn.rescale %arg1 {multipliers = array<i32: 1073741824>, shifts = array<i8: 10>, x_zero_point = -5 : i8} : tensor<1x2x3xi8> -> tensor<1x2x3xi32>
  %1 = tosa.rescale %y, %m1, %s1, %z8, %z32 {
      scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false,
      input_unsigned = false, output_unsigned = false
    } : (tensor<1x2x3xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>,
         tensor<1xi32>) -> tensor<1x2x3xi32>
  // CHECK: cmnn.rescale %arg1 {multipliers = array<i32: 16384>, shifts = array<i8: 10>, x_zero_point = -5 : i8, y_zero_point = -5 : i8}
  %2 = tosa.rescale %y, %m16, %s1, %z8, %z8 {
      scale32 = false, rounding_mode = SINGLE_ROUND, per_channel = false,
      input_unsigned = false, output_unsigned = false
    } : (tensor<1x2x3xi8>, tensor<1xi16>, tensor<1xi8>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x2x3xi8>
  return %0, %1, %2 : tensor<1x2x3xi8>, tensor<1x2x3xi32>, tensor<1x2x3xi8>
}

// -----

// CHECK-LABEL: func.func @main
func.func @clamp(%x: tensor<1x4xi8>, %y: tensor<1x4xi32>)
    -> (tensor<1x4xi8>, tensor<1x4xi32>, tensor<1x4xi8>) {
  %m = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s = "tosa.const"() <{values = dense<31> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z8 = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z32 = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  // CHECK: cmnn.requantize %arg0 {maximum = 6 : i8, minimum = -3 : i8} : tensor<1x4xi8>
  %0 = tosa.clamp %x {min_val = -3 : i8, max_val = 6 : i8}
    : (tensor<1x4xi8>) -> tensor<1x4xi8>
  // CHECK: cmnn.rescale %arg1 {maximum = 600 : i32, minimum = -300 : i32, multipliers = array<i32: 1073741824>, shifts = array<i8: 30>}
  %1 = tosa.clamp %y {min_val = -300 : i32, max_val = 600 : i32}
    : (tensor<1x4xi32>) -> tensor<1x4xi32>
  // A clamp goes into the rescale before it.
  // CHECK: %[[Y:.*]] = cmnn.rescale %arg1 {maximum = 6 : i32, minimum = 2 : i32, multipliers = array<i32: 1073741824>, shifts = array<i8: 31>}
  // CHECK-NOT: requantize
  %2 = tosa.rescale %y, %m, %s, %z32, %z8 {
      scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false,
      input_unsigned = false, output_unsigned = false
    } : (tensor<1x4xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>,
         tensor<1xi8>) -> tensor<1x4xi8>
  %3 = tosa.clamp %2 {min_val = -3 : i8, max_val = 6 : i8}
    : (tensor<1x4xi8>) -> tensor<1x4xi8>
  %4 = tosa.clamp %3 {min_val = 2 : i8, max_val = 127 : i8}
    : (tensor<1x4xi8>) -> tensor<1x4xi8>
  // CHECK: return %{{.*}}, %{{.*}}, %[[Y]]
  return %0, %1, %4 : tensor<1x4xi8>, tensor<1x4xi32>, tensor<1x4xi8>
}

// -----

// CHECK-LABEL: func.func @main
func.func @functions(%x: tensor<1x4xi8>)
    -> (tensor<1x4xi8>, tensor<1x4xi8>, tensor<1x4xi32>, tensor<1x4xi8>) {
  %t = "tosa.const"() <{values = dense<7> : tensor<256xi8>}> : () -> tensor<256xi8>
  %xz = "tosa.const"() <{values = dense<-128> : tensor<1xi8>}> : () -> tensor<1xi8>
  %yz = "tosa.const"() <{values = dense<1> : tensor<1xi8>}> : () -> tensor<1xi8>
  // CHECK: cmnn.table %arg0 {values = array<i8: 7, 7, {{.*}}7>} : tensor<1x4xi8>
  %0 = tosa.table %x, %t : (tensor<1x4xi8>, tensor<256xi8>) -> tensor<1x4xi8>
  // -128 - x + 1, saturated: from x = 2 on it is -128.
  // CHECK: cmnn.table %arg0 {values = array<i8: 1, 0, -1, {{.*}}, -127, -128, -128, {{.*}}-128>}
  %1 = tosa.negate %x, %xz, %yz
    : (tensor<1x4xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x4xi8>
  // CHECK: cmnn.rescale %arg0 {multipliers = array<i32: 1073741824>, shifts = array<i8: 30>} : tensor<1x4xi8> -> tensor<1x4xi32>
  %2 = tosa.cast %x : (tensor<1x4xi8>) -> tensor<1x4xi32>
  // CHECK: return %{{.*}}, %{{.*}}, %{{.*}}, %arg0
  %3 = tosa.cast %x : (tensor<1x4xi8>) -> tensor<1x4xi8>
  return %0, %1, %2, %3
    : tensor<1x4xi8>, tensor<1x4xi8>, tensor<1x4xi32>, tensor<1x4xi8>
}

// -----

// CHECK: cmnn.weight @constant = dense_resource<constant> : tensor<1x4xi32>
// CHECK-LABEL: func.func @main
func.func @elementwise(%x: tensor<1x4xi8>, %y: tensor<1x4xi32>)
    -> (tensor<1x4xi32>, tensor<1x4xi32>, tensor<1x4xi32>) {
  %c = "tosa.const"() <{values = dense<[[1, 2, 3, 4]]> : tensor<1x4xi32>}> : () -> tensor<1x4xi32>
  %zero = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  // CHECK: %[[C:.*]] = cmnn.constant @constant : tensor<1x4xi32>
  // CHECK: cmnn.add %arg1, %[[C]] : tensor<1x4xi32>
  %0 = tosa.add %y, %c : (tensor<1x4xi32>, tensor<1x4xi32>) -> tensor<1x4xi32>
  // CHECK: cmnn.sub %arg1, %{{.*}} : tensor<1x4xi32>
  %1 = tosa.sub %y, %0 : (tensor<1x4xi32>, tensor<1x4xi32>) -> tensor<1x4xi32>
  // CHECK: %[[A:.*]] = cmnn.rescale %arg0
  // CHECK: %[[B:.*]] = cmnn.rescale %arg0
  // CHECK: cmnn.mul %[[A]], %[[B]] : tensor<1x4xi32>
  %2 = tosa.mul %x, %x, %zero
    : (tensor<1x4xi8>, tensor<1x4xi8>, tensor<1xi8>) -> tensor<1x4xi32>
  return %0, %1, %2 : tensor<1x4xi32>, tensor<1x4xi32>, tensor<1x4xi32>
}

// -----

// uint8 as TFLite's converter has it, and as MLIR has it where all is signless:
// zero points 128 less.

// CHECK-LABEL: func.func @main
// CHECK-SAME: %arg0: tensor<1x4xi8> {cm.host_shape = array<i64: 1, 4>, cm.host_type = "uint8", cm.permutation = array<i64: 0>, cm.tensor = "input0"}
// CHECK-SAME: %arg1: tensor<1x4xi8> {cm.host_shape = array<i64: 1, 4>, cm.host_type = "uint8"
// CHECK-SAME: -> (tensor<1x4xi8> {cm.host_shape = array<i64: 1, 4>, cm.host_type = "uint8", {{.*}}}, tensor<1x4xi8> {cm.host_shape = array<i64: 1, 4>, cm.host_type = "int8"
func.func @unsigned_ports(%x: tensor<1x4xui8>, %y: tensor<1x4xi8>) -> (tensor<1x4xui8>, tensor<1x4xi8>) {
  %m = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s = "tosa.const"() <{values = dense<30> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z100 = "tosa.const"() <{values = dense<100> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z133 = "tosa.const"() <{values = dense<-123> : tensor<1xi8>}> : () -> tensor<1xi8>
  // CHECK: %[[X:.*]] = cmnn.rescale %arg0 {multipliers = array<i32: 1073741824>, shifts = array<i8: 30>, x_zero_point = -28 : i8, y_zero_point = 100 : i8} : tensor<1x4xi8> -> tensor<1x4xi8>
  %0 = tosa.rescale %x, %m, %s, %z100, %z100 {
      scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false,
      input_unsigned = true, output_unsigned = false
    } : (tensor<1x4xui8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x4xi8>
  // CHECK: %[[U:.*]] = cmnn.rescale %[[X]] {multipliers = array<i32: 1073741824>, shifts = array<i8: 30>, x_zero_point = 100 : i8, y_zero_point = 5 : i8} : tensor<1x4xi8> -> tensor<1x4xi8>
  %1 = tosa.rescale %0, %m, %s, %z100, %z133 {
      scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false,
      input_unsigned = false, output_unsigned = true
    } : (tensor<1x4xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x4xui8>
  // CHECK: %[[Y:.*]] = cmnn.rescale %arg1 {{{.*}}x_zero_point = 5 : i8, y_zero_point = 100 : i8}
  %2 = tosa.rescale %y, %m, %s, %z133, %z100 {
      scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false,
      input_unsigned = true, output_unsigned = false
    } : (tensor<1x4xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x4xi8>
  // CHECK: return %[[U]], %[[Y]] : tensor<1x4xi8>, tensor<1x4xi8>
  return %1, %2 : tensor<1x4xui8>, tensor<1x4xi8>
}

// -----

// As torch-mlir clamps int32.

// CHECK-LABEL: func.func @main
func.func @extremes(%x: tensor<1x4xi32>, %y: tensor<1x4xi8>)
    -> (tensor<1x4xi8>, tensor<1x4xi8>) {
  %low = "tosa.const"() <{values = dense<-128> : tensor<1x1xi32>}> : () -> tensor<1x1xi32>
  %high = "tosa.const"() <{values = dense<100> : tensor<1x1xi32>}> : () -> tensor<1x1xi32>
  %six = "tosa.const"() <{values = dense<6> : tensor<1x4xi8>}> : () -> tensor<1x4xi8>
  // CHECK: %[[R:.*]] = cmnn.rescale %arg0 {maximum = 100 : i32, minimum = -128 : i32, multipliers = array<i32: 1073741824>, shifts = array<i8: 30>} : tensor<1x4xi32> -> tensor<1x4xi32>
  // CHECK-NEXT: %[[C:.*]] = cmnn.rescale %[[R]] {maximum = 127 : i32, minimum = -128 : i32, multipliers = array<i32: 1073741824>, shifts = array<i8: 30>} : tensor<1x4xi32> -> tensor<1x4xi8>
  %0 = tosa.maximum %x, %low : (tensor<1x4xi32>, tensor<1x1xi32>) -> tensor<1x4xi32>
  %1 = tosa.minimum %high, %0 : (tensor<1x1xi32>, tensor<1x4xi32>) -> tensor<1x4xi32>
  %2 = tosa.cast %1 : (tensor<1x4xi32>) -> tensor<1x4xi8>
  // CHECK-NEXT: %[[M:.*]] = cmnn.requantize %arg1 {minimum = 6 : i8} : tensor<1x4xi8>
  %3 = tosa.maximum %y, %six : (tensor<1x4xi8>, tensor<1x4xi8>) -> tensor<1x4xi8>
  // CHECK-NEXT: return %[[C]], %[[M]]
  return %2, %3 : tensor<1x4xi8>, tensor<1x4xi8>
}

// -----

// Of two tensors: the second one plus what the first one is above or below it.

// CHECK-LABEL: func.func @main
func.func @extremes_of_tensors(%x: tensor<1x4xi8>, %y: tensor<1x4xi8>)
    -> (tensor<1x4xi8>, tensor<1x4xi8>) {
  %c = "tosa.const"() <{values = dense<[[1, 2, 3, 4]]> : tensor<1x4xi8>}> : () -> tensor<1x4xi8>
  // CHECK: %[[A:.*]] = cmnn.rescale %arg0 {{.*}}-> tensor<1x4xi32>
  // CHECK-NEXT: %[[B:.*]] = cmnn.rescale %arg1 {{.*}}-> tensor<1x4xi32>
  // CHECK-NEXT: %[[D:.*]] = cmnn.sub %[[A]], %[[B]] : tensor<1x4xi32>
  // CHECK-NEXT: %[[E:.*]] = cmnn.rescale %[[D]] {minimum = 0 : i32, multipliers = array<i32: 1073741824>, shifts = array<i8: 30>}
  // CHECK-NEXT: %[[Y:.*]] = cmnn.add %[[E]], %[[B]] : tensor<1x4xi32>
  // CHECK-NEXT: cmnn.rescale %[[Y]] {{.*}}-> tensor<1x4xi8>
  %0 = tosa.maximum %x, %y : (tensor<1x4xi8>, tensor<1x4xi8>) -> tensor<1x4xi8>
  // CHECK: cmnn.rescale %{{.*}} {maximum = 0 : i32, multipliers
  %1 = tosa.minimum %x, %c : (tensor<1x4xi8>, tensor<1x4xi8>) -> tensor<1x4xi8>
  return %0, %1 : tensor<1x4xi8>, tensor<1x4xi8>
}

// -----

// A product with a shift is a rescale: of the product where that is within int32,
// else by a constant factor.

// CHECK-LABEL: func.func @main
func.func @shifted(%x: tensor<1x2xi32>, %y: tensor<1x2xi8>)
    -> (tensor<1x2xi32>, tensor<1x2xi32>, tensor<1x2xi32>, tensor<1x2xi32>) {
  %one = "tosa.const"() <{values = dense<1> : tensor<1xi8>}> : () -> tensor<1xi8>
  %nine = "tosa.const"() <{values = dense<9> : tensor<1xi8>}> : () -> tensor<1xi8>
  %c = "tosa.const"() <{values = dense<1073741823> : tensor<1x1xi32>}> : () -> tensor<1x1xi32>
  %d = "tosa.const"() <{values = dense<[[5, 70000]]> : tensor<1x2xi32>}> : () -> tensor<1x2xi32>
  // CHECK: cmnn.rescale %arg0 {multipliers = array<i32: 2147483646>, shifts = array<i8: 2>}
  %0 = tosa.mul %x, %c, %one : (tensor<1x2xi32>, tensor<1x1xi32>, tensor<1xi8>) -> tensor<1x2xi32>
  // CHECK-NEXT: cmnn.rescale %arg0 {multipliers = array<i32: 5, 70000>, shifts = array<i8: 9, 9>}
  %1 = tosa.mul %d, %x, %nine : (tensor<1x2xi32>, tensor<1x2xi32>, tensor<1xi8>) -> tensor<1x2xi32>
  // CHECK-NEXT: %[[Y:.*]] = cmnn.rescale %arg1
  %wide = tosa.cast %y : (tensor<1x2xi8>) -> tensor<1x2xi32>
  // CHECK-NEXT: %[[P:.*]] = cmnn.mul %[[Y]], %[[Y]] : tensor<1x2xi32>
  // CHECK-NEXT: cmnn.rescale %[[P]] {multipliers = array<i32: 1>, shifts = array<i8: 9>}
  %2 = tosa.mul %wide, %wide, %nine : (tensor<1x2xi32>, tensor<1x2xi32>, tensor<1xi8>) -> tensor<1x2xi32>
  // CHECK: cmnn.rescale %{{.*}} {multipliers = array<i32: 2>, shifts = array<i8: 2>}
  %3 = tosa.mul %wide, %wide, %one : (tensor<1x2xi32>, tensor<1x2xi32>, tensor<1xi8>) -> tensor<1x2xi32>
  return %0, %1, %2, %3
    : tensor<1x2xi32>, tensor<1x2xi32>, tensor<1x2xi32>, tensor<1x2xi32>
}

// -----

// The widest ranges that are exact: invalid.mlir has the next ones.

// CHECK-LABEL: func.func @main
func.func @widest(%a: tensor<1x2xi32>, %b: tensor<1x2xi32>) -> (tensor<1x2xi32>, tensor<1x2xi32>) {
  %s = "tosa.const"() <{values = dense<9> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = tosa.clamp %a {min_val = 0 : i32, max_val = 1073741823 : i32} : (tensor<1x2xi32>) -> tensor<1x2xi32>
  %1 = tosa.clamp %b {min_val = -1073741824 : i32, max_val = 0 : i32} : (tensor<1x2xi32>) -> tensor<1x2xi32>
  // CHECK: cmnn.sub
  %2 = tosa.maximum %0, %1 : (tensor<1x2xi32>, tensor<1x2xi32>) -> tensor<1x2xi32>
  %3 = tosa.clamp %a {min_val = -46340 : i32, max_val = 0 : i32} : (tensor<1x2xi32>) -> tensor<1x2xi32>
  // CHECK: cmnn.mul
  %4 = tosa.mul %3, %3, %s : (tensor<1x2xi32>, tensor<1x2xi32>, tensor<1xi8>) -> tensor<1x2xi32>
  return %2, %4 : tensor<1x2xi32>, tensor<1x2xi32>
}
