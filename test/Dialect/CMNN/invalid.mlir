// RUN: cm-opt %s --split-input-file --verify-diagnostics

// weight (C1): element type.

// expected-error @below {{(C1) expects a non-empty tensor of i8, i32, i64 or f32 of rank at least 1, found 'tensor<2xf64>'}}
cmnn.weight @w = dense<1.0> : tensor<2xf64>

// -----

// weight (C1): rank.

// expected-error @below {{(C1) expects a non-empty tensor of i8, i32, i64 or f32 of rank at least 1, found 'tensor<i8>'}}
cmnn.weight @w = dense<1> : tensor<i8>

// -----

// weight (C2): sparse.

// expected-error @below {{(C2) expects dense data, found none}}
cmnn.weight @w = sparse<[[0]], [1]> : tensor<2xi8>

// -----

// weight (C2): no data.

// expected-error @below {{(C2) expects dense data, found none}}
cmnn.weight @w = dense_resource<absent> : tensor<2xi8>

// -----

// weight (C2): size.

// expected-error @below {{(C2) expects 6 bytes of data, found 5}}
cmnn.weight @w = dense_resource<five> : tensor<2x3xi8>

{-# dialect_resources: { builtin: { five: "0x010000000102030405" } } #-}

// -----

// conv2d (C1): no weight.

func.func @no_weight(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{(C1) expects @w to be a cmnn.weight, found none}}
  %0 = cmnn.conv2d %x, @w {
      x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32: 1.0>
    } : tensor<1x8x8x4xi8> -> tensor<1x6x6x16xi8>
  return
}

// -----

// conv2d (C1): kind of weight.

// expected-note @below {{the weight is here}}
cmnn.weight @w = dense<1> : tensor<3x3x4xi8>

func.func @weight_rank(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{(C1) expects @w to be of rank 4 and 'i8', found 'tensor<3x3x4xi8>'}}
  %0 = cmnn.conv2d %x, @w {
      x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32: 1.0>
    } : tensor<1x8x8x4xi8> -> tensor<1x6x6x16xi8>
  return
}

// -----

// conv2d (C1): kind of bias.

// expected-note @below {{the weight is here}}
cmnn.weight @b = dense<1> : tensor<16xi8>
cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @bias_kind(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{(C1) expects @b to be of rank 1 and 'i32', found 'tensor<16xi8>'}}
  %0 = cmnn.conv2d %x, @w bias @b {
      x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32: 1.0>
    } : tensor<1x8x8x4xi8> -> tensor<1x6x6x16xi8>
  return
}

// -----

// conv2d (C1): size of bias.

cmnn.weight @b = dense<1> : tensor<15xi32>
cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @bias_size(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{(C1) expects a bias of 16 elements, found 'tensor<15xi32>'}}
  %0 = cmnn.conv2d %x, @w bias @b {
      x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32: 1.0>
    } : tensor<1x8x8x4xi8> -> tensor<1x6x6x16xi8>
  return
}

// -----

// conv2d (C2): groups and output channels.

cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @groups(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{(C2) expects groups to divide the 16 output channels, found 3}}
  %0 = cmnn.conv2d %x, @w {
      groups = 3 : i64, x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32: 1.0>
    } : tensor<1x8x8x4xi8> -> tensor<1x6x6x16xi8>
  return
}

// -----

// conv2d (C2): groups and input channels.

cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @group_inputs(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{(C2) expects 4 input channels in each of 2 groups, found 4 in all}}
  %0 = cmnn.conv2d %x, @w {
      groups = 2 : i64, x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32: 1.0>
    } : tensor<1x8x8x4xi8> -> tensor<1x6x6x16xi8>
  return
}

// -----

// conv2d (C3): number of scales.

cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @scales(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{(C3) expects 1 or 16 weight scales, found 2}}
  %0 = cmnn.conv2d %x, @w {
      x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32: 1.0, 1.0>
    } : tensor<1x8x8x4xi8> -> tensor<1x6x6x16xi8>
  return
}

// -----

// conv2d (C3): sign of scales.

cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @negative_scale(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{(C3) expects positive, normal weight scales of at most 2^80, found -1.000000e+00 at channel 0}}
  %0 = cmnn.conv2d %x, @w {
      x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32: -1.0>
    } : tensor<1x8x8x4xi8> -> tensor<1x6x6x16xi8>
  return
}

// -----

// conv2d (C4): extents.

cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @extents(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{(C4) expects a result of type 'tensor<1x6x6x16xi8>', found 'tensor<1x8x8x16xi8>'}}
  %0 = cmnn.conv2d %x, @w {
      x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32: 1.0>
    } : tensor<1x8x8x4xi8> -> tensor<1x8x8x16xi8>
  return
}

// -----

// conv2d (C4): window larger than the image.

cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @large_window(%x: tensor<1x2x2x4xi8>) {
  // expected-error @below {{(C4) expects a window that fits into the padded image}}
  %0 = cmnn.conv2d %x, @w {
      x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32: 1.0>
    } : tensor<1x2x2x4xi8> -> tensor<1x1x1x16xi8>
  return
}

// -----

// conv2d (C5): range.

cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @range(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{(C5) expects minimum <= maximum, found minimum 5 and maximum 4}}
  %0 = cmnn.conv2d %x, @w {
      minimum = 5 : i8, maximum = 4 : i8, x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32: 1.0>
    } : tensor<1x8x8x4xi8> -> tensor<1x6x6x16xi8>
  return
}

// -----

// Scales are positive and normal.

cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @zero_scale(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{attribute 'x_scale' failed to satisfy constraint: positive, normal 32-bit float attribute of at most 2^80}}
  %0 = cmnn.conv2d %x, @w {
      x_scale = 0.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32: 1.0>
    } : tensor<1x8x8x4xi8> -> tensor<1x6x6x16xi8>
  return
}

// -----

// Zero points are i8.

cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @zero_point(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{attribute 'x_zero_point' failed to satisfy constraint: 8-bit signless integer attribute}}
  %0 = cmnn.conv2d %x, @w {
      x_scale = 1.0 : f32, x_zero_point = 0 : i32, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32: 1.0>
    } : tensor<1x8x8x4xi8> -> tensor<1x6x6x16xi8>
  return
}

// -----

// Strides are positive.

cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @strides(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{attribute 'strides' failed to satisfy constraint}}
  %0 = cmnn.conv2d %x, @w {
      strides = array<i64: 0, 1>, x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32: 1.0>
    } : tensor<1x8x8x4xi8> -> tensor<1x6x6x16xi8>
  return
}

// -----

// Images have four axes.

cmnn.weight @w = dense<1> : tensor<3x3x4x16xi8>

func.func @batch(%x: tensor<8x8x4xi8>) {
  // expected-error @below {{operand #0 must be int8 or f32 image NxHxWxC, but got 'tensor<8x8x4xi8>'}}
  %0 = cmnn.conv2d %x, @w {w_scales = array<f32: 1.0>}
     : tensor<8x8x4xi8> -> tensor<1x6x6x16xi8>
  return
}

// -----

// Tensors have at most 2^40 elements.

func.func @absurd(%x: tensor<4294967296x4294967296xi8>) {
  // expected-error @below {{operand #0 must be int8, f32, int32 or int64 tensor, but got}}
  %0 = cmnn.reshape %x : tensor<4294967296x4294967296xi8> -> tensor<1xi8>
  return
}

// -----

// matmul (C2): inputs.

cmnn.weight @w = dense<1> : tensor<4x5xi8>

func.func @inputs(%x: tensor<1x3xi8>) {
  // expected-error @below {{(C2) expects 4 inputs and 5 outputs, found 'tensor<1x3xi8>' and 'tensor<1x5xi8>'}}
  %0 = cmnn.matmul %x, @w {
      x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32: 1.0>
    } : tensor<1x3xi8> -> tensor<1x5xi8>
  return
}

// -----

// matmul (C3).

cmnn.weight @w = dense<1> : tensor<4x5xi8>

