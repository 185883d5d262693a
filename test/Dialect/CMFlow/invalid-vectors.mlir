// Operations of the DPU that are not as they should be, and streams over parts of
// objects.

// RUN: cm-opt %s --split-input-file --verify-diagnostics

// mul_quantized (C1).

cmnn.weight @w = dense<1> : tensor<1x2x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C1) expected -128 <= minimum <= maximum <= 127, found 1 and 0}}
    %1 = cmflow.mul_quantized %0, %0 {a_scale = 1.0 : f32, a_zero_point = 0 : i32, b_scale = 1.0 : f32, b_zero_point = 0 : i32, y_scale = 1.0 : f32, y_zero_point = 0 : i32, minimum = 1 : i32, maximum = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// mul_quantized (C2): the product of the scales.

cmnn.weight @w = dense<1> : tensor<1x2x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C2) expected a_scale * b_scale to be positive, normal and at most 2^80, found}}
    %1 = cmflow.mul_quantized %0, %0 {a_scale = 1.0e+20 : f32, a_zero_point = 0 : i32, b_scale = 1.0e+20 : f32, b_zero_point = 0 : i32, y_scale = 1.0 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// mul_quantized (C2): and its quotient.

cmnn.weight @w = dense<1> : tensor<1x2x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C2) expected a_scale * b_scale / y_scale to be positive, normal and at most 2^80, found}}
    %1 = cmflow.mul_quantized %0, %0 {a_scale = 1.0e+10 : f32, a_zero_point = 0 : i32, b_scale = 1.0 : f32, b_zero_point = 0 : i32, y_scale = 1.0e-20 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// shuffle (C1).

cmnn.weight @w = dense<1> : tensor<1x2x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x3 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C1) expected 3 indices, found 2}}
    %1 = cmflow.shuffle %0 [0, 1] : vector<4xi8> -> vector<3xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 3]> : vector<3xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 3] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// shuffle (C2).

cmnn.weight @w = dense<1> : tensor<1x2x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x2 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C2) expected indices of -1 to 3, found 4}}
    %1 = cmflow.shuffle %0 [0, 4] : vector<4xi8> -> vector<2xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 2]> : vector<2xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 2] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// shuffle (C2): below -1.

cmnn.weight @w = dense<1> : tensor<1x2x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x1 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C2) expected indices of -1 to 3, found -2}}
    %1 = cmflow.shuffle %0 [-2] : vector<4xi8> -> vector<1xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 1]> : vector<1xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 1] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// interpolate (C4): dilation.

cmnn.weight @w = dense<1> : tensor<1x2x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 2x2x4 i8
  cmflow.object @y : 2x2x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 16] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [2, 2] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C4) expected no dilation, found 2}}
    %1 = cmflow.interpolate @x <kernel [2, 2] strides [1, 1] offsets [0, 0] dilations [1, 2] channels [0, 4] elements [0, 16] fill 0> rows [0.0, 1.0, 0.75, 0.25, 0.5, 0.5] columns [0.0, 1.0, 0.75, 0.25, 0.5, 0.5] {x_scale = 0.5 : f32, x_zero_point = 0 : i32, y_scale = 0.5 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 16] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// interpolate (C5).

cmnn.weight @w = dense<1> : tensor<1x2x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 2x2x4 i8
  cmflow.object @y : 2x2x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 16] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [2, 2] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C5) expected -128 <= minimum <= maximum <= 127, found 1 and 0}}
    %1 = cmflow.interpolate @x <kernel [2, 2] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 16] fill 0> rows [0.0, 1.0, 0.75, 0.25, 0.5, 0.5] columns [0.0, 1.0, 0.75, 0.25, 0.5, 0.5] {x_scale = 0.5 : f32, x_zero_point = 0 : i32, y_scale = 0.5 : f32, y_zero_point = 0 : i32, minimum = 1 : i32, maximum = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 16] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// interpolate (C6): a weight.

cmnn.weight @w = dense<1> : tensor<1x2x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 2x2x4 i8
  cmflow.object @y : 2x2x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 16] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [2, 2] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C6) expected weights of 0 to 1, found 1.5}}
    %1 = cmflow.interpolate @x <kernel [2, 2] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 16] fill 0> rows [0.0, 1.0, 0.75, 0.25, 0.5, 0.5] columns [0.0, 1.5, 0.75, 0.25, 0.5, 0.5] {x_scale = 0.5 : f32, x_zero_point = 0 : i32, y_scale = 0.5 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 16] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// interpolate (C6): their number.

cmnn.weight @w = dense<1> : tensor<1x2x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 2x2x4 i8
  cmflow.object @y : 2x2x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 16] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [2, 2] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C6) expected 6 weights of columns, found 1}}
    %1 = cmflow.interpolate @x <kernel [2, 2] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 16] fill 0> rows [0.0, 1.0, 0.75, 0.25, 0.5, 0.5] columns [1.0] {x_scale = 0.5 : f32, x_zero_point = 0 : i32, y_scale = 0.5 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 16] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// mvm (C3): taps.

cmnn.weight @w = dense<1> : tensor<1x2x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C3) expected taps of 0 to 1, found [2]}}
    %p = cmflow.mvm %0, @w taps [2] groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %1 = cmflow.requantize %p zero_point 0 {scales = array<f32: 1.0>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// graph (C2): a reader of channels that a writer does not write has no stream
// from it.

cmflow.graph @net {
  cmflow.object @x : 1x1x2 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.object @z : 1x1x2 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 2] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @a domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 2] elements [0, 2] fill 0> : vector<2xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 2]> : vector<2xi8>
  }
  cmflow.stage @b domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 2] elements [0, 2] fill 0> : vector<2xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [2, 4]> : vector<2xi8>
  }
  // expected-error @below {{(C2) expected no stream from @b over @y}}
  cmflow.stage @c domain [1, 1] {
    %0 = cmflow.read @y <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 2] elements [0, 2] fill 0> : vector<2xi8>
    cmflow.write %0, @z <strides [1, 1] offsets [0, 0] channels [0, 2]> : vector<2xi8>
  }
  cmflow.stream @in to @a over @x
  cmflow.stream @in to @b over @x
  cmflow.stream @a to @c over @y
  cmflow.stream @b to @c over @y
}
