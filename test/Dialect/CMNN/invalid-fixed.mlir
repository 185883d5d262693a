// RUN: cm-opt %s --split-input-file --verify-diagnostics

func.func @extents(%x: tensor<1x2xi32>) -> tensor<1x3xi8> {
  // expected-error @below {{(C1) expects a result with the extents of 'tensor<1x2xi32>', found 'tensor<1x3xi8>'}}
  %y = cmnn.rescale %x {multipliers = array<i32: 4>, shifts = array<i8: 2>} : tensor<1x2xi32> -> tensor<1x3xi8>
  return %y : tensor<1x3xi8>
}

// -----

func.func @counts(%x: tensor<1x2xi32>) -> tensor<1x2xi8> {
  // expected-error @below {{(C3) expects one multiplier and one shift, or 2 of each, found 2 and 1}}
  %y = cmnn.rescale %x {multipliers = array<i32: 4, 5>, shifts = array<i8: 2>} : tensor<1x2xi32> -> tensor<1x2xi8>
  return %y : tensor<1x2xi8>
}

// -----

func.func @channels(%x: tensor<1x3xi32>) -> tensor<1x3xi8> {
  // expected-error @below {{(C3) expects one multiplier and one shift, or 3 of each, found 2 and 2}}
  %y = cmnn.rescale %x {multipliers = array<i32: 4, 5>, shifts = array<i8: 2, 3>} : tensor<1x3xi32> -> tensor<1x3xi8>
  return %y : tensor<1x3xi8>
}

// -----

func.func @negative_multiplier(%x: tensor<1x2xi32>) -> tensor<1x2xi8> {
  // expected-error @below {{(C3) expects multipliers of at least 0, found -4}}
  %y = cmnn.rescale %x {multipliers = array<i32: -4>, shifts = array<i8: 2>} : tensor<1x2xi32> -> tensor<1x2xi8>
  return %y : tensor<1x2xi8>
}

// -----

func.func @small_shift(%x: tensor<1x2xi32>) -> tensor<1x2xi8> {
  // expected-error @below {{(C3) expects shifts from 2 to 62, found 1}}
  %y = cmnn.rescale %x {multipliers = array<i32: 4>, shifts = array<i8: 1>} : tensor<1x2xi32> -> tensor<1x2xi8>
  return %y : tensor<1x2xi8>
}

// -----

func.func @large_shift(%x: tensor<1x2xi32>) -> tensor<1x2xi8> {
  // expected-error @below {{(C3) expects shifts from 2 to 62, found 63}}
  %y = cmnn.rescale %x {multipliers = array<i32: 4>, shifts = array<i8: 63>} : tensor<1x2xi32> -> tensor<1x2xi8>
  return %y : tensor<1x2xi8>
}

// -----

func.func @x_zero_point(%x: tensor<1x2xi32>) -> tensor<1x2xi8> {
  // expected-error @below {{(C9) expects the zero point 0 of an int32, found 3}}
  %y = cmnn.rescale %x {multipliers = array<i32: 4>, shifts = array<i8: 2>, x_zero_point = 3 : i8} : tensor<1x2xi32> -> tensor<1x2xi8>
  return %y : tensor<1x2xi8>
}

// -----

func.func @y_zero_point(%x: tensor<1x2xi8>) -> tensor<1x2xi32> {
  // expected-error @below {{(C9) expects the zero point 0 of an int32, found 3}}
  %y = cmnn.rescale %x {multipliers = array<i32: 4>, shifts = array<i8: 2>, y_zero_point = 3 : i8} : tensor<1x2xi8> -> tensor<1x2xi32>
  return %y : tensor<1x2xi32>
}

// -----

func.func @range(%x: tensor<1x2xi8>) -> tensor<1x2xi8> {
  // expected-error @below {{(C5) expects a range that holds a value of 'i8', found 128 to 2147483647}}
  %y = cmnn.rescale %x {multipliers = array<i32: 4>, shifts = array<i8: 2>, minimum = 128 : i32} : tensor<1x2xi8> -> tensor<1x2xi8>
  return %y : tensor<1x2xi8>
}

// -----

func.func @pool(%x: tensor<1x2x2x1xi8>) -> tensor<1x1x1x1xi8> {
  // expected-error @below {{(C4) expects a window that fits into the padded image}}
  %y = cmnn.average_pool_fixed %x {kernel = array<i64: 3, 2>} : tensor<1x2x2x1xi8> -> tensor<1x1x1x1xi8>
  return %y : tensor<1x1x1x1xi8>
}

// -----

func.func @pool_padding(%x: tensor<1x2x2x1xi8>) -> tensor<1x5x1x1xi8> {
  // expected-error @below {{(C6) expects every window to hold a pixel of the image, found one on axis 1 that holds padding only}}
  %y = cmnn.average_pool_fixed %x {kernel = array<i64: 2, 2>, pads = array<i64: 2, 0, 2, 0>} : tensor<1x2x2x1xi8> -> tensor<1x5x1x1xi8>
  return %y : tensor<1x5x1x1xi8>
}

