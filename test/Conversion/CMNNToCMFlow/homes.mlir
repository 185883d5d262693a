// Concats and splits of channels cost no stage.
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmnn-to-cmflow)' | FileCheck %s

// The operands of a concat write their channels of its object. Another reader of
// one reads these, and is fed by those who write them.

// CHECK-LABEL: cmflow.graph @concat {
// CHECK:       cmflow.object @c : 2x2x6 i8
// CHECK:       cmflow.stage @conv2d_a domain [2, 2] {
// CHECK:         cmflow.requantize {{.*}} {cm.tensor = [#cmflow.tensor<"a"
// CHECK:         cmflow.write %{{.*}}, @c <strides[1, 1] offsets[0, 0] channels[0, 4]>
// CHECK:       cmflow.stage @conv2d_b domain [2, 2] {
// CHECK-NEXT:    cmflow.read @c <{{.*}} channels[0, 4] elements[0, 4] fill 0>
// CHECK:         cmflow.requantize {{.*}} {cm.channel = 0 : i64, cm.tensor = [#cmflow.tensor<"b"
// CHECK-NEXT:    %[[B:.*]] = cmflow.lookup
// CHECK-NEXT:    cmflow.write %[[B]], @c <strides[1, 1] offsets[0, 0] channels[4, 6]>
// CHECK:       cmflow.output @output_c reads @c
// CHECK:       cmflow.stream @input_x to @conv2d_a over @x
// CHECK-NEXT:  cmflow.stream @conv2d_a to @conv2d_b over @c
// CHECK-NEXT:  cmflow.stream @conv2d_a to @output_c over @c
// CHECK-NEXT:  cmflow.stream @conv2d_b to @output_c over @c
// CHECK-NEXT:  }
cmnn.weight @w = dense<1> : tensor<1x1x4x4xi8>
cmnn.weight @v = dense<1> : tensor<1x1x4x2xi8>
func.func @concat(%x: tensor<1x2x2x4xi8> {cm.tensor = "x"}) -> tensor<1x2x2x6xi8> {
  %a = cmnn.conv2d %x, @w {w_scales = array<f32: 0.25>, cm.tensor = "a"} : tensor<1x2x2x4xi8> -> tensor<1x2x2x4xi8>
  %b = cmnn.conv2d %a, @v {w_scales = array<f32: 0.25>, cm.tensor = "b"} : tensor<1x2x2x4xi8> -> tensor<1x2x2x2xi8>
  %r = cmnn.requantize %b {x_scale = 0.5 : f32} : tensor<1x2x2x2xi8>
  %c = cmnn.concat %a, %r {axis = 3 : i64, cm.tensor = "c"} : tensor<1x2x2x4xi8>, tensor<1x2x2x2xi8> -> tensor<1x2x2x6xi8>
  return %c : tensor<1x2x2x6xi8>
}

// -----

// A concat in a concat lies in it, too. What is in one already, or is given to the
// network, is copied; the copy has the name of the concat where all parts do, and
// none where one has its own.

// CHECK-LABEL: cmflow.graph @copies {
// CHECK:       cmflow.object @d : 1x1x12 i8
// CHECK:       cmflow.stage @sigmoid_s
// CHECK:         cmflow.write %{{.*}}, @d <strides[1, 1] offsets[0, 0] channels[4, 8]>
// CHECK:       cmflow.stage @copy_d.0 domain [1, 1] {
// CHECK-NEXT:    %[[X:.*]] = cmflow.read @x <{{[^{]*$}}
// CHECK-NEXT:    cmflow.write %[[X]], @d <strides[1, 1] offsets[0, 0] channels[0, 4]>
// CHECK:       cmflow.stage @copy_d.8 domain [1, 1] {
// CHECK-NEXT:    %[[S:.*]] = cmflow.read @d <{{.*}} channels[4, 8] elements[0, 4]
// CHECK-NEXT:    cmflow.write %[[S]], @d <strides[1, 1] offsets[0, 0] channels[8, 12]>
// CHECK:       cmflow.stream @sigmoid_s to @copy_d.8 over @d
// CHECK-NOT:   cmflow.stream @copy_d.8 to @copy_d.8
func.func @copies(%x: tensor<1x4xi8> {cm.tensor = "x"}) -> tensor<1x12xi8> {
  %s = cmnn.sigmoid %x {cm.tensor = "s"} : tensor<1x4xi8>
  %c = cmnn.concat %x, %s {axis = 1 : i64, cm.tensor = "c"} : tensor<1x4xi8>, tensor<1x4xi8> -> tensor<1x8xi8>
  %d = cmnn.concat %c, %s {axis = 1 : i64, cm.tensor = "d"} : tensor<1x8xi8>, tensor<1x4xi8> -> tensor<1x12xi8>
  return %d : tensor<1x12xi8>
}

