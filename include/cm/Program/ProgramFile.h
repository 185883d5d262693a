//===- ProgramFile.h - read and write program files -------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The two forms of a program: bytes on the wire (`.cmb`), which are the same
// for the same program, and a textproto that reads back equal. Whatever is
// wrong with a file is one error that names the file and the field.
//
//===----------------------------------------------------------------------===//

#ifndef CM_PROGRAM_PROGRAMFILE_H
#define CM_PROGRAM_PROGRAMFILE_H

#include "cm/Program/Program.pb.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace cm {

/// The version of the schema that this library reads and writes. A file of
/// another major version, or of a later minor one, is refused.
inline constexpr uint32_t programMajor = 1;
inline constexpr uint32_t programMinor = 2;

/// Parses the bytes of a `.cmb` file. `name` is what errors call it. Refuses
/// another version, unknown fields, and a checksum that is missing or differs; the
/// contents are checked by `validateProgram` (Validate.h).
llvm::Expected<program::Program> parseProgram(llvm::StringRef bytes,
                                              llvm::StringRef name);
/// Parses a textproto. Errors carry line and column.
llvm::Expected<program::Program> parseProgramText(llvm::StringRef text,
                                                  llvm::StringRef name);

/// The bytes of a `.cmb` file, checksum filled in. The version fields are set
/// to this library's. Equal programs give equal bytes. Fails beyond 2 GiB.
llvm::Expected<std::string> formatProgram(program::Program program);

struct ProgramTextOptions {
  /// Bytes fields (weights, look-up tables) longer than this are replaced by a
  /// comment. 0 prints all: only then can the text be read back.
  unsigned elideBytesAbove = 0;
};

/// The textproto of a program; without elision `parseProgramText` reads it back
/// equal. The checksum, which belongs to the bytes, is left out.
std::string printProgramText(const program::Program &program,
                             const ProgramTextOptions &options = {});

/// Reads a file in either form: text where it starts like text.
llvm::Expected<program::Program> readProgram(llvm::StringRef path);
/// Writes the bytes of `formatProgram`.
llvm::Error writeProgram(llvm::StringRef path, const program::Program &program);

} // namespace cm

#endif // CM_PROGRAM_PROGRAMFILE_H
