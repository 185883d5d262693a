// Weights that the machine's cells hold compile, others are an error that names the layer.
// RUN: sed -e 's/WEIGHT/7/' %s | cm-opt --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.weight_bits=4},cm-convert-cmnn-to-cmflow)' | FileCheck %s
// RUN: sed -e 's/WEIGHT/-8/' %s | cm-opt --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.weight_bits=4},cm-convert-cmnn-to-cmflow)' | FileCheck %s
// RUN: sed -e 's/WEIGHT/8/' %s | not cm-opt --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.weight_bits=4},cm-convert-cmnn-to-cmflow)' 2>&1 | FileCheck %s --check-prefix=LARGE
// RUN: sed -e 's/WEIGHT/-2/' %s | not cm-opt --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.weight_bits=1},cm-convert-cmnn-to-cmflow)' 2>&1 | FileCheck %s --check-prefix=ONE

// CHECK: cmflow.mvm
// LARGE: error: 'cmnn.matmul' op 'p' has the weight 8, the 4 bits of machine 'tiny8' hold -8 to 7
// ONE: error: 'cmnn.matmul' op 'p' has the weight -2, the 1 bits of machine 'tiny8' hold -1 to 0
cmnn.weight @w = dense<[[0, 0], [WEIGHT, 0]]> : tensor<2x2xi8>
func.func @main(%x: tensor<1x2xi8> {cm.tensor = "x"}) -> (tensor<1x2xi8> {cm.tensor = "p"}) {
  %p = cmnn.matmul %x, @w {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "p"} : tensor<1x2xi8> -> tensor<1x2xi8>
  return %p : tensor<1x2xi8>
}