// -----

func.func @resize_channels(%x: tensor<1x2x2x1xi8>) -> tensor<1x2x2x2xi8> {
  // expected-error @below {{(C4) expects 1 images of 1 channels as result, found 'tensor<1x2x2x2xi8>'}}
  %y = cmnn.resize_fixed nearest %x {numerators = array<i64: 1, 1>, denominators = array<i64: 1, 1>, offsets = array<i64: 0, 0>} : tensor<1x2x2x1xi8> -> tensor<1x2x2x2xi8>
  return %y : tensor<1x2x2x2xi8>
}

// -----

func.func @resize_nearest(%x: tensor<1x2x2x1xi8>) -> tensor<1x2x2x1xi32> {
  // expected-error @below {{(C8) expects elements of i8 as result, found 'tensor<1x2x2x1xi32>'}}
  %y = cmnn.resize_fixed nearest %x {numerators = array<i64: 1, 1>, denominators = array<i64: 1, 1>, offsets = array<i64: 0, 0>} : tensor<1x2x2x1xi8> -> tensor<1x2x2x1xi32>
  return %y : tensor<1x2x2x1xi32>
}

// -----

func.func @resize_linear(%x: tensor<1x2x2x1xi8>) -> tensor<1x2x2x1xi8> {
  // expected-error @below {{(C8) expects elements of i32 as result, found 'tensor<1x2x2x1xi8>'}}
  %y = cmnn.resize_fixed linear %x {numerators = array<i64: 1, 1>, denominators = array<i64: 1, 1>, offsets = array<i64: 0, 0>} : tensor<1x2x2x1xi8> -> tensor<1x2x2x1xi8>
  return %y : tensor<1x2x2x1xi8>
}

// -----

func.func @resize_counts(%x: tensor<1x2x2x1xi8>) -> tensor<1x2x2x1xi8> {
  // expected-error @below {{(C6) expects two numerators, denominators and offsets, found 2, 1 and 2}}
  %y = cmnn.resize_fixed nearest %x {numerators = array<i64: 1, 1>, denominators = array<i64: 1>, offsets = array<i64: 0, 0>} : tensor<1x2x2x1xi8> -> tensor<1x2x2x1xi8>
  return %y : tensor<1x2x2x1xi8>
}

// -----

func.func @resize_numerator(%x: tensor<1x2x2x1xi8>) -> tensor<1x2x2x1xi8> {
  // expected-error @below {{(C6) expects numerators n from 1 to 2048, denominators from 1 to 16 * n - 1 and offsets from -n to 16 * n - 1, found 2049, 1 and 0}}
  %y = cmnn.resize_fixed nearest %x {numerators = array<i64: 1, 2049>, denominators = array<i64: 1, 1>, offsets = array<i64: 0, 0>} : tensor<1x2x2x1xi8> -> tensor<1x2x2x1xi8>
  return %y : tensor<1x2x2x1xi8>
}

// -----

func.func @resize_denominator(%x: tensor<1x2x2x1xi8>) -> tensor<1x2x2x1xi8> {
  // expected-error @below {{(C6) expects numerators n from 1 to 2048, denominators from 1 to 16 * n - 1 and offsets from -n to 16 * n - 1, found 1, 16 and 0}}
  %y = cmnn.resize_fixed nearest %x {numerators = array<i64: 1, 1>, denominators = array<i64: 1, 16>, offsets = array<i64: 0, 0>} : tensor<1x2x2x1xi8> -> tensor<1x2x2x1xi8>
  return %y : tensor<1x2x2x1xi8>
}

// -----

func.func @resize_offset(%x: tensor<1x2x2x1xi8>) -> tensor<1x2x2x1xi8> {
  // expected-error @below {{(C6) expects numerators n from 1 to 2048, denominators from 1 to 16 * n - 1 and offsets from -n to 16 * n - 1, found 2, 1 and 32}}
  %y = cmnn.resize_fixed nearest %x {numerators = array<i64: 1, 2>, denominators = array<i64: 1, 1>, offsets = array<i64: 0, 32>} : tensor<1x2x2x1xi8> -> tensor<1x2x2x1xi8>
  return %y : tensor<1x2x2x1xi8>
}

// -----

func.func @resize_low_offset(%x: tensor<1x2x2x1xi8>) -> tensor<1x2x2x1xi8> {
  // expected-error @below {{(C6) expects numerators n from 1 to 2048, denominators from 1 to 16 * n - 1 and offsets from -n to 16 * n - 1, found 2, 1 and -3}}
  %y = cmnn.resize_fixed nearest %x {numerators = array<i64: 1, 2>, denominators = array<i64: 1, 1>, offsets = array<i64: 0, -3>} : tensor<1x2x2x1xi8> -> tensor<1x2x2x1xi8>
  return %y : tensor<1x2x2x1xi8>
}
