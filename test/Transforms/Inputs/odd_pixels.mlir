// Pixels of 13 bytes into a 3x3 convolution: of accesses of 8 bytes a message takes two or
// three, as it lies.
cmnn.weight @w = dense<1> : tensor<3x3x13x4xi8>
func.func @main(%x: tensor<1x8x8x13xi8> {cm.tensor = "x"}) -> (tensor<1x8x8x4xi8> {cm.tensor = "y"}) {
  %y = cmnn.conv2d %x, @w {pads = array<i64: 1, 1, 1, 1>, x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8, cm.tensor = "y"} : tensor<1x8x8x13xi8> -> tensor<1x8x8x4xi8>
  return %y : tensor<1x8x8x4xi8>
}
