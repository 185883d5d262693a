// A row of @x takes 32 KiB. Each copy of @a holds as many rows as there are
// copies, and more; the crossbars of @y leave room for many.
cmnn.weight @wa = dense<1> : tensor<2x1x128x16xi8>
cmnn.weight @wy = dense<1> : tensor<16x1024xi8>
func.func @main(%x: tensor<1x33x256x128xi8> {cm.tensor = "x"}) -> (tensor<1x1024xi8> {cm.tensor = "y"}) {
  %a = cmnn.conv2d %x, @wa {strides = array<i64: 1, 2>, w_scales = array<f32: 0.25>, cm.tensor = "a"} : tensor<1x33x256x128xi8> -> tensor<1x32x128x16xi8>
  %g = cmnn.global_average_pool %a {cm.tensor = "g"} : tensor<1x32x128x16xi8> -> tensor<1x1x1x16xi8>
  %flat = cmnn.reshape %g {cm.tensor = "flat"} : tensor<1x1x1x16xi8> -> tensor<1x16xi8>
  %y = cmnn.matmul %flat, @wy {w_scales = array<f32: 0.25>, cm.tensor = "y"} : tensor<1x16xi8> -> tensor<1x1024xi8>
  return %y : tensor<1x1024xi8>
}
