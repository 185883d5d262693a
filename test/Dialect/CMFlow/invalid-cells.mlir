// Sums of inputs, zero points of weights and places in crossbars.
// RUN: cm-opt %s --split-input-file --verify-diagnostics

// mvm (C2): sums are columns of the result.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C2) expected a result of 5 elements, found 4}}
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4] sums 1 : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// mvm (C4): one group has one sum.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x6 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C4) expected a sum for each of the 1 groups of the columns, found 2}}
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4] sums 2 : vector<4xi8> -> vector<6xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 6]> : vector<6xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// mvm (C5): a place in a crossbar has three numbers.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C5) expected a crossbar, a row and a column from 0 to 65535, found [0, 1]}}
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4] cells [0, 1] : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// mvm (C5): numbers of cells are small.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C5) expected a crossbar, a row and a column from 0 to 65535, found [0, 65536, 0]}}
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4] cells [0, 65536, 0] : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// subtract_zero_points (C1): no sum.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %2 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    // expected-error @below {{(C1) expected an operand of more elements than the 4 of the result, by a divisor of these, found 4}}
    %1 = cmflow.subtract_zero_points %2 [1] : vector<4xi32> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// subtract_zero_points (C1): groups of different sizes.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x3 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %2 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4] sums 1 : vector<4xi8> -> vector<5xi32>
    // expected-error @below {{(C1) expected an operand of more elements than the 3 of the result, by a divisor of these, found 5}}
    %1 = cmflow.subtract_zero_points %2 [1] : vector<5xi32> -> vector<3xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 3]> : vector<3xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// subtract_zero_points (C2): points.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %2 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4] sums 1 : vector<4xi8> -> vector<5xi32>
    // expected-error @below {{(C2) expected 1 or 4 zero points, found 2}}
    %1 = cmflow.subtract_zero_points %2 [1, 2] : vector<5xi32> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// depthwise (C1).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x3 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C1) expected a weight for each element of the operand, a multiple of 3, found 4 for 4}}
    %1 = cmflow.depthwise %0 [1, 2, 3, 4] : vector<4xi8> -> vector<3xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 3]> : vector<3xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// depthwise (C2).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C2) expected weights from -255 to 255, found 256}}
    %1 = cmflow.depthwise %0 [1, 256, 3, 4] : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}
