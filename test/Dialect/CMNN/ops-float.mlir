// RUN: cm-opt %s --verify-roundtrip | FileCheck %s
// RUN: cm-opt %s --mlir-print-op-generic | cm-opt | FileCheck %s

// CHECK: cmnn.weight @w = dense<1.000000e+00> : tensor<2x2x4x6xf32>
cmnn.weight @w = dense<1.0> : tensor<2x2x4x6xf32>
cmnn.weight @w8 = dense<1> : tensor<2x2x4x6xi8>
cmnn.weight @b32 = dense<1> : tensor<6xi32>
cmnn.weight @b = dense<1.0> : tensor<6xf32>
cmnn.weight @fc = dense<1.0> : tensor<4x6xf32>
cmnn.weight @fc8 = dense<1> : tensor<4x6xi8>
// CHECK: cmnn.weight @ids = dense<[0, -1]> : tensor<2xi64>
cmnn.weight @ids = dense<[0, -1]> : tensor<2xi64>
cmnn.weight @gamma = dense<1.0> : tensor<4xf32>

// CHECK-LABEL: func.func @products
func.func @products(%x: tensor<2x4x4x4xf32>, %q: tensor<2x4x4x4xi8>, %v: tensor<2x3x4xf32>, %vq: tensor<2x3x4xi8>, %m: tensor<2x4x3xi8>) {
  // CHECK: cmnn.conv2d %{{.*}}, @w bias @b : tensor<2x4x4x4xf32> -> tensor<2x3x3x6xf32>
  %0 = cmnn.conv2d %x, @w bias @b : tensor<2x4x4x4xf32> -> tensor<2x3x3x6xf32>
  // CHECK: cmnn.conv2d %{{.*}}, @w8 bias @b32 {w_scales = array<f32: 2.500000e-01>, w_zero_points = array<i8: 3>, x_scale = 5.000000e-01 : f32} : tensor<2x4x4x4xi8> -> tensor<2x3x3x6xf32>
  %1 = cmnn.conv2d %q, @w8 bias @b32 {x_scale = 0.5 : f32, w_scales = array<f32: 0.25>, w_zero_points = array<i8: 3>} : tensor<2x4x4x4xi8> -> tensor<2x3x3x6xf32>
  // CHECK: cmnn.conv2d %{{.*}}, @w8 {x_zero_point = 7 : i8} : tensor<2x4x4x4xi8> -> tensor<2x3x3x6xi32>
  %2 = cmnn.conv2d %q, @w8 {x_zero_point = 7 : i8} : tensor<2x4x4x4xi8> -> tensor<2x3x3x6xi32>
  // CHECK: cmnn.conv_transpose2d %{{.*}}, @w bias @b {output_pads = array<i64: 1, 0>, strides = array<i64: 2, 2>} : tensor<2x4x4x4xf32> -> tensor<2x9x8x6xf32>
  %3 = cmnn.conv_transpose2d %x, @w bias @b {strides = array<i64: 2, 2>, output_pads = array<i64: 1, 0>} : tensor<2x4x4x4xf32> -> tensor<2x9x8x6xf32>
  // CHECK: cmnn.matmul %{{.*}}, @fc bias @b : tensor<2x3x4xf32> -> tensor<2x3x6xf32>
  %4 = cmnn.matmul %v, @fc bias @b : tensor<2x3x4xf32> -> tensor<2x3x6xf32>
  // CHECK: cmnn.matmul %{{.*}}, @fc8 : tensor<2x3x4xi8> -> tensor<2x3x6xi32>
  %5 = cmnn.matmul %vq, @fc8 : tensor<2x3x4xi8> -> tensor<2x3x6xi32>
  // CHECK: cmnn.batch_matmul %{{.*}}, %{{.*}} {a_scale = 5.000000e-01 : f32} : tensor<2x3x4xi8>, tensor<2x4x3xi8> -> tensor<2x3x3xf32>
  %6 = cmnn.batch_matmul %vq, %m {a_scale = 0.5 : f32} : tensor<2x3x4xi8>, tensor<2x4x3xi8> -> tensor<2x3x3xf32>
  return
}

