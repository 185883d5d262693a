//===- Counterexample.h - why a program is not right ------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a proof that fails shows: who does what wrong, when and where.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PROOF_COUNTEREXAMPLE_H
#define CM_PROOF_COUNTEREXAMPLE_H

#include "llvm/ADT/StringRef.h"
#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace cm::proof {

enum class Hazard {
  ReadBeforeWrite,
  Overwrite,
  Deadlock,
  MissingIteration,
  ExtraIteration, // twice, out of order or outside the domain
  WrongLocation,
  Unproved, // neither shown to be right nor to be wrong
};

/// "read before write", "deadlock" and so on.
llvm::StringRef hazardName(Hazard hazard);

/// A pixel of an object and a channel of it.
struct Location {
  int64_t y = 0, x = 0, channel = 0;
};

struct Counterexample {
  Hazard hazard = Hazard::Unproved;
  std::string stage; // the culprit
  std::string other; // the stage that it does not wait for; may be empty
  std::optional<int64_t> image;
  std::optional<std::array<int64_t, 2>> iteration;
  std::string object; // may be empty
  std::optional<Location> location;
  std::string reason;

  /// One line without full stop, such as "overwrite: stage 'a', iteration (0,
  /// 4) of image 1, object 't22', location (2, 3, 0): ...".
  std::string str() const;
};

} // namespace cm::proof

#endif // CM_PROOF_COUNTEREXAMPLE_H
