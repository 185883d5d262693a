// RUN: cm-opt %s --split-input-file --cmnn-verify-contract --verify-diagnostics

// expected-error @below {{(N1) expects one function 'main', found 0 functions}}
module {}

// -----

// expected-error @below {{(N1) expects one function 'main' of one block}}
func.func @other(%x: tensor<1x4xi8>) -> tensor<1x4xi8> {
  return %x : tensor<1x4xi8>
}

// -----

// expected-error @below {{(N1) expects at least one argument and one result, found 1 and 0}}
func.func @main(%x: tensor<1x4xi8>) {
  return
}

// -----

// expected-error @below {{(N1) expects int8 tensors 1xHxWxC, 1xTxC or 1xC, found 'tensor<1x4xf32>'}}
func.func @main(%x: tensor<1x4xi8>, %y: tensor<1x4xf32>) -> tensor<1x4xi8> {
  return %x : tensor<1x4xi8>
}

// -----

func.func @main(%x: tensor<1x4xi8>) -> tensor<1x4xi8> {
  // expected-error @below {{(N2) expects operations of cmnn only}}
  %0 = builtin.unrealized_conversion_cast %x : tensor<1x4xi8> to tensor<1x4xi8>
  return %0 : tensor<1x4xi8>
}

// -----

func.func @main(%x: tensor<1x2x3x4xi8>) -> tensor<1x3x2x4xi8> {
  // expected-error @below {{(N3) expects no transpose but before a product, where it goes into the weight}}
  %0 = cmnn.transpose %x {permutation = array<i64: 0, 2, 1, 3>}
     : tensor<1x2x3x4xi8> -> tensor<1x3x2x4xi8>
  return %0 : tensor<1x3x2x4xi8>
}

// -----

func.func @main(%x: tensor<1x2x3x4xi8>) -> tensor<1x3x2x4xi8> {
  // expected-error @below {{(N4) expects a reshape that keeps pixels, joins or cuts rows, or flattens an image for products and sums, found 'tensor<1x2x3x4xi8>' to 'tensor<1x3x2x4xi8>'}}
  %0 = cmnn.reshape %x : tensor<1x2x3x4xi8> -> tensor<1x3x2x4xi8>
  return %0 : tensor<1x3x2x4xi8>
}

// -----

func.func @main(%x: tensor<1x2x3x4xi8>) -> tensor<1x24xi8> {
  // expected-error @below {{(N4) expects a reshape that keeps pixels}}
  %0 = cmnn.reshape %x : tensor<1x2x3x4xi8> -> tensor<1x24xi8>
  %1 = cmnn.softmax %0 {x_scale = 1.0 : f32, x_zero_point = 0 : i8,
      y_scale = 1.0 : f32, y_zero_point = 0 : i8} : tensor<1x24xi8>
  return %1 : tensor<1x24xi8>
}

// -----

func.func @main(%x: tensor<1x2x3x4xi8>) -> tensor<1x1x1x4xi8> {
  // expected-error @below {{(N5) expects a pool of the whole image to be a cmnn.global_average_pool; run cmnn-normalise}}
  %0 = cmnn.average_pool %x {kernel = array<i64: 2, 3>, x_scale = 1.0 : f32,
      x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8}
     : tensor<1x2x3x4xi8> -> tensor<1x1x1x4xi8>
  return %0 : tensor<1x1x1x4xi8>
}

// -----

// (N6): each place that stays in float, with what it lacks.