// CHECK-LABEL: func.func @binary
func.func @binary(%a: tensor<2x4xf32>, %b: tensor<1x4xf32>, %i: tensor<2x4xi32>, %q: tensor<2x4xi8>) {
  // CHECK: cmnn.add %{{.*}}, %{{.*}} : tensor<2x4xf32>, tensor<1x4xf32> -> tensor<2x4xf32>
  %0 = cmnn.add %a, %b : tensor<2x4xf32>, tensor<1x4xf32> -> tensor<2x4xf32>
  // CHECK: cmnn.sub %{{.*}}, %{{.*}} : tensor<2x4xi32>
  %1 = cmnn.sub %i, %i : tensor<2x4xi32>
  // CHECK: cmnn.mul %{{.*}}, %{{.*}} {a_scale = 5.000000e-01 : f32, unsigned_rounding, y_zero_point = -128 : i8} : tensor<2x4xi8>
  %2 = cmnn.mul %q, %q {a_scale = 0.5 : f32, y_zero_point = -128 : i8, unsigned_rounding} : tensor<2x4xi8>
  // CHECK: cmnn.div %{{.*}}, %{{.*}} : tensor<1x4xf32>, tensor<2x4xf32> -> tensor<2x4xf32>
  %3 = cmnn.div %b, %a : tensor<1x4xf32>, tensor<2x4xf32> -> tensor<2x4xf32>
  // CHECK: cmnn.constant @gamma : tensor<4xf32>
  %4 = cmnn.constant @gamma : tensor<4xf32>
  // CHECK: cmnn.prelu %{{.*}}, %{{.*}} : tensor<4xf32>
  %5 = cmnn.prelu %4, %4 : tensor<4xf32>
  %6 = cmnn.reshape %4 : tensor<4xf32> -> tensor<1x4xf32>
  // CHECK: cmnn.prelu %{{.*}}, %{{.*}} {a_scale = 5.000000e-01 : f32} : tensor<2x4xi8>, tensor<1x4xf32> -> tensor<2x4xi8>
  %7 = cmnn.prelu %q, %6 {a_scale = 0.5 : f32} : tensor<2x4xi8>, tensor<1x4xf32> -> tensor<2x4xi8>
  return
}

// CHECK-LABEL: func.func @functions
func.func @functions(%x: tensor<2x4xf32>, %q: tensor<2x4xi8>) {
  // CHECK: cmnn.clip %{{.*}} : tensor<2x4xf32>
  %0 = cmnn.clip %x : tensor<2x4xf32>
  // CHECK: cmnn.clip %{{.*}} {high = 6.000000e+00 : f32, low = 0.000000e+00 : f32} : tensor<2x4xf32>
  %1 = cmnn.clip %x {low = 0.0 : f32, high = 6.0 : f32} : tensor<2x4xf32>
  // CHECK: cmnn.leaky_relu %{{.*}} {alpha = 1.250000e-01 : f32} : tensor<2x4xf32>
  %2 = cmnn.leaky_relu %x {alpha = 0.125 : f32} : tensor<2x4xf32>
  // CHECK: cmnn.sigmoid %{{.*}} {x_scale = 5.000000e-01 : f32, y_scale = 3.906250e-03 : f32, y_zero_point = -128 : i8} : tensor<2x4xi8>
  %3 = cmnn.sigmoid %q {x_scale = 0.5 : f32, y_scale = 0.00390625 : f32, y_zero_point = -128 : i8} : tensor<2x4xi8>
  // CHECK: cmnn.hard_sigmoid %{{.*}} {alpha = 2.500000e-01 : f32} : tensor<2x4xf32>
  %4 = cmnn.hard_sigmoid %x {alpha = 0.25 : f32, beta = 0.5 : f32} : tensor<2x4xf32>
  // CHECK: cmnn.hard_swish %{{.*}} {maximum = 7 : i8} : tensor<2x4xi8>
  %5 = cmnn.hard_swish %q {maximum = 7 : i8} : tensor<2x4xi8>
  // CHECK: cmnn.tanh %{{.*}} : tensor<2x4xf32>
  %6 = cmnn.tanh %x : tensor<2x4xf32>
  // CHECK: cmnn.gelu %{{.*}} {approximate} : tensor<2x4xf32>
  %7 = cmnn.gelu %x {approximate} : tensor<2x4xf32>
  // CHECK: cmnn.erf
  %8 = cmnn.erf %x : tensor<2x4xf32>
  // CHECK: cmnn.exp
  %9 = cmnn.exp %x : tensor<2x4xf32>
  // CHECK: cmnn.log
  %10 = cmnn.log %x : tensor<2x4xf32>
  // CHECK: cmnn.sqrt
  %11 = cmnn.sqrt %x : tensor<2x4xf32>
  // CHECK: cmnn.abs
  %12 = cmnn.abs %x : tensor<2x4xf32>
  // CHECK: cmnn.neg
  %13 = cmnn.neg %x : tensor<2x4xf32>
  // CHECK: cmnn.reciprocal
  %14 = cmnn.reciprocal %x : tensor<2x4xf32>
  // CHECK: cmnn.pow %{{.*}} {exponent = 2.000000e+00 : f32} : tensor<2x4xf32>
  %15 = cmnn.pow %x {exponent = 2.0 : f32} : tensor<2x4xf32>
  // CHECK: cmnn.softmax %{{.*}} {axis = 0 : i64} : tensor<2x4xf32>
  %16 = cmnn.softmax %x {axis = 0 : i64} : tensor<2x4xf32>
  // CHECK: cmnn.layer_norm %{{.*}} scale @gamma bias @gamma {axis = 1 : i64, epsilon = 1.000000e+00 : f32} : tensor<2x4xf32>
  %17 = cmnn.layer_norm %x scale @gamma bias @gamma {axis = 1 : i64, epsilon = 1.0 : f32} : tensor<2x4xf32>
  // CHECK: cmnn.layer_norm %{{.*}} {axis = 0 : i64} : tensor<2x4xi8>
  %18 = cmnn.layer_norm %q {axis = 0 : i64} : tensor<2x4xi8>
  // CHECK: cmnn.affine %{{.*}} scale @gamma bias @gamma : tensor<2x4xf32>
  %23 = cmnn.affine %x scale @gamma bias @gamma : tensor<2x4xf32>
  // CHECK: cmnn.affine %{{.*}} scale @gamma bias @gamma {maximum = 9 : i8, x_scale = 5.000000e-01 : f32, y_zero_point = -3 : i8} : tensor<2x4xi8>
  %24 = cmnn.affine %q scale @gamma bias @gamma {x_scale = 0.5 : f32, y_zero_point = -3 : i8, maximum = 9 : i8} : tensor<2x4xi8>
  // CHECK: cmnn.quantize %{{.*}} {is_unsigned, minimum = 0 : i8, y_scale = 5.000000e-01 : f32} : tensor<2x4xf32> -> tensor<2x4xi8>
  %19 = cmnn.quantize %x {y_scale = 0.5 : f32, minimum = 0 : i8, is_unsigned} : tensor<2x4xf32> -> tensor<2x4xi8>
  // CHECK: cmnn.dequantize %{{.*}} {x_scale = 5.000000e-01 : f32} : tensor<2x4xi8> -> tensor<2x4xf32>
  %20 = cmnn.dequantize %q {x_scale = 0.5 : f32} : tensor<2x4xi8> -> tensor<2x4xf32>
  return
}

