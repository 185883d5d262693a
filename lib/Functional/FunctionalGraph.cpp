//===- FunctionalGraph.cpp - what a cmflow graph computes -----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Functional/FunctionalGraph.h"
#include "StagePlan.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/MapVector.h"
#include <functional>
#include <numeric>

using namespace cm;
using namespace cm::functional;
using namespace mlir;

struct FunctionalGraph::Plan {
  std::vector<Extent> objects;
  std::vector<StagePlan> stages; // in topological order
  std::vector<FunctionalPort> inputs, outputs;
  std::vector<unsigned> inputObjects, outputObjects;
};

FunctionalGraph::FunctionalGraph(std::unique_ptr<Plan> plan)
    : plan(std::move(plan)) {}
FunctionalGraph::FunctionalGraph(FunctionalGraph &&) = default;
FunctionalGraph::~FunctionalGraph() = default;

llvm::ArrayRef<FunctionalPort> FunctionalGraph::inputs() const {
  return plan->inputs;
}

llvm::ArrayRef<FunctionalPort> FunctionalGraph::outputs() const {
  return plan->outputs;
}

//===----------------------------------------------------------------------===//
// Preparation
//===----------------------------------------------------------------------===//

/// Whether a writer writes channels that `read` reads.
static bool feeds(const StagePlan &writer, const ObjectRead &read) {
  return writer.writes == read.object &&
         writer.write.channelBegin < read.window.channelEnd &&
         read.window.channelBegin < writer.write.channelEnd;
}

/// Sorts stages so that all that one reads is written before.
static llvm::Error sortStages(std::vector<StagePlan> &stages) {
  std::vector<StagePlan> sorted;
  while (!stages.empty()) {
    auto ready = llvm::find_if(stages, [&](const StagePlan &stage) {
      return llvm::all_of(stage.reads, [&](const ObjectRead &read) {
        return llvm::none_of(stages, [&](const StagePlan &writer) {
          return feeds(writer, read);
        });
      });
    });
    if (ready == stages.end())
      return makeError("stage '{0}' is part of a cycle or behind one",
                       stages.front().name);
    sorted.push_back(std::move(*ready));
    stages.erase(ready);
  }
  stages = std::move(sorted);
  return llvm::Error::success();
}

llvm::Expected<FunctionalGraph> FunctionalGraph::create(cmflow::GraphOp graph) {
  auto plan = std::make_unique<Plan>();
  ObjectNumbers numbers;
  for (auto object : graph.getBody().getOps<cmflow::ObjectOp>()) {
    numbers[object.getSymName()] = plan->objects.size();
    plan->objects.push_back(object.getExtent());
  }
  for (Operation &op : graph.getBody().front()) {
    if (auto input = dyn_cast<cmflow::InputOp>(op)) {
      plan->inputObjects.push_back(numbers.lookup(input.getObject()));
      plan->inputs.push_back(
          {input.getBinding(), plan->objects[plan->inputObjects.back()]});
    }
    if (auto output = dyn_cast<cmflow::OutputOp>(op)) {
      plan->outputObjects.push_back(numbers.lookup(output.getObject()));
      plan->outputs.push_back(
          {output.getBinding(), plan->objects[plan->outputObjects.back()]});
    }
    if (auto stage = dyn_cast<cmflow::StageOp>(op))
      plan->stages.push_back(planStage(stage, numbers));
  }
  if (llvm::Error error = sortStages(plan->stages))
    return std::move(error);
  return FunctionalGraph(std::move(plan));
}

//===----------------------------------------------------------------------===//
// Execution
//===----------------------------------------------------------------------===//

namespace {
/// A named tensor that grows pixel by pixel, perhaps from several stages.
struct NamedTensor {
  llvm::SmallVector<cmflow::TensorAttr> names;
  int64_t channels = 0;
  std::vector<int8_t> data;
};

/// By first name.
using NamedTensors = llvm::MapVector<StringRef, NamedTensor>;
} // namespace

static NamedTensor &tensorOf(NamedTensors &tensors, ArrayAttr names,
                             const Extent &extent) {
  auto first = cast<cmflow::TensorAttr>(names[0]);
  NamedTensor &tensor = tensors[first.getName()];
  if (tensor.data.empty()) {
    for (Attribute name : names)
      tensor.names.push_back(cast<cmflow::TensorAttr>(name));
    int64_t size = std::accumulate(first.getHostShape().begin(),
                                   first.getHostShape().end(), int64_t(1),
                                   std::multiplies<int64_t>());
    tensor.channels = size / (extent.h * extent.w);
    tensor.data.resize(size);
  }
  return tensor;
}

