// A machine whose partial sums have fewer bytes than int32 is refused, not taken for another.
// RUN: cm-opt %s --verify-diagnostics --pass-pipeline='builtin.module(cm-set-machine{machine=tiny8 set=partial_sum_bytes=1},cm-convert-cmnn-to-cmflow)'

// expected-error @below {{machine 'tiny8' has partial sums of 1 bytes, which are not compiled yet: expected partial_sum_bytes 4}}
func.func @main(%x: tensor<1x4xi8>) -> tensor<1x4xi8> {
  return %x : tensor<1x4xi8>
}
