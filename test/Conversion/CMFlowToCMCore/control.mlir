// LCU programs, buffers, units and routes of scheduled graphs.
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmflow-to-cmcore)' | FileCheck %s

// A 3x3 convolution of an 8x8 image, padding 1. Iteration (y, x) needs pixel
// (y + 1, x + 1), or what is left of it at the edges: four pieces. Three rows of
// the image are kept: pixel (y, x) overwrites (y - 3, x), last read by iteration
// (y - 2, x + 1), if any; d0 is the image, d1 and d2 are the loops.

// CHECK-DAG: #[[ZERO:map[0-9]*]] = affine_map<(d0, d1, d2) -> (0)>
// CHECK-DAG: #[[FIVE:map[0-9]*]] = affine_map<(d0, d1, d2) -> (5)>
// CHECK-DAG: #[[SIX:map[0-9]*]] = affine_map<(d0, d1, d2) -> (6)>
// CHECK-DAG: #[[SEVEN:map[0-9]*]] = affine_map<(d0, d1, d2) -> (7)>
// CHECK-DAG: #[[INNER:map[0-9]*]] = affine_map<(d0, d1, d2) -> (d0 * 64 + d1 * 8 + d2 + 10)>
// CHECK-DAG: #[[RIGHT:map[0-9]*]] = affine_map<(d0, d1, d2) -> (d0 * 64 + d1 * 8 + 16)>
// CHECK-DAG: #[[BOTTOM:map[0-9]*]] = affine_map<(d0, d1, d2) -> (d0 * 64 + d2 + 58)>
// CHECK-DAG: #[[CORNER:map[0-9]*]] = affine_map<(d0, d1, d2) -> (d0 * 64 + 64)>
// CHECK-DAG: #[[CREDIT1:map[0-9]*]] = affine_map<(d0, d1, d2) -> (d0 * 64 + d2 - 6)>
// CHECK-DAG: #[[CREDIT0:map[0-9]*]] = affine_map<(d0, d1, d2) -> (d0 * 64 + d1 * 8 + d2 - 14)>

// CHECK:      cmcore.program @conv3x3 machine #{{.*}} release_interval 1024 {
// CHECK-NEXT:   cmcore.object @x : 8x8x4 i8
// CHECK-NEXT:   cmcore.object @y : 8x8x4 i8
// CHECK-NEXT:   cmcore.input @x node 8 binding <"x" {{.*}}>
// CHECK-NEXT:   cmcore.output @y node 8 binding <"y" {{.*}}>
// CHECK-NEXT:   cmcore.node 0 {
// CHECK-NEXT:     cmcore.buffer @x at 0 <3 row>
// CHECK-NEXT:     cmcore.unit @conv.unit crossbars [0] holds @w groups 1 channels [0, 4] elements [0, 36] columns [0, 4]
// CHECK-NEXT:     cmcore.context @conv domain [8, 8] sends [1] attributes {cm.access = {reads = {{\[\[}}@x, #cmflow.window<kernel[3, 3] {{.*}}>]], write = [@y, #cmflow.pixels<{{.*}}>]}} lcu {
// CHECK-NEXT:       cmcore.for 0 from #[[ZERO]] to #[[FIVE]] step 1 {
// CHECK-NEXT:         cmcore.for 1 from #[[ZERO]] to #[[FIVE]] step 1 {
// CHECK-NEXT:           cmcore.wait route 0 #[[INNER]]
// CHECK-NEXT:           cmcore.fire
// CHECK-NEXT:         }
// CHECK-NEXT:         cmcore.for 1 from #[[SIX]] to #[[SEVEN]] step 1 {
// CHECK-NEXT:           cmcore.wait route 0 #[[RIGHT]]
// CHECK-NEXT:           cmcore.fire
// CHECK-NEXT:         }
// CHECK-NEXT:       }
// CHECK-NEXT:       cmcore.for 0 from #[[SIX]] to #[[SEVEN]] step 1 {
// CHECK-NEXT:         cmcore.for 1 from #[[ZERO]] to #[[FIVE]] step 1 {
// CHECK-NEXT:           cmcore.wait route 0 #[[BOTTOM]]
// CHECK:              cmcore.for 1 from #[[SIX]] to #[[SEVEN]] step 1 {
// CHECK-NEXT:           cmcore.wait route 0 #[[CORNER]]
// CHECK:            } data {
// CHECK-NEXT:         %[[X:.*]] = cmcore.gather @x <kernel[3, 3] {{.*}}> : vector<36xi8>
// CHECK-NEXT:         %[[A:.*]] = cmcore.mvm %[[X]], @conv.unit : vector<36xi8> -> vector<4xi32>
// CHECK-NEXT:         %[[Y:.*]] = cmflow.requantize %[[A]]
// CHECK-NEXT:         cmcore.send %[[Y]], @y
// CHECK:        cmcore.node 8 {
// CHECK-NEXT:     cmcore.context @in domain [8, 8] sends [0] input @x attributes {cm.access = {reads = [], write = [@x, {{.*}}]}} lcu {
// CHECK:              cmcore.wait route 0 reader 0 #[[CREDIT0]]
// CHECK:              cmcore.wait route 0 reader 0 #[[CREDIT1]]
// CHECK:              cmcore.wait route 0 reader 0 #[[CREDIT0]]
// CHECK:            } data {
// CHECK-NEXT:     }
// CHECK:        cmcore.route 0 over @x from 8 @in to 0 buffer @x links [57] readers [@conv]
// CHECK-NEXT:   cmcore.route 1 over @y from 0 @conv to 8 links [56] readers []
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

