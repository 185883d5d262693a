// RUN: cm-opt %s --split-input-file --verify-diagnostics --allow-unregistered-dialect

// object: extents.

cmflow.graph @net {
  // expected-error @below {{expected height x width x channels, found 2 extents}}
  cmflow.object @x : 4x4 i8
}

// -----

// object (C1).

cmflow.graph @net {
  // expected-error @below {{(C1) expected 1 to 268435456 elements, found 4x0x4}}
  cmflow.object @x : 4x0x4 i8
}

// -----

// object (C2).

cmflow.graph @net {
  // expected-error @below {{(C2) expected elements of i8 or i32, found 'i16'}}
  cmflow.object @x : 4x4x4 i16
}

// -----

// graph (C1): no writer.

cmflow.graph @net {
  // expected-error @below {{(C1) of cmflow.graph: expected a writer}}
  cmflow.object @x : 1x1x4 i8
}

// -----

// input (C2).

cmflow.graph @net {
  cmflow.object @x : 1x4x1 i8
  // expected-error @below {{(C2) expected `pixels` to divide the width 4 of @x, found 3}}
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0> pixels 3
}

// -----

// graph (C2).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  // expected-error @below {{(C2) expected a stream from @in over @x}}
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
}

// -----

// stream (C1): not a writer.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  // expected-error @below {{(C1) expected a writer of @x, found @s}}
  cmflow.stream @s to @s over @x
  cmflow.stream @in to @s over @x
}

// -----

// stream (C1): nothing.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  // expected-error @below {{(C1) expected a writer of @x, found @absent}}
  cmflow.stream @absent to @s over @x
}

// -----

// stream (C2).

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
  // expected-error @below {{(C2) expected a reader of @y, found @in}}
  cmflow.stream @s to @in over @y
}

// -----

// stream twice.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
  // expected-error @below {{repeats the stream from @in to @s over @x}}
  cmflow.stream @in to @s over @x
}

// -----

// stream (C3): one buffer has one capacity.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.object @z : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] place 3 {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stage @t domain [1, 1] place 3 {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @z <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x route [1] capacity <4 row>
  // expected-error @below {{(C3) expected capacity #cmflow.capacity<4 row> of the buffer of @x on node 3, found #cmflow.capacity<5 row>}}
  cmflow.stream @in to @t over @x route [1] capacity <5 row>
}

// -----

// stage (C1): extent.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  // expected-error @below {{(C1) expected a domain of two extents, 1 to 268435456 iterations, found [1, 0]}}
  cmflow.stage @s domain [1, 0] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// stage (C1): count.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  // expected-error @below {{(C1) expected a domain of two extents, 1 to 268435456 iterations, found [1]}}
  cmflow.stage @s domain [1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// stage (C2).

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  // expected-error @below {{(C2) expected at most one cmflow.mvm}}
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %2 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %3 = cmflow.mvm %2, @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// stage (C3): writes outside.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  // expected-error @below {{(C3) writes pixel (1, 0) outside object @y}}
  cmflow.stage @s domain [2, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// stage (C4): empty.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  // expected-error @below {{expects a non-empty block}}
  cmflow.stage @s domain [1, 1] {
  }
}

// -----

// stage (C4): another end.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  // expected-error @below {{(C4) expected a region that ends in cmflow.write}}
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    "other.end"() : () -> ()
  }
}

// -----

// stage (C5): the operand is used twice.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    // expected-error @below {{(C5) of cmflow.stage: expected an operand from a cmflow.read that nothing else uses}}
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
}

// -----

// stage (C5): the operand is computed.

cmnn.weight @w = dense<1> : tensor<4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i32
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %2 = cmflow.softmax %0 {x_scale = 1.0 : f32, y_scale = 1.0 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    // expected-error @below {{(C5) of cmflow.stage: expected an operand from a cmflow.read that nothing else uses}}
    %1 = cmflow.mvm %2, @w groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    cmflow.write %1, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }
  cmflow.stream @in to @s over @x
}

// -----

// stage: isolated.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  %0 = arith.constant dense<1> : vector<4xi8>
  // expected-note @below {{required by region isolation constraints}}
  cmflow.stage @s domain [1, 1] {
    // expected-error @below {{using value defined outside the region}}
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
}

// -----

// (C3) of a graph: the II.

// expected-error @below {{(C3) expected `ii` of 1 to 68719476736, found -1}}
cmflow.graph @net attributes {ii = -1 : i64} {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// (C3) of a graph: the II.

// expected-error @below {{(C3) expected `ii` of 1 to 68719476736, found 0}}
cmflow.graph @net attributes {ii = 0 : i64} {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// (C3) of a graph: the II.

// expected-error @below {{(C3) expected `ii` of 1 to 68719476736, found 68719476737}}
cmflow.graph @net attributes {ii = 68719476737 : i64} {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// (C3) of a graph: the latency.

// expected-error @below {{(C3) expected `latency` of 0 to 9007199254740992, found -1}}
cmflow.graph @net attributes {latency = -1 : i64} {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// (C6): a place.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  // expected-error @below {{(C6) expected `place` of 0 to 4294967295, found 4294967297}}
  cmflow.stage @s domain [1, 1] place 4294967297 {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// (C6): an offset.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  // expected-error @below {{(C6) expected `offset` of 0 to 9007199254740992, found -7}}
  cmflow.stage @s domain [1, 1] place 0 offset -7 {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// (C6) of an input.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  // expected-error @below {{(C6) expected `offset` of 0 to 9007199254740992, found -1}}
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0> place 8 offset -1
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// (C6) of an output.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  // expected-error @below {{(C6) expected `place` of 0 to 4294967295, found -1}}
  cmflow.output @out reads @y binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0> place -1
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// (C4) of a stream.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [1, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  // expected-error @below {{(C4) expected links of 0 to 4294967295, found [3, 4294967353]}}
  cmflow.stream @in to @s over @x route [3, 4294967353]
  cmflow.stream @s to @out over @y
}

// -----

// (C1) of a stage: more iterations than 32 bits count.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  // expected-error @below {{(C1) expected a domain of two extents, 1 to 268435456 iterations, found [4294967300, 4]}}
  cmflow.stage @s domain [4294967300, 4] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// (C1) of an object: too many elements.

cmflow.graph @net {
  // expected-error @below {{(C1) expected 1 to 268435456 elements, found 4294967296x4294967296x2}}
  cmflow.object @x : 4294967296x4294967296x2 i8
}
