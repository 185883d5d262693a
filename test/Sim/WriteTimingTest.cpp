//===- WriteTimingTest.cpp - hand-computed cycles of writes ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// As TimingTest.cpp: what messages take of ports, by where they go.
//
//===----------------------------------------------------------------------===//

#include "Orders.h"
#include "RowPairs.h"
#include "TimingNetworks.h"
#include "gmock/gmock.h"

using namespace cm;
using namespace cm::test;
using ::testing::ElementsAre;

namespace {

/// 'part' of core 0 writes 4 bytes of a pixel of 8, from byte `begin` on, which
/// 'reader' loads. The pixel lies behind the 4 bytes of the input.
struct PartOfAPixel : ProgramBuilder {
  PartOfAPixel(uint32_t begin, uint32_t elementBytes)
      : ProgramBuilder(1), begin(begin / elementBytes),
        end((begin + 4) / elementBytes) {
    uint32_t in = addObject("in", 1, 1, 4);
    middle = addObject("middle", 1, 1, 8 / elementBytes, elementBytes);
    addInput(in);
    uint32_t source = addBuffer(0, in, 1);
    target = addBuffer(0, middle, 1);
    uint32_t context = addContext(0, "part", 1, 1);
    addLoad(0, context, window(0, source));
    if (elementBytes != 1)
      addDpu(0, context, program::DPU_CONSTANT, size())
          .mutable_table()
          ->Resize(size(), 1);
    setWrite(0, context, middle);
    program::Write &write = *this->context(0, context).mutable_write();
    write.set_channel_begin(this->begin), write.set_channel_end(end);
    uint32_t route = addRoute({host(), 0}, 0, source, {context});
    waitSame(0, context, route, 1, 1);
    addReader(elementBytes);
  }

  std::vector<std::string> events() {
    return eventsOf(*this, {"written part", "load reader"});
  }
  uint32_t middle = 0, target = 0;

private:
  uint32_t size() const { return end - begin; }
  void addReader(uint32_t elementBytes) {
    uint32_t out = addObject("out", 1, 1, size());
    addOutput(out);
    uint32_t context = addContext(0, "reader", 1, 1);
    program::Gather gather = window(0, target);
    gather.set_channel_begin(begin), gather.set_channel_end(end);
    gather.set_element_end(size());
    addLoad(0, context, gather);
    if (elementBytes != 1)
      addDpu(0, context, program::DPU_REQUANTIZE, size(), {0}).add_scales(1);
    setWrite(0, context, out);
    uint32_t route = addRoute({0}, 0, target, {context});
    addRoute({0, host()}, context, -1);
    waitSame(0, context, route, 1, 1);
  }

  uint32_t begin, end; // channels
};

/// `writer` of core 0 loads each pixel of a row, the input, and `reader` of
/// core 1 what that writes, once all of it is there.
struct Relay : ProgramBuilder {
  struct Size {
    uint32_t height, width, channels;
  };
  Relay(uint32_t width, uint32_t channels, const char *writer,
        const Size &written, const char *reader)
      : ProgramBuilder(2) {
    uint32_t in = addObject("in", 1, width, channels);
    uint32_t middle =
        addObject("middle", written.height, written.width, written.channels);
    uint32_t out =
        addObject("out", written.height, written.width, written.channels);
    addInput(in);
    addOutput(out);
    addBuffer(0, in, 1);
    addContext(0, writer, 1, width);
    addLoad(0, 0, window(0, 0));
    setWrite(0, 0, middle);
    addBuffer(1, middle, written.height);
    addContext(1, reader, written.height, written.width);
    addLoad(1, 0, window(1, 0));
    setWrite(1, 0, out);
    input = addRoute({host(), 0}, 0, 0, {0});
    uint32_t route = addRoute({0, 1}, 0, 0, {0});
    addRoute({1, host()}, 0, -1);
    waitReceived(1, 0, route, affine(width, width));
  }

  uint32_t input; // route
};

} // namespace

TEST(WriteTiming, PartOfAPixelTakesTheWordsThatItIsIn) {
  // Global memory [0,1), link [1,2), arrives 2, write [2,3), load [3,4). Bytes
  // 6 to 9 are in two words: write [4,6), load [6,8).
  EXPECT_THAT(PartOfAPixel(2, 1).events(),
              ElementsAre("6 written part (0, 0)", "8 load reader (0, 0)"));
  // Bytes 8 to 11 are one: write [4,5), load [5,6). They are channels 4 to 7,
  // or 2 and 3.
  for (uint32_t elementBytes : {1, 2})
    EXPECT_THAT(PartOfAPixel(4, elementBytes).events(),
                ElementsAre("5 written part (0, 0)", "6 load reader (0, 0)"));
}

