// RUN: cm-opt %s --split-input-file --cmnn-normalise | FileCheck %s

// Layer normalisation as PyTorch exports it, with scale and bias.

// CHECK: cmnn.weight @gamma_flat = dense_resource<gamma_flat> : tensor<4xf32>
// CHECK: cmnn.weight @beta_flat = dense_resource<beta_flat> : tensor<4xf32>
// CHECK-LABEL: func.func @layer_norm(
// CHECK-SAME: %[[X:.*]]: tensor<1x3x4xf32>)
// CHECK-NEXT: %[[Y:.*]] = cmnn.layer_norm %[[X]] scale @gamma_flat bias @beta_flat {axis = 2 : i64, cm.tensor = "y", epsilon = 9.99999996E-13 : f32}
// CHECK-NEXT: return %[[Y]]
cmnn.weight @eps = dense<1.0e-12> : tensor<1x1x1xf32>
cmnn.weight @gamma = dense<[[[1.0, 2.0, 3.0, 4.0]]]> : tensor<1x1x4xf32>
cmnn.weight @beta = dense<0.5> : tensor<1x1x4xf32>
func.func @layer_norm(%x: tensor<1x3x4xf32>) -> tensor<1x3x4xf32> {
  %mean = cmnn.reduce_mean %x {axes = array<i64: 2>} : tensor<1x3x4xf32> -> tensor<1x3x1xf32>
  %d = cmnn.sub %x, %mean : tensor<1x3x4xf32>, tensor<1x3x1xf32> -> tensor<1x3x4xf32>
  %sq = cmnn.pow %d {exponent = 2.0 : f32} : tensor<1x3x4xf32>
  %var = cmnn.reduce_mean %sq {axes = array<i64: 2>} : tensor<1x3x4xf32> -> tensor<1x3x1xf32>
  %eps = cmnn.constant @eps : tensor<1x1x1xf32>
  %ve = cmnn.add %var, %eps : tensor<1x3x1xf32>, tensor<1x1x1xf32> -> tensor<1x3x1xf32>
  %sd = cmnn.sqrt %ve : tensor<1x3x1xf32>
  %n = cmnn.div %d, %sd : tensor<1x3x4xf32>, tensor<1x3x1xf32> -> tensor<1x3x4xf32>
  %g = cmnn.constant @gamma : tensor<1x1x4xf32>
  %s = cmnn.mul %n, %g : tensor<1x3x4xf32>, tensor<1x1x4xf32> -> tensor<1x3x4xf32>
  %b = cmnn.constant @beta : tensor<1x1x4xf32>
  %y = cmnn.add %s, %b {cm.tensor = "y"} : tensor<1x3x4xf32>, tensor<1x1x4xf32> -> tensor<1x3x4xf32>
  return %y : tensor<1x3x4xf32>
}

// -----

// With a reciprocal, a squared product, over two axes, a second deviation, the
// epsilon first; quantised around.

