// RUN: cm-opt %s --split-input-file --cmnn-normalise | FileCheck %s
// RUN: cm-opt %s --split-input-file --cmnn-normalise --cmnn-normalise -o %t.twice
// RUN: FileCheck %s < %t.twice


// A convolution in QDQ form with Relu between, float ports at both ends.

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.*]]: tensor<1x8x8x4xi8> {cm.host_type = "float32", cm.scale = 5.000000e-01 : f32, cm.tensor = "x", cm.zero_point = -3 : i8}
// CHECK-SAME: -> (tensor<1x6x6x16xi8> {cm.host_type = "float32", cm.scale = 2.500000e-01 : f32, cm.tensor = "y", cm.zero_point = -128 : i8})
// CHECK-NEXT: %[[Y:.*]] = cmnn.conv2d %[[X]], @w bias @b {cm.host_type = "uint8", cm.tensor = "y_q", maximum = -104 : i8, w_scales = array<f32: 2.500000e-01>, x_scale = 5.000000e-01 : f32, x_zero_point = -3 : i8, y_scale = 2.500000e-01 : f32, y_zero_point = -128 : i8}
// CHECK-NEXT: return %[[Y]]
cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>
cmnn.weight @b = dense<0> : tensor<16xi32>
func.func @main(%x: tensor<1x8x8x4xf32> {cm.tensor = "x"})
    -> (tensor<1x6x6x16xf32> {cm.tensor = "y"}) {
  %q = cmnn.quantize %x {y_scale = 0.5 : f32, y_zero_point = -3 : i8, cm.tensor = "x_q"} : tensor<1x8x8x4xf32> -> tensor<1x8x8x4xi8>
  %0 = cmnn.conv2d %q, @w bias @b {x_scale = 0.5 : f32, x_zero_point = -3 : i8, w_scales = array<f32: 0.25>, cm.tensor = "conv"} : tensor<1x8x8x4xi8> -> tensor<1x6x6x16xf32>
  %1 = cmnn.clip %0 {low = 0.0 : f32, high = 6.0 : f32, cm.tensor = "relu6"} : tensor<1x6x6x16xf32>
  %2 = cmnn.quantize %1 {y_scale = 0.25 : f32, y_zero_point = -128 : i8, is_unsigned, cm.tensor = "y_q", cm.host_type = "uint8"} : tensor<1x6x6x16xf32> -> tensor<1x6x6x16xi8>
  %3 = cmnn.dequantize %2 {x_scale = 0.25 : f32, x_zero_point = -128 : i8, cm.tensor = "y"} : tensor<1x6x6x16xi8> -> tensor<1x6x6x16xf32>
  return %3 : tensor<1x6x6x16xf32>
}

// -----

// Functions of one and of two tensors; unsigned rounding goes where sums are.

// CHECK-LABEL: func.func @main
// CHECK-NEXT: %[[A:.*]] = cmnn.add %{{.*}}, %{{.*}} {a_scale = 5.000000e-01 : f32, a_zero_point = 1 : i8, b_scale = 2.500000e-01 : f32, cm.tensor = "sum_q", unsigned_rounding, y_scale = 1.250000e-01 : f32}
// CHECK-NEXT: %[[S:.*]] = cmnn.sigmoid %[[A]] {cm.tensor = "gate_q", x_scale = 1.250000e-01 : f32, y_scale = 3.906250e-03 : f32, y_zero_point = -128 : i8}
// CHECK-NEXT: return %[[S]]
func.func @main(%a: tensor<1x4xi8>, %b: tensor<1x4xi8>) -> tensor<1x4xi8> {
  %0 = cmnn.dequantize %a {x_scale = 0.5 : f32, x_zero_point = 1 : i8} : tensor<1x4xi8> -> tensor<1x4xf32>
  %1 = cmnn.dequantize %b {x_scale = 0.25 : f32} : tensor<1x4xi8> -> tensor<1x4xf32>
  %2 = cmnn.add %0, %1 {cm.tensor = "sum"} : tensor<1x4xf32>
  %3 = cmnn.quantize %2 {y_scale = 0.125 : f32, is_unsigned, cm.tensor = "sum_q"} : tensor<1x4xf32> -> tensor<1x4xi8>
  %4 = cmnn.dequantize %3 {x_scale = 0.125 : f32} : tensor<1x4xi8> -> tensor<1x4xf32>
  %5 = cmnn.sigmoid %4 {cm.tensor = "gate"} : tensor<1x4xf32>
  %6 = cmnn.quantize %5 {y_scale = 0.00390625 : f32, y_zero_point = -128 : i8, is_unsigned, cm.tensor = "gate_q"} : tensor<1x4xf32> -> tensor<1x4xi8>
  return %6 : tensor<1x4xi8>
}

