// @two writes two rows of three at once, @third the other one: no capacity has the
// slots of @two's rows together.
cmflow.graph @main {
  cmflow.object @x : 6x4x4 i8
  cmflow.object @m : 6x4x4 i8
  cmflow.object @y : 2x4x12 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 6, 4, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stage @two domain [2, 4] {
    %0 = cmflow.read @x <kernel [2, 1] strides [3, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 8] fill 0> : vector<8xi8>
    cmflow.write %0, @m <strides [3, 1] offsets [0, 0] channels [0, 4] rows 2> : vector<8xi8>
  }
  cmflow.stage @third domain [2, 4] {
    %0 = cmflow.read @x <kernel [1, 1] strides [3, 1] offsets [2, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @m <strides [3, 1] offsets [2, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stage @middle domain [2, 4] {
    %0 = cmflow.read @m <kernel [3, 1] strides [3, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 12] fill 0> : vector<12xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 12]> : vector<12xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 2, 4, 12] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @two over @x
  cmflow.stream @in to @third over @x
  cmflow.stream @two to @middle over @m
  cmflow.stream @third to @middle over @m
  cmflow.stream @middle to @out over @y
}
