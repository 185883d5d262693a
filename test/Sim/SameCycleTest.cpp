//===- SameCycleTest.cpp - what comes together in a cycle -----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes that end, and requests that are made, in one cycle: ports decide, in
// both engines and all orders of modules. Comments are as in TimingTest.cpp.
//
//===----------------------------------------------------------------------===//

#include "Orders.h"
#include "TimingNetworks.h"
#include "gmock/gmock.h"

using namespace cm;
using namespace cm::test;
using ::testing::ElementsAre;

namespace {

/// On each of `cores`, in this order, 'first' and 'second' write the same pixel
/// of a buffer that 'reader' has not read, while more of the input arrives.
struct Collision : ProgramBuilder {
  explicit Collision(const std::vector<uint32_t> &cores)
      : ProgramBuilder(changed(2, "ports: 1", "ports: 4")) {
    in = addObject("in", 1, 4, 4);
    middle = addObject("middle", 1, 1, 4);
    addInput(in);
    for (uint32_t core : cores)
      addCore(core);
  }

private:
  void addCore(uint32_t core) {
    uint32_t source = addBuffer(core, in, 1),
             target = addBuffer(core, middle, 1);
    uint32_t route = addRoute({host(), core}, 0, source, {0, 1});
    for (const char *name : {"first", "second"}) {
      uint32_t context = addContext(core, name, 1, 1);
      addLoad(core, context, window(core, source));
      setWrite(core, context, middle);
      waitSame(core, context, route, 1, 1);
    }
    uint32_t reader = addContext(core, "reader", 1, 1);
    addLoad(core, reader, window(core, target));
    uint32_t out = addObject("out", 1, 1, 4);
    addOutput(out);
    setWrite(core, reader, out);
    for (uint32_t context : {0, 1})
      route = addRoute({core}, context, target, {reader});
    addRoute({core, host()}, reader, -1);
    waitSame(core, reader, route, 1, 1);
  }

  uint32_t in, middle;
};

/// Contexts a, b and c of core 0 load each pixel of the input.
struct Readers : ProgramBuilder {
  Readers(uint32_t width, const std::string &machine)
      : ProgramBuilder(machine) {
    uint32_t in = addObject("in", 1, width, 4);
    addInput(in);
    uint32_t buffer = addBuffer(0, in, 1);
    uint32_t route = addRoute({host(), 0}, 0, buffer, {0, 1, 2});
    for (const char *name : {"a", "b", "c"}) {
      uint32_t context = addContext(0, name, 1, width);
      addLoad(0, context, window(0, buffer));
      uint32_t out = addObject("out", 1, width, 4);
      addOutput(out);
      setWrite(0, context, out);
      addRoute({0, host()}, context, -1);
      waitSame(0, context, route, 1, width);
    }
  }
  std::vector<std::string> events() {
    return eventsOf(*this, {"written in", "load a", "load b", "load c"});
  }
};

std::string errorOf(ProgramBuilder &builder) {
  EngineComparison found = compare(builder, 1, true);
  EXPECT_EQ(found.difference, "");
  return found.error;
}

} // namespace

TEST(SameCycle, OfTwoWritesTheLaterRouteFails) {
  // Global memory [0,1), link [1,2), arrives 2, write [2,3), both load [3,4)
  // and write [4,5). Pixel 2 is written then too, and pixel 3 arrives.
  Collision network({0});
  EXPECT_EQ(errorOf(network),
            "cycle 5: message of core[0] 'second' for image 0 at core[0] "
            "overwrites live data: pixel (0, 0) of image 0 of object 'middle' "
            "goes to address 16, which holds pixel (0, 0) of image 0; core[0] "
            "'reader' reads it last in iteration (0, 0)");
}

TEST(SameCycle, OfTwoFailuresTheFirstRoutesIsReported) {
  // As above on both cores; routes of core 1 come first.
  Collision network({1, 0});
  EXPECT_THAT(errorOf(network),
              testing::StartsWith("cycle 5: message of core[1] 'second' for "
                                  "image 0 at core[1] overwrites live data"));
}

TEST(SameCycle, OfTwoContextsTheFirstFails) {
  // The first two windows of 'late' lie outside of the object: it writes
  // nothing at once, and then fails. That wakes 'early', which fails too.
  ProgramBuilder network(rowMachine(1));
  uint32_t in = network.addObject("in", 1, 3, 4);
  uint32_t middle = network.addObject("middle", 1, 3, 4);
  uint32_t out = network.addObject("out", 1, 3, 4);
  network.addInput(in);
  network.addOutput(out);
  uint32_t source = network.addBuffer(0, in, 1),
           target = network.addBuffer(0, middle, 1);
  network.addContext(0, "early", 1, 3);
  network.addContext(0, "late", 1, 3);
  network.addRoute({network.host(), 0}, 0, source, {1});
  network.addLoad(0, 0, network.window(0, target));
  network.setWrite(0, 0, out);
  network.addRoute({0, network.host()}, 0, -1);
  program::Gather outside = network.window(0, source);
  outside.set_offset_x(-2);
  network.addLoad(0, 1, outside);
  network.setWrite(0, 1, middle);
  network.context(0, 1).mutable_write()->set_offset_x(3);
  uint32_t route = network.addRoute({0}, 1, target, {0});
  network.waitSame(0, 0, route, 1, 3);
  EXPECT_THAT(errorOf(network),
              testing::StartsWith("cycle 0: core[0] 'early' in iteration (0, "
                                  "0) of image 0: reads unwritten data"));
}

