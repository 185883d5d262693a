// Numbers that would reach a conversion to an integer as infinities or NaNs, or
// windows without a pixel.

// RUN: cm-opt %s --split-input-file --verify-diagnostics

// requantize (C4): a scale that is no number.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %a = arith.constant dense<1> : vector<4xi32>
    // expected-error @below {{(C4) expected scale 1 to be positive, normal and at most 2^80, found nan}}
    %1 = cmflow.requantize %a zero_point 0 {scales = array<f32: 1.0, 0x7FC00000, 1.0, 1.0>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// requantize (C4): too large.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %a = arith.constant dense<1> : vector<4xi32>
    // expected-error @below {{(C4) expected scale 0 to be positive, normal and at most 2^80, found 2.417852e+24}}
    %1 = cmflow.requantize %a zero_point 0 {scales = array<f32: 2.417852e+24>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// requantize: zero point.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %a = arith.constant dense<1> : vector<4xi32>
    // expected-error @below {{attribute 'zero_point' failed to satisfy constraint: 32-bit signless integer attribute whose minimum value is -128 whose maximum value is 127}}
    %1 = cmflow.requantize %a zero_point 2147483647 {scales = array<f32: 1.0>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// add_quantized: scale 0.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{attribute 'y_scale' failed to satisfy constraint: 32-bit float attribute that is positive, normal and at most 2^80}}
    %1 = cmflow.add_quantized %0, %0 {a_scale = 0.5 : f32, a_zero_point = 0 : i32, b_scale = 0.5 : f32, b_zero_point = 0 : i32, y_scale = 0.0 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// add_quantized (C2): a.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C2) expected a_scale / y_scale to be positive, normal and at most 2^80, found INF}}
    %1 = cmflow.add_quantized %0, %0 {a_scale = 1.0e+24 : f32, a_zero_point = 0 : i32, b_scale = 0.5 : f32, b_zero_point = 0 : i32, y_scale = 1.0e-30 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// add_quantized (C2): b.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C2) expected b_scale / y_scale to be positive, normal and at most 2^80, found 0.000000e+00}}
    %1 = cmflow.add_quantized %0, %0 {a_scale = 1.0e+20 : f32, a_zero_point = 0 : i32, b_scale = 1.0e-30 : f32, b_zero_point = 0 : i32, y_scale = 1.0e+20 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// softmax (C1).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C1) expected floor(1 / y_scale) <= 512, found 1.024000e+03}}
    %1 = cmflow.softmax %0 {x_scale = 0.5 : f32, y_scale = 0.0009765625 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// average_pool: zero point.

cmflow.graph @net {
  cmflow.object @x : 2x2x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 2, 2, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    // expected-error @below {{attribute 'x_zero_point' failed to satisfy constraint: 32-bit signless integer attribute whose minimum value is -128 whose maximum value is 127}}
    %1 = cmflow.average_pool @x <kernel [2, 2] strides [2, 2] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 16] fill 0> {x_scale = 0.5 : f32, x_zero_point = -129 : i32, y_scale = 0.5 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// average_pool (C5).

cmflow.graph @net {
  cmflow.object @x : 2x2x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 2, 2, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    // expected-error @below {{(C5) expected -128 <= minimum <= maximum <= 127, found 5 and 4}}
    %1 = cmflow.average_pool @x <kernel [2, 2] strides [2, 2] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 16] fill 0> {x_scale = 0.5 : f32, x_zero_point = 0 : i32, y_scale = 0.5 : f32, y_zero_point = 0 : i32, minimum = 5 : i32, maximum = 4 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// average_pool (C6).

cmflow.graph @net {
  cmflow.object @x : 2x2x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 2, 2, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    // expected-error @below {{(C6) expected x_scale / y_scale to be positive, normal and at most 2^80, found INF}}
    %1 = cmflow.average_pool @x <kernel [2, 2] strides [2, 2] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 16] fill 0> {x_scale = 1.0e+24 : f32, x_zero_point = 0 : i32, y_scale = 1.0e-30 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// global_average_pool (C5).

cmflow.graph @net {
  cmflow.object @x : 2x2x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 2, 2, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    // expected-error @below {{(C5) expected -128 <= minimum <= maximum <= 127, found -128 and 128}}
    %1 = cmflow.global_average_pool @x <kernel [2, 2] strides [2, 2] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 16] fill 0> {x_scale = 0.5 : f32, x_zero_point = 0 : i32, y_scale = 0.5 : f32, y_zero_point = 0 : i32, maximum = 128 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// global_average_pool (C6): with the number of pixels.

cmflow.graph @net {
  cmflow.object @x : 2x2x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 2, 2, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    // expected-error @below {{(C6) expected x_scale / (y_scale * n) to be positive, normal and at most 2^80, found }}
    %1 = cmflow.global_average_pool @x <kernel [2, 2] strides [2, 2] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 16] fill 0> {x_scale = 1.5e-38 : f32, x_zero_point = 0 : i32, y_scale = 1.0 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// max_pool (C4): before the object.

cmflow.graph @net {
  cmflow.object @x : 2x2x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 2, 2, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    // expected-error @below {{(C4) expected a pixel of @x in the window of each iteration}}
    %1 = cmflow.max_pool @x <kernel [2, 2] strides [1, 1] offsets [-2, 0] dilations [1, 1] channels [0, 4] elements [0, 16] fill 0> : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 1, 1, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// max_pool (C4): behind it.

cmflow.graph @net {
  cmflow.object @x : 2x2x4 i8
  cmflow.object @y : 1x3x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 2, 2, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 3] {
    // expected-error @below {{(C4) expected a pixel of @x in the window of each iteration}}
    %1 = cmflow.max_pool @x <kernel [2, 2] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 16] fill 0> : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 1, 3, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// max_pool (C4): around it.

cmflow.graph @net {
  cmflow.object @x : 2x2x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 2, 2, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    // expected-error @below {{(C4) expected a pixel of @x in the window of each iteration}}
    %1 = cmflow.max_pool @x <kernel [2, 2] strides [1, 1] offsets [-1, 0] dilations [4, 1] channels [0, 4] elements [0, 16] fill 0> : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 1, 1, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}