// -----

// Views between a dequantize and a quantize work on int8; the name of a quantize
// that changes nothing goes to the view.

// CHECK-LABEL: func.func @main(
// CHECK-SAME: tensor<1x4x4x8xi8> {cm.scale = 5.000000e-01 : f32, cm.zero_point = 3 : i8}
// CHECK-NEXT: %[[P:.*]] = cmnn.max_pool %{{.*}} {cm.tensor = "pool_q", kernel = array<i64: 2, 2>} : tensor<1x4x4x8xi8> -> tensor<1x3x3x8xi8>
// CHECK-NEXT: %[[D:.*]] = cmnn.pad constant %[[P]] {high = array<i64: 0, 1, 0, 0>, low = array<i64: 0, 0, 0, 0>, value = 3 : i8}
// CHECK-NEXT: %[[S:.*]] = cmnn.slice %[[D]]
// CHECK-NEXT: %[[R:.*]] = cmnn.requantize %[[S]] {cm.tensor = "y", x_scale = 5.000000e-01 : f32, x_zero_point = 3 : i8, y_scale = 2.500000e-01 : f32}
// CHECK-NEXT: return %[[R]]
func.func @main(%x: tensor<1x4x4x8xi8>) -> tensor<1x2x3x8xi8> {
  %0 = cmnn.dequantize %x {x_scale = 0.5 : f32, x_zero_point = 3 : i8} : tensor<1x4x4x8xi8> -> tensor<1x4x4x8xf32>
  %1 = cmnn.max_pool %0 {kernel = array<i64: 2, 2>, cm.tensor = "pool"} : tensor<1x4x4x8xf32> -> tensor<1x3x3x8xf32>
  %2 = cmnn.quantize %1 {y_scale = 0.5 : f32, y_zero_point = 3 : i8, cm.tensor = "pool_q"} : tensor<1x3x3x8xf32> -> tensor<1x3x3x8xi8>
  %3 = cmnn.dequantize %2 {x_scale = 0.5 : f32, x_zero_point = 3 : i8} : tensor<1x3x3x8xi8> -> tensor<1x3x3x8xf32>
  %4 = cmnn.pad constant %3 {low = array<i64: 0, 0, 0, 0>, high = array<i64: 0, 1, 0, 0>} : tensor<1x3x3x8xf32> -> tensor<1x4x3x8xf32>
  %5 = cmnn.slice %4 {starts = array<i64: 0, 2, 0, 0>, sizes = array<i64: 1, 2, 3, 8>, steps = array<i64: 1, 1, 1, 1>} : tensor<1x4x3x8xf32> -> tensor<1x2x3x8xf32>
  %6 = cmnn.quantize %5 {y_scale = 0.25 : f32, cm.tensor = "y"} : tensor<1x2x3x8xf32> -> tensor<1x2x3x8xi8>
  return %6 : tensor<1x2x3x8xi8>
}

// -----

// A concatenation of two quantisations requantises each operand that differs.

// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[A:[a-z0-9]*]]: tensor<1x4xi8> {{.*}}, %[[B:[a-z0-9]*]]: tensor<1x4xi8>
// CHECK-NEXT: %[[R:.*]] = cmnn.requantize %[[B]] {x_scale = 2.500000e-01 : f32, y_scale = 5.000000e-01 : f32}
// CHECK-NEXT: %[[C:.*]] = cmnn.concat %[[A]], %[[R]] {axis = 1 : i64, cm.tensor = "y"}
// CHECK-NEXT: return %[[C]]
func.func @main(%a: tensor<1x4xi8>, %b: tensor<1x4xi8>) -> tensor<1x8xi8> {
  %0 = cmnn.dequantize %a {x_scale = 0.5 : f32} : tensor<1x4xi8> -> tensor<1x4xf32>
  %1 = cmnn.dequantize %b {x_scale = 0.25 : f32} : tensor<1x4xi8> -> tensor<1x4xf32>
  %2 = cmnn.concat %0, %1 {axis = 1 : i64} : tensor<1x4xf32>, tensor<1x4xf32> -> tensor<1x8xf32>
  %3 = cmnn.quantize %2 {y_scale = 0.5 : f32, cm.tensor = "y"} : tensor<1x8xf32> -> tensor<1x8xi8>
  return %3 : tensor<1x8xi8>
}

// -----

// A result with another, float use keeps its float form for that.

// CHECK-LABEL: func.func @main
// CHECK: %[[F:.*]] = cmnn.matmul %[[X:.*]], @w {cm.tensor = "f", {{.*}}} : tensor<1x4xi8> -> tensor<1x2xf32>
// CHECK: %[[Q:.*]] = cmnn.matmul %[[X]], @w {cm.tensor = "q", {{.*}}y_scale = 2.500000e-01 : f32} : tensor<1x4xi8> -> tensor<1x2xi8>
// CHECK: return %[[F]], %[[Q]]
cmnn.weight @w = dense<1> : tensor<4x2xi8>
func.func @main(%x: tensor<1x4xi8>) -> (tensor<1x2xf32>, tensor<1x2xi8>) {
  %0 = cmnn.matmul %x, @w {x_scale = 0.5 : f32, w_scales = array<f32: 0.25>, cm.tensor = "f"} : tensor<1x4xi8> -> tensor<1x2xf32>
  %1 = cmnn.quantize %0 {y_scale = 0.25 : f32, cm.tensor = "q"} : tensor<1x2xf32> -> tensor<1x2xi8>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2xi8>
}

// -----

// A float argument with two quantisations stays float, as does one that a float
// operation reads.

// CHECK-LABEL: func.func @main(%arg0: tensor<1x4xf32>, %arg1: tensor<1x4xf32>)
func.func @main(%x: tensor<1x4xf32>, %z: tensor<1x4xf32>) -> (tensor<1x4xi8>, tensor<1x4xi8>, tensor<1x4xi8>, tensor<1x4xf32>) {
  %0 = cmnn.quantize %x {y_scale = 0.25 : f32} : tensor<1x4xf32> -> tensor<1x4xi8>
  %1 = cmnn.quantize %x {y_scale = 0.5 : f32} : tensor<1x4xf32> -> tensor<1x4xi8>
  %2 = cmnn.quantize %z {y_scale = 0.5 : f32} : tensor<1x4xf32> -> tensor<1x4xi8>
  %3 = cmnn.exp %z : tensor<1x4xf32>
  return %0, %1, %2, %3 : tensor<1x4xi8>, tensor<1x4xi8>, tensor<1x4xi8>, tensor<1x4xf32>
}

// -----

// A clip of a float argument clamps within.

// CHECK-LABEL: func.func @main(
// CHECK-SAME: tensor<1x4xi8> {cm.host_type = "float32", cm.scale = 2.500000e-01 : f32, cm.zero_point = 0 : i8})
// CHECK-NEXT: cmnn.requantize %{{.*}} {maximum = 4 : i8, minimum = 0 : i8, x_scale = 2.500000e-01 : f32, y_scale = 2.500000e-01 : f32}
func.func @main(%x: tensor<1x4xf32>) -> tensor<1x4xi8> {
  %0 = cmnn.clip %x {low = 0.0 : f32, high = 1.0 : f32} : tensor<1x4xf32>
  %1 = cmnn.quantize %0 {y_scale = 0.25 : f32} : tensor<1x4xf32> -> tensor<1x4xi8>
  return %1 : tensor<1x4xi8>
}

// -----

// Clip with low above high gives high, as ONNX says.

