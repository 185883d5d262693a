//===- MonteCarlo.cpp - the accuracy of many chips ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Sim/MonteCarlo.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/ThreadPool.h"
#include <atomic>
#include <cmath>
#include <google/protobuf/message.h>
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
  // The last run is the ideal one.
  std::vector<std::string> errors(monteCarlo.chips + 1);
  std::atomic<uint64_t> done = 0;
  auto runChip = [&](unsigned index) {
    NonIdealChip chip{&parameters, &*calibration, monteCarlo.firstSeed + index};
    SimOptions own = options;
    bool isIdeal = index == monteCarlo.chips;
    own.chip = isIdeal ? nullptr : &chip;
    Expected<SimResult> run = simulate(program, machine, inputs, own);
    if (!run)
      errors[index] = llvm::toString(run.takeError());
    else
      (isIdeal ? result.idealRight : result.right[index]) =
          monteCarlo.countRight(*run);
    if (monteCarlo.progress)
      monteCarlo.progress(++done);
  };
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(monteCarlo.threads));
  for (unsigned index = 0; index != errors.size(); ++index)
    pool.async(runChip, index);
  pool.wait();
  for (const std::string &error : errors)
    if (!error.empty())
      return llvm::createStringError(error);
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

/// Every field that has a value, numbers as they are.
static void printParameters(const nonideal::NonIdeal &parameters,
                            OStream &json) {
  const google::protobuf::Reflection &fields = *parameters.GetReflection();
  std::vector<const FieldDescriptor *> present;
  fields.ListFields(parameters, &present);
  for (const FieldDescriptor *field : present)
    switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_DOUBLE:
      json.attribute(field->name(), fields.GetDouble(parameters, field));
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      json.attribute(field->name(), fields.GetUInt32(parameters, field));
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      json.attribute(field->name(), fields.GetEnum(parameters, field)->name());
      break;
    default:
      json.attribute(field->name(), fields.GetString(parameters, field));
    }
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
    json.attributeObject("non_ideal",
                         [&] { printParameters(parameters, json); });
    json.attribute("images", result.images);
    json.attribute("ideal_right", result.idealRight);
    json.attribute("ideal_accuracy", double(result.idealRight) / result.images);
    json.attributeArray("chips", [&] {
      for (size_t i = 0; i != result.right.size(); ++i)
        json.object([&] {
          json.attribute("seed", result.firstSeed + i);
          json.attribute("right", result.right[i]);
          json.attribute("accuracy", result.accuracies()[i]);
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
