//===- RunLimits.cpp - does a run fit into memory and time ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Adds up what a run will take before any of it is taken. The limits are those
// of docs/Simulator.md.
//
//===----------------------------------------------------------------------===//

#include "SimModel.h"
#include "cm/Support/Error.h"
#include "cm/Support/Limits.h"
#include "llvm/Support/MathExtras.h"

using namespace cm;
using namespace cm::sim;
using llvm::Error;
using llvm::SaturatingAdd;
using llvm::SaturatingMultiply;

namespace {

class RunLimits {
public:
  RunLimits(const SimModel &model, const SimOptions &options)
      : model(model), options(options), left(options.maxBytes) {}
  Error check();

private:
  Error checkResults();
  Error checkCells();
  Error checkBuffer(uint32_t index);
  Error checkContext(const ContextModel &context);
  Error checkWindow(const ContextModel &context, const WindowModel &window);
  Error take(const std::string &who, uint64_t bytes);
  /// At most so many segments will the buffer's channels have.
  uint64_t segments(uint32_t buffer) const;

  const SimModel &model;
  const SimOptions &options;
  uint64_t left, visits = 0;
};

} // namespace

Error cm::sim::checkRunLimits(const SimModel &model,
                              const SimOptions &options) {
  return RunLimits(model, options).check();
}

Error RunLimits::check() {
  if (Error error = checkResults())
    return error;
  if (Error error = checkCells())
    return error;
  for (uint32_t b = 0; b != model.buffers.size(); ++b)
    if (Error error = checkBuffer(b))
      return error;
  for (const ContextModel &context : model.contexts)
    if (Error error = checkContext(context))
      return error;
  return Error::success();
}

Error RunLimits::take(const std::string &who, uint64_t bytes) {
  if (bytes > left)
    return makeError("{0}: {1} bytes, expected at most {2}, which is what is "
                     "left of the {3} bytes of a run",
                     who, bytes, left, options.maxBytes);
  left -= bytes;
  return Error::success();
}

Error RunLimits::checkResults() {
  uint64_t image = 3 * sizeof(uint64_t);
  for (const program::Binding &binding : model.program->outputs()) {
    const ObjectModel &object = model.objects[binding.object()];
    image += sizeof(uint64_t);
    if (!options.timingOnly)
      image += object.height * object.width * object.channels;
  }
  if (options.captureTensors && !options.timingOnly)
    for (const program::Tensor &tensor : model.program->tensors())
      image += uint64_t(tensor.height()) * tensor.width() * tensor.channels();
  return take(llvm::formatv("results of {0} images", options.images),
              SaturatingMultiply(image, options.images));
}

/// Cells of crossbars that are not ideal.
Error RunLimits::checkCells() {
  if (!options.chip || options.timingOnly)
    return Error::success();
  uint64_t bytes = 0;
  for (const UnitModel &unit : model.units)
    bytes += AnalogUnit::bytes(*options.chip->parameters,
                               model.machine->core(unit.node).crossbar(),
                               *unit.unit);
  return take("cells that are not ideal", bytes);
}

uint64_t RunLimits::segments(uint32_t index) const {
  const BufferModel &buffer = model.buffers[index];
  uint64_t channels = model.objects[buffer.object].channels;
  if (options.check == CheckGranularity::Byte)
    return channels;
  return std::min<uint64_t>(channels, 2 * buffer.routes.size() + 1);
}

/// Its bytes, the tags of its places, and what is kept of each location.
Error RunLimits::checkBuffer(uint32_t index) {
  const BufferModel &buffer = model.buffers[index];
  const ObjectModel &object = model.objects[buffer.object];
  uint64_t places = buffer.places(object), tags = segments(index);
  uint64_t bytes = places * tags * 2 * sizeof(uint64_t) +
                   object.height * object.width * tags * sizeof(uint32_t) +
                   (object.channels + tags) * sizeof(uint32_t);
  if (!options.timingOnly)
    bytes += places * object.channels * object.elementBytes;
  return take(llvm::formatv("{0} buffer of '{1}'",
                            model.machine->nodeName(buffer.node), object.name),
              bytes);
}

Error RunLimits::checkContext(const ContextModel &context) {
  uint64_t registers = 0;
  for (const DpuModel &dpu : context.dpu)
    registers += dpu.instr->length() * sizeof(int32_t);
  uint64_t bytes = maxFlights * (registers + context.write.bytes);
  if (uint64_t payload = model.machine->proto().network().max_payload())
    bytes += (context.write.bytes / payload + 1) * context.hops.size() *
             sizeof(uint64_t);
  if (Error error = take(context.name + " registers", bytes))
    return error;
  if (context.hasMvm)
    if (Error error = checkWindow(context, context.gather))
      return error;
  for (const WindowModel &window : context.loads)
    if (Error error = checkWindow(context, window))
      return error;
  return Error::success();
}

/// What the dry run keeps of a window, and how long it takes.
Error RunLimits::checkWindow(const ContextModel &context,
                             const WindowModel &window) {
  const ObjectModel &object =
      model.objects[model.buffers[window.buffer].object];
  uint64_t channels = window.channelEnd - window.channelBegin;
  uint64_t elements = window.elementEnd - window.elementBegin;
  uint64_t tags = segments(window.buffer);
  uint64_t pixels = elements / channels + 2;
  uint64_t locations = object.height * object.width * tags;
  uint64_t bytes = 8 * context.iterations() + 8 * locations + 5 * elements +
                   pixels * sizeof(WindowRow);
  if (Error error = take(context.name + " windows", bytes))
    return error;
  uint64_t touched = SaturatingMultiply(
      context.iterations(), pixels * std::min<uint64_t>(tags, channels));
  visits = SaturatingAdd(visits, touched);
  if (visits > options.maxWindowVisits)
    return makeError("{0}: {1} iterations with windows of {2} elements, "
                     "expected all windows to touch at most {3} locations of "
                     "buffers in each image",
                     context.name, context.iterations(), elements,
                     options.maxWindowVisits);
  return Error::success();
}
