// RUN: cm-opt %s --cmnn-normalise --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

// A fused operation stands for all that it took in.

// CHECK: cmnn.add {{.*}} loc(fused["dq_a", "dq_b", "Add_3", "relu", "q"])
func.func @main(%a: tensor<1x4xi8>, %b: tensor<1x4xi8>) -> tensor<1x4xi8> {
  %0 = cmnn.dequantize %a {x_scale = 0.5 : f32} : tensor<1x4xi8> -> tensor<1x4xf32> loc("dq_a")
  %1 = cmnn.dequantize %b {x_scale = 0.25 : f32} : tensor<1x4xi8> -> tensor<1x4xf32> loc("dq_b")
  %2 = cmnn.add %0, %1 : tensor<1x4xf32> loc("Add_3")
  %3 = cmnn.clip %2 {low = 0.0 : f32} : tensor<1x4xf32> loc("relu")
  %4 = cmnn.quantize %3 {y_scale = 0.125 : f32} : tensor<1x4xf32> -> tensor<1x4xi8> loc("q")
  return %4 : tensor<1x4xi8>
}
