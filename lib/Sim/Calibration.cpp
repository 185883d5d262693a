//===- Calibration.cpp - what converters are calibrated with --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Random.h"
#include "cm/Sim/NonIdeal.h"
#include <map>

using namespace cm;
using namespace cm::sim;
using llvm::Expected;

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

Expected<Calibration> cm::calibrate(const program::Program &program,
                                    const MachineModel &machine,
                                    llvm::ArrayRef<SimInput> inputs,
                                    const nonideal::NonIdeal &parameters,
                                    const SimOptions &options) {
  Sampler sampler(parameters.calibration_vectors());
  SimOptions own;
  own.images =
      std::min<uint64_t>(options.images, parameters.calibration_images());
  own.unpaced = options.unpaced;
  own.onMvm = [&](const MvmEvent &event) { sampler.add(event); };
  Expected<SimResult> result = simulate(program, machine, inputs, own);
  if (!result)
    return result.takeError();
  return sampler.take();
}
