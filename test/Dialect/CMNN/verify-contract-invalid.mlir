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

// expected-error @below {{(N1) expects int8 tensors 1xHxWxC or 1xC, found 'tensor<1x4xf32>'}}
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
  // expected-error @below {{(N4) expects a reshape between 1x1x1xC and 1xC, or one that flattens an image for products, found 'tensor<1x2x3x4xi8>' to 'tensor<1x3x2x4xi8>'}}
  %0 = cmnn.reshape %x : tensor<1x2x3x4xi8> -> tensor<1x3x2x4xi8>
  return %0 : tensor<1x3x2x4xi8>
}

// -----

func.func @main(%x: tensor<1x2x3x4xi8>) -> tensor<1x24xi8> {
  // expected-error @below {{(N4) expects a reshape between}}
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
