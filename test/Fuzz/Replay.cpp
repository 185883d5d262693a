//===- Replay.cpp - runs a fuzzer's corpus without libFuzzer --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   NAME-replay SECONDS CORPUS...     CORPUS: files, or folders of such files
//
// Runs every file once and then, until the time is over, changed ones: up to
// eight changes each, by a seed that is printed. What fails is written to
// crash.SUFFIX in the current folder before it runs, and stays there.
// test/Fuzz/CMakeLists.txt has the suffix and the words of each fuzzer.
//
//===----------------------------------------------------------------------===//

#include "cm/Support/File.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t maxSize, unsigned seed);

static constexpr size_t maxSize = 1 << 20;
static constexpr const char *crashPath = "crash" CM_FUZZ_SUFFIX;

/// All files of the suffix below `path`, or `path` itself, in a fixed order.
static std::vector<std::string> filesBelow(llvm::StringRef path) {
  if (!llvm::sys::fs::is_directory(path))
    return {path.str()};
  std::vector<std::string> files;
  std::error_code error;
  for (llvm::sys::fs::recursive_directory_iterator it(path, error), end;
       it != end && !error; it.increment(error))
    if (llvm::StringRef(it->path()).ends_with(CM_FUZZ_SUFFIX))
      files.push_back(it->path());
  std::sort(files.begin(), files.end());
  return files;
}

/// Files small enough to be changed thousands of times.
static std::vector<std::string> readCorpus(int argc, char **argv) {
  std::vector<std::string> corpus;
  for (int i = 2; i < argc; ++i)
    for (const std::string &path : filesBelow(argv[i])) {
      auto file = cm::readFile(path);
      if (!file) {
        llvm::errs() << llvm::toString(file.takeError()) << "\n";
        exit(1);
      }
      if ((*file)->getBufferSize() <= maxSize)
        corpus.push_back((*file)->getBuffer().str());
    }
  return corpus;
}

/// `file` with some changes.
static std::string change(std::string file, std::mt19937 &random) {
  for (unsigned n = 1 + random() % 8; n > 0; --n) {
    size_t size = file.size();
    file.resize(maxSize);
    size = LLVMFuzzerCustomMutator(reinterpret_cast<uint8_t *>(file.data()),
                                   size, maxSize, random());
    file.resize(size);
  }
  return file;
}

static void runOne(const std::string &file) {
  if (llvm::Error error = cm::writeFile(crashPath, file)) {
    llvm::errs() << llvm::toString(std::move(error)) << "\n";
    exit(1);
  }
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t *>(file.data()),
                         file.size());
}

int main(int argc, char **argv) {
  unsigned seconds = 0;
  if (argc < 3 || llvm::StringRef(argv[1]).getAsInteger(10, seconds)) {
    llvm::errs() << "usage: " CM_FUZZ_NAME "-replay SECONDS CORPUS...\n";
    return 2;
  }
  std::vector<std::string> corpus = readCorpus(argc, argv);
  if (corpus.empty()) {
    llvm::errs() << CM_FUZZ_NAME
        "-replay: error: the corpus holds no " CM_FUZZ_WHAT "\n";
    return 1;
  }
  for (const std::string &file : corpus)
    runOne(file);
  unsigned seed = std::random_device()();
  llvm::outs() << corpus.size() << " " CM_FUZZ_WHAT "s; seed " << seed << "\n";
  llvm::outs().flush();
  std::mt19937 random(seed);
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  unsigned changed = 0;
  for (; std::chrono::steady_clock::now() < end; ++changed)
    runOne(change(corpus[random() % corpus.size()], random));
  llvm::sys::fs::remove(crashPath);
  llvm::outs() << changed
               << " changed " CM_FUZZ_WHAT "s, each " CM_FUZZ_OUTCOME "\n";
  return 0;
}
