// A machine that requantises in fixed point is refused, not taken for another.
// RUN: cm-opt %s --verify-diagnostics --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=requantization=REQUANTIZATION_FIXED},cm-convert-cmnn-to-cmflow)'

// expected-error @below {{machine 'tiny8' requantises in fixed point, which is not compiled yet: expected requantization fp32}}
func.func @main(%x: tensor<1x4xi8>) -> tensor<1x4xi8> {
  return %x : tensor<1x4xi8>
}
