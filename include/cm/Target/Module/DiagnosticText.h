//===- DiagnosticText.h - diagnostics as the text of one error --*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_TARGET_MODULE_DIAGNOSTICTEXT_H
#define CM_TARGET_MODULE_DIAGNOSTICTEXT_H

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/FormatVariadic.h"
#include <string>

namespace cm {

/// Collects the errors that are emitted while it lives, for functions that
/// report through llvm::Error, each after `file:line:column: ` where that is
/// known. Notes follow their error on lines of their own; operations are not
/// printed.
class DiagnosticText {
public:
  explicit DiagnosticText(mlir::MLIRContext *context)
      : context(context), printsOps(context->shouldPrintOpOnDiagnostic()),
        handler(context, [this](mlir::Diagnostic &diagnostic) {
          add(diagnostic);
          return mlir::success();
        }) {
    context->printOpOnDiagnostic(false);
  }
  ~DiagnosticText() { context->printOpOnDiagnostic(printsOps); }
  DiagnosticText(const DiagnosticText &) = delete;
  DiagnosticText &operator=(const DiagnosticText &) = delete;

  /// The text so far.
  std::string take() { return std::move(text); }

private:
  void add(mlir::Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error)
      return;
    if (!text.empty())
      text += "\n";
    text += place(diagnostic) + diagnostic.str();
    for (mlir::Diagnostic &note : diagnostic.getNotes())
      text += "\n" + place(note) + "note: " + note.str();
  }

  static std::string place(mlir::Diagnostic &diagnostic) {
    auto loc = diagnostic.getLocation()->findInstanceOf<mlir::FileLineColLoc>();
    if (!loc || loc.getLine() == 0) // a whole file, or nothing
      return "";
    return llvm::formatv("{0}:{1}:{2}: ", loc.getFilename().getValue(),
                         loc.getLine(), loc.getColumn());
  }

  mlir::MLIRContext *context;
  bool printsOps;
  std::string text;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace cm

#endif // CM_TARGET_MODULE_DIAGNOSTICTEXT_H
