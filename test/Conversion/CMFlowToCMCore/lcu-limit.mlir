// A machine whose LCU has little room: 3x3 with two pieces of each rule and more
// takes guards, and where there is no room for them either it is an error.

// RUN: cm-opt %s --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmflow-to-cmcore)' | FileCheck %s --check-prefix=LOOPS
// RUN: cm-opt %s --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.max_instructions=13},cm-convert-cmflow-to-cmcore)' | FileCheck %s --check-prefix=GUARDS
// RUN: not cm-opt %s --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.max_instructions=10},cm-convert-cmflow-to-cmcore)' 2>&1 | FileCheck %s --check-prefix=NONE

// LOOPS: cmcore.context @conv
// LOOPS-NOT: cmcore.guard
// LOOPS-COUNT-4: cmcore.fire
// GUARDS: cmcore.context @conv
// GUARDS-COUNT-4: cmcore.guard
// GUARDS: cmcore.fire
// GUARDS: data {
// NONE: 'cmflow.stage' op needs 11 LCU instructions to wait for its 1 streams, core[0] has room for 10

cmnn.weight @w = dense<1> : tensor<3x3x4x4xi8>
cmflow.graph @conv3x3 attributes {ii = 1024 : i64} {
  cmflow.object @x : 8x8x4 i8
  cmflow.object @y : 8x8x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  cmflow.stage @conv domain [8, 8] place 0 {
    %0 = cmflow.read @x <kernel [3, 3] strides [1, 1] offsets [-1, -1] dilations [1, 1] channels [0, 4] elements [0, 36] fill 0> : vector<36xi8>
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 4] elements [0, 36] columns [0, 4] : vector<36xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.125>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %2, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  cmflow.stream @in to @conv over @x route [57] capacity <3 row>
  cmflow.stream @conv to @out over @y route [56]
}