// CHECK-LABEL: func.func @reductions
func.func @reductions(%x: tensor<2x4x4x8xf32>, %q: tensor<2x4x4x8xi8>) {
  // CHECK: cmnn.reduce_mean %{{.*}} {axes = array<i64: 1, 2>} : tensor<2x4x4x8xf32> -> tensor<2x1x1x8xf32>
  %0 = cmnn.reduce_mean %x {axes = array<i64: 1, 2>} : tensor<2x4x4x8xf32> -> tensor<2x1x1x8xf32>
  // CHECK: cmnn.reduce_sum %{{.*}} {axes = array<i64: 3>, y_scale = 8.000000e+00 : f32} : tensor<2x4x4x8xi8> -> tensor<2x4x4x1xi8>
  %1 = cmnn.reduce_sum %q {axes = array<i64: 3>, y_scale = 8.0 : f32} : tensor<2x4x4x8xi8> -> tensor<2x4x4x1xi8>
  // CHECK: cmnn.reduce_max %{{.*}} {axes = array<i64: 0>} : tensor<2x4x4x8xi8> -> tensor<1x4x4x8xi8>
  %2 = cmnn.reduce_max %q {axes = array<i64: 0>} : tensor<2x4x4x8xi8> -> tensor<1x4x4x8xi8>
  // CHECK: cmnn.max_pool %{{.*}} {kernel = array<i64: 2, 2>} : tensor<2x4x4x8xf32> -> tensor<2x3x3x8xf32>
  %3 = cmnn.max_pool %x {kernel = array<i64: 2, 2>} : tensor<2x4x4x8xf32> -> tensor<2x3x3x8xf32>
  // CHECK: cmnn.average_pool %{{.*}} {kernel = array<i64: 2, 2>} : tensor<2x4x4x8xf32> -> tensor<2x3x3x8xf32>
  %4 = cmnn.average_pool %x {kernel = array<i64: 2, 2>} : tensor<2x4x4x8xf32> -> tensor<2x3x3x8xf32>
  // CHECK: cmnn.global_average_pool %{{.*}} : tensor<2x4x4x8xf32> -> tensor<2x1x1x8xf32>
  %5 = cmnn.global_average_pool %x : tensor<2x4x4x8xf32> -> tensor<2x1x1x8xf32>
  return
}

