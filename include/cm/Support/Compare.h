//===- Compare.h - are two arrays equal, and where not ---------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_SUPPORT_COMPARE_H
#define CM_SUPPORT_COMPARE_H

#include "cm/Support/Npy.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <map>
#include <string>

namespace cm {

/// How a found array compares with an expected one.
struct Comparison {
  int64_t elements = 0;
  int64_t equal = 0;
  int64_t bytes = 0; // of all elements
  /// Where the first difference is and what stands there; empty if none.
  std::string firstDifference;

  bool allEqual() const { return equal == elements; }
  /// "12000 bytes equal", or "11998 of 12000 elements equal, first difference
  /// at [3, 1]: found -3, expected -2".
  std::string describe() const;
};

/// Compares bit by bit. Types must agree, and shapes up to extents of 1;
/// `expected` may hold more images (its first extent) than `found`, which are
/// left out. Errors call the arrays `name`.
llvm::Expected<Comparison> compareArrays(llvm::StringRef name,
                                         const NpyArray &found,
                                         const NpyArray &expected);

/// Compares with the recording in the file `path`, prints the result to `os`
/// as "NAME: ..." and returns whether all are equal.
llvm::Expected<bool> compareWithFile(llvm::StringRef name,
                                     const NpyArray &found,
                                     llvm::StringRef path,
                                     llvm::raw_ostream &os);

/// Compares every NAME.npy in `folder` with the tensor of that name and prints
/// the differing ones and a last line "12 tensors, 3456 bytes equal". A name
/// that is not among `found` is an error, as is a folder without files.
llvm::Expected<bool>
compareWithFolder(const std::map<std::string, NpyArray> &found,
                  llvm::StringRef folder, llvm::raw_ostream &os);

/// Writes every tensor as `folder`/NAME.npy; makes the folder. A character of
/// a name that is neither a letter, a digit nor one of "._-" becomes '_'; two
/// tensors of one file name are an error, here as in `compareWithFolder`.
llvm::Error writeFolder(const std::map<std::string, NpyArray> &tensors,
                        llvm::StringRef folder);

} // namespace cm

#endif // CM_SUPPORT_COMPARE_H