func.func @matmul_scales(%x: tensor<1x4xi8>) {
  // expected-error @below {{(C3) expects 1 or 5 weight scales, found 0}}
  %0 = cmnn.matmul %x, @w {
      x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, w_scales = array<f32>
    } : tensor<1x4xi8> -> tensor<1x5xi8>
  return
}

// -----

// max_pool (C4).

func.func @pool_extents(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{(C4) expects a result of type 'tensor<1x4x4x4xi8>', found 'tensor<1x3x4x4xi8>'}}
  %0 = cmnn.max_pool %x {
      kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>
    } : tensor<1x8x8x4xi8> -> tensor<1x3x4x4xi8>
  return
}

// -----

// max_pool (C6).

func.func @padding_only(%x: tensor<1x4x4x4xi8>) {
  // expected-error @below {{(C6) expects every window to hold a pixel of the image, found one on axis 1 that holds padding only}}
  %0 = cmnn.max_pool %x {
      kernel = array<i64: 2, 2>, pads = array<i64: 2, 0, 0, 0>
    } : tensor<1x4x4x4xi8> -> tensor<1x5x3x4xi8>
  return
}

// -----

// average_pool (C6): a dilated window may step over the image.

func.func @stepped_over(%x: tensor<1x4x1x4xi8>) {
  // expected-error @below {{(C6) expects every window to hold a pixel of the image, found one on axis 2 that holds padding only}}
  %0 = cmnn.average_pool %x {
      kernel = array<i64: 2, 2>, dilations = array<i64: 1, 2>, pads = array<i64: 0, 1, 0, 1>, x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8
    } : tensor<1x4x1x4xi8> -> tensor<1x3x1x4xi8>
  return
}

// -----

// global_average_pool (C4).

func.func @global(%x: tensor<1x8x8x4xi8>) {
  // expected-error @below {{(C4) expects a result of type 'tensor<1x1x1x4xi8>', found 'tensor<1x1x2x4xi8>'}}
  %0 = cmnn.global_average_pool %x {
      x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8
    } : tensor<1x8x8x4xi8> -> tensor<1x1x2x4xi8>
  return
}

// -----

// softmax (C2).

func.func @fine_softmax(%x: tensor<1x2xi8>) {
  // expected-error @below {{(C2) expects floor(1 / y_scale) <= 256, found 1.000000e+03}}
  %0 = cmnn.softmax %x {
      x_scale = 1.0 : f32, x_zero_point = 0 : i8, y_scale = 0.00099999 : f32, y_zero_point = 0 : i8
    } : tensor<1x2xi8>
  return
}

// -----

// reshape (C1).

func.func @elements(%x: tensor<1x6xi8>) {
  // expected-error @below {{(C1) expects 6 elements in the result, found 5}}
  %0 = cmnn.reshape %x : tensor<1x6xi8> -> tensor<1x5xi8>
  return
}

// -----

// transpose (C1): an axis twice.

func.func @permutation(%x: tensor<1x2x3x4xi8>) {
  // expected-error @below {{(C1) expects a permutation of 4 axes, found [0, 1, 1, 2]}}
  %0 = cmnn.transpose %x {
      permutation = array<i64: 0, 1, 1, 2>
    } : tensor<1x2x3x4xi8> -> tensor<1x2x2x3xi8>
  return
}

// -----

// transpose (C1): too few axes.

func.func @few_axes(%x: tensor<1x2x3x4xi8>) {
  // expected-error @below {{(C1) expects a permutation of 4 axes, found [0, 1, 2]}}
  %0 = cmnn.transpose %x {
      permutation = array<i64: 0, 1, 2>
    } : tensor<1x2x3x4xi8> -> tensor<1x2x3x4xi8>
  return
}

// -----

// transpose (C2).

func.func @transposed(%x: tensor<1x2x3x4xi8>) {
  // expected-error @below {{(C2) expects a result of type 'tensor<1x4x2x3xi8>', found 'tensor<1x2x3x4xi8>'}}
  %0 = cmnn.transpose %x {
      permutation = array<i64: 0, 3, 1, 2>
    } : tensor<1x2x3x4xi8> -> tensor<1x2x3x4xi8>
  return
}
