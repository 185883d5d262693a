// Copies of a kernel, shifted along x or y, on idle rows and columns: crossbars of
// tiny8 have 64 rows and 64 columns.
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmnn-to-cmflow,cm-shift-kernels)' | FileCheck %s
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmnn-to-cmflow,cm-shift-kernels{growth=4})' | FileCheck %s --check-prefix=GROWN
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmnn-to-cmflow,cm-shift-kernels{axes=y})' | FileCheck %s --check-prefix=TALL
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmnn-to-cmflow,cm-shift-kernels{axes=auto})' | FileCheck %s --check-prefix=BOTH

// Of two inputs, 3x3: 18 rows and 8 columns for a pixel, 60 and 64 for eight, and
// 36 and 32 for four. The bias, the sum with another tensor and its names follow.

// CHECK-LABEL: cmflow.graph @main {
// CHECK:       cmflow.stage @{{.*}} domain [8, 1] {
// CHECK-NEXT:    %[[X:.*]] = cmflow.read @x <kernel[3, 10] strides[1, 8] offsets[-1, -1] dilations[1, 1] channels[0, 2] elements[0, 60] fill 0> : vector<60xi8>
// CHECK-NEXT:    %[[M:.*]] = cmflow.mvm %[[X]], @w.shifted8 groups 1 channels [0, 2] elements [0, 60] columns [0, 64] : vector<60xi8> -> vector<64xi32>
// CHECK-NEXT:    %[[B:.*]] = arith.constant dense<[1, 2, 3, 4, 5, 6, 7, 8, 1, 2, {{.*}}, 7, 8]> : vector<64xi32>
// CHECK-NEXT:    %[[S:.*]] = arith.addi %[[M]], %[[B]] : vector<64xi32>
// CHECK-NEXT:    %[[R:.*]] = cmflow.requantize %[[S]] zero_point 0 {{{.*}}scales = array<f32: 1.250000e-01, 2.500000e-01, {{.*}}>} : vector<64xi32> -> vector<64xi8>
// CHECK-NEXT:    %[[Z:.*]] = cmflow.read @z <kernel[1, 8] strides[1, 8] offsets[0, 0] dilations[1, 1] channels[0, 8] elements[0, 64] fill 0> : vector<64xi8>
// CHECK-NEXT:    %[[A:.*]] = cmflow.add_quantized %[[R]], %[[Z]] {{.*}} : vector<64xi8>
// CHECK-NEXT:    cmflow.write %[[A]], @y <strides[1, 8] offsets[0, 0] channels[0, 8] count 8> : vector<64xi8>
// Eight rows of one pixel take the same window, turned.

// TALL-LABEL: cmflow.graph @main {
// TALL:       cmflow.stage @{{.*}} domain [1, 8] {
// TALL-NEXT:    cmflow.read @x <kernel[10, 3] strides[8, 1] offsets[-1, -1] dilations[1, 1] channels[0, 2] elements[0, 60] fill 0> : vector<60xi8>
// TALL-NEXT:    cmflow.mvm {{.*}}, @w.shifted8x1 groups 1 channels [0, 2] elements [0, 60] columns [0, 64]
// TALL:         cmflow.read @z <kernel[8, 1] strides[8, 1] offsets[0, 0] dilations[1, 1] channels[0, 8] elements[0, 64] fill 0> : vector<64xi8>
// TALL:         cmflow.write {{.*}}, @y <strides[8, 1] offsets[0, 0] channels[0, 8] rows 8> : vector<64xi8>

