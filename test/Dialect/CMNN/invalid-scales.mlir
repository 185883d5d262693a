// RUN: cm-opt %s --split-input-file --verify-diagnostics

// (C10): numbers that operations compute of their scales.

cmnn.weight @w = dense<1> : tensor<1x1x2x2xi8>
func.func @conv2d(%x: tensor<1x2x2x2xi8>) {
  // expected-error @below {{(C10) expects x_scale * w_scale / y_scale to be positive, normal and at most 2^80, found 0.000000e+00 at channel 1}}
  %0 = cmnn.conv2d %x, @w {x_scale = 1.0e-30 : f32, w_scales = array<f32: 1.0, 1.0e-30>} : tensor<1x2x2x2xi8> -> tensor<1x2x2x2xi8>
  return
}

// -----

cmnn.weight @w = dense<1> : tensor<2x2xi8>
func.func @matmul_to_float(%x: tensor<1x2xi8>) {
  // expected-error @below {{(C10) expects x_scale * w_scale / y_scale to be positive, normal and at most 2^80, found INF at channel 0}}
  %0 = cmnn.matmul %x, @w {x_scale = 1.0e24 : f32, w_scales = array<f32: 1.0e24>} : tensor<1x2xi8> -> tensor<1x2xf32>
  return
}

// -----

cmnn.weight @w = dense<1> : tensor<1x1x2x2xi8>
func.func @conv_transpose2d(%x: tensor<1x2x2x2xi8>) {
  // expected-error @below {{(C10) expects x_scale * w_scale / y_scale to be positive, normal and at most 2^80, found 0.000000e+00 at channel 0}}
  %0 = cmnn.conv_transpose2d %x, @w {x_scale = 1.0e-20 : f32, w_scales = array<f32: 1.0e-20>, y_scale = 1.0e20 : f32} : tensor<1x2x2x2xi8> -> tensor<1x2x2x2xi8>
  return
}

// -----

func.func @batch_matmul(%a: tensor<2x2xi8>) {
  // expected-error @below {{(C10) expects a_scale * b_scale / y_scale to be positive, normal and at most 2^80, found INF}}
  %0 = cmnn.batch_matmul %a, %a {a_scale = 1.0e20 : f32, b_scale = 1.0e20 : f32} : tensor<2x2xi8>, tensor<2x2xi8> -> tensor<2x2xi8>
  return
}

// -----

func.func @mul(%a: tensor<2x2xi8>) {
  // expected-error @below {{(C10) expects a_scale * b_scale / y_scale to be positive, normal and at most 2^80, found 1.000000e+30}}
  %0 = cmnn.mul %a, %a {a_scale = 1.0e20 : f32, y_scale = 1.0e-10 : f32} : tensor<2x2xi8>
  return
}

// -----

func.func @add_a(%a: tensor<2x2xi8>) {
  // expected-error @below {{(C10) expects a_scale / y_scale to be positive, normal and at most 2^80, found INF}}
  %0 = cmnn.add %a, %a {a_scale = 1.0e20 : f32, y_scale = 1.0e-20 : f32} : tensor<2x2xi8>
  return
}

// -----

func.func @add_b(%a: tensor<2x2xi8>) {
  // expected-error @below {{(C10) expects b_scale / y_scale to be positive, normal and at most 2^80, found 0.000000e+00}}
  %0 = cmnn.add %a, %a {a_scale = 1.0e20 : f32, b_scale = 1.0e-30 : f32, y_scale = 1.0e20 : f32} : tensor<2x2xi8>
  return
}

// -----

func.func @average_pool(%x: tensor<1x4x4x2xi8>) {
  // expected-error @below {{(C10) expects x_scale / y_scale to be positive, normal and at most 2^80, found INF}}
  %0 = cmnn.average_pool %x {kernel = array<i64: 2, 2>, x_scale = 1.0e20 : f32, y_scale = 1.0e-20 : f32} : tensor<1x4x4x2xi8> -> tensor<1x3x3x2xi8>
  return
}

// -----

func.func @global_average_pool(%x: tensor<1x4x4x2xi8>) {
  // expected-error @below {{(C10) expects x_scale / (y_scale * pixels) to be positive, normal and at most 2^80, found 0.000000e+00}}
  %0 = cmnn.global_average_pool %x {x_scale = 1.0e-30 : f32, y_scale = 1.0e20 : f32} : tensor<1x4x4x2xi8> -> tensor<1x1x1x2xi8>
  return
}

// -----

func.func @scale(%x: tensor<1x2xi8>) {
  // expected-error @below {{attribute 'x_scale' failed to satisfy constraint: positive, normal 32-bit float attribute of at most 2^80}}
  %0 = cmnn.requantize %x {x_scale = 1.3e24 : f32} : tensor<1x2xi8>
  return
}

// -----

cmnn.weight @w = dense<1> : tensor<2x2xi8>
func.func @weight_scale(%x: tensor<1x2xi8>) {
  // expected-error @below {{(C3) expects positive, normal weight scales of at most 2^80, found 1.300000e+24 at channel 0}}
  %0 = cmnn.matmul %x, @w {w_scales = array<f32: 1.3e24>} : tensor<1x2xi8> -> tensor<1x2xi8>
  return
}