TEST(WriteTiming, ABufferNeedNotBeginAtAWord) {
  // As above; the pixel is at 6 and its bytes from 2 on at 8 to 11.
  PartOfAPixel part(2, 1);
  part.node(0).mutable_buffers(part.target)->set_address(6);
  EXPECT_THAT(part.events(),
              ElementsAre("5 written part (0, 0)", "6 load reader (0, 0)"));
}

TEST(WriteTiming, WordsCountForEachRowOfAMessage) {
  // As Timing.RowsOfAMessageTakeThePortOneAfterTheOther until messages arrive
  // at 9, 14, 18 and 20, each of two rows of 4 bytes that are now in two words:
  // writes [9,13) and [14,18); 'copy' loads [18,20) before the third message,
  // which ties with it, [20,24), and [24,26) before the fourth, [26,30).
  RowPairs network(4);
  network.node(1).mutable_buffers(0)->set_address(2);
  EXPECT_THAT(eventsOf(network, {"written pairs"}),
              ElementsAre("13 written pairs (0, 0)", "18 written pairs (0, 1)",
                          "24 written pairs (1, 0)",
                          "30 written pairs (1, 1)"));
}

TEST(WriteTiming, RowsOfAMessageTakeTheWordsThatEachIsIn) {
  // Three pixels of 6 bytes: global memory until 2, 4, 6, links [2,4), [4,6),
  // [6,8), arrive 4, 6, 8, two accesses each: writes [4,6), [6,8), [8,10). Then
  // 'pairs' loads [10,12), [12,14), [14,16) and sends at once, two cycles each:
  // they arrive 14, 16, 18. Pixels of 3 bytes, of which rows are 9 bytes apart:
  //   bytes 0 to 2 and 9 to 11: one word each, [14,16)
  //   3 to 5 and 12 to 14: two words and one, [16,19)
  //   6 to 8 and 15 to 17: two words each, [19,23)
  Relay relay(3, 6, "pairs", {2, 3, 3}, "copy");
  program::Write &pairs = *relay.context(0, 0).mutable_write();
  pairs.set_stride_y(2), pairs.set_rows(2);
  relay.waitReceived(0, 0, relay.input, relay.affine(3, 3));
  EXPECT_THAT(eventsOf(relay, {"written pairs"}),
              ElementsAre("16 written pairs (0, 0)", "19 written pairs (0, 1)",
                          "23 written pairs (0, 2)"));
}

TEST(WriteTiming, AllRowsOfAMessageCountForGlobalMemory) {
  // As Timing.CutThroughForwardsTheFirstBytes, without core 1: load [6,8), link
  // [8,10), arrives 10, global memory [10,12).
  Copy copy(1, 8);
  program::Object &out = *copy.program.mutable_objects(copy.out);
  out.set_height(2), out.set_channels(4);
  program::Binding &binding = *copy.program.mutable_outputs(0);
  binding.set_host_shape(1, 2), binding.set_host_shape(3, 4);
  program::Write &write = *copy.context(0, 0).mutable_write();
  write.set_channel_end(4);
  write.set_stride_y(2), write.set_rows(2);
  EXPECT_THAT(eventsOf(copy, {"written copy"}),
              ElementsAre("12 written copy (0, 0)"));
}

TEST(WriteTiming, AnEmptyMessageCountsWhenItArrives) {
  // Pixel 1 of 'copy' lies outside of what it writes. Writes [2,3), loads
  // [3,4), write [4,5), load [5,6); links [4,5) and, for a header of no bytes,
  // [6,7): they arrive 5 and 7. At core 1 the first is written [5,6), the
  // second takes no port: 'reader' loads [7,8).
  Relay relay(2, 4, "copy", {1, 1, 4}, "reader");
  relay.waitSame(0, 0, relay.input, 1, 2);
  EXPECT_THAT(eventsOf(relay, {"arrived copy", "written copy", "load reader"}),
              ElementsAre("5 arrived copy (0, 0)", "6 written copy (0, 0)",
                          "7 arrived copy (0, 1)", "8 load reader (0, 0)"));
}
