// Depthwise convolutions run on the DPU where its products and the load of its
// operand take no longer than an MVM; zero points are in its weights.
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.mvm_cycles=100},cm-convert-cmnn-to-cmflow{depthwise=auto})' | FileCheck %s --check-prefix=DPU
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.mvm_cycles=1},cm-convert-cmnn-to-cmflow{depthwise=auto})' | FileCheck %s --check-prefix=CROSSBAR
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.mvm_cycles=1},cm-convert-cmnn-to-cmflow{depthwise=dpu})' | FileCheck %s --check-prefix=FORCED
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmnn-to-cmflow)' | FileCheck %s --check-prefix=CROSSBAR
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.mvm_cycles=1},cm-convert-cmnn-to-cmflow{depthwise=auto})' | FileCheck %s --check-prefix=STAYS
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmnn-to-cmflow)' | FileCheck %s --check-prefix=TOLD

// Where it stays on crossbars the reason is there as well, unless it was told to.
// STAYS:    cmflow.stage @conv2d_y domain [4, 4] attributes {cm.reason = "depthwise: 16 products take 1 cycles of the DPU and 2 to load, an MVM 1 and 1 crossbars"} {
// STAYS-NOT: cm.reason
// TOLD-NOT: cm.reason

// DPU-LABEL:      cmflow.stage @conv2d_y domain [4, 4] attributes {cm.reason = "depthwise: 16 products take 1 cycles of the DPU and 2 to load, an MVM 100 and 1 crossbars"} {
// DPU-NEXT:         %[[X:.*]] = cmflow.read @x <kernel[2, 2] strides[1, 1] offsets[-1, 0] dilations[1, 1] channels[0, 4] elements[0, 16] fill -3> : vector<16xi8>
// DPU-NEXT:         %[[S:.*]] = cmflow.depthwise %[[X]] [6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9] : vector<16xi8> -> vector<4xi32>
// DPU-NEXT:         %[[B:.*]] = arith.constant dense<[72, 84, 96, 108]> : vector<4xi32>
// DPU-NEXT:         arith.addi %[[S]], %[[B]]
// DPU-NEXT:         cmflow.requantize
// DPU-NEXT:         cmflow.write
// FORCED:         cmflow.depthwise
// CROSSBAR-NOT:   cmflow.depthwise
// CROSSBAR:       cmflow.mvm {{.*}} sums 4
// CROSSBAR-NOT:   cmflow.depthwise
cmnn.weight @w = dense<1> : tensor<2x2x1x4xi8>
func.func @main(%x: tensor<1x4x5x4xi8> {cm.tensor = "x"}) -> (tensor<1x4x4x4xi8> {cm.tensor = "y"}) {
  %y = cmnn.conv2d %x, @w {groups = 4 : i64, pads = array<i64: 1, 0, 0, 0>, x_scale = 0.5 : f32, x_zero_point = -3 : i8, w_scales = array<f32: 0.25>, w_zero_points = array<i8: -5, -6, -7, -8>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x4x5x4xi8> -> tensor<1x4x4x4xi8>
  return %y : tensor<1x4x4x4xi8>
}

// -----

// Two channels for each are not depthwise.

// DPU-LABEL: cmflow.graph @main
// DPU-NOT:   cmflow.depthwise
// FORCED:    cmflow.mvm
cmnn.weight @w = dense<1> : tensor<2x2x1x8xi8>
func.func @main(%x: tensor<1x4x5x4xi8> {cm.tensor = "x"}) -> (tensor<1x3x4x8xi8> {cm.tensor = "y"}) {
  %y = cmnn.conv2d %x, @w {groups = 4 : i64, x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x4x5x4xi8> -> tensor<1x3x4x8xi8>
  return %y : tensor<1x3x4x8xi8>
}
