//===- MonteCarlo.cpp - the accuracy of many chips ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Sim/MonteCarlo.h"
#include "Analog.h"
#include "cm/Sim/NonIdealReport.h"
#include "cm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/ThreadPool.h"
#include <atomic>
#include <cmath>
#include <google/protobuf/message.h>
#include <mutex>
#include <numeric>

using namespace cm;
using google::protobuf::FieldDescriptor;
using llvm::Expected;
using llvm::formatv;
using llvm::json::OStream;

//===--- Statistics
//--------------------------------------------------------===//

Interval cm::wilsonInterval(uint64_t right, uint64_t count) {
  constexpr double z = 1.959963984540054;
  double n = count, p = right / n, square = z * z;
  double centre = (p + square / (2 * n)) / (1 + square / n);
  double half =
      z / (1 + square / n) * std::sqrt(p * (1 - p) / n + square / (4 * n * n));
  return {std::max(centre - half, 0.0), std::min(centre + half, 1.0)};
}

/// P(-t <= T <= t), by the finite series for whole degrees of freedom
/// (Abramowitz and Stegun, 26.7.3 and 26.7.4).
static double studentProbability(double t, unsigned degrees) {
  constexpr double pi = 3.14159265358979323846;
  double theta = std::atan(t / std::sqrt(degrees));
  double sine = std::sin(theta), cosine = std::cos(theta);
  bool isOdd = degrees % 2;
  double term = isOdd ? cosine : 1, sum = degrees == 1 ? 0 : term;
  for (unsigned k = isOdd ? 3 : 2; k < degrees; k += 2) {
    term *= cosine * cosine * (k - 1) / k;
    sum += term;
  }
  return isOdd ? 2 / pi * (theta + sine * sum) : sine * sum;
}

double cm::studentQuantile(unsigned degrees) {
  double low = 0, high = 64;
  for (int step = 0; step != 64; ++step) {
    double middle = (low + high) / 2;
    (studentProbability(middle, degrees) < 0.95 ? low : high) = middle;
  }
  return low;
}

static double meanOf(llvm::ArrayRef<double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / values.size();
}

static double deviationOf(llvm::ArrayRef<double> values) {
  if (values.size() < 2)
    return 0;
  double mean = meanOf(values), sum = 0;
  for (double value : values)
    sum += (value - mean) * (value - mean);
  return std::sqrt(sum / (values.size() - 1));
}

Interval cm::meanInterval(llvm::ArrayRef<double> values) {
  double mean = meanOf(values);
  double half = studentQuantile(values.size() - 1) * deviationOf(values) /
                std::sqrt(values.size());
  return {mean - half, mean + half};
}

std::vector<double> MonteCarloResult::accuracies() const {
  std::vector<double> accuracies;
  for (uint64_t count : right)
    accuracies.push_back(double(count) / images);
  return accuracies;
}

double MonteCarloResult::mean() const { return meanOf(accuracies()); }

double MonteCarloResult::deviation() const { return deviationOf(accuracies()); }

std::optional<Interval> MonteCarloResult::interval() const {
  if (right.size() < 2)
    return std::nullopt;
  Interval interval = meanInterval(accuracies());
  return Interval{std::max(interval.low, 0.0), std::min(interval.high, 1.0)};
}

//===--- Runs
//--------------------------------------------------------------===//

/// Bytes of the cells of a chip, in the epoch that has the most.
static uint64_t cellBytes(const program::Program &program,
                          const MachineModel &machine,
                          const nonideal::NonIdeal &parameters) {
  uint64_t greatest = 0, bytes = 0;
  for (const program::Epoch &epoch : program.epochs())
    greatest =
        std::max(greatest, cellBytes(epoch.program(), machine, parameters));
  for (const program::Node &node : program.nodes())
    for (const program::MvmUnit &unit : node.mvm_units())
      bytes += sim::AnalogUnit::bytes(parameters,
                                      machine.core(node.id()).crossbar(), unit);
  return std::max(greatest, bytes);
}

unsigned cm::monteCarloThreads(const program::Program &program,
                               const MachineModel &machine,
                               const nonideal::NonIdeal &parameters,
                               const SimOptions &options, unsigned threads) {
  threads = llvm::hardware_concurrency(threads).compute_thread_count();
  uint64_t bytes = cellBytes(program, machine, parameters);
  uint64_t most = bytes ? options.maxBytes / bytes : threads;
  return std::max<uint64_t>(1, std::min<uint64_t>(threads, most));
}

namespace {
/// Of the runs that failed the one with the lowest index.
class FirstFailure {
public:
  void add(uint64_t index, llvm::Error error) {
    std::lock_guard<std::mutex> lock(mutex);
    if (index < first)
      first = index, message = llvm::toString(std::move(error));
    else
      llvm::consumeError(std::move(error));
  }
  bool isBefore(uint64_t index) const { return first < index; }
  llvm::Error take(const MonteCarloOptions &options) const {
    if (first == UINT64_MAX)
      return llvm::Error::success();
    if (first == options.chips)
      return makeError("ideal mode: {0}", message);
    return makeError("chip of seed {0}: {1}", options.firstSeed + first,
                     message);
  }

private:
  std::mutex mutex;
  std::atomic<uint64_t> first = UINT64_MAX;
  std::string message;
};
} // namespace

