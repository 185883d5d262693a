// A residual block with a strided projection, and a classifier.
cmnn.weight @w1 = dense<1> : tensor<3x3x4x8xi8>
cmnn.weight @w2 = dense<1> : tensor<3x3x8x8xi8>
cmnn.weight @wp = dense<1> : tensor<1x1x4x8xi8>
cmnn.weight @wf = dense<1> : tensor<8x10xi8>
func.func @main(%x: tensor<1x8x8x4xi8> {cm.tensor = "x"}) -> (tensor<1x10xi8> {cm.tensor = "p"}) {
  %a = cmnn.conv2d %x, @w1 {pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>, x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "a"} : tensor<1x8x8x4xi8> -> tensor<1x4x4x8xi8>
  %b = cmnn.conv2d %a, @w2 {pads = array<i64: 1, 1, 1, 1>, x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "b"} : tensor<1x4x4x8xi8> -> tensor<1x4x4x8xi8>
  %c = cmnn.conv2d %x, @wp {strides = array<i64: 2, 2>, x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "c"} : tensor<1x8x8x4xi8> -> tensor<1x4x4x8xi8>
  %s = cmnn.add %b, %c {a_scale = 0.5 : f32, a_zero_point = 0 : i8, b_scale = 0.25 : f32, b_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "s"} : tensor<1x4x4x8xi8>
  %g = cmnn.global_average_pool %s {x_scale = 0.5 : f32, x_zero_point = 0 : i8, y_scale = 1.0 : f32, y_zero_point = 4 : i8, cm.tensor = "g"} : tensor<1x4x4x8xi8> -> tensor<1x1x1x8xi8>
  %flat = cmnn.reshape %g {cm.tensor = "flat"} : tensor<1x1x1x8xi8> -> tensor<1x8xi8>
  %y = cmnn.matmul %flat, @wf {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 0.125 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x8xi8> -> tensor<1x10xi8>
  %p = cmnn.softmax %y {x_scale = 0.125 : f32, x_zero_point = 0 : i8, y_scale = 0.00390625 : f32, y_zero_point = -128 : i8, cm.tensor = "p"} : tensor<1x10xi8>
  return %p : tensor<1x10xi8>
}
