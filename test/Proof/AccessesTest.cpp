//===- AccessesTest.cpp - tables are relations ----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Proof/Accesses.h"
#include "cm/Poly/Context.h"
#include "cm/Poly/Relation.h"
#include "gtest/gtest.h"
#include <random>

using namespace cm;
using namespace cm::proof;

namespace {
/// A writer of a whole object, single pixels or several at once, and a reader
/// through one window, by chance.
struct RandomStream {
  explicit RandomStream(std::mt19937_64 &random) {
    auto number = [&](int64_t low, int64_t high) {
      return low + int64_t(random() % (high - low + 1));
    };
    Stage writer;
    writer.name = "w", writer.domain = {number(1, 6), number(1, 6)};
    writer.written = 0, writer.write = PixelWrite::whole(number(1, 4));
    PixelWrite &write = writer.write;
    write.rows = write.strideY = number(1, 2);
    write.pixels = write.strideX = number(1, 2);
    Extent extent = {writer.domain.h * write.rows,
                     writer.domain.w * write.pixels, write.channels()};
    contract.objects.push_back({"o", extent});
    Stage reader;
    reader.name = "r", reader.domain = {number(1, 6), number(1, 6)};
    Window window = Window::whole(number(1, 3), number(1, 3), extent.c);
    window.strideY = number(0, 3), window.strideX = number(0, 3);
    window.offsetY = number(-3, 2), window.offsetX = number(-3, 2);
    window.dilationY = number(1, 3), window.dilationX = number(1, 3);
    window.elementBegin = number(0, window.listed() - 1);
    window.elementEnd = number(window.elementBegin + 1, window.listed());
    reader.reads.push_back({0, window});
    contract.stages = {writer, reader};
  }

  Contract contract;
};

/// The value of a table, as of a function that is not defined everywhere.
std::optional<int64_t> entry(int32_t value) {
  return value == nobody ? std::nullopt : std::optional<int64_t>(value);
}
} // namespace

// D = lexmax(R . W^-1) and, by the channels of all of a pixel, E =
// lexmax(R^-1): the tables against isl.
TEST(Accesses, TablesAreTheRelationsOfIsl) {
  std::mt19937_64 random(3);
  PolyContext poly;
  for (int round = 0; round < 200; ++round) {
    RandomStream stream(random);
    const Contract &contract = stream.contract;
    const Stage &writer = contract.stages[0], &reader = contract.stages[1];
    const Extent &object = contract.objects[0].extent;
    std::vector<ObjectWrites> writes;
    ASSERT_FALSE(tabulateWrites(contract, writes));
    Map reads = llvm::cantFail(
        readRelation(poly, reader.domain, reader.reads[0].window, object));
    Map written = llvm::cantFail(
        writeRelation(poly, writer.domain, writer.write, object));
    auto needs =
        reads.then(written.inverse()).lexmaxWeighted({writer.domain.w, 1}, 0);
    auto last = reads.inverse()
                    .then(Map::parse(poly, "{ [d0, d1] -> [d0, d1] }"))
                    .lexmaxWeighted({reader.domain.w, 1}, 0);
    ASSERT_TRUE(needs && last);
    auto table = dataNeeds(contract, writes, 1);
    for (int64_t k = 0; k < reader.domain.size(); ++k) {
      auto at = reader.iteration(k);
      EXPECT_EQ(table.empty() ? std::nullopt : entry(table[0].last[k]),
                needs->eval(0, at));
    }
    auto lastTable = lastReads(contract, writes[0], 1, 0);
    for (int64_t pixel = 0; pixel < object.h * object.w; ++pixel) {
      std::optional<int64_t> greatest; // of all channels
      for (int64_t c = 0; c < object.c; ++c)
        greatest = std::max(
            greatest, last->eval(0, {pixel / object.w, pixel % object.w, c}));
      EXPECT_EQ(entry(lastTable[0][pixel]), greatest);
    }
  }
}

TEST(Accesses, RowsAreWrittenOnceAndAll) {
  Contract contract;
  contract.objects.push_back({"o", {4, 2, 3}});
  Stage writer;
  writer.name = "w", writer.domain = {2, 2};
  writer.written = 0, writer.write = PixelWrite::whole(3);
  writer.write.rows = writer.write.strideY = 2;
  auto error = [&](int64_t rows, int64_t stride) {
    writer.write.rows = rows, writer.write.strideY = stride;
    contract.stages = {writer};
    std::vector<ObjectWrites> writes;
    auto wrong = tabulateWrites(contract, writes);
    return wrong ? wrong->str() : "";
  };
  EXPECT_EQ(error(2, 2), "");
  EXPECT_EQ(error(1, 2), "wrong location, object 'o', location (1, 0, 0): 0 of "
                         "3 channels are written");
  EXPECT_EQ(error(2, 1), "wrong location, object 'o', location (1, 0, 0): "
                         "written by both 'w' and 'w'");
}

TEST(Accesses, WindowsThatReadTheSameAreTheSame) {
  Extent object = {8, 8, 2};
  Window window = Window::whole(3, 3, 2), other = window;
  EXPECT_TRUE(readSame({1, 6}, object, window, other));
  other.strideY = 5; // of one row of iterations
  EXPECT_TRUE(readSame({1, 6}, object, window, other));
  EXPECT_FALSE(readSame({2, 6}, object, window, other));
  other = window, other.fill = 3;
  EXPECT_TRUE(readSame({6, 6}, object, window, other));
  EXPECT_FALSE(readSame({7, 6}, object, window, other));
  other = window, other.elementEnd = 17;
  EXPECT_FALSE(readSame({6, 6}, object, window, other));
  PixelWrite write = PixelWrite::whole(2), wide = write;
  wide.strideX = 4;
  EXPECT_TRUE(writeSame({5, 1}, write, wide));
  EXPECT_FALSE(writeSame({5, 2}, write, wide));
  wide = write, wide.rows = 2;
  EXPECT_FALSE(writeSame({5, 1}, write, wide));
}
