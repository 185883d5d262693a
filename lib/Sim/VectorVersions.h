//===- VectorVersions.h - loops for several processors ----------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_VECTORVERSIONS_H
#define CM_LIB_SIM_VECTORVERSIONS_H

// Of loops over elements a version for wide vectors is chosen when the program
// starts. Sanitizers cannot run code that early.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define CM_VECTOR_VERSIONS                                                     \
  __attribute__((target_clones("arch=skylake-avx512", "avx2", "default")))
#else
#define CM_VECTOR_VERSIONS
#endif

#endif // CM_LIB_SIM_VECTORVERSIONS_H
