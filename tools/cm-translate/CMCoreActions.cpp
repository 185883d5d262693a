//===- CMCoreActions.cpp - between cmcore and program files ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Translation.h"
#include "cm/Pipelines/Compile.h"
#include "cm/Program/ProgramFile.h"
#include "cm/Target/Module/ModuleFile.h"
#include "cm/Target/Program/Export.h"
#include "cm/Target/Program/Import.h"
#include "mlir/IR/MLIRContext.h"

using namespace cm;

llvm::Error cm::programToCMCoreAction(const TranslationRequest &request) {
  llvm::Expected<program::Program> program = readProgram(request.input);
  if (!program)
    return program.takeError();
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = importProgram(*program, &context);
  if (!module)
    return module.takeError();
  return writeModule(**module, request.output, request.text);
}

llvm::Error cm::cmcoreToProgramAction(const TranslationRequest &request) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  auto module = loadModel(request.input, &context);
  if (!module)
    return module.takeError();
  llvm::Expected<program::Program> program = exportProgram(**module);
  if (!program)
    return program.takeError();
  return writeProgram(request.output, *program);
}
