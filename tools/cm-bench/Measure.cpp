//===- Measure.cpp - run one case and measure it --------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Google Benchmark repeats and takes the medians; a reporter of ours collects
// them.
//
//===----------------------------------------------------------------------===//

#include "Measure.h"
#include "cm/Support/Error.h"
#include "cm/Support/Progress.h"
#include <benchmark/benchmark.h>
#include <cerrno>
#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace cm;
using Json = nlohmann::ordered_json;

//===----------------------------------------------------------------------===//
// Medians
//===----------------------------------------------------------------------===//

namespace {
/// Keeps the medians, or the one run where there is but one.
class Collector : public benchmark::BenchmarkReporter {
public:
  bool ReportContext(const Context &) override { return true; }
  void ReportRuns(const std::vector<Run> &runs) override {
    for (const Run &run : runs)
      if (run.run_type == Run::RT_Iteration || run.aggregate_name == "median")
        take(run);
  }
  Counters counters;

private:
  void take(const Run &run) {
    counters.clear();
    for (const auto &[name, counter] : run.counters)
      counters[name] = counter.value;
    counters["seconds"] = run.GetAdjustedRealTime();
    counters["cpu_seconds"] = run.GetAdjustedCPUTime();
  }
};
} // namespace

llvm::Expected<Counters>
cm::runBenchmark(const std::string &name, unsigned repeats,
                 llvm::function_ref<llvm::Error(Counters &)> iteration) {
  llvm::Error failure = llvm::Error::success();
  auto body = [&](benchmark::State &state) {
    for (auto _ : state) {
      Counters counters;
      if (failure)
        return state.SkipWithError("failed");
      if (llvm::Error error = iteration(counters)) {
        failure = std::move(error);
        return state.SkipWithError("failed");
      }
      for (const auto &[key, value] : counters)
        state.counters[key] = value;
    }
  };
  benchmark::ClearRegisteredBenchmarks();
  benchmark::RegisterBenchmark(name.c_str(), body)
      ->Iterations(1)
      ->Repetitions(repeats)
      ->UseRealTime()
      ->Unit(benchmark::kSecond);
  Collector collector;
  benchmark::RunSpecifiedBenchmarks(&collector);
  if (failure)
    return std::move(failure);
  return collector.counters;
}

//===----------------------------------------------------------------------===//
// Child processes
//===----------------------------------------------------------------------===//

static volatile sig_atomic_t caught = 0;
/// The measuring process, where there is one.
static volatile sig_atomic_t measuring = 0;
static constexpr int endingSignals[] = {SIGHUP, SIGINT, SIGTERM};

static void handleSignal(int number) {
  caught = number;
  if (measuring)
    kill(measuring, SIGTERM);
}

void cm::catchSignals() {
  for (int number : endingSignals) {
    struct sigaction action = {};
    sigaction(number, nullptr, &action);
    // Ignored, as under nohup: so it stays.
    if (action.sa_handler == SIG_IGN)
      continue;
    action = {};
    action.sa_handler = handleSignal;
    sigaction(number, &action, nullptr);
  }
}

int cm::caughtSignal() { return caught; }

std::string cm::dumpJson(const Json &json, int indent) {
  return json.dump(indent, ' ', /*ensure_ascii=*/false,
                   Json::error_handler_t::replace);
}

/// The child's part: a result, or `{"error": ...}`, written to `pipe`.
[[noreturn]] static void
runChild(int pipe, llvm::function_ref<llvm::Expected<Json>()> measure) {
  for (int number : endingSignals)
    if (signal(number, SIG_DFL) == SIG_IGN)
      signal(number, SIG_IGN);
  if (caught)
    _exit(1);
  llvm::Expected<Json> result = measure();
  Json message;
  if (result)
    message = std::move(*result);
  else
    message["error"] = llvm::toString(result.takeError());
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  message["peak_bytes"] = uint64_t(usage.ru_maxrss) * 1024;
  std::string text = dumpJson(message, -1);
  {
    llvm::raw_fd_ostream os(pipe, /*shouldClose=*/true);
    os << text;
  }
  _exit(0);
}

static std::string readAll(int pipe) {
  std::string text;
  char block[4096];
  ssize_t size;
  while ((size = read(pipe, block, sizeof block)) > 0 ||
         (size < 0 && errno == EINTR))
    if (size > 0)
      text.append(block, size);
  close(pipe);
  return text;
}

/// What the child has written, and how it ended.
static std::string waitForChild(pid_t child, int pipe, int &status) {
  measuring = child;
  if (caught)
    kill(child, SIGTERM);
  std::string text = readAll(pipe);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  measuring = 0;
  return text;
}

llvm::Expected<Json>
cm::measureInChild(const std::string &what,
                   llvm::function_ref<llvm::Expected<Json>()> measure) {
  int ends[2];
  pid_t child = -1;
  if (pipe(ends) != 0 || (child = fork()) < 0)
    return makeError("cannot start a measuring process");
  if (child == 0) {
    close(ends[0]);
    runChild(ends[1], measure);
  }
  close(ends[1]);
  // It has a thread, and so comes after the fork.
  Progress progress(what, 0);
  int status = 0;
  std::string text = waitForChild(child, ends[0], status);
  if (caught)
    return makeError("interrupted by signal {0}", int(caught));
  Json result = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!result.is_object())
    return makeError("the measuring process ended early ({0} {1})",
                     WIFSIGNALED(status) ? "signal" : "exit code",
                     WIFSIGNALED(status) ? WTERMSIG(status)
                                         : WEXITSTATUS(status));
  if (result.contains("error"))
    return makeError("{0}", result["error"].get<std::string>());
  return result;
}
