// Operations that transformers need.

// RUN: cm-opt %s --split-input-file --verify-diagnostics

// layer_norm (C1).

cmflow.graph @net {
  cmflow.object @x : 1x2x4 i8
  cmflow.object @y : 1x2x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 2, 4] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 2] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C1) expected -128 <= minimum <= maximum <= 127, found 3 and 2}}
    %1 = cmflow.layer_norm %0 {x_scale = 0.5 : f32, x_zero_point = 0 : i32, epsilon = 0.0 : f32, scales = array<f32>, biases = array<f32>, y_scale = 0.5 : f32, y_zero_point = 0 : i32, minimum = 3 : i32, maximum = 2 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// layer_norm (C2).

cmflow.graph @net {
  cmflow.object @x : 1x2x4 i8
  cmflow.object @y : 1x2x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 2, 4] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 2] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C2) expected no scales or biases, or 4, found 2}}
    %1 = cmflow.layer_norm %0 {x_scale = 0.5 : f32, x_zero_point = 0 : i32, epsilon = 0.0 : f32, scales = array<f32: 1.0, 2.0>, biases = array<f32>, y_scale = 0.5 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// layer_norm (C3): a bias.

cmflow.graph @net {
  cmflow.object @x : 1x2x4 i8
  cmflow.object @y : 1x2x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 2, 4] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 2] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C3) expected finite scales and biases, found INF}}
    %1 = cmflow.layer_norm %0 {x_scale = 0.5 : f32, x_zero_point = 0 : i32, epsilon = 0.0 : f32, scales = array<f32>, biases = array<f32: 0x7F800000, 1.0, 1.0, 1.0>, y_scale = 0.5 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// layer_norm (C3): epsilon.

cmflow.graph @net {
  cmflow.object @x : 1x2x4 i8
  cmflow.object @y : 1x2x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 2, 4] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 2] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C3) expected an epsilon of at least 0, found -1}}
    %1 = cmflow.layer_norm %0 {x_scale = 0.5 : f32, x_zero_point = 0 : i32, epsilon = -1.0 : f32, scales = array<f32>, biases = array<f32>, y_scale = 0.5 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// multiply_matrix (C1).

cmflow.graph @net {
  cmflow.object @x : 1x2x4 i8
  cmflow.object @y : 1x2x2 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 2, 4] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 2] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C1) expected a matrix of 4 x 2 elements, found 4}}
    %1 = cmflow.multiply_matrix %0, %0 [0, 0] : vector<4xi8>, vector<4xi8> -> vector<2xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 2]> : vector<2xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// multiply_matrix (C2).

cmflow.graph @net {
  cmflow.object @x : 1x2x4 i8
  cmflow.object @y : 1x2x1 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 2, 4] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 2] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C2) expected two zero points, found 1}}
    %1 = cmflow.multiply_matrix %0, %0 [0] transposed : vector<4xi8>, vector<4xi8> -> vector<1xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 1]> : vector<1xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// constants (C1).

cmflow.graph @net {
  cmflow.object @x : 1x2x4 i8
  cmflow.object @y : 1x2x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 2, 4] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 2] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C1) expected two extents and a table of their product times 4 elements, found [1, 2] and 4}}
    %1 = cmflow.constants [1, 2] [1, 2, 3, 4] : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// constants (C1): extents.

cmflow.graph @net {
  cmflow.object @x : 1x2x4 i8
  cmflow.object @y : 1x2x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 2, 4] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 2] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C1) expected two extents and a table of their product times 4 elements, found [0, 2] and 4}}
    %1 = cmflow.constants [0, 2] [1, 2, 3, 4] : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// constants (C2): more pixels than the table has.

cmflow.graph @net {
  cmflow.object @x : 1x2x4 i8
  cmflow.object @y : 3x2x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 2, 4] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C2) expected a stage that writes pixels below 2, found 2}}
    %1 = cmflow.constants [2, 1] [1, 2, 3, 4, 5, 6, 7, 8] : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [2, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// constants (C2): several pixels of a row.

cmflow.graph @net {
  cmflow.object @x : 1x2x4 i8
  cmflow.object @y : 1x2x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 2, 4] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C2) expected a stage that writes single pixels, found 1x2 at once}}
    %1 = cmflow.constants [1, 1] [1, 2, 3, 4, 5, 6, 7, 8] : vector<8xi8>
    cmflow.write %1, @y <strides [1, 2] offsets [0, 0] channels [0, 4] count 2> : vector<8xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// constants (C2): several rows.

cmflow.graph @net {
  cmflow.object @x : 1x2x4 i8
  cmflow.object @y : 3x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 2, 4] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C2) expected a stage that writes single pixels, found 3x1 at once}}
    %1 = cmflow.constants [3, 1] [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] : vector<12xi8>
    cmflow.write %1, @y <strides [3, 1] offsets [0, 0] channels [0, 4] rows 3> : vector<12xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// Access (C4): a mean of nothing.

cmflow.graph @net {
  cmflow.object @x : 1x3x4 i8
  cmflow.object @y : 1x2x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 3, 4] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 2] {
    // expected-error @below {{(C4) expected a pixel of @x in the window of each iteration}}
    %0 = cmflow.reduce_mean @x <kernel [1, 3] strides [1, 3] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 12] fill 0> {x_scale = 0.5 : f32, x_zero_point = 0 : i32, y_scale = 0.5 : f32, y_zero_point = 1 : i32} : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}
