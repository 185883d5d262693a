//===- TransportTest.cpp - streams that share links -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A ring whose streams wait for each other's links in a cycle: queues of their
// own let each of them through, in any case. Order of packets, and credits on
// links.
//
//===----------------------------------------------------------------------===//

#include "TimingNetworks.h"

using namespace cm;
using namespace cm::test;

namespace {

constexpr uint32_t cores = 5;

std::string ringMachine(const std::string &network) {
  std::string text = rowMachine(cores);
  std::string from = "topology { path_power { cores: 5 power: 1 } }";
  return text.replace(text.find(from), from.size(),
                      "topology { mesh { width: 5 height: 1 torus: true } } "
                      "network { " +
                          network + " }");
}

/// Core i copies the input and sends it over core i + 1 to core i + 2, which
/// sends it to the host: links of the ring follow each other all the way round.
struct RingOfStreams : ProgramBuilder {
  RingOfStreams(const std::string &network, uint32_t width, uint32_t channels)
      : ProgramBuilder(ringMachine(network)), width(width) {
    in = addObject("in", 1, width, channels);
    addInput(in);
    for (uint32_t core = 0; core != cores; ++core)
      addFirst(core, addObject("middle", 1, width, channels));
    for (uint32_t core = 0; core != cores; ++core)
      addSecond(core, addObject("out", 1, width, channels));
  }

  void addFirst(uint32_t core, uint32_t middle) {
    uint32_t buffer = addBuffer(core, in, 1, program::FOLD_PIXEL);
    addContext(core, "first", 1, width);
    addLoad(core, 0, window(core, buffer));
    setWrite(core, 0, middle);
    uint32_t route = addRoute({host(), core}, 0, buffer, {0});
    waitSame(core, 0, route, 1, width);
    waitFree(host(), 0, route, 1, width, 1);
  }

  void addSecond(uint32_t core, uint32_t out) {
    uint32_t middle = 1 + core, target = (core + 2) % cores;
    uint32_t buffer = addBuffer(target, middle, 1, program::FOLD_PIXEL);
    uint32_t reader = addContext(target, "second", 1, width);
    addLoad(target, reader, window(target, buffer));
    setWrite(target, reader, out);
    addOutput(out);
    uint32_t route =
        addRoute({core, (core + 1) % cores, target}, 0, buffer, {reader});
    addRoute({target, host()}, reader, -1);
    waitSame(target, reader, route, 1, width);
    waitFree(core, 0, route, 1, width, 1);
  }

  uint32_t in, width;
};

} // namespace

TEST(Transport, AStreamHasAQueueOfItsOwn) {
  for (const char *network :
       {"max_payload: 4",
        "max_payload: 4 switching: SWITCHING_STORE_AND_FORWARD",
        "header_bytes: 9 max_payload: 1", "credits: CREDITS_INBAND"}) {
    RingOfStreams ring(network, 6, 12);
    SimResult result = ring.runOk(ramp(72), 3);
    ASSERT_EQ(result.outputs.size(), cores);
    for (const std::vector<int8_t> &output : result.outputs) {
      EXPECT_EQ(std::vector<int8_t>(output.begin(), output.begin() + 72),
                ramp(72));
      EXPECT_EQ(std::vector<int8_t>(output.end() - 72, output.end()), ramp(72));
    }
    uint32_t shared = 0;
    for (const LinkStatistics &link : result.statistics.links)
      shared += link.name.find("host") == std::string::npos &&
                link.streams.size() >= 2;
    EXPECT_EQ(shared, network[0] == 'c' ? 2 * cores : cores);
  }
}

TEST(Transport, CreditsOnLinksTakeTheirCycles) {
  // As Timing.CopyOfOnePixel, and at 4, when the pixel is retired, a credit of
  // 8 bytes takes the link core 0 -> host [4,6): the message goes [6,7),
  // arrives 7, is written [7,8).
  for (SimEngine engine : {SimEngine::Event, SimEngine::Tick}) {
    Copy copy(
        1, 4, 4,
        changed(2, "link {",
                "network { credits: CREDITS_INBAND credit_bytes: 8 } link {"));
    SimOptions options;
    options.images = 3;
    options.engine = engine;
    SimResult result = llvm::cantFail(copy.run(ramp(4), options));
    EXPECT_EQ(result.statistics.lastOut[0], 8u);
    const LinkStatistics *back = nullptr;
    for (const LinkStatistics &link : result.statistics.links)
      if (link.name == "core[0]->host")
        back = &link;
    ASSERT_TRUE(back);
    EXPECT_EQ(back->bytes, 3u * (4 + 8));
    EXPECT_EQ(back->busy, 3u * (1 + 2));
    ASSERT_EQ(back->streams.size(), 2u);
    EXPECT_EQ(back->streams[0].name, "copy");
    EXPECT_FALSE(back->streams[0].isCredit);
    EXPECT_EQ(back->streams[0].bytes, 3u * 4);
    EXPECT_EQ(back->streams[1].name, "in");
    EXPECT_TRUE(back->streams[1].isCredit);
    EXPECT_EQ(back->streams[1].bytes, 3u * 8);
  }
}

TEST(Transport, PacketsThatOvertakeAreFound) {
  // A message of 12 bytes is three packets in one queue.
  for (SimEngine engine : {SimEngine::Event, SimEngine::Tick}) {
    Copy copy(1, 12, 4,
              changed(2, "link {", "network { max_payload: 4 } link {"));
    SimOptions options;
    options.engine = engine;
    options.reorderPackets = true;
    EXPECT_EQ(llvm::toString(copy.run(ramp(12), options).takeError()),
              "cycle 3: packet 2 of message 0 of host 'in' is sent over link "
              "host->core[0] before packet 0 of message 0");
  }
}