Expected<MonteCarloResult> cm::runMonteCarlo(
    const program::Program &program, const MachineModel &machine,
    llvm::ArrayRef<SimInput> inputs, const nonideal::NonIdeal &parameters,
    const SimOptions &options, const MonteCarloOptions &monteCarlo) {
  Expected<Calibration> calibration =
      calibrate(program, machine, inputs, parameters, options);
  if (!calibration)
    return calibration.takeError();
  MonteCarloResult result;
  result.images = options.images;
  result.firstSeed = monteCarlo.firstSeed;
  result.right.resize(monteCarlo.chips);
  FirstFailure failure;
  std::atomic<uint64_t> done = 0;
  auto runChip = [&](unsigned index) {
    if (failure.isBefore(index))
      return;
    NonIdealChip chip{&parameters, &*calibration, monteCarlo.firstSeed + index};
    SimOptions own = options;
    bool isIdeal = index == monteCarlo.chips; // the last run
    own.chip = isIdeal ? nullptr : &chip;
    Expected<SimResult> run = simulate(program, machine, inputs, own);
    if (!run)
      failure.add(index, run.takeError());
    else
      (isIdeal ? result.idealRight : result.right[index]) =
          monteCarlo.countRight(*run);
    if (monteCarlo.progress)
      monteCarlo.progress(++done);
  };
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(monteCarloThreads(
      program, machine, parameters, options, monteCarlo.threads)));
  for (unsigned index = 0; index <= monteCarlo.chips; ++index)
    pool.async(runChip, index);
  pool.wait();
  if (llvm::Error error = failure.take(monteCarlo))
    return std::move(error);
  return result;
}

//===--- Reports
//-----------------------------------------------------------===//

void cm::printMonteCarlo(const program::Program &program,
                         const MonteCarloResult &result,
                         llvm::raw_ostream &os) {
  double images = result.images;
  os << formatv("'{0}' on '{1}': {2} chips, {3} images each\n", program.name(),
                program.machine().name(), result.right.size(), result.images);
  os << formatv("ideal: {0} right ({1:P2})\n", result.idealRight,
                result.idealRight / images);
  for (size_t i = 0; i != result.right.size(); ++i) {
    Interval interval = wilsonInterval(result.right[i], result.images);
    os << formatv("seed {0}: {1} right ({2:P2}), 95 % by Wilson {3:P2} to "
                  "{4:P2}\n",
                  result.firstSeed + i, result.right[i],
                  result.right[i] / images, interval.low, interval.high);
  }
  os << formatv("mean {0:P2}, deviation {1:P2}", result.mean(),
                result.deviation());
  if (std::optional<Interval> interval = result.interval())
    os << formatv(", mean of all chips 95 % by Student's t {0:P2} to {1:P2}",
                  interval->low, interval->high);
  os << '\n';
}

static void printField(const nonideal::NonIdeal &parameters,
                       const FieldDescriptor *field, OStream &json) {
  const google::protobuf::Reflection &fields = *parameters.GetReflection();
  switch (field->cpp_type()) {
  case FieldDescriptor::CPPTYPE_DOUBLE:
    return json.attribute(field->name(), fields.GetDouble(parameters, field));
  case FieldDescriptor::CPPTYPE_UINT32:
    return json.attribute(field->name(), fields.GetUInt32(parameters, field));
  case FieldDescriptor::CPPTYPE_ENUM:
    return json.attribute(field->name(),
                          fields.GetEnum(parameters, field)->name());
  default:
    json.attribute(field->name(), fields.GetString(parameters, field));
  }
}

void cm::printParameters(const nonideal::NonIdeal &parameters, OStream &json) {
  std::vector<const FieldDescriptor *> present;
  parameters.GetReflection()->ListFields(parameters, &present);
  json.attributeObject("non_ideal", [&] {
    for (const FieldDescriptor *field : present)
      printField(parameters, field, json);
  });
}

static void printInterval(const char *method, const Interval &interval,
                          OStream &json) {
  json.attributeObject("interval95", [&] {
    json.attribute("method", method);
    json.attribute("low", interval.low);
    json.attribute("high", interval.high);
  });
}

void cm::printMonteCarloJson(const program::Program &program,
                             const nonideal::NonIdeal &parameters,
                             const MonteCarloResult &result,
                             llvm::raw_ostream &os) {
  OStream json(os, 2);
  json.object([&] {
    json.attribute("program", program.name());
    json.attribute("machine", program.machine().name());
    printParameters(parameters, json);
    json.attribute("images", result.images);
    json.attribute("ideal_right", result.idealRight);
    json.attribute("ideal_accuracy", double(result.idealRight) / result.images);
    json.attributeArray("chips", [&] {
      for (size_t i = 0; i != result.right.size(); ++i)
        json.object([&] {
          json.attribute("seed", result.firstSeed + i);
          json.attribute("right", result.right[i]);
          json.attribute("accuracy", double(result.right[i]) / result.images);
          printInterval("wilson",
                        wilsonInterval(result.right[i], result.images), json);
        });
    });
    json.attribute("mean", result.mean());
    json.attribute("deviation", result.deviation());
    if (std::optional<Interval> interval = result.interval())
      printInterval("student-t", *interval, json);
    else
      json.attribute("interval95", nullptr);
  });
  os << '\n';
}
