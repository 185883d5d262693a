//===- ControlTest.cpp - programs that are right and wrong ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Sim/RowPairs.h"
#include "Chain.h"

using namespace cm;
using namespace cm::proof;
using cm::test::Chain;
using cm::test::RowPairs;

namespace {
/// The counterexample for a changed chain, or "".
std::string prove(test::ProgramBuilder &chain, const Contract &contract) {
  auto machine = MachineModel::create(chain.program.machine());
  if (llvm::Error error = validateProgram(chain.program, *machine))
    return "invalid: " + llvm::toString(std::move(error));
  ProofCounts counts;
  auto wrong = proveControl(chain.program, contract, counts);
  return wrong ? wrong->str() : "";
}

/// The same, held against what the chain does as it is built.
template <typename Change> std::string proveChanged(Change change) {
  Chain chain;
  Contract contract = chain.contract();
  change(chain);
  return prove(chain, contract);
}
} // namespace

TEST(ProveControl, AChainIsRight) {
  Chain chain;
  ProofCounts counts;
  EXPECT_FALSE(proveControl(chain.program, chain.contract(), counts));
  EXPECT_EQ(counts.iterations, 48u);
  EXPECT_EQ(counts.data, 32u);  // of a and b; the output takes what comes
  EXPECT_EQ(counts.slots, 32u); // of in and a
  EXPECT_EQ(counts.turns, 0u);
}

TEST(ProveControl, FindsReadsBeforeWrites) {
  EXPECT_EQ(proveChanged([](Chain &c) { c.threshold(1, 0).set_constant(0); }),
            "read before write: stage 'b', iteration (0, 0) of image 0, object "
            "'t', location (0, 0, 0): 'a' need not have written it; 0 messages "
            "of the image are waited for, expected 1");
  // Only the columns after the first of each row.
  EXPECT_EQ(proveChanged([](Chain &c) { c.threshold(1, 0).set_dims(1, 0); }),
            "read before write: stage 'b', iteration (0, 1) of image 0, object "
            "'t', location (0, 1, 0): 'a' need not have written it; 1 messages "
            "of the image are waited for, expected 2");
  // The images after the first.
  EXPECT_EQ(proveChanged([](Chain &c) { c.threshold(1, 0).set_image(15); }),
            "read before write: stage 'b', iteration (0, 0) of image 1, object "
            "'t', location (0, 0, 0): 'a' need not have written it; 0 messages "
            "of the image are waited for, expected 1");
}

TEST(ProveControl, FindsOverwrites) {
  EXPECT_EQ(proveChanged([](Chain &c) { c.threshold(0, 1).set_constant(-8); }),
            "overwrite: stage 'a', iteration (0, 0) of image 1, object 't', "
            "location (2, 0, 0): of image 0, which iteration (2, 0) of 'b' "
            "need not have read");
  EXPECT_EQ(proveChanged(
                [](Chain &c) { c.node(1).mutable_buffers(0)->set_slots(1); }),
            "overwrite: stage 'a', iteration (0, 0) of image 1, object 't', "
            "location (3, 0, 0): of image 0, which iteration (3, 0) of 'b' "
            "need not have read");
  EXPECT_EQ(proveChanged([](Chain &c) {
              c.columns(0).mutable_body()->DeleteSubrange(1, 1);
            }),
            "overwrite: stage 'a', iteration (0, 0) of image 1, object 't', "
            "location (2, 0, 0): of image 0, which iteration (2, 0) of 'b' "
            "need not have read");
}

TEST(ProveControl, FindsDeadlocks) {
  EXPECT_EQ(proveChanged([](Chain &c) { c.threshold(1, 0).set_constant(2); }),
            "deadlock: stage 'b', iteration (3, 3) of image 0: waits for "
            "iteration (0, 0) of image 1 of 'a', which need not come");
  EXPECT_EQ(proveChanged([](Chain &c) { c.threshold(0, 1).set_constant(1); }),
            "deadlock: stage 'a', iteration (0, 0) of image 0: waits for "
            "iteration (0, 0) of image 0 of 'b'; 'a' waits for (0, 0) of 'b', "
            "'b' waits for (0, 0) of 'a'");
  EXPECT_EQ(proveChanged([](Chain &c) { c.threshold(1, 0).set_image(17); }),
            "deadlock: stage 'b', iteration (0, 0) of image 16: waits for more "
            "than 16 iterations of an image");
}

