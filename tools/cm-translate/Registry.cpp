//===- Registry.cpp - the actions of cm-translate -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Translation.h"

using namespace cm;

static constexpr Translation translations[] = {
    {"describe-machine", "print what a machine is made of (--machine, --set)",
     TakesMachine, describeMachineAction},
    {"draw-machine", "draw the cores and links of a machine as SVG",
     TakesMachine, drawMachineAction},
    {"import-onnx", "read an ONNX model (QOperator, QDQ or float) as cmnn",
     TakesInput | TakesText | TakesImport, importONNXAction},
    {"program-to-text",
     "print a program file as a textproto (on a terminal without weights, "
     "unless --text is given)",
     TakesInput | TakesText, programToTextAction},
    {"text-to-program", "read a textproto and write a program file",
     TakesInput, textToProgramAction},
    {"program-to-listing", "print a program file as a person reads it",
     TakesInput, programToListingAction},
    {"program-to-cmcore", "read a program file as cmcore",
     TakesInput | TakesText, programToCMCoreAction},
    {"cmcore-to-program", "write cmcore as a program file",
     TakesInput, cmcoreToProgramAction},
};

llvm::ArrayRef<Translation> cm::allTranslations() { return translations; }
