// Every operation, printed as it was written, also after the generic form and
// bytecode.
// RUN: cm-opt %s | FileCheck %s
// RUN: cm-opt %s --mlir-print-op-generic | cm-opt | FileCheck %s
// RUN: cm-opt %s --emit-bytecode | cm-opt | FileCheck %s
// RUN: cm-opt %s --verify-roundtrip | FileCheck %s

// Constants stay in their context.
// RUN: cm-opt %s --canonicalize | FileCheck %s --check-prefix=CANON
// CANON: cmcore.context @conv
// CANON: arith.constant dense<[1, -2]> : vector<2xi32>
// CANON: cmcore.send

#machine = #cmhw.machine<name = "one", clock_ghz = 1.0, core_types = [{name = "core", crossbar = {count = 2, rows = 64, cols = 64, mvm_cycles = 16}, dpu = {lanes = 16}, sram = {bytes = 65536, access_bytes = 16}}], topology = {all_to_all = {cores = 2}}, link = {width_bytes = 8}, io_nodes = [{name = "host", bytes_per_cycle = 16, attached_to = [0, 1]}]>

// CHECK: #[[ZERO:.*]] = affine_map<(d0, d1, d2) -> (0)>
// CHECK: #[[THREE:.*]] = affine_map<(d0, d1, d2) -> (3)>
// CHECK: #[[WAIT:.*]] = affine_map<(d0, d1, d2) -> (d0 * 16 + d1 * 4 + d2 + 6)>
// CHECK: #[[TWO:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK: #[[CREDIT:.*]] = affine_map<(d0, d1, d2) -> (d0 * 16 + (d1 floordiv 2) * 4 - 7)>

cmnn.weight @w = dense<1> : tensor<3x3x2x2xi8>

