// Rows that are written at once, or by several.

// RUN: cm-opt %s --split-input-file --verify-diagnostics

// graph (C1): one writes two rows of three, the other the second of them.

cmflow.graph @net {
  cmflow.object @x : 2x1x4 i8
  // expected-error @below {{(C1) of cmflow.graph: @s and @t write the same elements}}
  cmflow.object @y : 6x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 2, 4] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [2, 1] {
    %0 = cmflow.read @x <kernel [2, 1] strides [0, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 8] fill 0> : vector<8xi8>
    cmflow.write %0, @y <strides [3, 1] offsets [0, 0] channels [0, 4] rows 2> : vector<8xi8>
  }
  cmflow.stage @t domain [2, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [3, 1] offsets [1, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
  cmflow.stream @in to @t over @x
}

// -----

// graph (C1): every second row twice.

cmflow.graph @net {
  cmflow.object @x : 1x1x4 i8
  // expected-error @below {{(C1) of cmflow.graph: @s and @t write the same elements}}
  cmflow.object @y : 4x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 4] permutation [0] scale 1.0 : f32 zero_point 0>
  cmflow.stage @s domain [2, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [2, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stage @t domain [2, 1] {
    %0 = cmflow.read @x <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [2, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stream @in to @s over @x
  cmflow.stream @in to @t over @x
}

// -----

// stage (C3): writes two rows, the last of them outside.

cmflow.graph @net {
  cmflow.object @x : 2x1x4 i8
  cmflow.object @y : 3x1x4 i8
  cmflow.input @in writes @x binding <"b" "int8" [1, 2, 4] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  // expected-error @below {{(C3) writes pixel (3, 0) outside object @y}}
  cmflow.stage @s domain [2, 1] {
    %0 = cmflow.read @x <kernel [2, 1] strides [0, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 8] fill 0> : vector<8xi8>
    cmflow.write %0, @y <strides [2, 1] offsets [0, 0] channels [0, 4] rows 2> : vector<8xi8>
  }
  cmflow.stream @in to @s over @x
}
