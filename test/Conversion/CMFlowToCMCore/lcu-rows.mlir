// Rows that are written at once: one wait for their slots where these are a multiple
// of them, else one for each. The message counts streams.

// RUN: sed -e 's/SLOTS/4/' %s | cm-opt --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmflow-to-cmcore)' | FileCheck %s --check-prefix=WHOLE
// RUN: sed -e 's/SLOTS/5/' %s | cm-opt --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmflow-to-cmcore)' | FileCheck %s --check-prefix=TORN
// RUN: sed -e 's/SLOTS/5/' %s | not cm-opt --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.max_instructions=5},cm-convert-cmflow-to-cmcore)' 2>&1 | FileCheck %s --check-prefix=NONE

// WHOLE-LABEL: cmcore.context @pairs
// WHOLE:         cmcore.wait route {{[0-9]+}} #
// WHOLE-NEXT:    cmcore.wait route {{[0-9]+}} reader 0 #
// WHOLE-NEXT:    cmcore.fire
// TORN-LABEL:  cmcore.context @pairs
// TORN:          cmcore.wait route {{[0-9]+}} #
// TORN-NEXT:     cmcore.wait route {{[0-9]+}} reader 0 #
// TORN-NEXT:     cmcore.wait route {{[0-9]+}} reader 0 #
// TORN-NEXT:     cmcore.fire
// NONE: 'cmflow.stage' op needs 6 LCU instructions to wait for its 2 streams, core[0] has room for 5

cmflow.graph @rows attributes {ii = 1024 : i64} {
  cmflow.object @x : 8x8x4 i8
  cmflow.object @m : 8x8x4 i8
  cmflow.object @y : 8x8x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  cmflow.stage @pairs domain [4, 8] place 0 {
    %0 = cmflow.read @x <kernel [2, 1] strides [2, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 8] fill 0> : vector<8xi8>
    cmflow.write %0, @m <strides [2, 1] offsets [0, 0] channels [0, 4] rows 2> : vector<8xi8>
  }
  cmflow.stage @copy domain [8, 8] place 0 {
    %0 = cmflow.read @m <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  cmflow.stream @in to @pairs over @x route [57] capacity <4 row>
  cmflow.stream @pairs to @copy over @m route [] capacity <SLOTS row>
  cmflow.stream @copy to @out over @y route [56]
}