// CHECK-LABEL: func.func @reciprocal
// CHECK-NEXT: cmnn.layer_norm %{{.*}} {axis = 1 : i64, epsilon = 1.000000e+00 : f32, x_scale = 5.000000e-01 : f32, y_scale = 2.500000e-01 : f32} : tensor<2x3x4xi8>
cmnn.weight @eps = dense<1.0> : tensor<1x1x1xf32>
func.func @reciprocal(%q: tensor<2x3x4xi8>) -> tensor<2x3x4xi8> {
  %x = cmnn.dequantize %q {x_scale = 0.5 : f32} : tensor<2x3x4xi8> -> tensor<2x3x4xf32>
  %mean = cmnn.reduce_mean %x {axes = array<i64: 1, 2>} : tensor<2x3x4xf32> -> tensor<2x1x1xf32>
  %d = cmnn.sub %x, %mean : tensor<2x3x4xf32>, tensor<2x1x1xf32> -> tensor<2x3x4xf32>
  %d2 = cmnn.sub %x, %mean : tensor<2x3x4xf32>, tensor<2x1x1xf32> -> tensor<2x3x4xf32>
  %sq = cmnn.mul %d2, %d2 : tensor<2x3x4xf32>
  %var = cmnn.reduce_mean %sq {axes = array<i64: 1, 2>} : tensor<2x3x4xf32> -> tensor<2x1x1xf32>
  %eps = cmnn.constant @eps : tensor<1x1x1xf32>
  %ve = cmnn.add %eps, %var : tensor<1x1x1xf32>, tensor<2x1x1xf32> -> tensor<2x1x1xf32>
  %sd = cmnn.sqrt %ve : tensor<2x1x1xf32>
  %r = cmnn.reciprocal %sd : tensor<2x1x1xf32>
  %n = cmnn.mul %d, %r : tensor<2x3x4xf32>, tensor<2x1x1xf32> -> tensor<2x3x4xf32>
  %y = cmnn.quantize %n {y_scale = 0.25 : f32} : tensor<2x3x4xf32> -> tensor<2x3x4xi8>
  return %y : tensor<2x3x4xi8>
}

// -----

// Not one: the variance is over other axes than the mean.

// CHECK-LABEL: func.func @other_axes
// CHECK-NOT: layer_norm
// CHECK: return
cmnn.weight @eps = dense<1.0> : tensor<1x1xf32>
func.func @other_axes(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %mean = cmnn.reduce_mean %x {axes = array<i64: 1>} : tensor<3x4xf32> -> tensor<3x1xf32>
  %d = cmnn.sub %x, %mean : tensor<3x4xf32>, tensor<3x1xf32> -> tensor<3x4xf32>
  %sq = cmnn.mul %d, %d : tensor<3x4xf32>
  %var = cmnn.reduce_mean %sq {axes = array<i64: 0>} : tensor<3x4xf32> -> tensor<1x4xf32>
  %eps = cmnn.constant @eps : tensor<1x1xf32>
  %ve = cmnn.add %var, %eps : tensor<1x4xf32>, tensor<1x1xf32> -> tensor<1x4xf32>
  %sd = cmnn.sqrt %ve : tensor<1x4xf32>
  %n = cmnn.div %d, %sd : tensor<3x4xf32>, tensor<1x4xf32> -> tensor<3x4xf32>
  return %n : tensor<3x4xf32>
}

// -----

// Gelu: x / sqrt(2), erf, + 1, * x, * 0.5.

// CHECK-LABEL: func.func @gelu_div
// CHECK-NEXT: %[[Y:.*]] = cmnn.gelu %{{.*}} {cm.tensor = "y"} : tensor<1x4xf32>
// CHECK-NEXT: return %[[Y]]
cmnn.weight @sqrt2 = dense<1.41421354> : tensor<1x1xf32>
cmnn.weight @one = dense<1.0> : tensor<1x1xf32>
cmnn.weight @half = dense<0.5> : tensor<1x1xf32>
func.func @gelu_div(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %c = cmnn.constant @sqrt2 : tensor<1x1xf32>
  %1 = cmnn.constant @one : tensor<1x1xf32>
  %h = cmnn.constant @half : tensor<1x1xf32>
  %z = cmnn.div %x, %c : tensor<1x4xf32>, tensor<1x1xf32> -> tensor<1x4xf32>
  %e = cmnn.erf %z : tensor<1x4xf32>
  %a = cmnn.add %e, %1 : tensor<1x4xf32>, tensor<1x1xf32> -> tensor<1x4xf32>
  %m = cmnn.mul %x, %a : tensor<1x4xf32>
  %y = cmnn.mul %m, %h {cm.tensor = "y"} : tensor<1x4xf32>, tensor<1x1xf32> -> tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}

// -----

// Gelu: (0.5 * x) * (1 + erf(x * 0.7071)).

