// How row tiles hand their partial sums on: a chain, or a heap whose root is the
// last tile.
// RUN: cm-opt %s --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8},cm-convert-cmnn-to-cmflow{reduction=chain})' | FileCheck %s --check-prefix=CHAIN
// RUN: cm-opt %s --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.mvm_cycles=1000},cm-convert-cmnn-to-cmflow)' | FileCheck %s --check-prefix=TREE
// RUN: cm-opt %s --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.mvm_cycles=1,core.lanes=1},cm-convert-cmnn-to-cmflow)' | FileCheck %s --check-prefix=CHAIN
// RUN: cm-opt %s --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=core.mvm_cycles=1,core.lanes=1},cm-convert-cmnn-to-cmflow{reduction=tree})' | FileCheck %s --check-prefix=TREE
// RUN: not cm-opt %s --pass-pipeline='builtin.module(cm-convert-cmnn-to-cmflow{reduction=ring})' 2>&1 | FileCheck %s --check-prefix=WRONG

// CHAIN:      cmflow.stage @conv2d_y.r0
// CHAIN-NOT:  cmflow.read @conv2d_y
// CHAIN:      cmflow.write %{{.*}}, @conv2d_y.p0
// CHAIN:      cmflow.stage @conv2d_y.r3
// CHAIN:      cmflow.read @conv2d_y.p2
// CHAIN-NOT:  cmflow.read @conv2d_y
// CHAIN:      cmflow.write %{{.*}}, @conv2d_y.p3
// CHAIN:      cmflow.stage @conv2d_y domain
// CHAIN:      cmflow.read @conv2d_y.p3
// CHAIN-NOT:  cmflow.read @conv2d_y

// The fan-in of least latency: some tile but the first adds nothing, and the last
// one adds more than one.
// TREE:      cmflow.stage @conv2d_y.r1
// TREE-NOT:  cmflow.read @conv2d_y
// TREE:      cmflow.write %{{.*}}, @conv2d_y.p1
// TREE:      cmflow.stage @conv2d_y domain
// TREE:      %[[A:.*]] = cmflow.mvm
// TREE-NEXT: %[[P:.*]] = cmflow.read @conv2d_y.p3 <kernel[1, 1] {{.*}} channels[0, 4] elements[0, 4] fill 0> : vector<4xi32>
// TREE-NEXT: %[[B:.*]] = arith.addi %[[A]], %[[P]]
// TREE-NEXT: %[[Q:.*]] = cmflow.read @conv2d_y.p2
// TREE-NEXT: arith.addi %[[B]], %[[Q]]
// TREE:      cmflow.stream @conv2d_y.r3 to @conv2d_y over @conv2d_y.p3
// TREE:      cmflow.stream @conv2d_y.r2 to @conv2d_y over @conv2d_y.p2

// WRONG: Cannot find option named 'ring'
cmnn.weight @w = dense<1> : tensor<3x3x32x4xi8>
func.func @main(%x: tensor<1x4x4x32xi8> {cm.tensor = "x"}) -> (tensor<1x4x4x4xi8> {cm.tensor = "y"}) {
  %y = cmnn.conv2d %x, @w {pads = array<i64: 1, 1, 1, 1>, x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x4x4x32xi8> -> tensor<1x4x4x4xi8>
  return %y : tensor<1x4x4x4xi8>
}
