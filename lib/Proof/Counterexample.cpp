//===- Counterexample.cpp - why a program is not right --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Proof/Counterexample.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm::proof;

llvm::StringRef cm::proof::hazardName(Hazard hazard) {
  switch (hazard) {
  case Hazard::ReadBeforeWrite:
    return "read before write";
  case Hazard::Overwrite:
    return "overwrite";
  case Hazard::Deadlock:
    return "deadlock";
  case Hazard::MissingIteration:
    return "missing iteration";
  case Hazard::ExtraIteration:
    return "extra iteration";
  case Hazard::WrongLocation:
    return "wrong location";
  case Hazard::Unproved:
    return "unproved";
  }
  llvm_unreachable("all hazards have a name");
}

std::string Counterexample::str() const {
  std::string text = hazardName(hazard).str();
  if (!stage.empty())
    text += llvm::formatv(": stage '{0}'", stage);
  if (iteration)
    text += llvm::formatv(", iteration ({0}, {1})", (*iteration)[0],
                          (*iteration)[1]);
  if (image)
    text += llvm::formatv(iteration ? " of image {0}" : ", image {0}", *image);
  if (!object.empty())
    text += llvm::formatv(", object '{0}'", object);
  if (location)
    text += llvm::formatv(", location ({0}, {1}, {2})", location->y,
                          location->x, location->channel);
  return text + ": " + reason;
}