// CHECK-LABEL: func.func @main
// CHECK-NEXT: cmnn.requantize %{{.*}} {maximum = 4 : i8, minimum = 4 : i8
func.func @main(%x: tensor<1x4xi8>) -> tensor<1x4xi8> {
  %0 = cmnn.dequantize %x {x_scale = 0.5 : f32} : tensor<1x4xi8> -> tensor<1x4xf32>
  %1 = cmnn.clip %0 {low = 2.0 : f32, high = 1.0 : f32} : tensor<1x4xf32>
  %2 = cmnn.quantize %1 {y_scale = 0.25 : f32} : tensor<1x4xf32> -> tensor<1x4xi8>
  return %2 : tensor<1x4xi8>
}

// -----

// A clip whose bounds are int8 values clamps before a function.

// CHECK-LABEL: func.func @main
// CHECK-NEXT: %[[C:.*]] = cmnn.requantize %{{.*}} {minimum = 3 : i8, x_scale = 5.000000e-01 : f32, x_zero_point = 3 : i8, y_scale = 5.000000e-01 : f32, y_zero_point = 3 : i8}
// CHECK-NEXT: cmnn.global_average_pool %[[C]] {x_scale = 5.000000e-01 : f32, x_zero_point = 3 : i8, y_scale = 2.500000e-01 : f32}
func.func @main(%x: tensor<1x4x4x8xi8>) -> tensor<1x1x1x8xi8> {
  %0 = cmnn.dequantize %x {x_scale = 0.5 : f32, x_zero_point = 3 : i8} : tensor<1x4x4x8xi8> -> tensor<1x4x4x8xf32>
  %1 = cmnn.clip %0 {low = 0.0 : f32} : tensor<1x4x4x8xf32>
  %2 = cmnn.global_average_pool %1 : tensor<1x4x4x8xf32> -> tensor<1x1x1x8xf32>
  %3 = cmnn.quantize %2 {y_scale = 0.25 : f32} : tensor<1x1x1x8xf32> -> tensor<1x1x1x8xi8>
  return %3 : tensor<1x1x1x8xi8>
}

// -----

// Also with a view between.

// CHECK-LABEL: func.func @main
// CHECK-NEXT: cmnn.requantize %{{.*}} {minimum = 3 : i8
// CHECK-NEXT: cmnn.max_pool
// CHECK-NEXT: cmnn.global_average_pool
// CHECK-NEXT: return
func.func @main(%x: tensor<1x4x4x8xi8>) -> tensor<1x1x1x8xi8> {
  %0 = cmnn.dequantize %x {x_scale = 0.5 : f32, x_zero_point = 3 : i8} : tensor<1x4x4x8xi8> -> tensor<1x4x4x8xf32>
  %1 = cmnn.clip %0 {low = 0.0 : f32} : tensor<1x4x4x8xf32>
  %2 = cmnn.max_pool %1 {kernel = array<i64: 2, 2>} : tensor<1x4x4x8xf32> -> tensor<1x3x3x8xf32>
  %3 = cmnn.global_average_pool %2 : tensor<1x3x3x8xf32> -> tensor<1x1x1x8xf32>
  %4 = cmnn.quantize %3 {y_scale = 0.25 : f32} : tensor<1x1x1x8xf32> -> tensor<1x1x1x8xi8>
  return %4 : tensor<1x1x1x8xi8>
}

// -----

// Constants are quantised once; a table of rows, too. 0.5 / 0.25 = 2, and -9 is
// clamped by the range.

