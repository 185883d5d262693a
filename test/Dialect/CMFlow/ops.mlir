// Every operation, printed as it was written, also after the generic form and
// bytecode.
// RUN: cm-opt %s | FileCheck %s
// RUN: cm-opt %s --mlir-print-op-generic | cm-opt | FileCheck %s
// RUN: cm-opt %s --emit-bytecode | cm-opt | FileCheck %s
// RUN: cm-opt %s --verify-roundtrip | FileCheck %s

// Large weights are left out where the reader asks for it.
// RUN: cm-opt %s --mlir-elide-elementsattrs-if-larger=8 | FileCheck %s --check-prefix=ELIDED
// ELIDED: cmnn.weight @w = dense_resource<__elided__> : tensor<3x3x2x4xi8>

// Constants stay in their stage: it is isolated.
// RUN: cm-opt %s --canonicalize --cse | FileCheck %s --check-prefix=CANON
// CANON: cmflow.stage @conv
// CANON: arith.constant dense<[1, -2, 3, -4]> : vector<4xi32>
// CANON: cmflow.write

cmnn.weight @w = dense<"0x0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142434445464748"> : tensor<3x3x2x4xi8>

// CHECK-LABEL: cmflow.graph @net attributes {exact = false, ii = 640 : i64, latency = 1301 : i64} {
cmflow.graph @net attributes {exact = false, ii = 640 : i64, latency = 1301 : i64} {
  // CHECK-NEXT: cmflow.object @x : 8x8x2 i8
  cmflow.object @x : 8x8x2 i8
  // CHECK-NEXT: cmflow.object @partial : 4x4x4 i32
  cmflow.object @partial : 4x4x4 i32
  cmflow.object @y : 4x4x4 i8
  cmflow.object @pooled : 4x4x4 i8
  cmflow.object @p : 1x1x4 i8

  // CHECK: cmflow.input @in writes @x binding <"image" "uint8"[1, 2, 8, 8] permutation[1, 2, 0] scale 5.000000e-01 : f32 zero_point -3> place 8 offset 0
  cmflow.input @in writes @x binding <"image" "uint8" [1, 2, 8, 8] permutation [1, 2, 0] scale 5.000000e-01 : f32 zero_point -3> place 8 offset 0

  // CHECK: cmflow.stage @rows domain [4, 4] place 3 offset 17 {
  cmflow.stage @rows domain [4, 4] place 3 offset 17 {
    // CHECK-NEXT: %[[IN:.*]] = cmflow.read @x <kernel[3, 3] strides[2, 2] offsets[-1, -1] dilations[1, 1] channels[0, 2] elements[0, 10] fill -3> : vector<10xi8>
    %0 = cmflow.read @x <kernel [3, 3] strides [2, 2] offsets [-1, -1] dilations [1, 1] channels [0, 2] elements [0, 10] fill -3> : vector<10xi8>
    // CHECK-NEXT: %[[MVM:.*]] = cmflow.mvm %[[IN]], @w groups 1 channels [0, 2] elements [0, 10] columns [0, 4] : vector<10xi8> -> vector<4xi32>
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 2] elements [0, 10] columns [0, 4] : vector<10xi8> -> vector<4xi32>
    // CHECK-NEXT: cmflow.write %[[MVM]], @partial <strides[1, 1] offsets[0, 0] channels[0, 4]> : vector<4xi32>
    cmflow.write %1, @partial <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi32>
  }

  // CHECK: cmflow.stage @conv domain [4, 4] place 4 offset 40 {
  cmflow.stage @conv domain [4, 4] place 4 offset 40 {
    %0 = cmflow.read @x <kernel [3, 3] strides [2, 2] offsets [-1, -1] dilations [1, 1] channels [0, 2] elements [10, 18] fill -3> : vector<8xi8>
    %1 = cmflow.mvm %0, @w groups 1 channels [0, 2] elements [10, 18] columns [0, 4] : vector<8xi8> -> vector<4xi32>
    %2 = cmflow.read @partial <kernel [1, 1] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 4] fill 0> : vector<4xi32>
    %3 = arith.addi %1, %2 : vector<4xi32>
    %bias = arith.constant dense<[1, -2, 3, -4]> : vector<4xi32>
    %4 = arith.addi %3, %bias : vector<4xi32>
    // Scales keep all their digits.
    // CHECK: cmflow.requantize %{{.*}} zero_point 3 {cm.tensor = [#cmflow.tensor<"y"[1, 4, 4, 4] permutation[1, 2, 0]>], minimum = 3 : i32, scales = array<f32: 1.234567{{[0-9]*}}E-5, 5.000000e-01, 1.000000e+00, 2.500000e-01>} : vector<4xi32> -> vector<4xi8>
    %5 = cmflow.requantize %4 zero_point 3 {cm.tensor = [#cmflow.tensor<"y" [1, 4, 4, 4] permutation [1, 2, 0]>], minimum = 3 : i32, scales = array<f32: 1.234567e-05, 5.000000e-01, 1.000000e+00, 2.500000e-01>} : vector<4xi32> -> vector<4xi8>
    cmflow.write %5, @y <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }

  // Two stages write interleaved rows of one object.
  // CHECK: cmflow.stage @even of "pool" domain [2, 4] place 5 {
  cmflow.stage @even of "pool" domain [2, 4] place 5 {
    // CHECK: %[[MAX:.*]] = cmflow.max_pool @y <kernel[2, 2] strides[2, 1] offsets[0, 0] dilations[1, 1] channels[0, 4] elements[0, 16] fill 0> : vector<4xi8>
    %0 = cmflow.max_pool @y <kernel [2, 2] strides [2, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 16] fill 0> : vector<4xi8>
    // CHECK-NEXT: %[[SUM:.*]] = cmflow.add_quantized %[[MAX]], %[[MAX]] {a_scale = 5.000000e-01 : f32, a_zero_point = 0 : i32, b_scale = 2.500000e-01 : f32, b_zero_point = 1 : i32, y_scale = 1.000000e+00 : f32, y_zero_point = -1 : i32} : vector<4xi8>
    %1 = cmflow.add_quantized %0, %0 {a_scale = 5.000000e-01 : f32, a_zero_point = 0 : i32, b_scale = 2.500000e-01 : f32, b_zero_point = 1 : i32, y_scale = 1.000000e+00 : f32, y_zero_point = -1 : i32} : vector<4xi8>
    // CHECK-NEXT: cmflow.write %[[SUM]], @pooled <strides[2, 1] offsets[0, 0] channels[0, 4]> : vector<4xi8>
    cmflow.write %1, @pooled <strides [2, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stage @odd domain [2, 4] place 5 {
    // CHECK: %[[MEAN:.*]] = cmflow.average_pool @y <kernel[2, 2] strides[2, 1] offsets[1, 0] dilations[1, 1] channels[0, 4] elements[0, 16] fill 2> {count_include_pad, x_scale = 5.000000e-01 : f32, x_zero_point = 2 : i32, y_scale = 1.000000e+00 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    %0 = cmflow.average_pool @y <kernel [2, 2] strides [2, 1] offsets [1, 0] dilations [1, 1] channels [0, 4] elements [0, 16] fill 2> {count_include_pad, x_scale = 5.000000e-01 : f32, x_zero_point = 2 : i32, y_scale = 1.000000e+00 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    // CHECK-NEXT: cmflow.lookup %[[MEAN]] [-128, -127, {{.*}}, 126, 127] : vector<4xi8>
    %1 = cmflow.lookup %0 [-128, -127, -126, -125, -124, -123, -122, -121, -120, -119, -118, -117, -116, -115, -114, -113, -112, -111, -110, -109, -108, -107, -106, -105, -104, -103, -102, -101, -100, -99, -98, -97, -96, -95, -94, -93, -92, -91, -90, -89, -88, -87, -86, -85, -84, -83, -82, -81, -80, -79, -78, -77, -76, -75, -74, -73, -72, -71, -70, -69, -68, -67, -66, -65, -64, -63, -62, -61, -60, -59, -58, -57, -56, -55, -54, -53, -52, -51, -50, -49, -48, -47, -46, -45, -44, -43, -42, -41, -40, -39, -38, -37, -36, -35, -34, -33, -32, -31, -30, -29, -28, -27, -26, -25, -24, -23, -22, -21, -20, -19, -18, -17, -16, -15, -14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127] : vector<4xi8>
    cmflow.write %1, @pooled <strides [2, 1] offsets [1, 0] channels [0, 4]> : vector<4xi8>
  }
  cmflow.stage @classify domain [1, 1] place 6 {
    // CHECK: %[[GLOBAL:.*]] = cmflow.global_average_pool @pooled <kernel[4, 4] strides[1, 1] offsets[0, 0] dilations[1, 1] channels[0, 4] elements[0, 64] fill 0> {minimum = 0 : i32, x_scale = 1.000000e+00 : f32, x_zero_point = 0 : i32, y_scale = 1.000000e+00 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    %0 = cmflow.global_average_pool @pooled <kernel [4, 4] strides [1, 1] offsets [0, 0] dilations [1, 1] channels [0, 4] elements [0, 64] fill 0> {minimum = 0 : i32, x_scale = 1.000000e+00 : f32, x_zero_point = 0 : i32, y_scale = 1.000000e+00 : f32, y_zero_point = 0 : i32} : vector<4xi8>
    // CHECK-NEXT: cmflow.softmax %[[GLOBAL]] {x_scale = 1.250000e-01 : f32, y_scale = 3.906250e-03 : f32, y_zero_point = -128 : i32} : vector<4xi8>
    %1 = cmflow.softmax %0 {x_scale = 1.250000e-01 : f32, y_scale = 3.906250e-03 : f32, y_zero_point = -128 : i32} : vector<4xi8>
    // CHECK: %[[GATED:.*]] = cmflow.mul_quantized %{{.*}}, %[[GLOBAL]] {a_scale = 5.000000e-01 : f32, a_zero_point = 0 : i32, b_scale = 2.500000e-01 : f32, b_zero_point = 1 : i32, unsigned_rounding, y_scale = 1.000000e+00 : f32, y_zero_point = -1 : i32} : vector<4xi8>
    %2 = cmflow.mul_quantized %1, %0 {a_scale = 5.000000e-01 : f32, a_zero_point = 0 : i32, b_scale = 2.500000e-01 : f32, b_zero_point = 1 : i32, unsigned_rounding, y_scale = 1.000000e+00 : f32, y_zero_point = -1 : i32} : vector<4xi8>
    // CHECK-NEXT: %[[MIXED:.*]] = cmflow.shuffle %[[GATED]] [2, -1, 1, 0, 3] fill -3 : vector<4xi8> -> vector<5xi8>
    %3 = cmflow.shuffle %2 [2, -1, 1, 0, 3] fill -3 : vector<4xi8> -> vector<5xi8>
    // CHECK-NEXT: cmflow.shuffle %[[MIXED]] [0, 2, 3, 4] : vector<5xi8> -> vector<4xi8>
    %4 = cmflow.shuffle %3 [0, 2, 3, 4] : vector<5xi8> -> vector<4xi8>
    cmflow.write %4, @p <strides [1, 1] offsets [0, 0] channels [0, 4]> : vector<4xi8>
  }
  // CHECK: cmflow.output @out reads @p binding <"p" "float32"[1, 4] permutation[0] scale 3.906250e-03 : f32 zero_point -128> place 8
  cmflow.output @out reads @p binding <"p" "float32" [1, 4] permutation [0] scale 3.906250e-03 : f32 zero_point -128> place 8

  // CHECK-NEXT: cmflow.stream @in to @rows over @x route [3, 8] capacity <5 row>
  cmflow.stream @in to @rows over @x route [3, 8] capacity <5 row>
  // CHECK-NEXT: cmflow.stream @in to @conv over @x route [3, 8] capacity <35 pixel>
  cmflow.stream @in to @conv over @x route [3, 8] capacity <35 pixel>
  // CHECK-NEXT: cmflow.stream @rows to @conv over @partial route []
  cmflow.stream @rows to @conv over @partial route []
  // CHECK-NEXT: cmflow.stream @conv to @even over @y{{$}}
  cmflow.stream @conv to @even over @y
  cmflow.stream @conv to @odd over @y
  cmflow.stream @even to @classify over @pooled
  cmflow.stream @odd to @classify over @pooled
  cmflow.stream @classify to @out over @p
}
