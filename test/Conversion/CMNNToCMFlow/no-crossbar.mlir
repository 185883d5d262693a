// A machine without crossbars runs no product, and says which.
// RUN: cm-opt %s --verify-diagnostics --cm-convert-cmnn-to-cmflow

#digital = #cmhw.machine<name = "digital", clock_ghz = 1.0, core_types = [{name = "core", dpu = {lanes = 16}, sram = {bytes = 65536, access_bytes = 16}}], topology = {all_to_all = {cores = 2}}, link = {width_bytes = 8}, io_nodes = [{name = "host", bytes_per_cycle = 16, attached_to = [0, 1]}]>

module attributes {cmhw.machine = #digital} {
  cmnn.weight @w = dense<1> : tensor<4x2xi8>
  func.func @main(%x: tensor<1x4xi8>) -> tensor<1x2xi8> {
    // expected-error @below {{needs a crossbar, but machine 'digital' has none}}
    %y = cmnn.matmul %x, @w {x_scale = 0.5 : f32, x_zero_point = 0 : i8, w_scales = array<f32: 0.25>, y_scale = 1.0 : f32, y_zero_point = 0 : i8} : tensor<1x4xi8> -> tensor<1x2xi8>
    return %y : tensor<1x2xi8>
  }
}
