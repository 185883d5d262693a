cmnn.weight @w = dense<"0x07F9130CE6302A55D108F1C01F2E3D4C5B6A798897A6B5C4D3E2F1001122334455667788"> : tensor<12x3xi8>

func.func @main(%x: tensor<1x2x3x2xi8> {cm.tensor = "x"})
    -> (tensor<1x3xi8> {cm.tensor = "y"}, tensor<1x1x1x2xi8> {cm.tensor = "p"}) {
  %t = cmnn.transpose %x {permutation = array<i64: 0, 3, 1, 2>}
     : tensor<1x2x3x2xi8> -> tensor<1x2x2x3xi8>
  %r = cmnn.reshape %t : tensor<1x2x2x3xi8> -> tensor<1x12xi8>
  %m = cmnn.matmul %r, @w {x_scale = 0.013 : f32, x_zero_point = 5 : i8,
      w_scales = array<f32: 0.1, 0.2, 0.15>, y_scale = 0.3 : f32,
      y_zero_point = -4 : i8} : tensor<1x12xi8> -> tensor<1x3xi8>
  %y = cmnn.requantize %m {x_scale = 0.3 : f32, x_zero_point = -4 : i8,
      y_scale = 0.3 : f32, y_zero_point = -4 : i8, minimum = -4 : i8}
     : tensor<1x3xi8>
  %p = cmnn.average_pool %x {kernel = array<i64: 2, 3>, x_scale = 0.5 : f32,
      x_zero_point = 0 : i8, y_scale = 0.5 : f32, y_zero_point = 1 : i8}
     : tensor<1x2x3x2xi8> -> tensor<1x1x1x2xi8>
  return %y, %p : tensor<1x3xi8>, tensor<1x1x1x2xi8>
}
