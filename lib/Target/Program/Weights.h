//===- Weights.h - the bytes of a group of crossbars ------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_TARGET_PROGRAM_WEIGHTS_H
#define CM_LIB_TARGET_PROGRAM_WEIGHTS_H

#include "cm/Dialect/CMCore/CMCoreOps.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include <string>

namespace cm {

/// The matrix that a unit holds, row-major int8: see `cmflow.mvm`. Emits an
/// error at the unit where its ranges lie outside the weight.
mlir::FailureOr<std::string> cutWeights(cmcore::UnitOp unit,
                                        cmnn::WeightOp weight);

} // namespace cm

#endif // CM_LIB_TARGET_PROGRAM_WEIGHTS_H
