// What control refuses.
// RUN: cm-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmflow-to-cmcore)'

// expected-error @below {{expected one cmflow.graph, found 0}}
module {
}

// -----

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
  cmflow.stream @in to @s over @x route [57] capacity <3 row>
  // expected-error @below {{@s to @out over @y: expected `route`: run cm-route first}}
  cmflow.stream @s to @out over @y
}

// -----

// No capacity.

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
  // expected-error @below {{expected `capacity`: run cm-schedule first}}
  cmflow.stream @in to @s over @x route [57]
  cmflow.stream @s to @out over @y route [56]
}

// -----

// No II.

cmnn.weight @p = dense<1> : tensor<1x1x4x4xi8>
// expected-error @below {{expected `ii`: run cm-schedule first}}
cmflow.graph @net {
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
  cmflow.stream @in to @s over @x route [57] capacity <3 row>
  cmflow.stream @s to @out over @y route [56]
}

// -----

// A node that does not exist.

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

// A node that does not exist.

cmnn.weight @p = dense<1> : tensor<1x1x4x4xi8>
cmflow.graph @net attributes {ii = 1024 : i64} {
  cmflow.object @x : 8x8x4 i8
  cmflow.object @y : 8x8x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  // expected-error @below {{(C6) expected `place` of 0 to 4294967295, found -1}}
  cmflow.stage @s domain [8, 8] place -1 {
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

// A stage is on a core.

cmnn.weight @p = dense<1> : tensor<1x1x4x4xi8>
cmflow.graph @net attributes {ii = 1024 : i64} {
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
  cmflow.stream @in to @s over @x route [57] capacity <3 row>
  cmflow.stream @s to @out over @y route [56]
}

// -----

// An output is on an I/O node.

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
  // expected-error @below {{@out: expected a place on an I/O node, found core[1]}}
  cmflow.output @out reads @y binding <"y" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 1
  cmflow.stream @in to @s over @x route [57] capacity <3 row>
  cmflow.stream @s to @out over @y route [56]
}

// -----

// A link that does not exist.

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
  // expected-error @below {{expected a route from host to core[0], found links [999]}}
  cmflow.stream @in to @s over @x route [999] capacity <3 row>
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
  cmflow.stream @in to @s over @x route [59] capacity <3 row>
  cmflow.stream @s to @out over @y route [56]
}

// -----

// A route with a gap.

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
  // expected-error @below {{expected a route from host to core[0], found links [57, 57]}}
  cmflow.stream @in to @s over @x route [57, 57] capacity <3 row>
  cmflow.stream @s to @out over @y route [56]
}

// -----

// An empty route is for one node.

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
  cmflow.stream @in to @s over @x route [57] capacity <3 row>
  // expected-error @below {{expected a route from core[0] to host, found links []}}
  cmflow.stream @s to @out over @y route []
}

// -----

// More than the SRAM: 3000 rows of 8 pixels of 4 bytes.

cmnn.weight @p = dense<1> : tensor<1x1x4x4xi8>
// expected-error @below {{core[0]: buffers need 96000 bytes of SRAM, there are 65536; largest:}}
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
  cmflow.stream @in to @s over @x route [57] capacity <3000 row>
  cmflow.stream @s to @out over @y route [56]
}

// -----

// A capacity where no buffer is.

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
  cmflow.stream @in to @s over @x route [57] capacity <3 row>
  // expected-error @below {{@s to @out over @y: expected no `capacity`, since host takes messages as they come, found #cmflow.capacity<3 row>}}
  cmflow.stream @s to @out over @y route [56] capacity <3 row>
}