// -----

// A 1x1 reader with stride 2 leaves every second row and column unread: three
// of four pixels need no credit of their own, and wait for what came before.
// The skip from @a joins @b behind the convolution: @b waits for both, and @a
// for the credits of @b. Two contexts of one core share the buffer of @x and
// have a credit each on its route; crossbars and addresses count on.

// CHECK-DAG: #[[NEED:map[0-9]*]] = affine_map<(d0, d1, d2) -> (d0 * 64 + d1 * 16 + d2 * 2 + 1)>
// CHECK-DAG: #[[OTHER:map[0-9]*]] = affine_map<(d0, d1, d2) -> (d0 * 16 + d1 * 4 + d2 + 1)>
// CHECK-DAG: #[[SKIP:map[0-9]*]] = affine_map<(d0, d1, d2) -> (d0 * 16 + d1 * 4 + d2 - 3)>
// CHECK-DAG: #[[READER:map[0-9]*]] = affine_map<(d0, d1, d2) -> (d0 * 16 + (d1 floordiv 2) * 4 + d2 floordiv 2 - 7)>

// CHECK-LABEL: cmcore.program @skip
// CHECK:        cmcore.node 3 {
// CHECK-NEXT:     cmcore.buffer @x at 0 <4 row>
// CHECK-NEXT:     cmcore.buffer @a at 128 <4 pixel>
// CHECK-NEXT:     cmcore.unit @a.s.unit crossbars [0] holds @p
// CHECK-NEXT:     cmcore.context @a.s domain [4, 4] sends [1] attributes {{.*}} lcu {
// CHECK:            cmcore.wait route 0 #[[NEED]]
// CHECK:            cmcore.wait route 1 reader 0 #[[SKIP]]
// CHECK:          cmcore.unit @b.unit crossbars [1] holds @p
// CHECK-NEXT:     cmcore.context @b domain [4, 4] sends [2] attributes {{.*}} lcu {
// CHECK:            cmcore.wait route 0 #[[NEED]]
// CHECK-NEXT:       cmcore.wait route 1 #[[OTHER]]
// CHECK-NEXT:       cmcore.fire
// CHECK:          data {
// CHECK-NEXT:       %[[X:.*]] = cmcore.gather @x <kernel[1, 1] strides[2, 2]
// CHECK-NEXT:       %[[M:.*]] = cmcore.mvm %[[X]], @b.unit
// CHECK-NEXT:       %[[Q:.*]] = cmflow.requantize %[[M]]
// CHECK-NEXT:       %[[A:.*]] = cmcore.gather @a <kernel[1, 1] strides[1, 1]
// CHECK-NEXT:       cmflow.add_quantized %[[A]], %[[Q]]
// CHECK:        cmcore.node 8 {
// CHECK-NEXT:     cmcore.context @in domain [8, 8] sends [0] input @x
// CHECK:            cmcore.wait route 0 reader 0 #[[READER]]
// CHECK-NEXT:       cmcore.wait route 0 reader 1 #[[READER]]
// CHECK:        cmcore.route 0 over @x from 8 @in to 3 buffer @x links [63] readers [@a.s, @b]
// CHECK-NEXT:   cmcore.route 1 over @a from 3 @a.s to 3 buffer @a links [] readers [@b]
// CHECK-NEXT:   cmcore.route 2 over @y from 3 @b to 8 links [62] readers []
cmnn.weight @p = dense<1> : tensor<1x1x4x4xi8>
cmflow.graph @skip attributes {ii = 1024 : i64} {
  cmflow.object @x : 8x8x4 i8
  cmflow.object @a : 4x4x4 i8
  cmflow.object @y : 4x4x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  cmflow.stage @a.s domain [4, 4] place 3 {
    %0 = cmflow.read @x <kernel [1, 1] strides [2, 2] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %1 = cmflow.mvm %0, @p groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.125>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %2, @a <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stage @b domain [4, 4] place 3 {
    %0 = cmflow.read @x <kernel [1, 1] strides [2, 2] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %1 = cmflow.mvm %0, @p groups 1 channels [0, 4] elements [0, 4] columns [0, 4] : vector<4xi8> -> vector<4xi32>
    %2 = cmflow.requantize %1 zero_point 0 {scales = array<f32: 0.125>} : vector<4xi32> -> vector<4xi8>
    %3 = cmflow.read @a <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi8>
    %4 = cmflow.add_quantized %3, %2 {a_scale = 0.5 : f32, a_zero_point = 0 : i32, b_scale = 0.25 : f32, b_zero_point = 0 : i32, y_scale = 1.0 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    cmflow.write %4, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 4, 4, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  cmflow.stream @in to @a.s over @x route [63] capacity <4 row>
  cmflow.stream @in to @b over @x route [63] capacity <4 row>
  cmflow.stream @a.s to @b over @a route [] capacity <4 pixel>
  cmflow.stream @b to @out over @y route [62]
}

// -----

// Pools keep their kind and quantisation; two objects on one core lie behind
// each other, aligned to the access of 16 bytes.

// CHECK-LABEL: cmcore.program @pools
// CHECK:        cmcore.buffer @x at 0 <1 row>
// CHECK-NEXT:   cmcore.buffer @m at 32 <3 pixel>
// CHECK-NEXT:   cmcore.buffer @a at 48 <2 row>
// CHECK:          cmcore.pool "max" @x <kernel[1, 2] {{.*}}> : vector<4xi8>
// CHECK:          cmcore.pool "average" @m <{{.*}}> {count_include_pad, minimum = 1 : i32, x_scale = 5.000000e-01 : f32, x_zero_point = 3 : i32, y_scale = 1.000000e+00 : f32, y_zero_point = 2 : i32}
// CHECK:          cmcore.pool "global_average" @a <{{.*}}> {maximum = 9 : i32, x_scale = 5.000000e-01 : f32, x_zero_point = 3 : i32, y_scale = 1.000000e+00 : f32, y_zero_point = 2 : i32}
cmflow.graph @pools attributes {ii = 1024 : i64} {
  cmflow.object @x : 8x8x4 i8
  cmflow.object @m : 8x8x4 i8
  cmflow.object @a : 8x8x4 i8
  cmflow.object @y : 1x1x4 i8
  cmflow.input @in writes @x binding <"x" "int8" [1, 8, 8, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  cmflow.stage @max domain [8, 8] place 0 {
    %0 = cmflow.max_pool @x <kernel [1, 2] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 8] fill 0> : vector<4xi8>
    cmflow.write %0, @m <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stage @average domain [8, 8] place 0 {
    %0 = cmflow.average_pool @m <kernel [1, 2] strides [1, 1] offsets [0, -1] dilations [1, 1] channels [0, 4] elements [0, 8] fill 0> {count_include_pad, x_scale = 0.5 : f32, x_zero_point = 3 : i32, y_scale = 1.0 : f32, y_zero_point = 2 : i32, minimum = 1 : i32} : vector<4xi8>
    cmflow.write %0, @a <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stage @global domain [1, 1] place 0 {
    %0 = cmflow.global_average_pool @a <kernel [8, 8] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 256] fill 0> {x_scale = 0.5 : f32, x_zero_point = 3 : i32, y_scale = 1.0 : f32, y_zero_point = 2 : i32, maximum = 9 : i32} : vector<4xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 1, 1, 4] permutation [0, 1, 2] scale 1.0 : f32 zero_point 0> place 8
  cmflow.stream @in to @max over @x route [57] capacity <1 row>
  cmflow.stream @max to @average over @m route [] capacity <3 pixel>
  cmflow.stream @average to @global over @a route [] capacity <2 row>
  cmflow.stream @global to @out over @y route [56]
}