// No shape has fewer cycles per pixel than eight in a row.
// BOTH-LABEL: cmflow.graph @main {
// BOTH:         channels[0, 8] count 8> : vector<64xi8>
cmnn.weight @w = dense<1> : tensor<3x3x2x8xi8>
cmnn.weight @b = dense<[1, 2, 3, 4, 5, 6, 7, 8]> : tensor<8xi32>
func.func @main(%x: tensor<1x8x8x2xi8> {cm.tensor = "x"}, %z: tensor<1x8x8x8xi8> {cm.tensor = "z"}) -> (tensor<1x8x8x8xi8> {cm.tensor = "y"}) {
  %a = cmnn.conv2d %x, @w bias @b {pads = array<i64: 1, 1, 1, 1>, x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25, 0.5, 0.25, 0.5, 0.25, 0.5, 0.25, 0.5>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "a"} : tensor<1x8x8x2xi8> -> tensor<1x8x8x8xi8>
  %y = cmnn.add %a, %z {a_scale = 0.5 : f32, a_zero_point = 0 : i8, b_scale = 0.5 : f32, b_zero_point = 0 : i8, y_scale = 0.5 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x8x8x8xi8>
  return %y : tensor<1x8x8x8xi8>
}

// -----

// Column (i, o) holds the kernel of o, i strides further down. A stride of two, and two
// groups, which become blocks.

// CHECK-LABEL: cmnn.weight @g.shifted2 =
// CHECK-SAME:    dense<{{\[\[\[\[}}1, 0, 0, 0], [0, 2, 0, 0]], {{\[\[}}3, 0, 0, 0], [0, 4, 0, 0]], {{\[\[}}5, 0, 1, 0], [0, 6, 0, 2]], {{\[\[}}0, 0, 3, 0], [0, 0, 0, 4]], {{\[\[}}0, 0, 5, 0], [0, 0, 0, 6]]]]> : tensor<1x5x2x4xi8>
// CHECK:       cmflow.stage @conv2d_y domain [1, 1] {
// CHECK-NEXT:    cmflow.read @x <kernel[1, 5] strides[1, 4] offsets[0, 0] dilations[1, 1] channels[0, 2] elements[0, 10] fill 0>
cmnn.weight @g = dense<[[[[1, 2]], [[3, 4]], [[5, 6]]]]> : tensor<1x3x1x2xi8>
func.func @main(%x: tensor<1x1x5x2xi8> {cm.tensor = "x"}) -> (tensor<1x1x2x2xi8> {cm.tensor = "y"}) {
  %y = cmnn.conv2d %x, @g {groups = 2 : i64, strides = array<i64: 1, 2>, x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x1x5x2xi8> -> tensor<1x1x2x2xi8>
  return %y : tensor<1x1x2x2xi8>
}

// -----

// One pixel takes all columns of a crossbar; with up to four times its crossbars,
// two pixels do. A product has but one pixel.

// CHECK-LABEL: cmnn.weight @p =
// CHECK:       cmflow.stage @conv2d_a domain [4, 4] {
// CHECK:       cmflow.stage @matmul_y domain [1, 1] {
// GROWN:       cmflow.stage @conv2d_a domain [4, 1] {
// GROWN-NEXT:    cmflow.read @x <kernel[1, 4] strides[1, 4]
// GROWN:       cmflow.stage @matmul_y domain [1, 1] {
cmnn.weight @w = dense<1> : tensor<1x1x4x64xi8>
cmnn.weight @p = dense<1> : tensor<1024x2xi8>
func.func @main(%x: tensor<1x4x4x4xi8> {cm.tensor = "x"}) -> (tensor<1x2xi8> {cm.tensor = "y"}) {
  %a = cmnn.conv2d %x, @w {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "a"} : tensor<1x4x4x4xi8> -> tensor<1x4x4x64xi8>
  %r = cmnn.reshape %a : tensor<1x4x4x64xi8> -> tensor<1x1024xi8>
  %y = cmnn.matmul %r, @p {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x1024xi8> -> tensor<1x2xi8>
  return %y : tensor<1x2xi8>
}

// -----

// Rows of three pixels: two of them take 4 x 5 x 3 rows and 2 x 3 x 10 columns of a
// crossbar; three rows of one pixel 5 x 3 x 3 rows and 30 columns.

// CHECK-LABEL: cmflow.stage @conv2d_y domain [6, 1] {
// TALL-LABEL:  cmflow.stage @conv2d_y domain [2, 3] {
// BOTH-LABEL:  cmflow.stage @conv2d_y domain [3, 1] {
// BOTH-NEXT:     cmflow.read @x <kernel[4, 5] strides[2, 3] offsets[-1, -1] dilations[1, 1] channels[0, 3] elements[0, 60] fill 0>
// BOTH-NEXT:     cmflow.mvm {{.*}}, @w.shifted2x3 groups 1 channels [0, 3] elements [0, 60] columns [0, 60]
// BOTH:          cmflow.write {{.*}}, @y <strides[2, 3] offsets[0, 0] channels[0, 10] count 3 rows 2> : vector<60xi8>
cmnn.weight @w = dense<1> : tensor<3x3x3x10xi8>
func.func @main(%x: tensor<1x6x3x3xi8> {cm.tensor = "x"}) -> (tensor<1x6x3x10xi8> {cm.tensor = "y"}) {
  %y = cmnn.conv2d %x, @w {pads = array<i64: 1, 1, 1, 1>, x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x6x3x3xi8> -> tensor<1x6x3x10xi8>
  return %y : tensor<1x6x3x10xi8>
}

// -----

// Where each copy of the kernel goes: columns are in the order of (row, pixel, output).
// A stride of two along y, one along x.

// BOTH-LABEL: cmnn.weight @g.shifted2x2 =
// BOTH-SAME:    dense<{{\[\[\[\[}}1, 0, 0, 0]], {{\[\[}}2, 1, 0, 0]], {{\[\[}}0, 2, 0, 0]]], {{\[\[\[}}0, 0, 0, 0]], {{\[\[}}0, 0, 0, 0]], {{\[\[}}0, 0, 0, 0]]], {{\[\[\[}}0, 0, 1, 0]], {{\[\[}}0, 0, 2, 1]], {{\[\[}}0, 0, 0, 2]]]]> : tensor<3x3x1x4xi8>
cmnn.weight @g = dense<[[[[1]], [[2]]]]> : tensor<1x2x1x1xi8>
func.func @main(%x: tensor<1x3x3x1xi8> {cm.tensor = "x"}) -> (tensor<1x2x2x1xi8> {cm.tensor = "y"}) {
  %y = cmnn.conv2d %x, @g {strides = array<i64: 2, 1>, x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x3x3x1xi8> -> tensor<1x2x2x1xi8>
  return %y : tensor<1x2x2x1xi8>
}

// -----

// A range of the channels of what is read: the matrix has rows for those only.

// CHECK-LABEL: cmflow.stage @conv2d_z domain [2, 1] {
// CHECK-NEXT:    cmflow.read @x <kernel[1, 5] strides[1, 4] offsets[0, 0] dilations[1, 1] channels[2, 4] elements[0, 10] fill 0> : vector<10xi8>
// CHECK-NEXT:    cmflow.mvm {{.*}}, @w.shifted4 groups 1 channels [0, 2] elements [0, 10] columns [0, 16]
cmnn.weight @w = dense<1> : tensor<1x2x2x4xi8>
func.func @main(%x: tensor<1x2x5x4xi8> {cm.tensor = "x"}) -> (tensor<1x2x4x4xi8> {cm.tensor = "z"}) {
  %s = cmnn.slice %x {starts = array<i64: 0, 0, 0, 2>, sizes = array<i64: 1, 2, 5, 2>, steps = array<i64: 1, 1, 1, 1>} : tensor<1x2x5x4xi8> -> tensor<1x2x5x2xi8>
  %y = cmnn.conv2d %s, @w {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "z"} : tensor<1x2x5x2xi8> -> tensor<1x2x4x4xi8>
  return %y : tensor<1x2x4x4xi8>
}

// -----

// One row that is added to all: along x its pixels follow those of the kernel, along
// y they are the same for all rows, and are not repeated.

// CHECK-LABEL: cmflow.object @row
// CHECK:       cmflow.stage @{{.*}} domain [8, 1] {
// CHECK:         cmflow.read @row <kernel[1, 8] strides[0, 8] offsets[0, 0]
// TALL-LABEL:  cmflow.object @row
// TALL:        cmflow.stage @{{.*}} domain [8, 8] {
// TALL:          cmflow.read @row <kernel[1, 1] strides[0, 1] offsets[0, 0]
cmnn.weight @w = dense<1> : tensor<3x3x2x8xi8>
func.func @main(%x: tensor<1x8x8x2xi8> {cm.tensor = "x"}, %row: tensor<1x1x8x8xi8> {cm.tensor = "row"}) -> (tensor<1x8x8x8xi8> {cm.tensor = "y"}) {
  %a = cmnn.conv2d %x, @w {pads = array<i64: 1, 1, 1, 1>, x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "a"} : tensor<1x8x8x2xi8> -> tensor<1x8x8x8xi8>
  %y = cmnn.add %a, %row {a_scale = 0.5 : f32, a_zero_point = 0 : i8, b_scale = 0.5 : f32, b_zero_point = 0 : i8, y_scale = 0.5 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x8x8x8xi8>, tensor<1x1x8x8xi8> -> tensor<1x8x8x8xi8>
  return %y : tensor<1x8x8x8xi8>
}

// -----

// Windows two pixels apart whose positions are two pixels apart share all but one of
// these; where they are one pixel apart none. The kernel that both layers have stays.

// CHECK:       cmnn.weight @w.shifted3 =
// CHECK:       cmnn.weight @w =
// CHECK:       cmflow.stage @conv2d_a domain [1, 1] {
// CHECK-NEXT:    cmflow.read @x <kernel[1, 4] strides[1, 6] offsets[0, 0] dilations[1, 2] channels[0, 1] elements[0, 4] fill 0>
// CHECK:       cmflow.stage @conv2d_b domain [1, 6] {
cmnn.weight @w = dense<1> : tensor<1x2x1x2xi8>
func.func @main(%x: tensor<1x1x8x1xi8> {cm.tensor = "x"}) -> (tensor<1x1x3x2xi8> {cm.tensor = "a"}, tensor<1x1x6x2xi8> {cm.tensor = "b"}) {
  %a = cmnn.conv2d %x, @w {strides = array<i64: 1, 2>, dilations = array<i64: 1, 2>, w_scales = array<f32: 0.25>, cm.tensor = "a"} : tensor<1x1x8x1xi8> -> tensor<1x1x3x2xi8>
  %b = cmnn.conv2d %x, @w {dilations = array<i64: 1, 2>, w_scales = array<f32: 0.25>, cm.tensor = "b"} : tensor<1x1x8x1xi8> -> tensor<1x1x6x2xi8>
  return %a, %b : tensor<1x1x3x2xi8>, tensor<1x1x6x2xi8>
}

// -----

// One channel for all: of each pixel its own.

// CHECK-LABEL: cmflow.object @r :
// CHECK:         cmflow.read @r <kernel[1, 4] strides[1, 4] offsets[0, 0] dilations[1, 1] channels[0, 1] elements[0, 4] fill 0>
// CHECK-NEXT:    cmflow.shuffle %{{.*}} [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3] : vector<4xi8> -> vector<12xi8>
cmnn.weight @w = dense<1> : tensor<1x1x2x3xi8>
func.func @main(%x: tensor<1x1x4x2xi8> {cm.tensor = "x"}, %r: tensor<1x1x4x1xi8> {cm.tensor = "r"}) -> (tensor<1x1x4x3xi8> {cm.tensor = "y"}) {
  %a = cmnn.conv2d %x, @w {w_scales = array<f32: 0.25>, cm.tensor = "a"} : tensor<1x1x4x2xi8> -> tensor<1x1x4x3xi8>
  %y = cmnn.add %a, %r {cm.tensor = "y"} : tensor<1x1x4x3xi8>, tensor<1x1x4x1xi8> -> tensor<1x1x4x3xi8>
  return %y : tensor<1x1x4x3xi8>
}