// CHECK-LABEL: func.func @shapes
func.func @shapes(%x: tensor<1x4x4x8xf32>, %q: tensor<1x4x4x8xi8>, %ids: tensor<1x3xi64>) {
  // CHECK: cmnn.slice %{{.*}} {sizes = array<i64: 1, 2, 4, 3>, starts = array<i64: 0, 3, 0, 1>, steps = array<i64: 1, -2, 1, 3>} : tensor<1x4x4x8xf32> -> tensor<1x2x4x3xf32>
  %0 = cmnn.slice %x {starts = array<i64: 0, 3, 0, 1>, sizes = array<i64: 1, 2, 4, 3>, steps = array<i64: 1, -2, 1, 3>} : tensor<1x4x4x8xf32> -> tensor<1x2x4x3xf32>
  // CHECK: cmnn.concat %{{.*}}, %{{.*}}, %{{.*}} {axis = 1 : i64} : tensor<1x4x4x8xi8>, tensor<1x4x4x8xi8>, tensor<1x4x4x8xi8> -> tensor<1x12x4x8xi8>
  %1 = cmnn.concat %q, %q, %q {axis = 1 : i64} : tensor<1x4x4x8xi8>, tensor<1x4x4x8xi8>, tensor<1x4x4x8xi8> -> tensor<1x12x4x8xi8>
  // CHECK: cmnn.pad constant %{{.*}} {high = array<i64: 0, 0, 0, 1>, low = array<i64: 0, 1, 0, 0>, value = -3 : i8} : tensor<1x4x4x8xi8> -> tensor<1x5x4x9xi8>
  %2 = cmnn.pad constant %q {low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 0, 0, 1>, value = -3 : i8} : tensor<1x4x4x8xi8> -> tensor<1x5x4x9xi8>
  // CHECK: cmnn.pad reflect %{{.*}} {high = array<i64: 0, 0, 3, 0>, low = array<i64: 0, 1, 0, 0>} : tensor<1x4x4x8xf32> -> tensor<1x5x7x8xf32>
  %3 = cmnn.pad reflect %x {low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 0, 3, 0>} : tensor<1x4x4x8xf32> -> tensor<1x5x7x8xf32>
  // CHECK: cmnn.resize nearest half_pixel %{{.*}} {scales = array<f32: 2.000000e+00, 2.000000e+00>} : tensor<1x4x4x8xi8> -> tensor<1x8x8x8xi8>
  %4 = cmnn.resize nearest half_pixel %q {scales = array<f32: 2.0, 2.0>} : tensor<1x4x4x8xi8> -> tensor<1x8x8x8xi8>
  // CHECK: cmnn.resize nearest asymmetric %{{.*}} rounding floor {scales
  %5 = cmnn.resize nearest asymmetric %q rounding floor {scales = array<f32: 2.0, 2.0>} : tensor<1x4x4x8xi8> -> tensor<1x8x8x8xi8>
  // CHECK: cmnn.resize linear pytorch_half_pixel %{{.*}} {scales = array<f32: 5.000000e-01, 5.000000e-01>, x_scale = 5.000000e-01 : f32} : tensor<1x4x4x8xi8> -> tensor<1x2x2x8xi8>
  %6 = cmnn.resize linear pytorch_half_pixel %q {scales = array<f32: 0.5, 0.5>, x_scale = 0.5 : f32} : tensor<1x4x4x8xi8> -> tensor<1x2x2x8xi8>
  // CHECK: cmnn.depth_to_space %{{.*}} {block = 2 : i64, crd} : tensor<1x4x4x8xf32> -> tensor<1x8x8x2xf32>
  %7 = cmnn.depth_to_space %x {block = 2 : i64, crd} : tensor<1x4x4x8xf32> -> tensor<1x8x8x2xf32>
  // CHECK: cmnn.gather @fc[%{{.*}}] : tensor<1x3xi64> -> tensor<1x3x6xf32>
  %8 = cmnn.gather @fc[%ids] : tensor<1x3xi64> -> tensor<1x3x6xf32>
  // CHECK: cmnn.reshape %{{.*}} : tensor<1x4x4x8xf32> -> tensor<128xf32>
  %9 = cmnn.reshape %x : tensor<1x4x4x8xf32> -> tensor<128xf32>
  return
}
