// What names, sizes and slices a graph may state.

// RUN: cm-opt %s --split-input-file --verify-diagnostics

// input: no such object.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  // expected-error @below {{names no object of the graph: @absent}}
  cmflow.input @in writes @absent binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// output: no such object.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  // expected-error @below {{names no object of the graph: @absent}}
  cmflow.output @out reads @absent binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// output (C1): another number of elements.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  // expected-error @below {{(C1) expected an object of 400 elements i8, as the binding has, found @y of 1x1x4 'i8'}}
  cmflow.output @out reads @y binding <"y" "int8" [1, 400] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// input (C1): another number of elements.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  // expected-error @below {{(C1) expected an object of 3 elements i8, as the binding has, found @x of 1x1x4 'i8'}}
  cmflow.input @in writes @x binding <"x" "int8" [1, 3] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// output (C1): partial sums.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %1 = arith.constant dense<1> : vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  // expected-error @below {{(C1) expected an object of 4 elements i8, as the binding has, found @y of 1x1x4 'i32'}}
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// stage (C7): a constant that is no vector.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C7) of cmflow.stage: expected an operation of cmflow, a constant vector of i8 or i32, or a sum of vectors of i32}}
    %1 = arith.constant dense<1> : tensor<4000000xi32>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// stage (C7): a constant of floats.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C7) of cmflow.stage: expected an operation of cmflow, a constant vector of i8 or i32, or a sum of vectors of i32}}
    %1 = arith.constant dense<1.0> : vector<4xf32>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// stage (C7): a sum of bytes.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C7) of cmflow.stage: expected an operation of cmflow, a constant vector of i8 or i32, or a sum of vectors of i32}}
    %1 = arith.addi %0, %0 : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// stage (C7): another operation.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %1 = arith.constant dense<1> : vector<4xi32>
    // expected-error @below {{(C7) of cmflow.stage: expected an operation of cmflow, a constant vector of i8 or i32, or a sum of vectors of i32}}
    %2 = arith.subi %1, %1 : vector<4xi32>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// stage (C8): no name.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C8) of cmflow.stage: expected 'cm.tensor' to be an array of #cmflow.tensor, found []}}
    %1 = cmflow.lookup %0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] {cm.tensor = []} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// stage (C8): a string.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C8) of cmflow.stage: expected 'cm.tensor' to be an array of #cmflow.tensor, found ["a"]}}
    %1 = cmflow.lookup %0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] {cm.tensor = ["a"]} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// stage (C8): no array.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C8) of cmflow.stage: expected 'cm.tensor' to be an array of #cmflow.tensor, found "a"}}
    %1 = cmflow.lookup %0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] {cm.tensor = "a"} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// stage (C8): names of different sizes.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C8) of cmflow.stage: expected names of 4 elements, found #cmflow.tensor<"u"[1, 40] permutation[0]>}}
    %1 = cmflow.lookup %0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] {cm.tensor = [#cmflow.tensor<"t" [1, 4] permutation [0]>, #cmflow.tensor<"u" [1, 40] permutation [0]>]} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// stage (C8): a tensor of fewer channels.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C8) of cmflow.stage: expected a tensor of 1 pixels of at least 4 elements, as @y has, found #cmflow.tensor<"t"[1, 3] permutation[0]>}}
    %1 = cmflow.lookup %0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] {cm.tensor = [#cmflow.tensor<"t" [1, 3] permutation [0]>]} : vector<4xi8>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// stage (C8): one name, two tensors.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %1 = cmflow.lookup %0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] {cm.tensor = [#cmflow.tensor<"t" [1, 4] permutation [0]>]} : vector<4xi8>
    // expected-error @below {{(C8) of cmflow.stage: expected [#cmflow.tensor<"t"[1, 4] permutation[0]>] as another operation names it, found [#cmflow.tensor<"t" as "uint8"[1, 4] permutation[0]>]}}
    %2 = cmflow.lookup %0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] {cm.tensor = [#cmflow.tensor<"t" as "uint8" [1, 4] permutation [0]>]} : vector<4xi8>
    cmflow.write %2, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// tensor (C4): a negative extent.

// expected-error @below {{(C4) expected a host shape of 1 to 268435456 elements after a leading extent of 1, found [1, -4]}}
module attributes {cm.a = #cmflow.tensor<"t" [1, -4] permutation [0]>} {}

// -----

// tensor (C4): too many elements.

// expected-error @below {{(C4) expected a host shape of 1 to 268435456 elements after a leading extent of 1, found [1, 65536, 65536]}}
module attributes {cm.a = #cmflow.tensor<"t" [1, 65536, 65536] permutation [0, 1]>} {}

// -----

// binding (C4): a batch.

// expected-error @below {{(C4) expected a host shape of 1 to 268435456 elements after a leading extent of 1, found [2, 4]}}
module attributes {cm.a = #cmflow.binding<"b" "int8" [2, 4] permutation [0] scale 1.0 : f32 zero_point 0>} {}

// -----

// binding (C4): an axis twice.

// expected-error @below {{(C4) expected a permutation of the 2 axes behind the first, found [1, 1]}}
module attributes {cm.a = #cmflow.binding<"b" "int8" [1, 4, 4] permutation [1, 1] scale 1.0 : f32 zero_point 0>} {}

// -----

// binding (C2): an f64.

// expected-error @below {{(C2) expected an f32 scale that is positive, normal and at most 2^80, found 1.000000e+00 : f64}}
module attributes {cm.a = #cmflow.binding<"b" "int8" [1, 4] permutation [0] scale 1.0 : f64 zero_point 0>} {}

// -----

// mvm (C3): groups of a matrix.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C3) expected one group and channels from 0 of a weight INxOUT, found 2 groups and channels [0, 4]}}
    %1 = cmflow.mvm %0, @w groups 2 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 1.0>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %2, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// mvm (C3): channels of a matrix.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C3) expected one group and channels from 0 of a weight INxOUT, found 1 groups and channels [2, 4]}}
    %1 = cmflow.mvm %0, @w groups 1 channels [2, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 1.0>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %2, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// mvm (C3): a weight of too many elements.

cmnn.weight @w = dense<1> : tensor<1x65536x65536x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C3) expected a weight of KHxKWxCIxCO or INxOUT int8 with at most 268435456 elements, found 'tensor<1x65536x65536x4xi8>'}}
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 1.0>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %2, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// mvm (C3): more groups than columns.

cmnn.weight @w = dense<1> : tensor<1x1x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C3) expected channels, elements and columns within the 16, 4 and 4 of @w in 4611686018427387904 groups}}
    %1 = cmflow.mvm %0, @w groups 4611686018427387904 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 1.0>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %2, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// graph (C1): rows 0, 7, ... 49 and 5, 16, ... 49.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  // expected-error @below {{(C1) of cmflow.graph: @s and @t write the same elements}}
  cmflow.object @y : 64x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [8, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [7, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stage @t domain [5, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [11, 1] offsets [5, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
  cmflow.stream @in to @t over @x
}

// -----

// The same, without the last row of one: rows 0, 7, ... 42.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 64x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [7, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [7, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stage @t domain [5, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [11, 1] offsets [5, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
  cmflow.stream @in to @t over @x
}

// -----

// Every second row and the others.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 64x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [32, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [2, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stage @t domain [32, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [2, 1] offsets [1, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
  cmflow.stream @in to @t over @x
}

// -----

// graph (C1): far apart and next to each other.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  // expected-error @below {{(C1) of cmflow.graph: @s and @t write the same elements}}
  cmflow.object @y : 62000000x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [60, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1048575, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stage @t domain [6, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [1048570, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
  cmflow.stream @in to @t over @x
}
