// RUN: cm-opt %s --split-input-file --verify-diagnostics

// read: no object.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    // expected-error @below {{names no object of the graph: @absent}}
    %0 = cmflow.read @absent <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
}

// -----

// read (C1).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    // expected-error @below {{(C1) expected elements of 'i8', found 'i32'}}
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi32>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
}

// -----

// read (C2).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    // expected-error @below {{(C2) expected a vector of 4 elements over a whole window, found 5}}
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<5xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<5xi8>
  }
}

// -----

// read (C3).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    // expected-error @below {{(C3) expected channels within the 4 of object @x, found [1, 5]}}
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [1, 5] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
}

// -----

// max_pool (C2): the window takes all of its elements.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    // expected-error @below {{(C2) expected a vector of 4 elements over a whole window, found 4}}
    %0 = cmflow.max_pool @x <kernel [2, 2] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 8] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
}

// -----

// average_pool (C3).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    // expected-error @below {{(C3) expected channels within the 4 of object @x, found [4, 8]}}
    %0 = cmflow.average_pool @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [4, 8] elements [0, 4] fill 0> {x_scale = 1.0 : f32, x_zero_point = 0 : i32, y_scale = 1.0 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
}

// -----

// global_average_pool (C1).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i32
  cmflow.object @y : 1x1x4 i8
  cmflow.stage @s domain [1, 1] {
    // expected-error @below {{(C1) expected elements of 'i32', found 'i8'}}
    %0 = cmflow.global_average_pool @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> {x_scale = 1.0 : f32, x_zero_point = 0 : i32, y_scale = 1.0 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
}

// -----

// write: no object.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{names no object of the graph: @absent}}
    cmflow.write %0, @absent <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
}

// -----

// write (C1).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C1) expected elements of 'i32', found 'i8'}}
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
}

// -----

// write (C2).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C2) expected a vector of 3 elements, found 4}}
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 3]> : vector<4xi8>
  }
}

// -----

// write (C3).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C3) expected channels within the 4 of object @y, found [1, 5]}}
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [1, 5]> : vector<4xi8>
  }
}

// -----

// mvm (C1).

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C1) expected an operand of 3 elements, found 4}}
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 3] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// mvm (C2).

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C2) expected a result of 3 elements, found 4}}
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [0, 3] : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// mvm (C3): order.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C3) expected ranges [begin, end) with 0 <= begin < end <= 268435456, found [4, 0]}}
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [4, 0] : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// mvm (C3): no weight.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C3) expected the name of a cmnn.weight, found @w}}
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// mvm (C3): a bias.

cmnn.weight @w = dense<1> : tensor<4xi32>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C3) expected a weight of KHxKWxCIxCO or INxOUT int8 with at most 268435456 elements, found 'tensor<4xi32>'}}
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// mvm (C3): columns.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C3) expected channels, elements and columns within the 4, 4 and 4 of @w in 1 groups}}
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [1, 5] : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// mvm (C3): elements.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C3) expected channels, elements and columns within the 4, 4 and 4 of @w in 1 groups}}
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [1, 5] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// mvm (C3): channels of a convolution.

cmnn.weight @w = dense<1> : tensor<1x1x2x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C3) expected channels, elements and columns within the 4, 4 and 4 of @w in 2 groups}}
    %1 = cmflow.mvm %0, @w groups 2 channels [1, 5] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// mvm (C3): groups.

cmnn.weight @w = dense<1> : tensor<1x1x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C3) expected channels, elements and columns within the 12, 4 and 4 of @w in 3 groups}}
    %1 = cmflow.mvm %0, @w groups 3 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// mvm: groups.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{attribute 'groups' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
    %1 = cmflow.mvm %0, @w groups 0 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// requantize (C1).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i32
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi32>
    // expected-error @below {{(C1) expected 1 or 4 scales, found 2}}
    %1 = cmflow.requantize %0 zero_point 0 {scales = array<f32: 1.0, 1.0>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// requantize (C2).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i32
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi32>
    // expected-error @below {{(C2) expected a result of 4 elements, found 3}}
    %1 = cmflow.requantize %0 zero_point 0 {scales = array<f32: 1.0>} : vector<4xi32> -> vector<3xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 3]> : vector<3xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// requantize (C3).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i32
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi32>
    // expected-error @below {{(C3) expected -128 <= minimum <= maximum <= 127, found 5 and 4}}
    %1 = cmflow.requantize %0 zero_point 0 {scales = array<f32: 1.0>, minimum = 5 : i32, maximum = 4 : i32} : vector<4xi32> -> vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// add_quantized (C1).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C1) expected -128 <= minimum <= maximum <= 127, found -129 and 127}}
    %1 = cmflow.add_quantized %0, %0 {a_scale = 1.0 : f32, a_zero_point = 0 : i32, b_scale = 1.0 : f32, b_zero_point = 0 : i32, y_scale = 1.0 : f32, y_zero_point = 0 : i32, minimum = -129 : i32} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// lookup (C1).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C1) expected a table of 256 or 1024 entries, found 3}}
    %1 = cmflow.lookup %0 [1, 2, 3] : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}
