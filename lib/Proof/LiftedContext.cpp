//===- LiftedContext.cpp - what an LCU program waits for ------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Proof/LiftedContext.h"
#include "cm/Program/Affine.h"
#include "cm/Proof/ImagePeriod.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include <cassert>
#include <numeric>

using namespace cm;
using namespace cm::proof;

using Body = google::protobuf::RepeatedPtrField<program::LcuInstr>;

/// A program that does so much without a fire runs away.
static constexpr int64_t maxStepsWithoutFire = int64_t(1) << 22;
/// Images that are walked where bounds differ from image to image.
static constexpr int64_t imagesOfBounds = ImagePeriod::maxPeriod;

const LiftedCounter *LiftedContext::find(uint32_t route,
                                         std::optional<uint32_t> reader) const {
  for (const LiftedCounter &counter : counters)
    if (counter.route == route && counter.reader == reader)
      return &counter;
  return nullptr;
}

namespace {
/// How the threshold of a wait grows, against what is counted.
enum class Pace { Even, Slower, Faster };

struct WaitUse {
  uint32_t counter = 0;
  Pace pace = Pace::Even;
};

/// Walks the code of a context as its control unit does.
class Walker {
public:
  Walker(const program::Context &context, const Contract &contract,
         uint32_t stage, CountedStage counted, LiftedContext &lifted)
      : context(context), name(contract.stages[stage].name),
        domain(contract.stages[stage].domain), lifted(lifted) {
    prepare(context.lcu(), contract, counted);
  }

  std::optional<Counterexample> run();

private:
  void prepare(const Body &body, const Contract &contract,
               CountedStage counted);
  void prepareWait(const program::Wait &wait, const Contract &contract,
                   CountedStage counted);
  void noteBounds(
      const google::protobuf::RepeatedPtrField<program::QuasiAffine> &list);
  bool walkImage();
  bool walk(const Body &body);
  bool walkLoop(const program::Loop &loop);
  bool step();
  bool wait(const program::Wait &wait);
  bool fire();
  void record();
  bool fail(Hazard hazard, std::array<int64_t, 2> at, std::string reason);
  int64_t value(const program::QuasiAffine &affine) const {
    return evaluateAffine(affine, image, dims);
  }

  const program::Context &context;
  const std::string &name;
  Domain domain;
  LiftedContext &lifted;
  llvm::DenseMap<const program::Wait *, WaitUse> uses;
  int64_t period = 1; // images after which all thresholds repeat
  bool boundsChange = false;

  // Of the image that is being walked.
  int64_t image = 0, rank = 0, steps = 0;
  std::array<int64_t, 2> dims = {0, 0};
  std::vector<int64_t> certain, awaited; // by counter, up to here
  std::optional<Counterexample> failure;
};
} // namespace

//===----------------------------------------------------------------------===//
// Preparation
//===----------------------------------------------------------------------===//

static std::optional<uint32_t> readerOf(const program::Wait &wait) {
  if (wait.has_retired())
    return wait.retired().reader();
  return std::nullopt;
}

static uint32_t routeOf(const program::Wait &wait) {
  return wait.has_retired() ? wait.retired().route() : wait.received();
}

void Walker::prepareWait(const program::Wait &wait, const Contract &contract,
                         CountedStage counted) {
  std::vector<LiftedCounter> &counters = lifted.counters;
  auto known = llvm::find_if(counters, [&](const LiftedCounter &counter) {
    return counter.route == routeOf(wait) && counter.reader == readerOf(wait);
  });
  if (known == counters.end()) {
    LiftedCounter counter;
    counter.route = routeOf(wait), counter.reader = readerOf(wait);
    counter.counted = counted(wait);
    counter.perImage = contract.stages[counter.counted].domain.size();
    counter.certain.assign(domain.size() + 1, INT64_MAX);
    counter.awaited.assign(domain.size() + 1, nothing);
    known = counters.insert(counters.end(), std::move(counter));
  }
  ImagePeriod growth = imagePeriod(wait.threshold());
  WaitUse use{uint32_t(known - counters.begin()), Pace::Even};
  int64_t even = known->perImage * growth.images;
  if (growth.growth != even)
    use.pace = growth.growth < even ? Pace::Slower : Pace::Faster;
  if (use.pace == Pace::Slower)
    known->loss = std::max(known->loss, even - growth.growth);
  uses[&wait] = use;
  period = std::min(std::lcm(period, growth.images), ImagePeriod::maxPeriod);
}

void Walker::noteBounds(
    const google::protobuf::RepeatedPtrField<program::QuasiAffine> &list) {
  boundsChange |= llvm::any_of(list, dependsOnImage);
}

void Walker::prepare(const Body &body, const Contract &contract,
                     CountedStage counted) {
  for (const program::LcuInstr &instr : body) {
    if (instr.has_wait())
      prepareWait(instr.wait(), contract, counted);
    if (instr.has_guard()) {
      noteBounds(instr.guard().nonnegative());
      prepare(instr.guard().body(), contract, counted);
    }
    if (instr.has_loop()) {
      noteBounds(instr.loop().lower());
      noteBounds(instr.loop().upper());
      prepare(instr.loop().body(), contract, counted);
    }
  }
}

