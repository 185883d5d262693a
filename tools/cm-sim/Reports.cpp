//===- Reports.cpp - the files that a run leaves --------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "cm/Sim/NonIdealReport.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace cm;
using llvm::Error;

Error cm::makeFolder(const std::string &path) {
  if (std::error_code code = llvm::sys::fs::create_directories(path))
    return makeError("'{0}': cannot make folder: {1}", path, code.message());
  return llvm::sys::fs::is_directory(path)
             ? Error::success()
             : makeError("'{0}': expected a folder, found a file", path);
}

/// One file for each table.
static Error writeTables(llvm::StringRef folder, const Statistics &statistics) {
  for (const CsvTable &table : csvTables(statistics)) {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, table.name + ".csv");
    if (Error error = writeFile(path, table.text))
      return error;
  }
  return Error::success();
}

Error cm::writeReports(const SimCommand &command, const MachineModel &machine,
                       const SimResult &result) {
  auto write = [](const std::string &path, auto print) -> Error {
    if (path.empty())
      return Error::success();
    return writeFile(path, [&](llvm::raw_ostream &os) {
      print(os);
      return Error::success();
    });
  };
  if (Error error = write(command.json, [&](llvm::raw_ostream &os) {
        printJsonReport(result.statistics, command.options.chip, os);
      }))
    return error;
  if (!command.csv.empty())
    if (Error error = writeTables(command.csv, result.statistics))
      return error;
  if (Error error = write(command.html, [&](llvm::raw_ostream &os) {
        printHtmlReport(result, machine, os);
      }))
    return error;
  return write(command.trace, [&](llvm::raw_ostream &os) {
    printTrace(result.statistics, result.trace, os);
  });
}
