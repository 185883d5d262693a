module {
  func.func @main(%arg0: tensor<20x12xi8>, %arg1: tensor<1x4x5x6xi8>) -> (tensor<20x10xi32>, tensor<1x200xi8>, tensor<1x5x7x9xi8>, tensor<1x4x6xi32>, tensor<1x4x5x6xi8>) {
    %0 = "tosa.const"() <{values = dense<0> : tensor<1xi8>}> : () -> tensor<1xi8>
    %1 = tosa.const_shape  {values = dense<[1, 20, 12]> : tensor<3xindex>} : () -> !tosa.shape<3>
    %2 = tosa.const_shape  {values = dense<[20, 10]> : tensor<2xindex>} : () -> !tosa.shape<2>
    %3 = tosa.const_shape  {values = dense<[1, 200]> : tensor<2xindex>} : () -> !tosa.shape<2>
    %4 = tosa.const_shape  {values = dense<[1, 5, 6, 2]> : tensor<4xindex>} : () -> !tosa.shape<4>
    %5 = tosa.const_shape  {values = dense<[0, 0, 0, 1]> : tensor<4xindex>} : () -> !tosa.shape<4>
    %6 = tosa.const_shape  {values = dense<[0, 0, 0, 0, 0, 1, 1, 2]> : tensor<8xindex>} : () -> !tosa.shape<8>
    %7 = tosa.const_shape  {values = dense<[1, 4, 6]> : tensor<3xindex>} : () -> !tosa.shape<3>
    %8 = "tosa.const"() <{values = dense_resource<torch_tensor_12_10_torch.int8> : tensor<1x12x10xi8>}> : () -> tensor<1x12x10xi8>
    %9 = "tosa.const"() <{values = dense_resource<torch_tensor_10_torch.int32> : tensor<1x10xi32>}> : () -> tensor<1x10xi32>
    %10 = "tosa.const"() <{values = dense<0> : tensor<1x1xi32>}> : () -> tensor<1x1xi32>
    %11 = "tosa.const"() <{values = dense<20000> : tensor<1x1xi32>}> : () -> tensor<1x1xi32>
    %12 = "tosa.const"() <{values = dense_resource<torch_tensor_10_torch.int32_1> : tensor<1x10xi32>}> : () -> tensor<1x10xi32>
    %13 = "tosa.const"() <{values = dense<-128> : tensor<1x1xi32>}> : () -> tensor<1x1xi32>
    %14 = "tosa.const"() <{values = dense<127> : tensor<1x1xi32>}> : () -> tensor<1x1xi32>
    %15 = "tosa.const"() <{values = dense<-7> : tensor<1xi8>}> : () -> tensor<1xi8>
    %16 = tosa.reshape %arg0, %1 : (tensor<20x12xi8>, !tosa.shape<3>) -> tensor<1x20x12xi8>
    %17 = tosa.matmul %16, %8, %0, %0 : (tensor<1x20x12xi8>, tensor<1x12x10xi8>, tensor<1xi8>, tensor<1xi8>) -> tensor<1x20x10xi32>
    %18 = tosa.reshape %17, %2 : (tensor<1x20x10xi32>, !tosa.shape<2>) -> tensor<20x10xi32>
    %19 = tosa.add %18, %9 : (tensor<20x10xi32>, tensor<1x10xi32>) -> tensor<20x10xi32>
    %20 = tosa.maximum %19, %10 : (tensor<20x10xi32>, tensor<1x1xi32>) -> tensor<20x10xi32>
    %21 = tosa.minimum %20, %11 : (tensor<20x10xi32>, tensor<1x1xi32>) -> tensor<20x10xi32>
    %22 = tosa.mul %21, %12, %0 : (tensor<20x10xi32>, tensor<1x10xi32>, tensor<1xi8>) -> tensor<20x10xi32>
    %23 = tosa.maximum %19, %13 : (tensor<20x10xi32>, tensor<1x1xi32>) -> tensor<20x10xi32>
    %24 = tosa.minimum %23, %14 : (tensor<20x10xi32>, tensor<1x1xi32>) -> tensor<20x10xi32>
    %25 = tosa.cast %24 : (tensor<20x10xi32>) -> tensor<20x10xi8>
    %26 = tosa.reshape %25, %3 : (tensor<20x10xi8>, !tosa.shape<2>) -> tensor<1x200xi8>
    %27 = tosa.transpose %arg1 {perms = array<i32: 0, 2, 3, 1>} : (tensor<1x4x5x6xi8>) -> tensor<1x5x6x4xi8>
    %28 = tosa.slice %27, %5, %4 : (tensor<1x5x6x4xi8>, !tosa.shape<4>, !tosa.shape<4>) -> tensor<1x5x6x2xi8>
    %29 = tosa.concat %27, %28 {axis = 3 : i32} : (tensor<1x5x6x4xi8>, tensor<1x5x6x2xi8>) -> tensor<1x5x6x6xi8>
    %30 = tosa.pad %29, %6, %15 : (tensor<1x5x6x6xi8>, !tosa.shape<8>, tensor<1xi8>) -> tensor<1x5x7x9xi8>
    %31 = tosa.cast %arg1 : (tensor<1x4x5x6xi8>) -> tensor<1x4x5x6xi32>
    %32 = tosa.reduce_sum %31 {axis = 2 : i32} : (tensor<1x4x5x6xi32>) -> tensor<1x4x1x6xi32>
    %33 = tosa.reshape %32, %7 : (tensor<1x4x1x6xi32>, !tosa.shape<3>) -> tensor<1x4x6xi32>
    %34 = tosa.clamp %arg1 {max_val = 90 : i8, min_val = -5 : i8} : (tensor<1x4x5x6xi8>) -> tensor<1x4x5x6xi8>
    return %22, %26, %30, %33, %34 : tensor<20x10xi32>, tensor<1x200xi8>, tensor<1x5x7x9xi8>, tensor<1x4x6xi32>, tensor<1x4x5x6xi8>
  }
}

{-#
  dialect_resources: {
    builtin: {
      torch_tensor_12_10_torch.int8: "0x01000000E34E6F3D66F610C98864673E1BF01E50874C0FF13567D09BAC4D4BC12F9E54D6FD127EF909EAA9693E0152E7104E85BA805004EE24E9339B9F82C4A6E9531392F17507E4ECED1E3E8B6BC3FC413703DBCE1B1DA159D50790DE8E5A9F89A6AF1005222D3B180DF66B689FA0CC2C050E2FDED2006707567B90",
      torch_tensor_10_torch.int32: "0x04000000C81B00004010000002FDFFFF44FEFFFFE6E2FFFF7DE1FFFFE6ECFFFF330100002D000000611B0000",
      torch_tensor_10_torch.int32_1: "0x04000000210000000C0000000D0000001C00000011000000150000001C000000180000001E00000020000000"
    }
  }
#-}

