// Names of the model's tensors on vectors, with their type there.

// RUN: cm-opt --split-input-file --verify-diagnostics --verify-roundtrip %s | FileCheck %s

// CHECK: cm.tensor = [#cmflow.tensor<"a"[1, 4] permutation[0]>, #cmflow.tensor<"b" as "uint8"[1, 2, 2] permutation[1, 0]>]
module attributes {cm.tensor = [
  #cmflow.tensor<"a" as "int8" [1, 4] permutation [0]>,
  #cmflow.tensor<"b" as "uint8" [1, 2, 2] permutation [1, 0]>]} {}

// -----

// expected-error@+1 {{(C1) expected host type int8 or uint8, found 'float32'}}
module attributes {cm.tensor = #cmflow.tensor<"a" as "float32" [1, 4] permutation [0]>} {}
