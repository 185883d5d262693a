// What partition refuses.
// RUN: cm-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmnn-to-cmflow)'

// expected-error @below {{expected one function of cmnn operations, found 0}}
module {
}

// -----

// expected-error @below {{expected one function of cmnn operations, found 2}}
module {
  func.func private @a()
  func.func private @b()
}

// -----

// expected-error @below {{expected a body of one block}}
func.func private @main(tensor<1x4xi8>) -> tensor<1x4xi8>

// -----

func.func @main(%x: tensor<1x2x2x4xi8>) -> tensor<1x4x2x2xi8> {
  // expected-error @below {{has no stage: expected a normalised cmnn operation}}
  %y = cmnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>} : tensor<1x2x2x4xi8> -> tensor<1x4x2x2xi8>
  return %y : tensor<1x4x2x2xi8>
}

// -----

// A flattened image is only a product's operand.

func.func @main(%x: tensor<1x2x2x4xi8>) -> tensor<1x16xi8> {
  // expected-error @below {{changes the pixels of what is read pixel by pixel: expected products and sums as its users, found cmnn.softmax}}
  %flat = cmnn.reshape %x : tensor<1x2x2x4xi8> -> tensor<1x16xi8>
  %y = cmnn.softmax %flat {x_scale = 0.125 : f32, x_zero_point = 0 : i8, y_scale = 0.00390625 : f32, y_zero_point = -128 : i8} : tensor<1x16xi8>
  return %y : tensor<1x16xi8>
}

// -----

func.func @main(%x: tensor<1x2x2x4xi8>) -> tensor<1x4x4x1xi8> {
  // expected-error @below {{changes the pixels of what is read pixel by pixel: expected products and sums as its users, found func.return}}
  %y = cmnn.reshape %x : tensor<1x2x2x4xi8> -> tensor<1x4x4x1xi8>
  return %y : tensor<1x4x4x1xi8>
}

// -----

// 2147483647 + 1 * 1 is no int32.

cmnn.weight @w = dense<1> : tensor<1x2xi8>
cmnn.weight @b = dense<[0, 2147483647]> : tensor<2xi32>
func.func @main(%x: tensor<1x1xi8>) -> tensor<1x2xi8> {
  // expected-error @below {{bias of channel 1 with the input's zero point folded in is 2147483648, expected an int32}}
  %y = cmnn.matmul %x, @w bias @b {x_scale = 0.5 : f32, x_zero_point = -1 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8} : tensor<1x1xi8> -> tensor<1x2xi8>
  return %y : tensor<1x2xi8>
}

// -----

// Bindings are those of the interpreter.

// expected-error @below {{expected a host shape of 4 elements, found}}
func.func @main(%x: tensor<1x4xi8> {cm.host_shape = array<i64: 1, 5>}) -> tensor<1x4xi8> {
  return %x : tensor<1x4xi8>
}

// -----

// expected-error @below {{expected host type int8, uint8 or float32, found 'int16'}}
func.func @main(%x: tensor<1x4xi8>) -> (tensor<1x4xi8> {cm.host_type = "int16"}) {
  return %x : tensor<1x4xi8>
}

// -----

cmnn.weight @c = dense<1> : tensor<1x4x2xi8>
func.func @main(%x: tensor<1x3x4xi8>) -> tensor<1x3x2xi8> {
  %c = cmnn.constant @c : tensor<1x4x2xi8>
  // expected-error @below {{reads what has no stage: expected a normalised cmnn operation, found cmnn.constant}}
  %y = cmnn.batch_matmul %x, %c : tensor<1x3x4xi8>, tensor<1x4x2xi8> -> tensor<1x3x2xi8>
  return %y : tensor<1x3x2xi8>
}

// -----

func.func @main(%x: tensor<1x2x2x4xi8>) -> tensor<2x2x2x4xi8> {
  // expected-error @below {{has no stage: expected a normalised cmnn operation}}
  %y = cmnn.concat %x, %x {axis = 0 : i64} : tensor<1x2x2x4xi8>, tensor<1x2x2x4xi8> -> tensor<2x2x2x4xi8>
  return %y : tensor<2x2x2x4xi8>
}

// -----

// Rows change places with columns.

func.func @main(%x: tensor<1x2x2x4xi8>) -> tensor<1x2x2x4xi8> {
  // expected-error @below {{moves elements to other pixels, which is not mapped: expected a shuffle of channels}}
  %y = cmnn.transpose %x {permutation = array<i64: 0, 2, 1, 3>} : tensor<1x2x2x4xi8> -> tensor<1x2x2x4xi8>
  return %y : tensor<1x2x2x4xi8>
}

// -----

cmnn.weight @w = dense<1> : tensor<1x1x4x4xi8>
func.func @main(%x: tensor<1x2x2x4xi8>) -> tensor<1x3x3x4xi8> {
  // expected-error @below {{has pixels without products, which is not mapped: expected a kernel of at least the strides}}
  %y = cmnn.conv_transpose2d %x, @w {strides = array<i64: 2, 2>, w_scales = array<f32: 1.0>} : tensor<1x2x2x4xi8> -> tensor<1x3x3x4xi8>
  return %y : tensor<1x3x3x4xi8>
}

// -----

func.func @main(%x: tensor<1x3x3x4xi8>) -> tensor<1x6x6x4xi8> {
  // expected-error @below {{is not the same for every pixel of its lattices, which is not mapped: expected whole factors without align_corners}}
  %y = cmnn.resize linear align_corners %x {scales = array<f32: 2.0, 2.0>} : tensor<1x3x3x4xi8> -> tensor<1x6x6x4xi8>
  return %y : tensor<1x6x6x4xi8>
}