// CHECK: cmcore.program @net machine #machine release_interval 100 {
cmcore.program @net machine #machine release_interval 100 {
  // CHECK-NEXT: cmcore.object @x : 4x4x2 i8
  cmcore.object @x : 4x4x2 i8
  // CHECK-NEXT: cmcore.object @s : 4x4x2 i32
  cmcore.object @s : 4x4x2 i32
  cmcore.object @y : 4x4x2 i8
  // CHECK: cmcore.input @x node 2 binding <"x" "int8"[1, 2, 4, 4] permutation[1, 2, 0] scale 1.000000e+00 : f32 zero_point 0>
  cmcore.input @x node 2 binding <"x" "int8" [1, 2, 4, 4] permutation [1, 2, 0] scale 1.0 : f32 zero_point 0>
  // CHECK-NEXT: cmcore.output @y node 2 binding <"y" "int8"[1, 2, 4, 4] permutation[1, 2, 0] scale 1.000000e+00 : f32 zero_point 0>
  cmcore.output @y node 2 binding <"y" "int8" [1, 2, 4, 4] permutation [1, 2, 0] scale 1.0 : f32 zero_point 0>

  // CHECK-NEXT: cmcore.node 0 {
  cmcore.node 0 {
    // CHECK-NEXT: cmcore.buffer @x at 0 <4 row>
    cmcore.buffer @x at 0 <4 row>
    // CHECK-NEXT: cmcore.buffer @s at 1024 <3 pixel>
    cmcore.buffer @s at 1024 <3 pixel>
    // CHECK-NEXT: cmcore.unit @u crossbars [0, 1] holds @w groups 1 channels [0, 2] elements [0, 18] columns [0, 2]
    cmcore.unit @u crossbars [0, 1] holds @w groups 1 channels [0, 2] elements [0, 18] columns [0, 2]
    // CHECK-NEXT: cmcore.context @conv domain [4, 4] sends [1] lcu {
    cmcore.context @conv domain [4, 4] sends [1] lcu {
      // CHECK-NEXT: cmcore.for 0 from #[[ZERO]] to #[[THREE]] step 1 {
      cmcore.for 0 from affine_map<(n, d0, d1) -> (0)> to affine_map<(n, d0, d1) -> (3)> step 1 {
        cmcore.for 1 from affine_map<(n, d0, d1) -> (0)> to affine_map<(n, d0, d1) -> (3)> step 1 {
          // CHECK: cmcore.wait route 0 #[[WAIT]]
          cmcore.wait route 0 affine_map<(n, d0, d1) -> (n * 16 + d0 * 4 + d1 + 6)>
          // CHECK-NEXT: cmcore.guard #[[TWO]] {
          cmcore.guard affine_map<(n, d0, d1) -> (d0, d1)> {
            // CHECK-NEXT: cmcore.wait route 1 reader 0 #[[CREDIT]]
            cmcore.wait route 1 reader 0 affine_map<(n, d0, d1) -> (n * 16 + (d0 floordiv 2) * 4 - 7)>
          }
          // CHECK: cmcore.fire
          cmcore.fire
        }
      }
    } data {
      // CHECK: %[[IN:.*]] = cmcore.gather @x <kernel[3, 3] strides[1, 1] offsets[-1, -1] dilations[1, 1] channels[0, 2] elements[0, 18] fill 0> : vector<18xi8>
      %0 = cmcore.gather @x <kernel [3, 3] strides [1, 1] offsets [-1, -1] dilations [1, 1] channels [0, 2] elements [0, 18] fill 0> : vector<18xi8>
      // CHECK-NEXT: %[[MVM:.*]] = cmcore.mvm %[[IN]], @u : vector<18xi8> -> vector<2xi32>
      %1 = cmcore.mvm %0, @u : vector<18xi8> -> vector<2xi32>
      %bias = arith.constant dense<[1, -2]> : vector<2xi32>
      %2 = arith.addi %1, %bias : vector<2xi32>
      // CHECK: cmcore.send %{{.*}}, @s <strides[1, 1] offsets[0, 0] channels[0, 2]> : vector<2xi32>
      cmcore.send %2, @s <strides [1, 1] offsets [0, 0] channels [0, 2]> : vector<2xi32>
    }
    cmcore.context @requantize domain [4, 4] sends [2] lcu {
      cmcore.fire
    } data {
      %0 = cmcore.gather @s <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 2] elements [0, 2] fill 0> : vector<2xi32>
      %1 = cmflow.requantize %0 zero_point 0 {scales = array<f32: 0.5>} : vector<2xi32> -> vector<2xi8>
      // CHECK: cmcore.pool "max" @x <kernel[2, 2] strides[1, 1] offsets[0, 0] dilations[1, 1] channels[0, 2] elements[0, 8] fill 0> : vector<2xi8>
      %2 = cmcore.pool "max" @x <kernel [2, 2] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 2] elements [0, 8] fill 0> : vector<2xi8>
      // CHECK-NEXT: cmcore.pool "average" @x <{{.*}}> {count_include_pad, x_scale = 5.000000e-01 : f32, x_zero_point = 1 : i32, y_scale = 1.000000e+00 : f32, y_zero_point = 2 : i32} : vector<2xi8>
      %3 = cmcore.pool "average" @x <kernel [2, 2] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 2] elements [0, 8] fill 1> {count_include_pad, x_scale = 0.5 : f32, x_zero_point = 1 : i32, y_scale = 1.0 : f32, y_zero_point = 2 : i32} : vector<2xi8>
      cmcore.send %1, @y <strides [1, 1] offsets [0, 0] channels [0, 2]> : vector<2xi8>
    }
  }
  cmcore.node 2 {
    // CHECK: cmcore.context @in domain [4, 4] sends [0] input @x lcu {
    cmcore.context @in domain [4, 4] sends [0] input @x lcu {
      cmcore.fire
    // CHECK: } data {
    } data {
    }
  }
  // CHECK: cmcore.route 0 over @x from 2 @in to 0 buffer @x links [4] readers [@conv, @requantize]
  cmcore.route 0 over @x from 2 @in to 0 buffer @x links [4] readers [@conv, @requantize]
  cmcore.route 1 over @s from 0 @conv to 0 buffer @s links [] readers [@requantize]
  // CHECK: cmcore.route 2 over @y from 0 @requantize to 2 links [5] readers []
  cmcore.route 2 over @y from 0 @requantize to 2 links [5] readers []
}
