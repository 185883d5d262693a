// A buffer holds at least the rows that a message brings, although its reader reads
// single pixels: two rows of 8x8 bytes.
// RUN: cm-opt %s --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.sram.bytes=96},cmflow.graph(cm-replicate))' | FileCheck %s
// CHECK: limit = "replication: stage 'copy' needs 128 bytes of SRAM, a core has 96"

// To be placed it takes a third row, into which the next message goes.
// RUN: cm-opt %s --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.sram.bytes=192},cmflow.graph(cm-place))' | FileCheck %s --check-prefix=PLACE
// RUN: not cm-opt %s --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.sram.bytes=191},cmflow.graph(cm-place))' 2>&1 | FileCheck %s --check-prefix=FULL
// PLACE: cmflow.stage @copy domain [8, 8] place
// FULL: error: no core of machine 'tiny8' has room left

cmflow.graph @rows {
  cmflow.object @x : 8x2x8 i8
  cmflow.object @m : 8x8x8 i8
  cmflow.object @y : 8x8x8 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 8, 2, 8] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stage @pairs domain [4, 8] {
    %0 = cmflow.read @x <kernel [2, 1] strides [2, 0] offsets [0, 0] dilations [1, 1] channels [0, 8] elements [0, 16] fill 0> : vector<16xi8>
    cmflow.write %0, @m <strides [2, 1] offsets [0, 0] channels [0, 8] rows 2> : vector<16xi8>
  }
  cmflow.stage @copy domain [8, 8] {
    %0 = cmflow.read @m <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 8] elements [0, 8] fill 0> : vector<8xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 8]> : vector<8xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 8, 8, 8] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0>
  cmflow.stream @in to @pairs over @x
  cmflow.stream @pairs to @copy over @m
  cmflow.stream @copy to @out over @y
}
