//===- EpochsReport.cpp - what the compiler predicts of parts -------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Pipelines/Epochs.h"
#include "llvm/Support/MathExtras.h"
#include <nlohmann/json.hpp>

using namespace cm;
using Json = nlohmann::ordered_json;

static Json epochJson(const Epoch &epoch, const EpochArrays &arrays) {
  auto names = [&](const std::vector<uint32_t> &ports) {
    Json list = Json::array();
    for (uint32_t array : ports)
      list.push_back(arrays.arrays[array].name);
    return list;
  };
  Json json;
  json["layers"] = epoch.layers;
  json["reads"] = names(epoch.reads);
  json["writes"] = names(epoch.writes);
  json["read_bytes"] = epoch.estimate.readBytes;
  json["write_bytes"] = epoch.estimate.writeBytes;
  json["programming_cycles"] = epoch.programmingCycles;
  json["estimate"] = {{"programming_cycles", epoch.estimate.programming},
                      {"ii_cycles", epoch.estimate.ii},
                      {"latency_cycles", epoch.estimate.latency}};
  json.update(Json::parse(formatReport(epoch.report)));
  return json;
}

std::string cm::formatEpochsReport(const CompiledEpochs &compiled) {
  Json json;
  const CompileReport &first = compiled.epochs.front().report;
  json["network"] = first.network;
  json["machine"] = first.machine;
  json["images"] = compiled.images;
  json["cycles"] = compiled.cycles();
  json["cycles_per_image"] =
      llvm::divideCeil(compiled.cycles(), compiled.images);
  json["estimate_cycles"] = compiled.estimateCycles;
  json["bounds"] = {{"estimate_cycles", compiled.boundCycles}};
  uint64_t programming = 0;
  json["epochs"] = Json::array();
  for (const Epoch &epoch : compiled.epochs) {
    programming += epoch.programmingCycles;
    json["epochs"].push_back(epochJson(epoch, compiled.arrays));
  }
  json["programming_cycles"] = programming;
  json["phases"] = Json::array();
  for (const PhaseTime &phase : compiled.phases)
    json["phases"].push_back(
        {{"phase", phase.phase}, {"seconds", phase.seconds}});
  return json.dump(2) + "\n";
}
