//===- DamageTest.cpp - damaged files never crash -------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Networks.h"
#include "RowPairs.h"
#include "cm/Program/Listing.h"
#include "cm/Program/ProgramFile.h"
#include "gmock/gmock.h"

using namespace cm;
using namespace cm::test;
using ::testing::HasSubstr;

/// Where the checksum is not compared a damaged file may be read: then it is
/// refused by validation, stops with an error, or runs; it never crashes.
TEST(ProgramFile, FlippedBytesNeverCrashTheSimulator) {
  RowTiles tiles;
  Convolution convolution(3, 3);
  unsigned refused = 0, stopped = 0, ran = 0;
  for (ProgramBuilder *network :
       std::initializer_list<ProgramBuilder *>{&tiles, &convolution}) {
    network->program.set_checksum(1);
    std::string bytes = network->program.SerializeAsString();
    for (size_t i = 0; i != bytes.size(); ++i)
      for (unsigned bit : {unsigned(i % 8), unsigned((i + 3) % 8)}) {
        std::string damaged = bytes;
        damaged[i] ^= char(1 << bit);
        auto read = parseProgram(damaged, "f");
        if (!read) {
          llvm::consumeError(read.takeError());
          ++refused;
          continue;
        }
        auto machine = MachineModel::create(read->machine());
        if (!machine) {
          llvm::consumeError(machine.takeError());
          ++refused;
          continue;
        }
        if (llvm::Error error = validateProgram(*read, *machine)) {
          llvm::consumeError(std::move(error));
          ++refused;
          continue;
        }
        SimOptions options;
        options.images = 3;
        options.unpaced = true;
        options.captureTensors = true;
        std::vector<SimInput> inputs;
        std::vector<int8_t> data(1 << 20);
        for (const program::Binding &binding : read->inputs()) {
          const program::Object &object = read->objects(binding.object());
          size_t elements =
              size_t(object.height()) * object.width() * object.channels();
          ASSERT_LE(elements, data.size());
          inputs.push_back(
              {llvm::ArrayRef<int8_t>(data).take_front(elements), 1});
        }
        auto result = simulate(*read, *machine, inputs, options);
        if (result) {
          ++ran;
        } else {
          llvm::consumeError(result.takeError());
          ++stopped;
        }
      }
  }
  EXPECT_GT(refused, 100u);
  EXPECT_GT(stopped, 20u);
  EXPECT_GT(ran, 20u);
}

TEST(Validate, RoutesDoNotPassThroughTheHost) {
  Convolution network(5, 6);
  // core[1] -> host -> core[0].
  program::Route &route = *network.program.mutable_routes(1);
  route.add_links(network.program.routes(0).links(0));
  route.set_dest_node(0);
  llvm::Error error = validateProgram(network.program, *network.machine);
  EXPECT_THAT(llvm::toString(std::move(error)),
              HasSubstr("routes[1]: passes through host, which forwards "
                        "nothing"));
}

TEST(Listing, ShowsLoopsWaitsAndData) {
  Convolution network(5, 6);
  std::string text;
  llvm::raw_string_ostream os(text);
  printListing(network.program, *network.machine, os);
  for (const char *line :
       {"program 'test' for machine 'row'",
        "input 'in' from host: object 'in' (5x6x1 int8)",
        "  unit 0: 9x4 weights on crossbars 0",
        "  buffer 0: object 'in' (5x6x1 int8) at 0, 4 rows",
        "  context 0 'conv': 5x6 iterations",
        "    for d0 = 0 .. 4\n      for d1 = 0 .. 5\n        if -d0 + 3 >= 0\n"
        "          wait received[0] >= 30*n + 6*d0 + 12  // in from host "
        "'in'\n",
        "        fire\n",
        "      mvm unit 0 (buffer 0 'in'[d0 - 1 + ky, d1 - 1 + kx, 0:1] ky < 3 "
        "kx < 3 fill 3)",
        "      r2 : 4xint32 = add r0, r1", "r3 : 4xint8 = requantize r2 scale",
        "// tensor 't'", "      send r3 as 'out' (5x6x4 int8)[d0, d1, 0:4]",
        "        wait retired[0, 0] >= 30*n + 6*d0 - 12  // in by core[1] "
        "'conv'",
        "        route 0: host -> core[0] -> core[1], buffer 0, read by "
        "'conv'"})
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(Listing, ShowsRowsAndPixelsThatAreWrittenAtOnce) {
  RowPairs network(4);
  std::string text;
  llvm::raw_string_ostream os(text);
  printListing(network.program, *network.machine, os);
  EXPECT_THAT(text, HasSubstr("      send r0 as 'middle' (4x2x4 int8)[2*d0 .. "
                              "+1, d1, 0:4]\n"));
  network.pairs().set_stride_x(2), network.pairs().set_pixels(2);
  network.pairs().set_offset_x(1);
  text.clear();
  printListing(network.program, *network.machine, os);
  EXPECT_THAT(text, HasSubstr("[2*d0 .. +1, 2*d1 + 1 .. +1, 0:4]\n"));
}
