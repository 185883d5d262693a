// RUN: cm-opt %s --convert-tosa-to-cmnn --split-input-file --verify-diagnostics

func.func @weight(%x: tensor<1x4x4x3xi8>, %w: tensor<2x1x1x3xi8>) -> tensor<1x4x4x2xi32> {
  %b = "tosa.const"() <{values = dense<1> : tensor<2xi32>}> : () -> tensor<2xi32>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  // expected-error @below {{'tosa.conv2d' op cannot become cmnn: expected a constant int8 weight}}
  %0 = tosa.conv2d %x, %w, %b, %z, %z {
      acc_type = i32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>,
      dilation = array<i64: 1, 1>
    } : (tensor<1x4x4x3xi8>, tensor<2x1x1x3xi8>, tensor<2xi32>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x4x4x2xi32>
  return %0 : tensor<1x4x4x2xi32>
}

// -----

func.func @bias(%x: tensor<1x4x4x3xi8>, %b: tensor<2xi32>) -> tensor<1x4x4x2xi32> {
  %w = "tosa.const"() <{values = dense<1> : tensor<2x1x1x3xi8>}> : () -> tensor<2x1x1x3xi8>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  // expected-error @below {{'tosa.conv2d' op cannot become cmnn: expected a constant int32 bias}}
  %0 = tosa.conv2d %x, %w, %b, %z, %z {
      acc_type = i32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>,
      dilation = array<i64: 1, 1>
    } : (tensor<1x4x4x3xi8>, tensor<2x1x1x3xi8>, tensor<2xi32>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x4x4x2xi32>
  return %0 : tensor<1x4x4x2xi32>
}

// -----

func.func @zero_point(%x: tensor<1x4x4x3xi8>, %z: tensor<1xi8>) -> tensor<1x4x4x2xi32> {
  %w = "tosa.const"() <{values = dense<1> : tensor<2x1x1x3xi8>}> : () -> tensor<2x1x1x3xi8>
  %b = "tosa.const"() <{values = dense<1> : tensor<2xi32>}> : () -> tensor<2xi32>
  // expected-error @below {{'tosa.conv2d' op cannot become cmnn: expected constant zero points}}
  %0 = tosa.conv2d %x, %w, %b, %z, %z {
      acc_type = i32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>,
      dilation = array<i64: 1, 1>
    } : (tensor<1x4x4x3xi8>, tensor<2x1x1x3xi8>, tensor<2xi32>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x4x4x2xi32>
  return %0 : tensor<1x4x4x2xi32>
}

// -----

func.func @out_pad(%x: tensor<1x4x4x3xi8>) -> tensor<1x5x4x2xi32> {
  %w = "tosa.const"() <{values = dense<1> : tensor<2x1x1x3xi8>}> : () -> tensor<2x1x1x3xi8>
  %b = "tosa.const"() <{values = dense<1> : tensor<2xi32>}> : () -> tensor<2xi32>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  // expected-error @below {{'tosa.transpose_conv2d' op cannot become cmnn: expected an out_pad of at most 0 at the top and the left}}
  %0 = tosa.transpose_conv2d %x, %w, %b, %z, %z {
      acc_type = i32, out_pad = array<i64: 1, 0, 0, 0>,
      stride = array<i64: 1, 1>
    } : (tensor<1x4x4x3xi8>, tensor<2x1x1x3xi8>, tensor<2xi32>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x5x4x2xi32>
  return %0 : tensor<1x5x4x2xi32>
}

// -----

func.func @matmul_zero_point(%a: tensor<1x2x2xi8>, %z: tensor<1xi8>) -> tensor<1x2x2xi32> {
  // expected-error @below {{'tosa.matmul' op cannot become cmnn: expected constant zero points}}
  %0 = tosa.matmul %a, %a, %z, %z
    : (tensor<1x2x2xi8>, tensor<1x2x2xi8>, tensor<1xi8>, tensor<1xi8>)
    -> tensor<1x2x2xi32>
  return %0 : tensor<1x2x2xi32>
}

// -----

func.func @int16(%a: tensor<1x2xi16>, %b: tensor<1x2xi8>) -> tensor<1x2xi8> {
  // expected-error @below {{'tosa.cast' op cannot become cmnn: expected static int8 or int32 tensors of rank at least 1, found 'tensor<1x2xi16>'}}
  %0 = tosa.cast %a : (tensor<1x2xi16>) -> tensor<1x2xi8>
  return %0 : tensor<1x2xi8>
}

// -----

func.func @float(%a: tensor<1x2xi8>) -> tensor<1x2xf32> {
  // expected-error @below {{'tosa.cast' op cannot become cmnn: expected static int8 or int32 tensors of rank at least 1, found 'tensor<1x2xf32>'}}
  %0 = tosa.cast %a : (tensor<1x2xi8>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

func.func @dynamic(%a: tensor<1x?xi8>) -> tensor<1x?xi32> {
  // expected-error @below {{'tosa.cast' op cannot become cmnn: expected static int8 or int32 tensors of rank at least 1, found 'tensor<1x?xi8>'}}
  %0 = tosa.cast %a : (tensor<1x?xi8>) -> tensor<1x?xi32>
  return %0 : tensor<1x?xi32>
}

// -----

func.func @narrow(%a: tensor<1x2xi32>) -> tensor<1x2xi8> {
  // expected-error @below {{'tosa.cast' op cannot become cmnn: expected a cast to int32, found one to int8, which drops bits}}
  %0 = tosa.cast %a : (tensor<1x2xi32>) -> tensor<1x2xi8>
  return %0 : tensor<1x2xi8>
}

// -----

func.func @maximum(%a: tensor<1x2xi32>, %b: tensor<1x2xi32>) -> tensor<1x2xi32> {
  // expected-error @below {{'tosa.maximum' op cannot become cmnn: expected operands whose difference is known to be within int32}}
  %0 = tosa.maximum %a, %b : (tensor<1x2xi32>, tensor<1x2xi32>) -> tensor<1x2xi32>
  return %0 : tensor<1x2xi32>
}

// -----

func.func @unsigned_within(%x: tensor<1x2xi8>) -> tensor<1x2xi8> {
  %m = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s = "tosa.const"() <{values = dense<30> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = tosa.reverse %x {axis = 1 : i32} : (tensor<1x2xi8>) -> tensor<1x2xi8>
  // expected-error @below {{'tosa.rescale' op cannot become cmnn: expected an argument as unsigned input}}
  %1 = tosa.rescale %0, %m, %s, %z, %z {
      scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false,
      input_unsigned = true, output_unsigned = false
    } : (tensor<1x2xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x2xi8>
  return %1 : tensor<1x2xi8>
}

// -----

func.func @unsigned_and_read(%x: tensor<1x2xi8>) -> tensor<1x2xi8> {
  %m = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s = "tosa.const"() <{values = dense<30> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  // expected-error @below {{'tosa.rescale' op cannot become cmnn: expected an unsigned result to be returned}}
  %0 = tosa.rescale %x, %m, %s, %z, %z {
      scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false,
      input_unsigned = false, output_unsigned = true
    } : (tensor<1x2xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x2xi8>
  %1 = tosa.reverse %0 {axis = 1 : i32} : (tensor<1x2xi8>) -> tensor<1x2xi8>
  return %1 : tensor<1x2xi8>
}

// -----

func.func @unsigned_argument(%x: tensor<1x2xui8>) -> tensor<1x2xui8> {
  // expected-error @below {{'tosa.reverse' op cannot become cmnn: expected only a rescale with input_unsigned to read argument 0, which is unsigned}}
  %0 = tosa.reverse %x {axis = 1 : i32} : (tensor<1x2xui8>) -> tensor<1x2xui8>
  return %0 : tensor<1x2xui8>
}

// -----

// expected-error @below {{expected a rescale with output_unsigned and no other user to give result 1, which is unsigned}}
func.func @unsigned_twice(%x: tensor<1x2xi8>) -> (tensor<1x2xi8>, tensor<1x2xi8>) {
  %m = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s = "tosa.const"() <{values = dense<30> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = tosa.rescale %x, %m, %s, %z, %z {
      scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false,
      input_unsigned = false, output_unsigned = true
    } : (tensor<1x2xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x2xi8>
  %1 = tosa.reverse %x {axis = 1 : i32} : (tensor<1x2xi8>) -> tensor<1x2xi8>
  %2 = tosa.reverse %0 {axis = 1 : i32} : (tensor<1x2xi8>) -> tensor<1x2xi8>
  return %1, %0 : tensor<1x2xi8>, tensor<1x2xi8>
}

// -----

// expected-error @below {{expected a tensor of bytes as argument 0, which is unsigned, found 'tensor<1x2xi32>'}}
func.func @unsigned_int32(%x: tensor<1x2xi32>) -> tensor<1x2xi8> {
  %m = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s = "tosa.const"() <{values = dense<30> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z32 = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  %0 = tosa.rescale %x, %m, %s, %z32, %z {
      scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false,
      input_unsigned = true, output_unsigned = false
    } : (tensor<1x2xi32>, tensor<1xi32>, tensor<1xi8>, tensor<1xi32>,
         tensor<1xi8>) -> tensor<1x2xi8>
  return %0 : tensor<1x2xi8>
}

// -----

// expected-error @below {{expected a tensor of bytes as result 0, which is unsigned, found 'tensor<*xi8>'}}
func.func @unsigned_unranked(%x: tensor<1x2xi8>) -> tensor<*xi8> {
  %m = "tosa.const"() <{values = dense<1073741824> : tensor<1xi32>}> : () -> tensor<1xi32>
  %s = "tosa.const"() <{values = dense<30> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = tosa.rescale %x, %m, %s, %z, %z {
      scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false,
      input_unsigned = false, output_unsigned = true
    } : (tensor<1x2xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<*xi8>
  return %0 : tensor<*xi8>
}

// -----

// expected-error @below {{expected a body of one block}}
func.func private @declared(tensor<1x2xi8>)

// -----

func.func @multiplier(%x: tensor<1x2xi8>, %m: tensor<1xi32>) -> tensor<1x2xi8> {
  %s = "tosa.const"() <{values = dense<30> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  // expected-error @below {{'tosa.rescale' op cannot become cmnn: expected constant multipliers, shifts and zero points}}
  %0 = tosa.rescale %x, %m, %s, %z, %z {
      scale32 = true, rounding_mode = SINGLE_ROUND, per_channel = false,
      input_unsigned = false, output_unsigned = false
    } : (tensor<1x2xi8>, tensor<1xi32>, tensor<1xi8>, tensor<1xi8>,
         tensor<1xi8>) -> tensor<1x2xi8>
  return %0 : tensor<1x2xi8>
}

// -----

func.func @table(%x: tensor<1x2xi8>, %t: tensor<256xi8>) -> tensor<1x2xi8> {
  // expected-error @below {{'tosa.table' op cannot become cmnn: expected an int8 input and a constant int8 table}}
  %0 = tosa.table %x, %t : (tensor<1x2xi8>, tensor<256xi8>) -> tensor<1x2xi8>
  return %0 : tensor<1x2xi8>
}

// -----

func.func @negate(%x: tensor<1x2xi32>) -> tensor<1x2xi32> {
  %z32 = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  // expected-error @below {{'tosa.negate' op cannot become cmnn: expected an int8 input and constant zero points}}
  %0 = tosa.negate %x, %z32, %z32
    : (tensor<1x2xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<1x2xi32>
  return %0 : tensor<1x2xi32>
}

// -----

func.func @add(%x: tensor<1x2xi8>) -> tensor<1x2xi8> {
  // expected-error @below {{'tosa.add' op cannot become cmnn: expected int32 operands}}
  %0 = tosa.add %x, %x
    : (tensor<1x2xi8>, tensor<1x2xi8>) -> tensor<1x2xi8>
  return %0 : tensor<1x2xi8>
}

// -----

func.func @mul_shift(%x: tensor<1x2xi32>) -> tensor<1x2xi32> {
  %s = "tosa.const"() <{values = dense<30> : tensor<1xi8>}> : () -> tensor<1xi8>
  // expected-error @below {{'tosa.mul' op cannot become cmnn: expected a shift of 0, a product within int32 or a factor that is constant, at least 0 and one number or one per channel}}
  %0 = tosa.mul %x, %x, %s
    : (tensor<1x2xi32>, tensor<1x2xi32>, tensor<1xi8>) -> tensor<1x2xi32>
  return %0 : tensor<1x2xi32>
}

// -----

// Twice the number would be the multiplier of a rescale by 2^2.
func.func @mul_shift_by_one(%x: tensor<1x2xi32>) -> tensor<1x2xi32> {
  %s = "tosa.const"() <{values = dense<1> : tensor<1xi8>}> : () -> tensor<1xi8>
  %c = "tosa.const"() <{values = dense<1073741824> : tensor<1x1xi32>}> : () -> tensor<1x1xi32>
  // expected-error @below {{'tosa.mul' op cannot become cmnn: expected a shift of 0, a product within int32 or}}
  %0 = tosa.mul %x, %c, %s
    : (tensor<1x2xi32>, tensor<1x1xi32>, tensor<1xi8>) -> tensor<1x2xi32>
  return %0 : tensor<1x2xi32>
}

// -----

func.func @mul_negative(%x: tensor<1x2xi32>) -> tensor<1x2xi32> {
  %s = "tosa.const"() <{values = dense<9> : tensor<1xi8>}> : () -> tensor<1xi8>
  %c = "tosa.const"() <{values = dense<-3> : tensor<1x1xi32>}> : () -> tensor<1x1xi32>
  // expected-error @below {{'tosa.mul' op cannot become cmnn: expected a shift of 0, a product within int32 or}}
  %0 = tosa.mul %x, %c, %s
    : (tensor<1x2xi32>, tensor<1x1xi32>, tensor<1xi8>) -> tensor<1x2xi32>
  return %0 : tensor<1x2xi32>
}

// -----

func.func @mul_unknown_shift(%x: tensor<1x2xi32>, %s: tensor<1xi8>) -> tensor<1x2xi32> {
  // expected-error @below {{'tosa.mul' op cannot become cmnn: expected a constant shift from 0 to 62}}
  %0 = tosa.mul %x, %x, %s
    : (tensor<1x2xi32>, tensor<1x2xi32>, tensor<1xi8>) -> tensor<1x2xi32>
  return %0 : tensor<1x2xi32>
}

// -----

func.func @mul_large_shift(%x: tensor<1x2xi32>) -> tensor<1x2xi32> {
  %s = "tosa.const"() <{values = dense<63> : tensor<1xi8>}> : () -> tensor<1xi8>
  // expected-error @below {{'tosa.mul' op cannot become cmnn: expected a constant shift from 0 to 62}}
  %0 = tosa.mul %x, %x, %s
    : (tensor<1x2xi32>, tensor<1x2xi32>, tensor<1xi8>) -> tensor<1x2xi32>
  return %0 : tensor<1x2xi32>
}

// -----

func.func @mul_shift_int8(%x: tensor<1x2xi8>) -> tensor<1x2xi32> {
  %s = "tosa.const"() <{values = dense<3> : tensor<1xi8>}> : () -> tensor<1xi8>
  // expected-error @below {{'tosa.mul' op cannot become cmnn: expected a shift of 0 of int8}}
  %0 = tosa.mul %x, %x, %s
    : (tensor<1x2xi8>, tensor<1x2xi8>, tensor<1xi8>) -> tensor<1x2xi32>
  return %0 : tensor<1x2xi32>
}

// -----

func.func @mul_int8(%x: tensor<1x2xi8>) -> tensor<1x2xi8> {
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  // expected-error @below {{'tosa.mul' op cannot become cmnn: expected an int32 result}}
  %0 = tosa.mul %x, %x, %z
    : (tensor<1x2xi8>, tensor<1x2xi8>, tensor<1xi8>) -> tensor<1x2xi8>
  return %0 : tensor<1x2xi8>
}

// -----

func.func @max_pool(%x: tensor<1x2x2x1xi32>) -> tensor<1x1x1x1xi32> {
  // expected-error @below {{'tosa.max_pool2d' op cannot become cmnn: expected an int8 input}}
  %0 = tosa.max_pool2d %x {
      kernel = array<i64: 2, 2>, stride = array<i64: 1, 1>,
      pad = array<i64: 0, 0, 0, 0>
    } : (tensor<1x2x2x1xi32>) -> tensor<1x1x1x1xi32>
  return %0 : tensor<1x1x1x1xi32>
}

// -----

func.func @avg_pool(%x: tensor<1x2x2x1xi8>, %z: tensor<1xi8>) -> tensor<1x1x1x1xi8> {
  // expected-error @below {{'tosa.avg_pool2d' op cannot become cmnn: expected an int8 input and constant zero points}}
  %0 = tosa.avg_pool2d %x, %z, %z {
      kernel = array<i64: 2, 2>, stride = array<i64: 1, 1>,
      pad = array<i64: 0, 0, 0, 0>, acc_type = i32
    } : (tensor<1x2x2x1xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x1x1x1xi8>
  return %0 : tensor<1x1x1x1xi8>
}

// -----

func.func @reduce_sum(%x: tensor<1x2xi8>) -> tensor<1x1xi8> {
  // expected-error @below {{'tosa.reduce_sum' op cannot become cmnn: expected an int32 input}}
  %0 = tosa.reduce_sum %x {axis = 1 : i32}
    : (tensor<1x2xi8>) -> tensor<1x1xi8>
  return %0 : tensor<1x1xi8>
}

// -----

func.func @reduce_max(%x: tensor<1x2xi32>) -> tensor<1x1xi32> {
  // expected-error @below {{'tosa.reduce_max' op cannot become cmnn: expected an int8 input}}
  %0 = tosa.reduce_max %x {axis = 1 : i32}
    : (tensor<1x2xi32>) -> tensor<1x1xi32>
  return %0 : tensor<1x1xi32>
}

// -----

func.func @reduce_min(%x: tensor<1x2xi32>) -> tensor<1x1xi32> {
  // expected-error @below {{'tosa.reduce_min' op cannot become cmnn: expected an int8 input}}
  %0 = tosa.reduce_min %x {axis = 1 : i32}
    : (tensor<1x2xi32>) -> tensor<1x1xi32>
  return %0 : tensor<1x1xi32>
}

// -----

func.func @shape_arithmetic(%x: tensor<1x2xi8>) -> tensor<1x1xi8> {
  %s = tosa.const_shape {values = dense<[0, 1]> : tensor<2xindex>} : () -> !tosa.shape<2>
  %e = tosa.const_shape {values = dense<[1, 0]> : tensor<2xindex>} : () -> !tosa.shape<2>
  // expected-error @below {{'tosa.add_shape' op cannot become cmnn: it is not supported}}
  %n = tosa.add_shape %s, %e : (!tosa.shape<2>, !tosa.shape<2>) -> !tosa.shape<2>
  %0 = tosa.slice %x, %s, %n
    : (tensor<1x2xi8>, !tosa.shape<2>, !tosa.shape<2>) -> tensor<1x1xi8>
  return %0 : tensor<1x1xi8>
}

// -----

func.func @pad(%x: tensor<1x2xi32>) -> tensor<1x3xi32> {
  %p = tosa.const_shape {values = dense<[0, 0, 0, 1]> : tensor<4xindex>} : () -> !tosa.shape<4>
  %z32 = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  // expected-error @below {{'tosa.pad' op cannot become cmnn: expected an int8 input and constant padding}}
  %0 = tosa.pad %x, %p, %z32
    : (tensor<1x2xi32>, !tosa.shape<4>, tensor<1xi32>) -> tensor<1x3xi32>
  return %0 : tensor<1x3xi32>
}

// -----

func.func @resize(%x: tensor<1x2x2x1xi32>) -> tensor<1x2x2x1xi32> {
  %s = tosa.const_shape {values = dense<1> : tensor<4xindex>} : () -> !tosa.shape<4>
  %o = tosa.const_shape {values = dense<0> : tensor<2xindex>} : () -> !tosa.shape<2>
  // expected-error @below {{'tosa.resize' op cannot become cmnn: expected an int8 input, a constant scale and offset}}
  %0 = tosa.resize %x, %s, %o, %o {mode = NEAREST_NEIGHBOR}
    : (tensor<1x2x2x1xi32>, !tosa.shape<4>, !tosa.shape<2>, !tosa.shape<2>)
    -> tensor<1x2x2x1xi32>
  return %0 : tensor<1x2x2x1xi32>
}

// -----

func.func @unknown(%x: tensor<1x2xi32>) -> tensor<1x2xi32> {
  // expected-error @below {{'tosa.abs' op cannot become cmnn: it is not supported}}
  %0 = tosa.abs %x : (tensor<1x2xi32>) -> tensor<1x2xi32>
  return %0 : tensor<1x2xi32>
}

// -----

func.func @matmul_types(%a: tensor<1x2x2xi32>) -> tensor<1x2x2xi32> {
  %z32 = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  // expected-error @below {{'tosa.matmul' op cannot become cmnn: expected int8 operands and an int32 result}}
  %0 = tosa.matmul %a, %a, %z32, %z32
    : (tensor<1x2x2xi32>, tensor<1x2x2xi32>, tensor<1xi32>, tensor<1xi32>)
    -> tensor<1x2x2xi32>
  return %0 : tensor<1x2x2xi32>
}

// -----

func.func @conv_types(%x: tensor<1x4x4x3xi32>) -> tensor<1x4x4x2xi32> {
  %w = "tosa.const"() <{values = dense<1> : tensor<2x1x1x3xi8>}> : () -> tensor<2x1x1x3xi8>
  %b = "tosa.const"() <{values = dense<1> : tensor<2xi32>}> : () -> tensor<2xi32>
  %z = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
  %z32 = "tosa.const"() <{values = dense<0> : tensor<1xi32>}> : () -> tensor<1xi32>
  // expected-error @below {{'tosa.conv2d' op cannot become cmnn: expected an int8 input and an int32 result}}
  %0 = tosa.conv2d %x, %w, %b, %z32, %z {
      acc_type = i32, pad = array<i64: 0, 0, 0, 0>, stride = array<i64: 1, 1>,
      dilation = array<i64: 1, 1>
    } : (tensor<1x4x4x3xi32>, tensor<2x1x1x3xi8>, tensor<2xi32>, tensor<1xi32>,
         tensor<1xi8>) -> tensor<1x4x4x2xi32>
  return %0 : tensor<1x4x4x2xi32>
}

// -----

func.func @constant(%x: tensor<1x2xi8>) -> tensor<1x2xf32> {
  // expected-error @below {{'tosa.const' op cannot become cmnn: expected dense int8 or int32 elements}}
  %0 = "tosa.const"() <{values = dense<1.0> : tensor<1x2xf32>}> : () -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// expected-error @below {{expected static int8 or int32 tensors of rank at least 1 as arguments and results, found 'tensor<1x2xf32>'}}
func.func @port(%x: tensor<1x2xf32>, %y: tensor<1x2xi8>) -> tensor<1x2xi8> {
  return %y : tensor<1x2xi8>
}

// -----

func.func @region(%x: tensor<1x2xi8>, %c: tensor<i1>) -> tensor<1x2xi8> {
  // expected-error @below {{'tosa.cond_if' op cannot become cmnn: it is not supported}}
  %0 = tosa.cond_if %c : tensor<i1> -> tensor<1x2xi8> {
    tosa.yield %x : tensor<1x2xi8>
  } else {
    tosa.yield %x : tensor<1x2xi8>
  }
  return %0 : tensor<1x2xi8>
}

// -----

func.func @tile(%x: tensor<1x1xi8>) -> tensor<1x65537xi8> {
  %m = tosa.const_shape {values = dense<[1, 65537]> : tensor<2xindex>} : () -> !tosa.shape<2>
  // expected-error @below {{'tosa.tile' op cannot become cmnn: expected at most 65536 copies on an axis, found 65537}}
  %0 = tosa.tile %x, %m : (tensor<1x1xi8>, !tosa.shape<2>) -> tensor<1x65537xi8>
  return %0 : tensor<1x65537xi8>
}

// -----

func.func @other_dialect(%x: tensor<1x2xi32>) -> tensor<1x2xi32> {
  // expected-error @below {{'arith.addi' op cannot become cmnn: it is not supported}}
  %0 = arith.addi %x, %x : tensor<1x2xi32>
  return %0 : tensor<1x2xi32>
}

// -----

// One wider than in elementwise.mlir.
func.func @maximum_too_wide(%a: tensor<1x2xi32>, %b: tensor<1x2xi32>) -> tensor<1x2xi32> {
  %0 = tosa.clamp %a {min_val = 0 : i32, max_val = 1073741824 : i32} : (tensor<1x2xi32>) -> tensor<1x2xi32>
  %1 = tosa.clamp %b {min_val = -1073741824 : i32, max_val = 0 : i32} : (tensor<1x2xi32>) -> tensor<1x2xi32>
  // expected-error @below {{'tosa.maximum' op cannot become cmnn: expected operands whose difference is known to be within int32}}
  %2 = tosa.maximum %0, %1 : (tensor<1x2xi32>, tensor<1x2xi32>) -> tensor<1x2xi32>
  return %2 : tensor<1x2xi32>
}

// -----

func.func @mul_too_wide(%a: tensor<1x2xi32>) -> tensor<1x2xi32> {
  %s = "tosa.const"() <{values = dense<9> : tensor<1xi8>}> : () -> tensor<1xi8>
  %0 = tosa.clamp %a {min_val = -46341 : i32, max_val = 0 : i32} : (tensor<1x2xi32>) -> tensor<1x2xi32>
  // expected-error @below {{'tosa.mul' op cannot become cmnn: expected a shift of 0, a product within int32 or}}
  %1 = tosa.mul %0, %0, %s : (tensor<1x2xi32>, tensor<1x2xi32>, tensor<1xi8>) -> tensor<1x2xi32>
  return %1 : tensor<1x2xi32>
}