cmnn.weight @w = dense<1.0> : tensor<4x4xf32>
// expected-error @below {{(N1) expects int8 tensors 1xHxWxC, 1xTxC or 1xC, found 'tensor<1x4xf32>' as argument 1 'b'; it would be int8 if one QuantizeLinear read it}}
// expected-error @below {{found 'tensor<1x4xf32>' as result 0; it would be int8 if a DequantizeLinear gave it}}
func.func @main(%x: tensor<1x4xi8>, %b: tensor<1x4xf32> {cm.tensor = "b"}) -> tensor<1x4xf32> {
  %0 = cmnn.dequantize %x {x_scale = 0.5 : f32} : tensor<1x4xi8> -> tensor<1x4xf32>
  // expected-error @below {{(N6) expects int8 tensors, but the result 'product' stays in float; a DequantizeLinear of int8 weights would make it int8}}
  %1 = cmnn.matmul %0, @w {cm.tensor = "product"} : tensor<1x4xf32> -> tensor<1x4xf32>
  // expected-error @below {{stays in float; a QuantizeLinear and a DequantizeLinear of operand 1 'product' would make it int8}}
  %2 = cmnn.add %0, %1 : tensor<1x4xf32>
  // expected-error @below {{stays in float; a QuantizeLinear of its result would make it int8}}
  %3 = cmnn.sigmoid %0 : tensor<1x4xf32>
  %4 = cmnn.quantize %3 {y_scale = 0.5 : f32} : tensor<1x4xf32> -> tensor<1x4xi8>
  return %2 : tensor<1x4xf32>
}

// -----

// (N6): what cmnn-normalise fuses.

func.func @main(%x: tensor<1x4xi8>) -> tensor<1x4xi8> {
  // expected-error @below {{(N6) expects int8 tensors only; run cmnn-normalise}}
  %0 = cmnn.dequantize %x {x_scale = 0.5 : f32} : tensor<1x4xi8> -> tensor<1x4xf32>
  %1 = cmnn.quantize %0 {y_scale = 0.5 : f32} : tensor<1x4xf32> -> tensor<1x4xi8>
  return %1 : tensor<1x4xi8>
}

// -----

// (N7)

// expected-error @below {{found 'tensor<1x3x1x1x4xi8>' as argument 0}}
func.func @main(%x: tensor<1x3x1x1x4xi8>) -> tensor<1x4xi8> {
  // expected-error @below {{(N7) expects int8 tensors 1xHxWxC, 1xTxC or 1xC, found 'tensor<1x3x1x1x4xi8>' to compute 'm'}}
  %0 = cmnn.requantize %x {cm.tensor = "m"} : tensor<1x3x1x1x4xi8>
  // expected-error @below {{(N4) expects a reshape that keeps pixels}}
  %1 = cmnn.reshape %0 : tensor<1x3x1x1x4xi8> -> tensor<1x12xi8>
  // expected-error @below {{(N8) has no mapping to a machine yet, in this form}}
  %2 = cmnn.slice %1 {starts = array<i64: 0, 0>, sizes = array<i64: 1, 4>, steps = array<i64: 1, 2>} : tensor<1x12xi8> -> tensor<1x4xi8>
  return %2 : tensor<1x4xi8>
}

// -----

// (N8): a form of a mapped operation that is not; zero points of weights are.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
func.func @main(%x: tensor<1x4xi8>, %i: tensor<1x1x1x4xi8>) -> tensor<1x4xi8> {
  %0 = cmnn.matmul %x, @w {w_scales = array<f32: 1.0>, w_zero_points = array<i8: 3>} : tensor<1x4xi8> -> tensor<1x4xi8>
  // expected-error @below {{(N8) has no mapping}}
  %1 = cmnn.softmax %i {axis = 1 : i64} : tensor<1x1x1x4xi8>
  return %0 : tensor<1x4xi8>
}

// -----

// (N8): what stages do not read.