// CHECK-LABEL: func.func @gelu_mul
// CHECK-NEXT: %[[Y:.*]] = cmnn.gelu %{{.*}} : tensor<1x4xf32>
// CHECK-NEXT: return %[[Y]]
cmnn.weight @c = dense<0.707106769> : tensor<1x1xf32>
cmnn.weight @one = dense<1.0> : tensor<1x1xf32>
cmnn.weight @half = dense<0.5> : tensor<1x1xf32>
func.func @gelu_mul(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %c = cmnn.constant @c : tensor<1x1xf32>
  %1 = cmnn.constant @one : tensor<1x1xf32>
  %h = cmnn.constant @half : tensor<1x1xf32>
  %z = cmnn.mul %c, %x : tensor<1x1xf32>, tensor<1x4xf32> -> tensor<1x4xf32>
  %e = cmnn.erf %z : tensor<1x4xf32>
  %a = cmnn.add %1, %e : tensor<1x1xf32>, tensor<1x4xf32> -> tensor<1x4xf32>
  %m = cmnn.mul %h, %x : tensor<1x1xf32>, tensor<1x4xf32> -> tensor<1x4xf32>
  %y = cmnn.mul %m, %a : tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}

// -----

// Gelu of tanh: 0.5 * x * (1 + tanh(0.79788 * (x + 0.044715 * x^3))).

// CHECK-LABEL: func.func @gelu_tanh
// CHECK-NEXT: %[[Y:.*]] = cmnn.gelu %{{.*}} {approximate} : tensor<1x4xf32>
// CHECK-NEXT: return %[[Y]]
cmnn.weight @c = dense<0.797884583> : tensor<1x1xf32>
cmnn.weight @k = dense<4.471500e-02> : tensor<1x1xf32>
cmnn.weight @one = dense<1.0> : tensor<1x1xf32>
cmnn.weight @half = dense<0.5> : tensor<1x1xf32>
func.func @gelu_tanh(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %c = cmnn.constant @c : tensor<1x1xf32>
  %k = cmnn.constant @k : tensor<1x1xf32>
  %1 = cmnn.constant @one : tensor<1x1xf32>
  %h = cmnn.constant @half : tensor<1x1xf32>
  %x3 = cmnn.pow %x {exponent = 3.0 : f32} : tensor<1x4xf32>
  %kx3 = cmnn.mul %x3, %k : tensor<1x4xf32>, tensor<1x1xf32> -> tensor<1x4xf32>
  %s = cmnn.add %x, %kx3 : tensor<1x4xf32>
  %w = cmnn.mul %s, %c : tensor<1x4xf32>, tensor<1x1xf32> -> tensor<1x4xf32>
  %t = cmnn.tanh %w : tensor<1x4xf32>
  %a = cmnn.add %t, %1 : tensor<1x4xf32>, tensor<1x1xf32> -> tensor<1x4xf32>
  %hx = cmnn.mul %x, %h : tensor<1x4xf32>, tensor<1x1xf32> -> tensor<1x4xf32>
  %y = cmnn.mul %hx, %a : tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}

// -----

// Gelu of tanh with x taken out: tanh(x * 0.79788 * (1 + 0.044715 * x * x)).

