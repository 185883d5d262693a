//===- NonIdealReport.h - reports say that a run is not ideal ---*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// JSON that names the crossbars that were simulated: all parameters, and the
// seed.
//
//===----------------------------------------------------------------------===//

#ifndef CM_SIM_NONIDEALREPORT_H
#define CM_SIM_NONIDEALREPORT_H

#include "cm/Sim/NonIdeal.h"
#include "llvm/Support/JSON.h"

namespace cm {

/// The attribute `non_ideal`: every parameter that has a value, numbers as they
/// are.
void printParameters(const nonideal::NonIdeal &parameters,
                     llvm::json::OStream &json);

/// The report of a run on `chip`, which ends with `non_ideal` and `seed`; null:
/// of the ideal mode, as it is without.
void printJsonReport(const Statistics &statistics, const NonIdealChip *chip,
                     llvm::raw_ostream &os);

} // namespace cm

#endif // CM_SIM_NONIDEALREPORT_H