// -----

// Parts without names have that of the concat.

// CHECK-LABEL: cmflow.graph @names {
// CHECK:       cmflow.stage @max_pool_c
// CHECK-NEXT:    cmflow.max_pool {{.*}} {cm.tensor = [#cmflow.tensor<"c"[1, 8, 2, 2] permutation[1, 2, 0]>]}
// CHECK:       cmflow.stage @max_pool_c
// CHECK-NEXT:    cmflow.max_pool {{.*}} {cm.tensor = [#cmflow.tensor<"c"[1, 8, 2, 2] permutation[1, 2, 0]>]}
// CHECK-NEXT:    cmflow.write %{{.*}}, @c <strides[1, 1] offsets[0, 0] channels[4, 8]>
func.func @names(%x: tensor<1x2x2x4xi8> {cm.tensor = "x"}) -> tensor<1x2x2x8xi8> {
  %a = cmnn.max_pool %x {kernel = array<i64: 1, 1>} : tensor<1x2x2x4xi8> -> tensor<1x2x2x4xi8>
  %b = cmnn.max_pool %x {kernel = array<i64: 1, 1>} : tensor<1x2x2x4xi8> -> tensor<1x2x2x4xi8>
  %c = cmnn.concat %a, %b {axis = 3 : i64, cm.tensor = "c"} : tensor<1x2x2x4xi8>, tensor<1x2x2x4xi8> -> tensor<1x2x2x8xi8>
  return %c : tensor<1x2x2x8xi8>
}

// -----

// A range of channels is read where it lies; a cut of the image is copied.

// CHECK-LABEL: cmflow.graph @splits {
// CHECK:       cmflow.stage @sigmoid_s domain [4, 4] {
// CHECK-NEXT:    cmflow.read @x <{{.*}} channels[2, 4] elements[0, 2] fill 0>
// CHECK:       cmflow.stage @slice_v domain [2, 3] {
// CHECK-NEXT:    %[[V:.*]] = cmflow.read @x <kernel[1, 1] strides[2, 1] offsets[1, 0] dilations[1, 1] channels[0, 4] elements[0, 4] fill 0>
// CHECK-NEXT:    cmflow.write %[[V]], @v
func.func @splits(%x: tensor<1x4x4x4xi8> {cm.tensor = "x"}) -> (tensor<1x4x4x2xi8>, tensor<1x2x3x4xi8>) {
  %h = cmnn.slice %x {starts = array<i64: 0, 0, 0, 2>, sizes = array<i64: 1, 4, 4, 2>, steps = array<i64: 1, 1, 1, 1>} : tensor<1x4x4x4xi8> -> tensor<1x4x4x2xi8>
  %s = cmnn.sigmoid %h {cm.tensor = "s"} : tensor<1x4x4x2xi8>
  %v = cmnn.slice %x {starts = array<i64: 0, 1, 0, 0>, sizes = array<i64: 1, 2, 3, 4>, steps = array<i64: 1, 2, 1, 1>, cm.tensor = "v"} : tensor<1x4x4x4xi8> -> tensor<1x2x3x4xi8>
  return %s, %v : tensor<1x4x4x2xi8>, tensor<1x2x3x4xi8>
}