TEST(ProveControl, RowsThatAreWrittenAtOnce) {
  for (uint32_t slots : {2, 4}) {
    RowPairs pairs(slots);
    EXPECT_EQ(prove(pairs, contractOf(pairs.program)), "");
    // The last reader of the second row.
    pairs.credits().set_constant(pairs.credits().constant() - 1);
    std::string row = slots == 2 ? "(3, 0" : "(1, 0";
    EXPECT_EQ(prove(pairs, contractOf(pairs.program)),
              "overwrite: stage 'pairs', iteration (0, 0) of image 1, object "
              "'middle', location " +
                  row + ", 0): of image 0, which iteration " + row +
                  ") of 'copy' need not have read");
  }
}

TEST(ProveControl, WritesAreThoseOfTheStageRowByRow) {
  RowPairs pairs(4);
  Contract contract = contractOf(pairs.program);
  contract.stages[0].write.rows = 1;
  EXPECT_EQ(prove(pairs, contract),
            "wrong location: stage 'pairs', object 'middle': the write is not "
            "that of the stage");
}

TEST(ProveControl, WaitsMayBeLongerThanNeeded) {
  // a keeps one slot of two rows free, which the schedule does not.
  EXPECT_EQ(proveChanged([](Chain &c) { c.threshold(0, 1).set_constant(-6); }),
            "");
  // Without a schedule the events are sorted.
  Chain chain;
  EXPECT_EQ(prove(chain, contractOf(chain.program)), "");
}

TEST(ProveControl, WaitsMayBeImpliedByOthers) {
  // in waits for a, which waits for b: a wait of in for b adds nothing, and a
  // wait twice neither.
  EXPECT_EQ(proveChanged([](Chain &c) {
              *c.columns(1).add_body() = c.columns(1).body(0);
              c.columns(1).mutable_body()->SwapElements(1, 2);
            }),
            "");
}

TEST(ProveControl, FindsIterationsThatDoNotFireOnce) {
  EXPECT_EQ(proveChanged([](Chain &c) { c.rows(0).set_step(2); }),
            "missing iteration: stage 'a', iteration (1, 0) of image 0: (2, 0) "
            "fires first");
  EXPECT_EQ(proveChanged(
                [](Chain &c) { c.rows(0).mutable_upper(0)->set_constant(2); }),
            "missing iteration: stage 'a', iteration (3, 0) of image 0: 12 of "
            "16 iterations fire");
  EXPECT_EQ(proveChanged([](Chain &c) {
              c.columns(0).mutable_upper(0)->set_constant(4);
            }),
            "extra iteration: stage 'a', iteration (0, 4) of image 0: is not "
            "in the domain");
  EXPECT_EQ(
      proveChanged([](Chain &c) { c.columns(0).add_body()->mutable_fire(); }),
      "extra iteration: stage 'a', iteration (0, 0) of image 0: fires "
      "twice or too late");
  EXPECT_EQ(
      proveChanged([](Chain &c) { c.rows(0).mutable_lower(0)->set_image(1); }),
      "missing iteration: stage 'a', iteration (0, 0) of image 1: (1, 0) "
      "fires first");
  EXPECT_EQ(proveChanged([](Chain &c) {
              // A long loop of nothing comes first.
              program::Loop &loop = *c.context(0, 0).add_lcu()->mutable_loop();
              loop.set_step(1);
              *loop.add_lower() = Chain::affine(0);
              *loop.add_upper() = Chain::affine(1 << 23);
              c.context(0, 0).mutable_lcu()->SwapElements(0, 1);
            }),
            "missing iteration: stage 'a', iteration (0, 0) of image 0: does "
            "not fire within 4194304 instructions");
}

TEST(ProveControl, SaysWhatItCannotProve) {
  EXPECT_EQ(proveChanged([](Chain &c) {
              // Always true, but the image number is no business of a loop.
              program::LcuInstr guard;
              *guard.mutable_guard()->add_nonnegative() = Chain::affine(0, 1);
              *guard.mutable_guard()->mutable_body() = c.context(0, 0).lcu();
              c.context(0, 0).clear_lcu();
              *c.context(0, 0).add_lcu() = guard;
            }),
            "unproved: stage 'a': loops change from image to image");
  EXPECT_EQ(proveChanged([](Chain &c) {
              program::FloorDiv &div = *c.threshold(1, 0).add_divs();
              div.set_coefficient(0), div.set_divisor(97);
              div.mutable_numerator()->set_image(1);
            }),
            "unproved: stage 'b', iteration (0, 0) of image 0: thresholds "
            "hardly ever repeat");
  Chain chain;
  Contract contract = chain.contract();
  contract.stages[0].domain = {1 << 13, 1 << 12};
  EXPECT_EQ(prove(chain, contract),
            "unproved: stage 'a': more than 16777216 points");
  contract = chain.contract();
  contract.objects[0].extent = {1 << 13, 1 << 12, 1};
  EXPECT_EQ(prove(chain, contract),
            "unproved, object 'x': more than 16777216 points");
}