/// The pixels of a named value are those that the stage writes; so are its
/// channels, unless it has all of the tensor's: (C8) of cmflow.stage.
static void keepNamed(const StagePlan &stage, const Extent &extent,
                      const Frame &frame, NamedTensors &tensors) {
  int64_t y = frame.d0 * stage.write.strideY + stage.write.offsetY;
  int64_t x = frame.d1 * stage.write.strideX + stage.write.offsetX;
  for (const NamedValue &named : stage.named) {
    NamedTensor &tensor = tensorOf(tensors, named.names, extent);
    int64_t atOnce = stage.write.rows * stage.write.pixels;
    int64_t length = named.value.length / atOnce;
    int64_t begin = cmflow::firstChannel(
        named.op, length == tensor.channels ? 0 : stage.write.channelBegin);
    auto value = frame.values.begin() + named.value.begin;
    for (int64_t i = 0; i < atOnce; ++i, value += length) {
      int64_t row = y + i / stage.write.pixels;
      int64_t column = x + i % stage.write.pixels;
      std::copy_n(value, length,
                  tensor.data.begin() +
                      (row * extent.w + column) * tensor.channels + begin);
    }
  }
}

static void writePixels(const StagePlan &stage, const Frame &frame,
                        ObjectData &object) {
  const PixelWrite &write = stage.write;
  const int32_t *value = frame.values.data() + stage.written.begin;
  for (int64_t i = 0; i < write.rows * write.pixels; ++i) {
    int64_t at = object.index(
        frame.d0 * write.strideY + write.offsetY + i / write.pixels,
        frame.d1 * write.strideX + write.offsetX + i % write.pixels,
        write.channelBegin);
    for (int64_t c = 0; c < write.channels(); ++c) {
      object.elements[at + c] = *value++;
      object.isWritten[at + c] = true;
    }
  }
}

static llvm::Error runStage(const StagePlan &stage, Objects &objects,
                            NamedTensors *tensors) {
  Frame frame{objects, 0, 0, std::vector<int32_t>(stage.numValues), {}};
  ObjectData &object = objects[stage.writes];
  for (frame.d0 = 0; frame.d0 < stage.domain.h; ++frame.d0)
    for (frame.d1 = 0; frame.d1 < stage.domain.w; ++frame.d1) {
      for (const Step &step : stage.steps)
        step(frame);
      if (!frame.error.empty())
        return makeError("stage '{0}', iteration ({1}, {2}): {3}", stage.name,
                         frame.d0, frame.d1, frame.error);
      writePixels(stage, frame, object);
      if (tensors)
        keepNamed(stage, object.extent, frame, *tensors);
    }
  return llvm::Error::success();
}

llvm::Expected<std::vector<std::vector<int8_t>>>
FunctionalGraph::run(llvm::ArrayRef<std::vector<int8_t>> inputs,
                     NamedTensorObserver observer) const {
  if (inputs.size() != plan->inputs.size())
    return makeError("expected {0} inputs, found {1}", plan->inputs.size(),
                     inputs.size());
  Objects objects;
  for (const Extent &extent : plan->objects) {
    size_t size = extent.h * extent.w * extent.c;
    objects.push_back(
        {extent, std::vector<int32_t>(size), std::vector<bool>(size, false)});
  }
  for (size_t k = 0; k < inputs.size(); ++k) {
    ObjectData &object = objects[plan->inputObjects[k]];
    if (inputs[k].size() != object.elements.size())
      return makeError("input '{0}': expected {1} elements, found {2}",
                       plan->inputs[k].binding.getName(),
                       object.elements.size(), inputs[k].size());
    object.elements.assign(inputs[k].begin(), inputs[k].end());
    object.isWritten.assign(object.isWritten.size(), true);
  }
  NamedTensors tensors;
  for (const StagePlan &stage : plan->stages)
    if (llvm::Error error =
            runStage(stage, objects, observer ? &tensors : nullptr))
      return std::move(error);
  for (auto &[name, tensor] : tensors)
    observer(tensor.names, tensor.data);
  std::vector<std::vector<int8_t>> outputs;
  for (unsigned number : plan->outputObjects)
    outputs.emplace_back(objects[number].elements.begin(),
                         objects[number].elements.end());
  return outputs;
}
