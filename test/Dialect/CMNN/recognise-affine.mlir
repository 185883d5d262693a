// RUN: cm-opt %s --split-input-file --cmnn-normalise | FileCheck %s

// A batch normalisation between quantisations, with its Relu.

// CHECK-DAG: cmnn.weight @factor_flat = dense_resource<factor_flat> : tensor<2xf32>
// CHECK-DAG: cmnn.weight @shift_flat = dense_resource<shift_flat> : tensor<2xf32>
// CHECK-LABEL: func.func @batch_norm
// CHECK-NEXT: %[[Y:.*]] = cmnn.affine %{{.*}} scale @factor_flat bias @shift_flat {cm.tensor = "y", minimum = -3 : i8, x_scale = 5.000000e-01 : f32, x_zero_point = 4 : i8, y_scale = 2.500000e-01 : f32, y_zero_point = -3 : i8} : tensor<1x2x2x2xi8>
// CHECK-NEXT: return %[[Y]]
// CHECK-DAG: factor_flat: "0x080000000000004000004040"
// CHECK-DAG: shift_flat: "0x080000000000803F00006040"
cmnn.weight @factor = dense<[[[[2.0, 3.0]]]]> : tensor<1x1x1x2xf32>
cmnn.weight @shift = dense<[[[[1.0, 3.5]]]]> : tensor<1x1x1x2xf32>
func.func @batch_norm(%q: tensor<1x2x2x2xi8>) -> tensor<1x2x2x2xi8> {
  %x = cmnn.dequantize %q {x_scale = 0.5 : f32, x_zero_point = 4 : i8} : tensor<1x2x2x2xi8> -> tensor<1x2x2x2xf32>
  %f = cmnn.constant @factor : tensor<1x1x1x2xf32>
  %1 = cmnn.mul %x, %f : tensor<1x2x2x2xf32>, tensor<1x1x1x2xf32> -> tensor<1x2x2x2xf32>
  %s = cmnn.constant @shift : tensor<1x1x1x2xf32>
  %2 = cmnn.add %s, %1 : tensor<1x1x1x2xf32>, tensor<1x2x2x2xf32> -> tensor<1x2x2x2xf32>
  %3 = cmnn.clip %2 {low = 0.0 : f32} : tensor<1x2x2x2xf32>
  %4 = cmnn.quantize %3 {y_scale = 0.25 : f32, y_zero_point = -3 : i8, cm.tensor = "y"} : tensor<1x2x2x2xf32> -> tensor<1x2x2x2xi8>
  return %4 : tensor<1x2x2x2xi8>
}

// -----

// A factor or an offset alone; the other is 1 or -0, which changes nothing.

// CHECK-LABEL: func.func @alone
// CHECK-NEXT: cmnn.affine %{{.*}} scale @factor_flat bias @factor_flat_1 : tensor<1x2xi8>
// CHECK-NEXT: cmnn.affine %{{.*}} scale @shift_flat bias @shift_flat_1 : tensor<1x2xi8>
// CHECK-DAG: factor_flat: "0x080000000000004000000040"
// CHECK-DAG: factor_flat_1: "0x080000000000008000000080"
// CHECK-DAG: shift_flat: "0x080000000000803F0000803F"
// CHECK-DAG: shift_flat_1: "0x080000000000803F00006040"
cmnn.weight @factor = dense<2.0> : tensor<1x1xf32>
cmnn.weight @shift = dense<[[1.0, 3.5]]> : tensor<1x2xf32>
func.func @alone(%q: tensor<1x2xi8>) -> (tensor<1x2xi8>, tensor<1x2xi8>) {
  %x = cmnn.dequantize %q : tensor<1x2xi8> -> tensor<1x2xf32>
  %f = cmnn.constant @factor : tensor<1x1xf32>
  %1 = cmnn.mul %f, %x : tensor<1x1xf32>, tensor<1x2xf32> -> tensor<1x2xf32>
  %2 = cmnn.quantize %1 : tensor<1x2xf32> -> tensor<1x2xi8>
  %s = cmnn.constant @shift : tensor<1x2xf32>
  %3 = cmnn.add %x, %s : tensor<1x2xf32>
  %4 = cmnn.quantize %3 : tensor<1x2xf32> -> tensor<1x2xi8>
  return %2, %4 : tensor<1x2xi8>, tensor<1x2xi8>
}

// -----

// Two quantised tensors, one of them constant, have a sum of int8.

// CHECK-LABEL: func.func @quantised_constant
// CHECK: cmnn.add %{{.*}}, %{{.*}} {a_scale = 5.000000e-01 : f32, b_scale = 2.000000e+00 : f32} : tensor<1x2xi8>
cmnn.weight @c = dense<[[1, 3]]> : tensor<1x2xi8>
func.func @quantised_constant(%q: tensor<1x2xi8>) -> tensor<1x2xi8> {
  %x = cmnn.dequantize %q {x_scale = 0.5 : f32} : tensor<1x2xi8> -> tensor<1x2xf32>
  %c = cmnn.constant @c : tensor<1x2xi8>
  %d = cmnn.dequantize %c {x_scale = 2.0 : f32} : tensor<1x2xi8> -> tensor<1x2xf32>
  %1 = cmnn.add %x, %d : tensor<1x2xf32>
  %2 = cmnn.quantize %1 : tensor<1x2xf32> -> tensor<1x2xi8>
  return %2 : tensor<1x2xi8>
}

// -----

// A number for each row is none for each channel.

// CHECK-LABEL: func.func @rows
// CHECK-NOT: cmnn.affine
// CHECK: return
cmnn.weight @factor = dense<[[1.0], [2.0]]> : tensor<2x1xf32>
func.func @rows(%q: tensor<2x2xi8>) -> tensor<2x2xi8> {
  %x = cmnn.dequantize %q : tensor<2x2xi8> -> tensor<2x2xf32>
  %f = cmnn.constant @factor : tensor<2x1xf32>
  %1 = cmnn.mul %x, %f : tensor<2x2xf32>, tensor<2x1xf32> -> tensor<2x2xf32>
  %2 = cmnn.quantize %1 : tensor<2x2xf32> -> tensor<2x2xi8>
  return %2 : tensor<2x2xi8>
}