// A wait that is left out from image 5 on is missed in an image in which it is
// left out.
TEST(ProveControl, LooksAtSeveralImagesWhereGuardsChange) {
  std::string found = proveChanged([](Chain &c) {
    program::LcuInstr guard;
    *guard.mutable_guard()->add_nonnegative() = Chain::affine(4, -1);
    *guard.mutable_guard()->add_body() = c.columns(1).body(0);
    *c.columns(1).mutable_body(0) = guard;
  });
  EXPECT_EQ(found, "read before write: stage 'b', iteration (0, 0) of image 5, "
                   "object 't', location (0, 0, 0): 'a' need not have written "
                   "it; 0 messages of the image are waited for, expected 1");
}

TEST(ProveControl, ThresholdsMayRepeatAfterSeveralImages) {
  auto withHalf = [](int64_t coefficient) {
    return proveChanged([&](Chain &c) {
      // 16*n = 15*n + n, the second half of which comes in pairs of images.
      c.threshold(1, 0).set_image(15);
      c.threshold(1, 0).set_constant(2);
      program::FloorDiv &div = *c.threshold(1, 0).add_divs();
      div.set_coefficient(coefficient), div.set_divisor(2);
      div.mutable_numerator()->set_image(1);
    });
  };
  EXPECT_EQ(withHalf(2),
            "deadlock: stage 'b', iteration (3, 3) of image 0: waits for "
            "iteration (0, 0) of image 1 of 'a', which need not come");
  EXPECT_EQ(withHalf(3),
            "deadlock: stage 'b', iteration (0, 0) of image 30: waits for more "
            "than 16 iterations of an image");
}

TEST(ProveControl, FindsWrongLocations) {
  auto gather = [](Chain &c) -> program::Gather & {
    return *c.context(1, 0).mutable_dpu(0)->mutable_gather();
  };
  EXPECT_EQ(proveChanged([&](Chain &c) { gather(c).set_offset_x(1); }),
            "wrong location: stage 'b', object 't': a gather is no read of the "
            "stage");
  // A kernel row of which no element is taken.
  EXPECT_EQ(proveChanged([&](Chain &c) { gather(c).set_kernel_y(2); }), "");
  EXPECT_EQ(proveChanged([](Chain &c) {
              c.context(0, 0).mutable_write()->set_offset_y(1);
            }),
            "wrong location: stage 'a', object 't': the write is not that of "
            "the stage");
  EXPECT_EQ(proveChanged([](Chain &c) { c.context(0, 0).set_name("c"); }),
            "wrong location: stage 'c': nothing runs it on node 0");
  EXPECT_EQ(proveChanged([](Chain &c) { c.context(0, 0).set_domain(0, 3); }),
            "wrong location: stage 'a': expected a domain of 4x4");
  EXPECT_EQ(proveChanged(
                [](Chain &c) { c.program.mutable_objects(1)->set_name("u"); }),
            "wrong location, object 't': the program has 'u' of 4x4x4, "
            "expected 't' of 4x4x4");
  EXPECT_EQ(proveChanged([](Chain &c) { c.addObject("z", 1, 1, 1); }),
            "wrong location: the program has 4 objects, expected 3");
}

TEST(ProveControl, FindsWrongContracts) {
  Chain chain;
  Contract contract = chain.contract();
  contract.stages.push_back(contract.stages[0]);
  contract.stages.back().name = "c";
  EXPECT_EQ(prove(chain, contract),
            "wrong location: stage 'c': expected a context on node 0");
  contract = chain.contract();
  contract.stages[1].reads.push_back(contract.stages[1].reads[0]);
  EXPECT_EQ(prove(chain, contract),
            "wrong location: stage 'b', object 't': a read of the stage is "
            "left out");
}

TEST(ProveControl, FindsRoutesThatAreMissing) {
  EXPECT_EQ(proveChanged([](Chain &c) {
              // b reads a second buffer of the same object, which none writes.
              c.addBuffer(1, 1, 2);
              c.context(1, 0).mutable_dpu(0)->mutable_gather()->set_buffer(1);
              c.program.mutable_routes(1)->clear_readers();
              c.columns(0).mutable_body()->DeleteSubrange(1, 1);
            }),
            "read before write: stage 'b', iteration (0, 0) of image 0, object "
            "'t', location (0, 0, 0): no route from 'a'");
  EXPECT_EQ(proveChanged([](Chain &c) {
              c.program.mutable_routes()->RemoveLast();
              c.context(1, 0).clear_sends();
            }),
            "read before write: stage 'y', iteration (3, 3) of image 0, object "
            "'y', location (3, 3, 0): no route from 'b'");
}