// CHECK-LABEL: func.func @gelu_taken_out
// CHECK-NEXT: %[[Y:.*]] = cmnn.gelu %{{.*}} {approximate} : tensor<1x4xf32>
// CHECK-NEXT: return %[[Y]]
cmnn.weight @c = dense<0.797884583> : tensor<1x1xf32>
cmnn.weight @k = dense<4.471500e-02> : tensor<1x1xf32>
cmnn.weight @one = dense<1.0> : tensor<1x1xf32>
cmnn.weight @half = dense<0.5> : tensor<1x1xf32>
func.func @gelu_taken_out(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %c = cmnn.constant @c : tensor<1x1xf32>
  %k = cmnn.constant @k : tensor<1x1xf32>
  %1 = cmnn.constant @one : tensor<1x1xf32>
  %h = cmnn.constant @half : tensor<1x1xf32>
  %kx = cmnn.mul %x, %k : tensor<1x4xf32>, tensor<1x1xf32> -> tensor<1x4xf32>
  %kx2 = cmnn.mul %kx, %x : tensor<1x4xf32>
  %s = cmnn.add %kx2, %1 : tensor<1x4xf32>, tensor<1x1xf32> -> tensor<1x4xf32>
  %cx = cmnn.mul %x, %c : tensor<1x4xf32>, tensor<1x1xf32> -> tensor<1x4xf32>
  %w = cmnn.mul %cx, %s : tensor<1x4xf32>
  %t = cmnn.tanh %w : tensor<1x4xf32>
  %a = cmnn.add %t, %1 : tensor<1x4xf32>, tensor<1x1xf32> -> tensor<1x4xf32>
  %xa = cmnn.mul %x, %a : tensor<1x4xf32>
  %y = cmnn.mul %h, %xa : tensor<1x1xf32>, tensor<1x4xf32> -> tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}

// -----

// Not one: another factor, another function's argument; x * sigmoid(x) stays.

// CHECK-LABEL: func.func @no_gelu
// CHECK-NOT: gelu
// CHECK: cmnn.sigmoid
// CHECK: return
cmnn.weight @c = dense<0.8> : tensor<1x1xf32>
cmnn.weight @one = dense<1.0> : tensor<1x1xf32>
cmnn.weight @half = dense<0.5> : tensor<1x1xf32>
func.func @no_gelu(%x: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  %c = cmnn.constant @c : tensor<1x1xf32>
  %1 = cmnn.constant @one : tensor<1x1xf32>
  %h = cmnn.constant @half : tensor<1x1xf32>
  %z = cmnn.mul %c, %x : tensor<1x1xf32>, tensor<1x4xf32> -> tensor<1x4xf32>
  %e = cmnn.erf %z : tensor<1x4xf32>
  %a = cmnn.add %1, %e : tensor<1x1xf32>, tensor<1x4xf32> -> tensor<1x4xf32>
  %m = cmnn.mul %h, %x : tensor<1x1xf32>, tensor<1x4xf32> -> tensor<1x4xf32>
  %y = cmnn.mul %m, %a : tensor<1x4xf32>
  %g = cmnn.sigmoid %x : tensor<1x4xf32>
  %w = cmnn.mul %x, %g : tensor<1x4xf32>
  return %y, %w : tensor<1x4xf32>, tensor<1x4xf32>
}

// -----

// HardSwish, both ways.

// CHECK-LABEL: func.func @hard_swish
// CHECK-NEXT: %[[A:.*]] = cmnn.hard_swish %{{.*}} : tensor<1x4xf32>
// CHECK-NEXT: %[[B:.*]] = cmnn.hard_swish %{{.*}} {cm.tensor = "b"} : tensor<1x4xf32>
// CHECK-NEXT: return %[[A]], %[[B]]
cmnn.weight @three = dense<3.0> : tensor<1x1xf32>
cmnn.weight @six = dense<6.0> : tensor<1x1xf32>
func.func @hard_swish(%x: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>) {
  %s = cmnn.hard_sigmoid %x {alpha = 0.166666672 : f32} : tensor<1x4xf32>
  %a = cmnn.mul %x, %s : tensor<1x4xf32>
  %3 = cmnn.constant @three : tensor<1x1xf32>
  %6 = cmnn.constant @six : tensor<1x1xf32>
  %p = cmnn.add %x, %3 : tensor<1x4xf32>, tensor<1x1xf32> -> tensor<1x4xf32>
  %c = cmnn.clip %p {low = 0.0 : f32, high = 6.0 : f32} : tensor<1x4xf32>
  %m = cmnn.mul %x, %c : tensor<1x4xf32>
  %b = cmnn.div %m, %6 {cm.tensor = "b"} : tensor<1x4xf32>, tensor<1x1xf32> -> tensor<1x4xf32>
  return %a, %b : tensor<1x4xf32>, tensor<1x4xf32>
}