TEST(SameCycle, OfTwoWritesOfARouteTheFirstMessageFails) {
  // Pixels of 3 bytes in two slots: at 3 they take two accesses. They arrive
  // from 2 on: writes [2,3), [3,5), [4,5), [5,7) and [6,7) at two ports. Pixel
  // 0 is never read, so 2 may take its slot; 3 and 4 both go to one that is
  // still to be read.
  ProgramBuilder builder(changed(1, "ports: 1", "ports: 2"));
  uint32_t in = builder.addObject("in", 1, 5, 3);
  uint32_t out = builder.addObject("out", 1, 2, 3);
  builder.addInput(in);
  builder.addOutput(out);
  uint32_t buffer = builder.addBuffer(0, in, 2, program::FOLD_PIXEL);
  builder.addContext(0, "copy", 1, 2);
  program::Gather gather = builder.window(0, buffer);
  gather.set_offset_x(1);
  builder.addLoad(0, 0, gather);
  builder.setWrite(0, 0, out);
  uint32_t route = builder.addRoute({builder.host(), 0}, 0, buffer, {0});
  builder.addRoute({0, builder.host()}, 0, -1);
  builder.waitReceived(0, 0, route, builder.affine(5, 5));
  EXPECT_EQ(errorOf(builder),
            "cycle 7: message of host 'in' for image 0 at core[0] overwrites "
            "live data: pixel (0, 3) of image 0 of object 'in' goes to address "
            "3, which holds pixel (0, 1) of image 0; core[0] 'copy' reads it "
            "last in iteration (0, 0)");
}

TEST(SameCycle, TwoMessagesOfARouteAreThereAtOnce) {
  // Pixels of 3 bytes in slots of their own: writes [2,3), [3,5), [4,6) and
  // [5,6), loads [3,4), [5,7), [7,9) and [9,10), at three ports.
  Copy copy(4, 3, 4, changed(2, "ports: 1", "ports: 3"));
  EXPECT_THAT(eventsOf(copy, {"written in", "load copy"}),
              ElementsAre("3 written in (0, 0)", "4 load copy (0, 0)",
                          "5 written in (0, 1)", "6 written in (0, 2)",
                          "6 written in (0, 3)", "7 load copy (0, 1)",
                          "9 load copy (0, 2)", "10 load copy (0, 3)"));
}

TEST(SameCycle, RequestsAtAnIdlePortGoByContext) {
  // The LCUs take until 4, the write has ended at 3.
  Readers readers(1, changed(1, "lcu { contexts: 8 }",
                             "lcu { contexts: 8 instruction_cycles: 1 }"));
  EXPECT_THAT(readers.events(),
              ElementsAre("3 written in (0, 0)", "5 load a (0, 0)",
                          "6 load b (0, 0)", "7 load c (0, 0)"));
}

TEST(SameCycle, RequestsWhereAWriteEndsGoByContextThenByRoute) {
  // All can read pixel 0 at 3, when pixel 1 arrives.
  Readers readers(2, rowMachine(1));
  EXPECT_THAT(readers.events(),
              ElementsAre("3 written in (0, 0)", "4 load a (0, 0)",
                          "5 load b (0, 0)", "6 load c (0, 0)",
                          "7 written in (0, 1)", "8 load a (0, 1)",
                          "9 load b (0, 1)", "10 load c (0, 1)"));
}

TEST(SameCycle, AsManyRequestsAsPortsAreServed) {
  Readers readers(2, changed(1, "ports: 1", "ports: 2"));
  EXPECT_THAT(readers.events(),
              ElementsAre("3 written in (0, 0)", "4 load a (0, 0)",
                          "4 load b (0, 0)", "5 load c (0, 0)",
                          "5 written in (0, 1)", "6 load a (0, 1)",
                          "6 load b (0, 1)", "7 load c (0, 1)"));
}

TEST(SameCycle, WhoHasWaitedComesBeforeWhoEndsTheJob) {
  // Both gather [3,4) and ask for the crossbars. When the first MVM ends, its
  // context asks for the next: the other one has waited since 4.
  Multiply multiply(2, 2, changed(2, "ports: 1", "ports: 2"));
  multiply.context(0, 1).set_name("second");
  EXPECT_THAT(eventsOf(multiply, {"mvm multiply", "mvm second"}),
              ElementsAre("14 mvm multiply (0, 0)", "24 mvm second (0, 0)",
                          "34 mvm multiply (0, 1)", "44 mvm second (0, 1)"));
}