// CHECK: cmnn.weight @c_int8 = dense_resource<c_int8> : tensor<1x4xi8>
// CHECK-NOT: cmnn.weight @c =
// CHECK: cmnn.weight @t_int8 = dense_resource<t_int8> : tensor<2x4xi8>
// CHECK-LABEL: func.func @main
// CHECK: %[[C:.*]] = cmnn.constant @c_int8 {cm.tensor = "c"} : tensor<1x4xi8>
// CHECK: %[[G:.*]] = cmnn.gather @t_int8[%{{.*}}] : tensor<1xi64> -> tensor<1x4xi8>
// CHECK: return %[[C]], %[[G]]
// CHECK: c_int8: "0x0800000002FE05FC"
cmnn.weight @c = dense<[[0.5, -0.5, 1.25, -9.0]]> : tensor<1x4xf32>
cmnn.weight @t = dense<1.0> : tensor<2x4xf32>
func.func @main(%ids: tensor<1xi64>) -> (tensor<1x4xi8>, tensor<1x4xi8>) {
  %0 = cmnn.constant @c : tensor<1x4xf32>
  %1 = cmnn.quantize %0 {y_scale = 0.25 : f32, minimum = -4 : i8, cm.tensor = "c"} : tensor<1x4xf32> -> tensor<1x4xi8>
  %2 = cmnn.gather @t[%ids] : tensor<1xi64> -> tensor<1x4xf32>
  %3 = cmnn.quantize %2 {y_scale = 0.25 : f32} : tensor<1x4xf32> -> tensor<1x4xi8>
  return %1, %3 : tensor<1x4xi8>, tensor<1x4xi8>
}

// -----

// No int8 form: a softmax too fine for f32, a product of float weights, an
// operand that is not quantised, a function of an accumulator.

// CHECK-LABEL: func.func @main
// CHECK: cmnn.softmax %{{.*}} : tensor<1x2xf32>
// CHECK: cmnn.matmul %{{.*}}, @w : tensor<1x2xf32> -> tensor<1x2xf32>
// CHECK: cmnn.add %{{.*}}, %{{.*}} : tensor<1x2xf32>
// CHECK: cmnn.tanh %{{.*}} : tensor<1x2xf32>
cmnn.weight @w = dense<1.0> : tensor<2x2xf32>
func.func @main(%x: tensor<1x2xi8>, %i: tensor<1x2xi32>) -> (tensor<1x2xi8>, tensor<1x2xi8>, tensor<1x2xi8>, tensor<1x2xi8>) {
  %d = cmnn.dequantize %x {x_scale = 0.5 : f32} : tensor<1x2xi8> -> tensor<1x2xf32>
  %0 = cmnn.softmax %d : tensor<1x2xf32>
  %1 = cmnn.quantize %0 {y_scale = 0.00099999 : f32} : tensor<1x2xf32> -> tensor<1x2xi8>
  %2 = cmnn.matmul %d, @w : tensor<1x2xf32> -> tensor<1x2xf32>
  %3 = cmnn.quantize %2 : tensor<1x2xf32> -> tensor<1x2xi8>
  %4 = cmnn.add %d, %0 : tensor<1x2xf32>
  %5 = cmnn.quantize %4 : tensor<1x2xf32> -> tensor<1x2xi8>
  %6 = cmnn.dequantize %i {x_scale = 0.5 : f32} : tensor<1x2xi32> -> tensor<1x2xf32>
  %7 = cmnn.tanh %6 : tensor<1x2xf32>
  %8 = cmnn.quantize %7 : tensor<1x2xf32> -> tensor<1x2xi8>
  return %1, %3, %5, %8 : tensor<1x2xi8>, tensor<1x2xi8>, tensor<1x2xi8>, tensor<1x2xi8>
}

// -----

// The slopes of a prelu may stay f32.

// CHECK: cmnn.weight @slope = dense<1.250000e-01> : tensor<1x4xf32>
// CHECK-LABEL: func.func @prelu
// CHECK-NEXT: %[[S:.*]] = cmnn.constant @slope : tensor<1x4xf32>
// CHECK-NEXT: cmnn.prelu %{{.*}}, %[[S]] {a_scale = 5.000000e-01 : f32, unsigned_rounding, y_scale = 2.500000e-01 : f32} : tensor<1x4xi8>, tensor<1x4xf32> -> tensor<1x4xi8>
cmnn.weight @slope = dense<0.125> : tensor<1x4xf32>
func.func @prelu(%x: tensor<1x4xi8>) -> tensor<1x4xi8> {
  %0 = cmnn.dequantize %x {x_scale = 0.5 : f32} : tensor<1x4xi8> -> tensor<1x4xf32>
  %1 = cmnn.constant @slope : tensor<1x4xf32>
  %2 = cmnn.prelu %0, %1 : tensor<1x4xf32>
  %3 = cmnn.quantize %2 {y_scale = 0.25 : f32, is_unsigned} : tensor<1x4xf32> -> tensor<1x4xi8>
  return %3 : tensor<1x4xi8>
}

