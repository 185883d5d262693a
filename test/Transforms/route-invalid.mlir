// What cm-route needs from cm-place.
// RUN: cm-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cmflow.graph(cm-route))'

// Nothing is placed.

cmnn.weight @p = dense<1> : tensor<1x1x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 8x8x4 i8
  cmflow.object @y : 8x8x4 i8
  // expected-error @below {{expected `place`: run cm-place first}}
  cmflow.input @in writes @x binding <"x" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [8, 8] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %1 = cmflow.mvm %0, @p groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.125>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %2, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}

// -----

// A stage is on a core.

cmnn.weight @p = dense<1> : tensor<1x1x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 8x8x4 i8
  cmflow.object @y : 8x8x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  // expected-error @below {{@s: expected a place on a core, found host}}
  cmflow.stage @s domain [8, 8] place 8 {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %1 = cmflow.mvm %0, @p groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.125>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %2, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y
}
