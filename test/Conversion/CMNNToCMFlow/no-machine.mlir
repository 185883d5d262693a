// RUN: cm-opt %s --verify-diagnostics --cm-convert-cmnn-to-cmflow

// expected-error @below {{expected attribute `cmhw.machine` on the module: name a machine, as with --machine}}
module {
  func.func @main(%x: tensor<1x4xi8>) -> tensor<1x4xi8> {
    return %x : tensor<1x4xi8>
  }
}