// -----

// Tensors that split and join again are quantised once: 16 rounds would be 65536
// quantisations.

// CHECK-LABEL: func.func @rounds
// CHECK: cmnn.requantize
// CHECK-NOT: cmnn.requantize
func.func @rounds(%x: tensor<1x1xi8>, %z: tensor<1x1xi8>) -> tensor<1x2xi8> {
  %a = cmnn.dequantize %x {x_scale = 0.5 : f32} : tensor<1x1xi8> -> tensor<1x1xf32>
  %b = cmnn.dequantize %z {x_scale = 0.25 : f32} : tensor<1x1xi8> -> tensor<1x1xf32>
  %c0 = cmnn.concat %a, %b {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l0 = cmnn.slice %c0 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r0 = cmnn.slice %c0 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c1 = cmnn.concat %r0, %l0 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l1 = cmnn.slice %c1 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r1 = cmnn.slice %c1 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c2 = cmnn.concat %r1, %l1 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l2 = cmnn.slice %c2 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r2 = cmnn.slice %c2 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c3 = cmnn.concat %r2, %l2 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l3 = cmnn.slice %c3 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r3 = cmnn.slice %c3 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c4 = cmnn.concat %r3, %l3 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l4 = cmnn.slice %c4 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r4 = cmnn.slice %c4 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c5 = cmnn.concat %r4, %l4 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l5 = cmnn.slice %c5 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r5 = cmnn.slice %c5 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c6 = cmnn.concat %r5, %l5 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l6 = cmnn.slice %c6 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r6 = cmnn.slice %c6 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c7 = cmnn.concat %r6, %l6 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l7 = cmnn.slice %c7 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r7 = cmnn.slice %c7 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c8 = cmnn.concat %r7, %l7 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l8 = cmnn.slice %c8 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r8 = cmnn.slice %c8 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c9 = cmnn.concat %r8, %l8 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l9 = cmnn.slice %c9 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r9 = cmnn.slice %c9 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c10 = cmnn.concat %r9, %l9 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l10 = cmnn.slice %c10 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r10 = cmnn.slice %c10 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c11 = cmnn.concat %r10, %l10 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l11 = cmnn.slice %c11 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r11 = cmnn.slice %c11 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c12 = cmnn.concat %r11, %l11 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l12 = cmnn.slice %c12 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r12 = cmnn.slice %c12 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c13 = cmnn.concat %r12, %l12 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l13 = cmnn.slice %c13 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r13 = cmnn.slice %c13 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c14 = cmnn.concat %r13, %l13 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l14 = cmnn.slice %c14 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r14 = cmnn.slice %c14 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c15 = cmnn.concat %r14, %l14 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %l15 = cmnn.slice %c15 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %r15 = cmnn.slice %c15 {starts = array<i64: 0, 1>, sizes = array<i64: 1, 1>, steps = array<i64: 1, 1>} : tensor<1x2xf32> -> tensor<1x1xf32>
  %c16 = cmnn.concat %r15, %l15 {axis = 1 : i64} : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x2xf32>
  %q = cmnn.quantize %c16 {y_scale = 0.25 : f32} : tensor<1x2xf32> -> tensor<1x2xi8>
  return %q : tensor<1x2xi8>
}

// -----

// Where a quotient of scales is no scale there is no int8 form.

// CHECK-LABEL: func.func @tiny_scale
// CHECK: cmnn.matmul %{{.*}} -> tensor<1x2xf32>
// CHECK: cmnn.quantize
cmnn.weight @w = dense<1> : tensor<2x2xi8>
func.func @tiny_scale(%x: tensor<1x2xi8>) -> tensor<1x2xi8> {
  %0 = cmnn.matmul %x, @w {x_scale = 1.0e-20 : f32, w_scales = array<f32: 1.0e-15>} : tensor<1x2xi8> -> tensor<1x2xf32>
  %1 = cmnn.quantize %0 {y_scale = 1.0e10 : f32} : tensor<1x2xf32> -> tensor<1x2xi8>
  return %1 : tensor<1x2xi8>
}
