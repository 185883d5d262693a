// RUN: cm-opt %s --verify-roundtrip | FileCheck %s

// A head: scores of a query with all keys, then a mean of values.
cmflow.graph @net {
  cmflow.object @q : 1x3x2 i8
  cmflow.object @k : 1x3x2 i8
  cmflow.object @s : 1x3x3 i8
  cmflow.object @y : 1x1x3 i8
  cmflow.input @iq writes @q binding <"q" "int8" [1, 3, 2] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.input @ik writes @k binding <"k" "int8" [1, 3, 2] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.stage @scores domain [1, 3] {
    %0 = cmflow.read @q <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 2] elements [0, 2] fill 0> : vector<2xi8>
    %1 = cmflow.read @k <kernel [1, 3] strides [0, 0] offsets [0, 0] dilations [1, 1] channels [0, 2] elements [0, 6] fill 0> : vector<6xi8>
    // CHECK: cmflow.multiply_matrix %{{.*}}, %{{.*}} [1, -2] transposed : vector<2xi8>, vector<6xi8> -> vector<3xi32>
    %2 = cmflow.multiply_matrix %0, %1 [1, -2] transposed : vector<2xi8>, vector<6xi8> -> vector<3xi32>
    %3 = cmflow.requantize %2 zero_point 0 {scales = array<f32: 0.5>} : vector<3xi32> -> vector<3xi8>
    // CHECK: cmflow.layer_norm %{{.*}} {biases = array<f32>, epsilon = {{.*}} : f32, maximum = 100 : i32, scales = array<f32: 1.000000e+00, 2.000000e+00, 3.000000e+00>, x_scale = 1.000000e+00 : f32, x_zero_point = 0 : i32, y_scale = 5.000000e-01 : f32, y_zero_point = 3 : i32} : vector<3xi8>
    %4 = cmflow.layer_norm %3 {x_scale = 1.0 : f32, x_zero_point = 0 : i32, epsilon = 1.0e-5 : f32, scales = array<f32: 1.0, 2.0, 3.0>, biases = array<f32>, y_scale = 0.5 : f32, y_zero_point = 3 : i32, maximum = 100 : i32} : vector<3xi8>
    // CHECK: cmflow.constants [1, 3] [1, 2, 3, 4, 5, 6, 7, 8, 9] : vector<3xi8>
    %5 = cmflow.constants [1, 3] [1, 2, 3, 4, 5, 6, 7, 8, 9] : vector<3xi8>
    %6 = cmflow.add_quantized %4, %5 {a_scale = 0.5 : f32, a_zero_point = 0 : i32, b_scale = 0.5 : f32, b_zero_point = 0 : i32, y_scale = 0.5 : f32, y_zero_point = 0 : i32} : vector<3xi8>
    cmflow.write %6, @s <strides [1, 1] offsets [0, 0] channels [0, 3]> : vector<3xi8>
  }
  cmflow.stage @mean domain [1, 1] {
    // CHECK: cmflow.reduce_mean @s <kernel[1, 3] {{.*}}> {x_scale = 5.000000e-01 : f32, x_zero_point = 0 : i32, y_scale = 5.000000e-01 : f32, y_zero_point = 1 : i32} : vector<3xi8>
    %0 = cmflow.reduce_mean @s <kernel [1, 3] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 3] elements [0, 9] fill 0> {x_scale = 0.5 : f32, x_zero_point = 0 : i32, y_scale = 0.5 : f32, y_zero_point = 1 : i32} : vector<3xi8>
    cmflow.write %0, @y <strides [1, 1] offsets [0, 0] channels [0, 3]> : vector<3xi8>
  }
  cmflow.output @out reads @y binding <"y" "int8" [1, 1, 3] permutation [0, 1] scale 1.0 : f32 zero_point 0>
  cmflow.stream @iq to @scores over @q
  cmflow.stream @ik to @scores over @k
  cmflow.stream @scores to @mean over @s
  cmflow.stream @mean to @out over @y
}
