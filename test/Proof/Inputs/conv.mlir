// A 3x3 convolution behind an input, placed, routed and scheduled on `tiny8`.
cmnn.weight @w = dense<1> : tensor<3x3x4x4xi8>
cmflow.graph @conv3x3 attributes {ii = 1024 : i64} {
  cmflow.object @x : 8x8x4 i8
  cmflow.object @y : 8x8x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8 offset 0
  cmflow.stage @conv domain [8, 8] place 0 offset 150 {
    %0 = cmflow.read @x <kernel [3, 3] strides [1, 1] offsets [-1, -1] dilations [1, 1] channels [0, 4] elements [0, 36] fill 0> : vector<36xi8>
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 36] columns [0, 4] : vector<36xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.125>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %2, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8 offset 200
  cmflow.stream @in to @conv over @x route [57] capacity <3 row>
  cmflow.stream @conv to @out over @y route [56]
}
