//===- Calibration.cpp - what converters are calibrated with --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Random.h"
#include "cm/Sim/NonIdeal.h"
#include "cm/Support/Error.h"
#include "llvm/Support/MathExtras.h"
#include <map>

using namespace cm;
using namespace cm::sim;
using llvm::Expected;
using llvm::SaturatingAdd;
using llvm::SaturatingMultiply;

namespace {
/// The samples of a unit by their rank; of all MVMs those of the lowest ranks
/// stay, in whatever order they come.
using RankedSamples = std::map<std::array<uint32_t, 4>, MvmSample>;

class Sampler {
public:
  explicit Sampler(uint32_t most) : most(most) {}

  void add(const MvmEvent &event) {
    if (epochs.size() <= event.epoch)
      epochs.resize(event.epoch + 1);
    auto &units = epochs[event.epoch];
    if (units.size() <= event.unit)
      units.resize(event.unit + 1);
    RankedSamples &samples = units[event.unit];
    RandomKey key = keyOf(0, RandomUse::Sample, event.epoch,
                          uint32_t(event.image), event.context, 0);
    RandomBlock rank = philox(key, {uint32_t(event.iteration), 0, 0, 0});
    if (samples.size() == most && rank > samples.rbegin()->first)
      return;
    samples[rank] = {event.input.vec(), event.zeroPoint};
    if (samples.size() > most)
      samples.erase(std::prev(samples.end()));
  }

  Calibration take() {
    Calibration calibration;
    for (auto &units : epochs) {
      auto &epoch = calibration.samples.emplace_back();
      for (RankedSamples &samples : units) {
        auto &unit = epoch.emplace_back();
        for (auto &[rank, sample] : samples)
          unit.push_back(std::move(sample));
      }
    }
    return calibration;
  }

private:
  uint32_t most;
  std::vector<std::vector<RankedSamples>> epochs; // by unit
};
} // namespace

/// Of the samples of all units, at most; the rank and what the map takes are in
/// the overhead.
static uint64_t sampleBytes(const program::Program &program, uint64_t images,
                            uint64_t most) {
  constexpr uint64_t overhead = 128;
  uint64_t bytes = 0;
  for (const program::Epoch &epoch : program.epochs())
    bytes = SaturatingAdd(bytes, sampleBytes(epoch.program(), images, most));
  for (const program::Node &node : program.nodes())
    for (const program::Context &context : node.contexts()) {
      if (!context.has_mvm_unit())
        continue;
      uint64_t count = images;
      for (uint64_t iterations : context.domain())
        count = SaturatingMultiply(count, iterations);
      uint64_t rows = node.mvm_units(context.mvm_unit()).rows();
      bytes = SaturatingAdd(bytes, std::min(count, most) * (rows + overhead));
    }
  return bytes;
}

Expected<Calibration> cm::calibrate(const program::Program &program,
                                    const MachineModel &machine,
                                    llvm::ArrayRef<SimInput> inputs,
                                    const nonideal::NonIdeal &parameters,
                                    const SimOptions &options) {
  Sampler sampler(parameters.calibration_vectors());
  SimOptions own;
  own.images =
      std::min<uint64_t>(options.images, parameters.calibration_images());
  uint64_t bytes =
      sampleBytes(program, own.images, parameters.calibration_vectors());
  if (bytes > options.maxBytes)
    return makeError("calibration vectors: {0} bytes, expected at most {1}; "
                     "lower calibration_vectors",
                     bytes, options.maxBytes);
  own.unpaced = options.unpaced;
  own.onMvm = [&](const MvmEvent &event) { sampler.add(event); };
  Expected<SimResult> result = simulate(program, machine, inputs, own);
  if (!result)
    return result.takeError();
  return sampler.take();
}
