//===- Orders.h - programs in both engines and many orders ------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs small programs in both engines, each in shuffled orders of modules, and
// says when their reads and writes end.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_SIM_ORDERS_H
#define CM_TEST_SIM_ORDERS_H

#include "ProgramBuilder.h"
#include "cm/Sim/Engines.h"
#include "llvm/Support/FormatVariadic.h"

namespace cm::test {

constexpr unsigned orders = 20;

/// Reports, energies, events and errors in both engines and all orders.
inline EngineComparison compare(ProgramBuilder &builder, uint64_t images,
                                bool unpaced,
                                std::optional<StopPoint> stop = {}) {
  llvm::cantFail(validateProgram(builder.program, *builder.machine));
  std::vector<std::vector<int8_t>> data;
  std::vector<SimInput> inputs;
  for (const program::Binding &binding : builder.program.inputs()) {
    const program::Object &object = builder.program.objects(binding.object());
    data.push_back(ramp(object.height() * object.width() * object.channels()));
  }
  for (const std::vector<int8_t> &image : data)
    inputs.push_back({image, 1});
  SimOptions options;
  options.images = images;
  options.unpaced = unpaced;
  options.captureTensors = true;
  options.stop = stop;
  return compareEngines(builder.program, *builder.machine, inputs, options,
                        orders);
}

/// "CYCLE KIND CONTEXT (D0, D1)" of the events of one image whose "KIND
/// CONTEXT" is among `wanted`; the same in all orders.
inline std::vector<std::string>
eventsOf(ProgramBuilder &builder, const std::vector<std::string> &wanted) {
  EngineComparison found = compare(builder, 1, true);
  EXPECT_EQ(found.difference, "");
  EXPECT_EQ(found.error, "");
  std::vector<std::string> names, lines;
  for (const program::Node &node : builder.program.nodes())
    for (const program::Context &context : node.contexts())
      names.push_back(context.name());
  SimOptions options;
  options.timingOnly = options.unpaced = true;
  options.onEvents = [&](uint32_t, uint64_t cycle,
                         llvm::ArrayRef<SimEvent> events) {
    for (const SimEvent &event : events) {
      std::string what =
          llvm::formatv("{0} {1}", eventName(event.kind), names[event.context]);
      if (llvm::is_contained(wanted, what))
        lines.push_back(llvm::formatv("{0} {1} ({2}, {3})", cycle, what,
                                      event.d0, event.d1));
    }
    return true;
  };
  auto result = builder.run({}, options);
  EXPECT_TRUE(bool(result)) << llvm::toString(result.takeError());
  return lines;
}

} // namespace cm::test

#endif // CM_TEST_SIM_ORDERS_H