//===----------------------------------------------------------------------===//
// Walk
//===----------------------------------------------------------------------===//

bool Walker::fail(Hazard hazard, std::array<int64_t, 2> at,
                  std::string reason) {
  Counterexample example;
  example.hazard = hazard, example.stage = name;
  example.image = image, example.iteration = at;
  example.reason = std::move(reason);
  failure = std::move(example);
  return false;
}

bool Walker::wait(const program::Wait &wait) {
  const WaitUse &use = uses.find(&wait)->second;
  const LiftedCounter &counter = lifted.counters[use.counter];
  int64_t relative = value(wait.threshold()) - image * counter.perImage;
  if (use.pace == Pace::Faster) {
    // The first image whose threshold is beyond what there is by its end.
    ImagePeriod growth = imagePeriod(wait.threshold());
    int64_t gain = growth.growth - counter.perImage * growth.images;
    int64_t room = std::max<int64_t>(0, counter.perImage - relative);
    image += (room / gain + (relative <= counter.perImage)) * growth.images;
    return fail(Hazard::Deadlock, dims,
                llvm::formatv("waits for more than {0} iterations of an image",
                              counter.perImage));
  }
  if (use.pace == Pace::Even)
    certain[use.counter] = std::max(certain[use.counter], relative);
  awaited[use.counter] = std::max(awaited[use.counter], relative);
  return true;
}

/// Enters what is certain and what was awaited at this iteration, or at the
/// end.
void Walker::record() {
  for (size_t c = 0; c < lifted.counters.size(); ++c) {
    LiftedCounter &counter = lifted.counters[c];
    if (image > 0 && certain[c] < counter.certain[rank])
      counter.loosestImage = image;
    counter.certain[rank] = std::min(counter.certain[rank], certain[c]);
    counter.awaited[rank] = std::max(counter.awaited[rank], awaited[c]);
  }
}

bool Walker::fire() {
  bool inside =
      dims[0] >= 0 && dims[0] < domain.h && dims[1] >= 0 && dims[1] < domain.w;
  int64_t found = dims[0] * domain.w + dims[1];
  if (!inside || found < rank)
    return fail(Hazard::ExtraIteration, dims,
                inside ? "fires twice or too late" : "is not in the domain");
  if (found > rank)
    return fail(Hazard::MissingIteration, {rank / domain.w, rank % domain.w},
                llvm::formatv("({0}, {1}) fires first", dims[0], dims[1]));
  record();
  ++rank;
  steps = 0;
  return true;
}

bool Walker::step() {
  if (++steps <= maxStepsWithoutFire)
    return true;
  return fail(Hazard::MissingIteration, {rank / domain.w, rank % domain.w},
              llvm::formatv("does not fire within {0} instructions",
                            maxStepsWithoutFire));
}

bool Walker::walkLoop(const program::Loop &loop) {
  int64_t first = INT64_MIN, last = INT64_MAX;
  for (const program::QuasiAffine &bound : loop.lower())
    first = std::max(first, value(bound));
  for (const program::QuasiAffine &bound : loop.upper())
    last = std::min(last, value(bound));
  if (first > last)
    return true;
  int64_t &dim = dims[loop.dim()];
  for (dim = first;; dim += loop.step()) {
    if (!step() || !walk(loop.body()))
      return false;
    if (uint64_t(last) - uint64_t(dim) < loop.step())
      break;
  }
  dim = 0;
  return true;
}

bool Walker::walk(const Body &body) {
  for (const program::LcuInstr &instr : body) {
    bool goOn = step();
    if (!goOn)
      return false;
    if (instr.has_wait())
      goOn = wait(instr.wait());
    else if (instr.has_fire())
      goOn = fire();
    else if (instr.has_loop())
      goOn = walkLoop(instr.loop());
    else if (llvm::all_of(instr.guard().nonnegative(),
                          [&](const program::QuasiAffine &condition) {
                            return value(condition) >= 0;
                          }))
      goOn = walk(instr.guard().body());
    if (!goOn)
      return false;
  }
  return true;
}

bool Walker::walkImage() {
  rank = steps = 0;
  dims = {0, 0};
  certain.assign(lifted.counters.size(), nothing);
  awaited.assign(lifted.counters.size(), nothing);
  if (!walk(context.lcu()))
    return false;
  if (rank < domain.size())
    return fail(
        Hazard::MissingIteration, {rank / domain.w, rank % domain.w},
        llvm::formatv("{0} of {1} iterations fire", rank, domain.size()));
  record();
  return true;
}

std::optional<Counterexample> Walker::run() {
  if (period >= ImagePeriod::maxPeriod) {
    fail(Hazard::Unproved, {0, 0}, "thresholds hardly ever repeat");
    return failure;
  }
  int64_t images = boundsChange ? std::max(period, imagesOfBounds) : period;
  assert(images > 0);
  for (image = 0; image < images; ++image)
    if (!walkImage())
      return failure;
  lifted.isPartial = boundsChange;
  return failure;
}

std::optional<Counterexample>
proof::liftContext(const program::Context &context, const Contract &contract,
                   uint32_t stage, CountedStage counted,
                   LiftedContext &lifted) {
  return Walker(context, contract, stage, counted, lifted).run();
}
