// RUN: cm-opt %s --split-input-file --cmnn-normalise --cmnn-verify-contract | FileCheck %s

// The flatten of an image as ONNX means it, channel by channel, goes into the
// rows of the weight. Element (y, x, c) of the 1x2x2 image is row c * 2 + x of
// @w, and row x * 2 + c of @w_nhwc: rows 1 and 2 change places.

// CHECK: cmnn.weight @w_nhwc = dense_resource<w_nhwc> : tensor<4x1xi8>
// CHECK-NOT: cmnn.weight @w =
// CHECK: %[[FLAT:.*]] = cmnn.reshape %{{.*}} : tensor<1x1x2x2xi8> -> tensor<1x4xi8>
// CHECK: cmnn.matmul %[[FLAT]], @w_nhwc {cm.tensor = "y"
// CHECK: w_nhwc: "0x08000000{{0A140B15|0a140b15}}"
cmnn.weight @w = dense<[[10], [11], [20], [21]]> : tensor<4x1xi8>

func.func @main(%x: tensor<1x1x2x2xi8>) -> tensor<1x1xi8> {
  %t = cmnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>}
     : tensor<1x1x2x2xi8> -> tensor<1x2x1x2xi8>
  %r = cmnn.reshape %t {cm.tensor = "flat"}
     : tensor<1x2x1x2xi8> -> tensor<1x4xi8>
  %y = cmnn.matmul %r, @w {x_scale = 1.0 : f32, x_zero_point = 0 : i8,
      w_scales = array<f32: 1.0>, y_scale = 1.0 : f32, y_zero_point = 0 : i8,
      cm.tensor = "y"} : tensor<1x4xi8> -> tensor<1x1xi8>
  return %y : tensor<1x1xi8>
}

// -----

// Heads of a lone token: no element moves, so the joined heads keep their name and
// the weight its rows.

// CHECK-LABEL: func.func @main(%arg0: tensor<1x2x1x3xi8>
// CHECK-NEXT: %[[FLAT:.*]] = cmnn.reshape %arg0 {cm.tensor = "joined"} : tensor<1x2x1x3xi8> -> tensor<1x1x6xi8>
// CHECK-NEXT: cmnn.matmul %[[FLAT]], @w {cm.tensor = "y"
cmnn.weight @w = dense<2> : tensor<6x1xi8>

func.func @main(%x: tensor<1x2x1x3xi8>) -> tensor<1x1x1xi8> {
  %t = cmnn.transpose %x {permutation = array<i64: 0, 2, 1, 3>}
     : tensor<1x2x1x3xi8> -> tensor<1x1x2x3xi8>
  %r = cmnn.reshape %t {cm.tensor = "joined"}
     : tensor<1x1x2x3xi8> -> tensor<1x1x6xi8>
  %y = cmnn.matmul %r, @w {x_scale = 1.0 : f32, x_zero_point = 0 : i8,
      w_scales = array<f32: 1.0>, y_scale = 1.0 : f32, y_zero_point = 0 : i8,
      cm.tensor = "y"} : tensor<1x1x6xi8> -> tensor<1x1x1xi8>
  return %y : tensor<1x1x1xi8>
}

// -----

// A clamp narrows the range of the operation before it, which takes its name.

// CHECK: func.func @main
// CHECK-NEXT: %[[A:.*]] = cmnn.add {{.*}}cm.tensor = "clamped", maximum = 100 : i8, minimum = 3 : i8
// CHECK-NEXT: return %[[A]]
func.func @main(%x: tensor<1x4xi8>) -> tensor<1x4xi8> {
  %0 = cmnn.add %x, %x {a_scale = 1.0 : f32, a_zero_point = 0 : i8,
      b_scale = 1.0 : f32, b_zero_point = 0 : i8, y_scale = 0.5 : f32,
      y_zero_point = 3 : i8, maximum = 100 : i8, cm.tensor = "sum"}
     : tensor<1x4xi8>
  %1 = cmnn.requantize %0 {x_scale = 0.5 : f32, x_zero_point = 3 : i8,
      y_scale = 0.5 : f32, y_zero_point = 3 : i8, minimum = 3 : i8}
     : tensor<1x4xi8>
  %2 = cmnn.requantize %1 {x_scale = 0.5 : f32, x_zero_point = 3 : i8,
      y_scale = 0.5 : f32, y_zero_point = 3 : i8, maximum = 120 : i8,
      cm.tensor = "clamped"} : tensor<1x4xi8>
  return %2 : tensor<1x4xi8>
}

// -----

// Ranges that do not meet leave one value.

// CHECK: func.func @main
// CHECK-NEXT: cmnn.requantize {{.*}}maximum = 5 : i8, minimum = 5 : i8
// CHECK-NEXT: return
func.func @main(%x: tensor<1x4xi8>) -> tensor<1x4xi8> {
  %0 = cmnn.requantize %x {x_scale = 1.0 : f32, x_zero_point = 0 : i8,
      y_scale = 0.5 : f32, y_zero_point = 0 : i8, minimum = 10 : i8}
     : tensor<1x4xi8>
  %1 = cmnn.requantize %0 {x_scale = 0.5 : f32, x_zero_point = 0 : i8,
      y_scale = 0.5 : f32, y_zero_point = 0 : i8, maximum = 5 : i8}
     : tensor<1x4xi8>
  return %1 : tensor<1x4xi8>
}

// -----

// A tensor that is used elsewhere keeps its range.

// CHECK: func.func @main
// CHECK-COUNT-2: cmnn.requantize
func.func @main(%x: tensor<1x4xi8>) -> (tensor<1x4xi8>, tensor<1x4xi8>) {
  %0 = cmnn.requantize %x {x_scale = 1.0 : f32, x_zero_point = 0 : i8,
      y_scale = 0.5 : f32, y_zero_point = 0 : i8} : tensor<1x4xi8>
  %1 = cmnn.requantize %0 {x_scale = 0.5 : f32, x_zero_point = 0 : i8,
      y_scale = 0.5 : f32, y_zero_point = 0 : i8, maximum = 5 : i8}
     : tensor<1x4xi8>
  return %0, %1 : tensor<1x4xi8>, tensor<1x4xi8>
}