cmnn.weight @c = dense<1> : tensor<1x1x1x4xi8>
cmnn.weight @k = dense<1> : tensor<1x1x4x4xi8>
func.func @main(%x: tensor<1x2x2x4xi8>, %b: tensor<1x2x4x4xi8>) -> tensor<1x2x2x4xi8> {
  %c = cmnn.constant @c : tensor<1x1x1x4xi8>
  // expected-error @below {{(N8) has no mapping}}
  %0 = cmnn.div %x, %c : tensor<1x2x2x4xi8>, tensor<1x1x1x4xi8> -> tensor<1x2x2x4xi8>
  // expected-error @below {{(N8) has no mapping}}
  %1 = cmnn.reduce_mean %x {axes = array<i64: 2>} : tensor<1x2x2x4xi8> -> tensor<1x2x1x4xi8>
  // expected-error @below {{(N8) has no mapping}}
  %m = cmnn.reduce_max %x {axes = array<i64: 1>} : tensor<1x2x2x4xi8> -> tensor<1x1x2x4xi8>
  // expected-error @below {{(N8) has no mapping}}
  %p = cmnn.batch_matmul %x, %b : tensor<1x2x2x4xi8>, tensor<1x2x4x4xi8> -> tensor<1x2x2x4xi8>
  // expected-error @below {{(N8) has no mapping}}
  %n = cmnn.layer_norm %x {axis = 2 : i64} : tensor<1x2x2x4xi8>
  // expected-error @below {{(N8) has no mapping}}
  %2 = cmnn.pad edge %x {low = array<i64: 0, 1, 0, 0>, high = array<i64: 0, 0, 0, 0>} : tensor<1x2x2x4xi8> -> tensor<1x3x2x4xi8>
  // expected-error @below {{(N8) has no mapping}}
  %3 = cmnn.prelu %x, %x : tensor<1x2x2x4xi8>
  // expected-error @below {{(N8) has no mapping}}
  %4 = cmnn.conv_transpose2d %x, @k {strides = array<i64: 2, 2>, w_scales = array<f32: 1.0>} : tensor<1x2x2x4xi8> -> tensor<1x3x3x4xi8>
  // expected-error @below {{(N3) expects no transpose but before a product, where it goes into the weight or says how it reads, or in a shuffle of channels}}
  %5 = cmnn.transpose %x {permutation = array<i64: 0, 2, 1, 3>} : tensor<1x2x2x4xi8> -> tensor<1x2x2x4xi8>
  return %0 : tensor<1x2x2x4xi8>
}

// -----

// (N8): what is computed from constants alone, but for functions of bytes.

cmnn.weight @c = dense<1> : tensor<1x3x4xi8>
cmnn.weight @f = dense<1> : tensor<3x4xi8>
func.func @main(%x: tensor<1x3x4xi8>) -> (tensor<1x3x4xi8>, tensor<1x3x4xi8>) {
  %c = cmnn.constant @c : tensor<1x3x4xi8>
  %t = cmnn.tanh %c : tensor<1x3x4xi8>
  %g = cmnn.constant @f : tensor<3x4xi8>
  %r = cmnn.reshape %g : tensor<3x4xi8> -> tensor<1x3x4xi8>
  %u = cmnn.add %t, %x : tensor<1x3x4xi8>
  %v = cmnn.mul %u, %r : tensor<1x3x4xi8>
  // expected-error @below {{'cmnn.add' op (N8) has no mapping}}
  %0 = cmnn.add %t, %c : tensor<1x3x4xi8>
  // expected-error @below {{'cmnn.softmax' op (N8) has no mapping}}
  %1 = cmnn.softmax %t : tensor<1x3x4xi8>
  // expected-error @below {{'cmnn.layer_norm' op (N8) has no mapping}}
  %2 = cmnn.layer_norm %r {axis = 2 : i64} : tensor<1x3x4xi8>
  // expected-error @below {{'cmnn.slice' op (N8) has no mapping}}
  %3 = cmnn.slice %c {starts = array<i64: 0, 0, 0>, sizes = array<i64: 1, 1, 4>, steps = array<i64: 1, 1, 1>} : tensor<1x3x4xi8> -> tensor<1x1x4xi8>
  // expected-error @below {{'cmnn.reduce_mean' op (N8) has no mapping}}
  %4 = cmnn.reduce_mean %c {axes = array<i64: 1>} : tensor<1x3x4xi8> -> tensor<1x1x4xi8>
  // expected-error @below {{'cmnn.concat' op (N8) has no mapping}}
  %5 = cmnn.concat %c, %t {axis = 1 : i64} : tensor<1x3x4xi8>, tensor<1x3x4xi8> -> tensor<1x6x4xi8>
  %6 = cmnn.transpose %t {permutation = array<i64: 0, 2, 1>} : tensor<1x3x4xi8> -> tensor<1x4x3xi8>
  // expected-error @below {{'cmnn.batch_matmul' op (N8) has no mapping}}
  %7 = cmnn.batch_matmul %x, %6 : tensor<1x3x4xi8>, tensor<1x4x3xi8> -> tensor<1x3x3xi8>
  // expected-error @below {{(N8) expects results that stages compute, found a constant as result 1}}
  return %v, %t : tensor<1x3x4xi8>, tensor<1x3x4xi8>
}
