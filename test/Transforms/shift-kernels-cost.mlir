// Which shapes have the fewest cycles per pixel. A step of the DPU of tiny8 takes 16
// elements and one cycle; requantisation is one step for each.
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.crossbar.mvm_cycles=4 set=core.mvm_concurrency=MVM_CONCURRENCY_CORE},cm-convert-cmnn-to-cmflow,cm-shift-kernels{growth=2})' | FileCheck %s --check-prefix=FOUR
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.crossbar.mvm_cycles=5 set=core.mvm_concurrency=MVM_CONCURRENCY_CORE},cm-convert-cmnn-to-cmflow,cm-shift-kernels{growth=2})' | FileCheck %s --check-prefix=FIVE
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.crossbar.mvm_cycles=1},cm-convert-cmnn-to-cmflow,cm-shift-kernels)' | FileCheck %s --check-prefix=ONE
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmnn-to-cmflow,cm-shift-kernels{growth=9223372036854775808})' | FileCheck %s --check-prefix=GROWN

// Two pixels take two row tiles, whose sums are four steps beside four of
// requantisation: eight cycles, where one MVM after the other takes twice 4, or 5.

// FOUR: cmflow.stage @conv2d_sums domain [1, 2] {
// FIVE: cmflow.stage @conv2d_sums domain [1, 1] {
cmnn.weight @w = dense<1> : tensor<1x1x64x32xi8>
func.func @main(%x: tensor<1x1x2x64xi8> {cm.tensor = "x"}) -> (tensor<1x1x2x32xi8> {cm.tensor = "sums"}) {
  %y = cmnn.conv2d %x, @w {w_scales = array<f32: 0.25>, cm.tensor = "sums"} : tensor<1x1x2x64xi8> -> tensor<1x1x2x32xi8>
  return %y : tensor<1x1x2x32xi8>
}

// -----

// The eight elements of a pixel take a step, as do those of two.

// ONE: cmflow.stage @conv2d_halves domain [1, 1] {
cmnn.weight @w = dense<1> : tensor<1x1x2x8xi8>
func.func @main(%x: tensor<1x1x2x2xi8> {cm.tensor = "x"}) -> (tensor<1x1x2x8xi8> {cm.tensor = "halves"}) {
  %y = cmnn.conv2d %x, @w {w_scales = array<f32: 0.25>, cm.tensor = "halves"} : tensor<1x1x2x2xi8> -> tensor<1x1x2x8xi8>
  return %y : tensor<1x1x2x8xi8>
}

// -----

// Two crossbars for a pixel; 2^63 times as many are no number of 64 bits, but more than
// the four for two.

// GROWN: cmflow.stage @conv2d_wide domain [1, 1] {
cmnn.weight @w = dense<1> : tensor<1x1x4x128xi8>
func.func @main(%x: tensor<1x1x2x4xi8> {cm.tensor = "x"}) -> (tensor<1x1x2x128xi8> {cm.tensor = "wide"}) {
  %y = cmnn.conv2d %x, @w {w_scales = array<f32: 0.25>, cm.tensor = "wide"} : tensor<1x1x2x4xi8> -> tensor<1x1x2x128xi8>
  return %y : tensor<1x1x2x128xi8>
}
