// What cm-schedule, and with it cm-route, needs from earlier phases.
// RUN: cm-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cmflow.graph(cm-schedule))'

// No place.

cmnn.weight @p = dense<1> : tensor<1x1x4x4xi8>
cmflow.graph @net attributes {ii = 1024 : i64} {
  cmflow.object @x : 8x8x4 i8
  cmflow.object @y : 8x8x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  // expected-error @below {{expected `place`: run cm-place first}}
  cmflow.stage @s domain [8, 8] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %1 = cmflow.mvm %0, @p groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.125>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %2, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  cmflow.stream @in to @s over @x route [57] capacity <3 row>
  cmflow.stream @s to @out over @y route [56]
}

// -----

// No route.

cmnn.weight @p = dense<1> : tensor<1x1x4x4xi8>
cmflow.graph @net attributes {ii = 1024 : i64} {
  cmflow.object @x : 8x8x4 i8
  cmflow.object @y : 8x8x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  cmflow.stage @s domain [8, 8] place 0 {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %1 = cmflow.mvm %0, @p groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.125>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %2, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  // expected-error @below {{@in to @s over @x: expected `route`: run cm-route first}}
  cmflow.stream @in to @s over @x
  cmflow.stream @s to @out over @y route [56]
}

// -----

// A place that does not exist.

cmnn.weight @p = dense<1> : tensor<1x1x4x4xi8>
cmflow.graph @net attributes {ii = 1024 : i64} {
  cmflow.object @x : 8x8x4 i8
  cmflow.object @y : 8x8x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  // expected-error @below {{@s: expected a place below the 9 nodes of machine 'tiny8', found 9}}
  cmflow.stage @s domain [8, 8] place 9 {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %1 = cmflow.mvm %0, @p groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.125>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %2, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  cmflow.stream @in to @s over @x route [57] capacity <3 row>
  cmflow.stream @s to @out over @y route [56]
}

// -----

// A route elsewhere.

cmnn.weight @p = dense<1> : tensor<1x1x4x4xi8>
cmflow.graph @net attributes {ii = 1024 : i64} {
  cmflow.object @x : 8x8x4 i8
  cmflow.object @y : 8x8x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  cmflow.stage @s domain [8, 8] place 0 {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %1 = cmflow.mvm %0, @p groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.125>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %2, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  // expected-error @below {{expected a route from host to core[0], found links [59]}}
  cmflow.stream @in to @s over @x route [59]
  cmflow.stream @s to @out over @y route [56]
}

// -----

// One writer takes two ways to one node.

cmnn.weight @p = dense<1> : tensor<1x1x4x4xi8>
cmflow.graph @net {
  cmflow.object @x : 8x8x4 i8
  cmflow.object @z : 8x8x4 i8
  cmflow.object @y : 8x8x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  cmflow.stage @s domain [8, 8] place 0 {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %1 = cmflow.mvm %0, @p groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.125>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %2, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stage @t domain [8, 8] place 0 {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %1 = cmflow.mvm %0, @p groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.125>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %2, @z <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  cmflow.stream @in to @s over @x route [57]
  // expected-error @below {{expected the route [57] that @in takes to core[0] already, found [59, 1]}}
  cmflow.stream @in to @t over @x route [59, 1]
  cmflow.stream @s to @out over @y route [56]
}
