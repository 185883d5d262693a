// No window, and no step of one, is larger than 2^20: of seventeen kernels whose matrix
// takes no more crossbars than seventeen copies would. Not one case is above two limits.
// RUN: cm-opt %s --split-input-file --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.crossbar.rows=65536 set=core.crossbar.count=17 set=core.mvm_concurrency=MVM_CONCURRENCY_CORE},cm-convert-cmnn-to-cmflow,cm-shift-kernels{growth=17 axes=auto})' | FileCheck %s

// A window of 16 * 61680 + 61697 = 2^20 + 1 pixels; steps of 17 * 61680 = 2^20 - 16.

// CHECK: cmflow.stage @conv2d_kernel domain [1, 17] {
// CHECK: cmflow.mvm {{.*}}, @w groups
cmnn.weight @w = dense<1> : tensor<1x61697x1x1xi8>
func.func @main(%x: tensor<1x1x1048577x1xi8> {cm.tensor = "x"}) -> (tensor<1x1x17x1xi8> {cm.tensor = "kernel"}) {
  %y = cmnn.conv2d %x, @w {strides = array<i64: 1, 61680>, w_scales = array<f32: 0.25>, cm.tensor = "kernel"} : tensor<1x1x1048577x1xi8> -> tensor<1x1x17x1xi8>
  return %y : tensor<1x1x17x1xi8>
}

// -----

// A window of 16 * 65535 + 1 pixels, below 2^20; steps of 17 * 65535, above.

// CHECK: cmflow.stage @conv2d_columns domain [1, 17] {
// CHECK: cmflow.mvm {{.*}}, @w groups
cmnn.weight @w = dense<1> : tensor<1x1x1x1xi8>
func.func @main(%x: tensor<1x1x1048561x1xi8> {cm.tensor = "x"}) -> (tensor<1x1x17x1xi8> {cm.tensor = "columns"}) {
  %y = cmnn.conv2d %x, @w {strides = array<i64: 1, 65535>, w_scales = array<f32: 0.25>, cm.tensor = "columns"} : tensor<1x1x1048561x1xi8> -> tensor<1x1x17x1xi8>
  return %y : tensor<1x1x17x1xi8>
}

// -----

// The same along y.

// CHECK: cmflow.stage @conv2d_rows domain [17, 1] {
// CHECK: cmflow.mvm {{.*}}, @w groups
cmnn.weight @w = dense<1> : tensor<1x1x1x1xi8>
func.func @main(%x: tensor<1x1048561x1x1xi8> {cm.tensor = "x"}) -> (tensor<1x17x1x1xi8> {cm.tensor = "rows"}) {
  %y = cmnn.conv2d %x, @w {strides = array<i64: 65535, 1>, w_scales = array<f32: 0.25>, cm.tensor = "rows"} : tensor<1x1048561x1x1xi8> -> tensor<1x17x1x1xi8>
  return %y : tensor<1x17x1x1xi8>
}
