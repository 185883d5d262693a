// No window is larger than windows may be: seventeen kernels, each 2^16 pixels further
// down, would need one of 2^20 + 1 pixels, and of seventeen crossbars.
// RUN: cm-opt %s --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.crossbar.rows=65536 set=core.crossbar.count=17 set=core.mvm_concurrency=MVM_CONCURRENCY_CORE},cm-convert-cmnn-to-cmflow,cm-shift-kernels{growth=17})' | FileCheck %s
// CHECK: cmflow.stage @conv2d_y domain [1, 17] {
// CHECK: cmflow.mvm {{.*}}, @w groups

cmnn.weight @w = dense<1> : tensor<1x1x1x1xi8>
func.func @main(%x: tensor<1x1x1048577x1xi8> {cm.tensor = "x"}) -> (tensor<1x1x17x1xi8> {cm.tensor = "y"}) {
  %y = cmnn.conv2d %x, @w {strides = array<i64: 1, 65536>, x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x1x1048577x1xi8> -> tensor<1x1x17x1xi8>
  return %y : tensor<1x1x17x1xi8>
}