// Where an occupant's writer sends nothing to the buffer, the one before it is
// still there.
namespace {
/// 'even' and 'odd' write the rows of t; r reads the even ones, which alone
/// come to its buffer of three rows: those that are overwritten never came.
struct Hole : cm::test::ProgramBuilder {
  explicit Hole(bool waits) : ProgramBuilder(3) {
    uint32_t x = addObject("x", 6, 1, 4), t = addObject("t", 6, 1, 4),
             y = addObject("y", 3, 1, 4), z = addObject("z", 6, 1, 4);
    addInput(x);
    addOutput(y);
    addOutput(z);
    addRows("even", 0, x, t);
    addRows("odd", 1, x, t);
    addBuffer(2, t, 3);
    addContext(2, "r", 3, 1);
    program::Gather read = window(2, 0);
    read.set_stride_y(2);
    addLoad(2, 0, read);
    setWrite(2, 0, y);
    uint32_t all = addBuffer(1, t, 6);
    addContext(1, "s", 6, 1);
    addLoad(1, 1, window(1, all));
    setWrite(1, 1, z);
    uint32_t inEven = addRoute({host(), 0}, 0, 0, {0});
    uint32_t inOdd = addRoute({host(), 1}, 0, 0, {0});
    uint32_t toR = addRoute({0, 1, 2}, 0, 0, {0});
    uint32_t evenToS = addRoute({0, 1}, 0, int(all), {1});
    uint32_t oddToS = addRoute({1}, 0, int(all), {1});
    addRoute({2, host()}, 0, -1);
    addRoute({1, host()}, 1, -1);
    waitRetired(host(), 0, inEven, 0, affine(0, 3));
    waitRetired(host(), 0, inOdd, 0, affine(0, 3));
    waitReceived(0, 0, inEven, affine(1, 6, 2, 0));
    waitReceived(1, 0, inOdd, affine(2, 6, 2, 0));
    waitReceived(1, 1, evenToS, affine(3, 3));
    waitReceived(1, 1, oddToS, affine(3, 3));
    waitRetired(0, 0, evenToS, 0, affine(0, 6));
    waitRetired(1, 0, oddToS, 0, affine(0, 6));
    waitReceived(2, 0, toR, affine(1, 3, 1, 0));
    if (waits)
      waitRetired(0, 0, toR, 0, affine(0, 3));
  }

  void addRows(const char *name, uint32_t node, uint32_t from, uint32_t to) {
    addBuffer(node, from, 6);
    addContext(node, name, 3, 1);
    program::Gather read = window(node, 0);
    read.set_stride_y(2);
    read.set_offset_y(node);
    addLoad(node, 0, read);
    setWrite(node, 0, to);
    program::Write &write = *context(node, 0).mutable_write();
    write.set_stride_y(2);
    write.set_offset_y(node);
  }

  std::string prove() {
    auto machine = MachineModel::create(program.machine());
    if (llvm::Error error = validateProgram(program, *machine))
      return "invalid: " + llvm::toString(std::move(error));
    ProofCounts counts;
    auto wrong = proveControl(program, contractOf(program), counts);
    return wrong ? wrong->str() : "";
  }
};
} // namespace

TEST(ProveControl, LooksBehindOccupantsThatNeverCame) {
  EXPECT_EQ(Hole(true).prove(), "");
  EXPECT_EQ(
      Hole(false).prove(),
      "overwrite: stage 'even', iteration (0, 0) of image 1, object 't', "
      "location (0, 0, 0): of image 0, which iteration (0, 0) of 'r' need "
      "not have read");
}

TEST(ProveControl, WaitsForEachOtherEnd) {
  std::string wrong = proveChanged([](Chain &c) {
    c.threshold(1, 0).set_constant(2);
    c.columns(0).mutable_body()->DeleteSubrange(0, 1);
    c.threshold(0, 0).set_constant(2);
  });
  EXPECT_EQ(wrong.substr(0, wrong.find(':')), "read before write");
}

// 2 * 3 * 5 * .. * 53 images do not fit 64 bits.
TEST(ProveControl, ThresholdsThatHardlyEverRepeatAreNotProved) {
  EXPECT_EQ(proveChanged([](Chain &c) {
              c.threshold(0, 0).set_constant(-100000);
              auto *body = c.columns(0).mutable_body();
              for (int prime : {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41,
                                43, 47, 53}) {
                program::Wait &wait = *body->Add()->mutable_wait();
                wait.set_received(c.in);
                *wait.mutable_threshold() = Chain::affine(-1000);
                program::FloorDiv &div = *wait.mutable_threshold()->add_divs();
                div.set_coefficient(1);
                div.set_divisor(prime);
                div.mutable_numerator()->set_image(1);
                body->SwapElements(body->size() - 1, body->size() - 2);
              }
            }),
            "unproved: stage 'a', iteration (0, 0) of image 0: thresholds "
            "hardly ever repeat");
}
