//===- ControlTest.cpp - the fire rule and the credit rule ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Analysis/Control.h"
#include "Cases.h"
#include "cm/Poly/Box.h"
#include "cm/Poly/Context.h"
#include "gtest/gtest.h"

using namespace cm;
using namespace cm::test;

/// A window of kernel x kernel over all channels, with as many iterations as a
/// convolution has.
static StreamAccess convolution(int64_t size, int64_t channels, int64_t kernel,
                                int64_t stride, int64_t padding) {
  StreamAccess stream;
  stream.writer = {size, size};
  stream.write = PixelWrite::whole(channels);
  stream.object = {size, size, channels};
  int64_t out = (size + 2 * padding - kernel) / stride + 1;
  stream.reader = {out, out};
  Window window = Window::whole(kernel, kernel, channels);
  window.strideY = window.strideX = stride;
  window.offsetY = window.offsetX = -padding;
  stream.reads = {window};
  return stream;
}

/// The values of the pieces, sorted, without the conditions.
static std::string values(const llvm::Expected<Piecewise> &rule) {
  std::vector<std::string> lines;
  for (const Piece &piece : rule->pieces)
    lines.push_back(piece.value.str());
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string &line : lines)
    text += line + "\n";
  return text;
}

class Control : public ::testing::Test {
protected:
  Piecewise fire(const StreamAccess &stream) {
    return llvm::cantFail(rules.fire(stream));
  }
  Piecewise credit(const StreamAccess &stream, Fold fold, int64_t slots) {
    return llvm::cantFail(rules.credit(stream, fold, slots));
  }

  PolyContext context;
  ControlRules rules{context};
};

//===----------------------------------------------------------------------===//
// Rules as text
//===----------------------------------------------------------------------===//

TEST_F(Control, Fire3x3) {
  EXPECT_EQ(fire(convolution(32, 16, 3, 1, 1)).str(),
            "1024*n + 1024 : d0 - 30 >= 0 and -d0 + 31 >= 0 and d1 - 30 >= 0 "
            "and -d1 + 31 >= 0\n"
            "1024*n + d1 + 994 : d0 - 30 >= 0 and -d0 + 31 >= 0 and d1 >= 0 "
            "and -d1 + 29 >= 0\n"
            "1024*n + 32*d0 + 64 : d0 >= 0 and -d0 + 29 >= 0 and d1 - 30 >= 0 "
            "and -d1 + 31 >= 0\n"
            "1024*n + 32*d0 + d1 + 34 : d0 >= 0 and -d0 + 29 >= 0 and d1 >= 0 "
            "and -d1 + 29 >= 0\n");
}

/// Two rows of two pixels are written at once: the reader's odd and even rows
/// have one value.
TEST_F(Control, FireHasNoPiecesForResidues) {
  StreamAccess stream = convolution(8, 16, 3, 1, 1);
  PixelWrite &write = stream.write;
  write.rows = write.strideY = write.pixels = write.strideX = 2;
  stream.writer = {4, 4};
  EXPECT_EQ(values(fire(stream)),
            "16*n + 16\n"
            "16*n + 4*floor((d0 + 1)/2) + 4\n"
            "16*n + 4*floor((d0 + 1)/2) + floor((d1 + 1)/2) + 1\n"
            "16*n + floor((d1 + 1)/2) + 13\n");
}

/// So has a row tile that ends with the window: its last row decides.
TEST_F(Control, FireOfARowTileHasNoPiecesForResidues) {
  StreamAccess stream = convolution(8, 16, 3, 1, 1);
  stream.write.rows = stream.write.strideY = 2;
  stream.writer = {4, 8};
  std::string whole = values(fire(stream));
  EXPECT_EQ(whole, "32*n + 32\n"
                   "32*n + 8*floor((d0 + 1)/2) + 8\n"
                   "32*n + d1 + 26\n"
                   "32*n + d1 + 8*floor((d0 + 1)/2) + 2\n");
  stream.reads[0].elementBegin = 80; // the last pixel of the second row
  EXPECT_EQ(values(fire(stream)), whole);
}

TEST_F(Control, FireHasFourPiecesWhateverTheSize) {
  for (int64_t size : {8, 56, 224, 1000})
    EXPECT_EQ(fire(convolution(size, 64, 3, 1, 1)).pieces.size(), 4u);
}

TEST_F(Control, FireStride2) {
  EXPECT_EQ(values(fire(convolution(32, 16, 3, 2, 1))),
            "1024*n + 64*d0 + 2*d1 + 34\n");
}

TEST_F(Control, Fire7x7Stride2) {
  EXPECT_EQ(values(fire(convolution(224, 3, 7, 2, 3))),
            "50176*n + 2*d1 + 49956\n"
            "50176*n + 448*d0 + 2*d1 + 676\n"
            "50176*n + 448*d0 + 896\n"
            "50176*n + 50176\n");
}

TEST_F(Control, FirePool2x2) {
  EXPECT_EQ(values(fire(convolution(8, 16, 2, 2, 0))),
            "64*n + 16*d0 + 2*d1 + 10\n");
}

TEST_F(Control, FireGlobalPool) {
  EXPECT_EQ(values(fire(convolution(7, 512, 7, 1, 0))), "49*n + 49\n");
}

/// Attention: each of 16 tokens reads all tokens of 8 channels.
TEST_F(Control, AllTokensAreReadByEach) {
  StreamAccess stream;
  stream.writer = stream.reader = {16, 1};
  stream.write = PixelWrite::whole(8);
  stream.object = {16, 1, 8};
  Window all = Window::whole(16, 1, 8);
  all.strideY = 0;
  stream.reads = {all};
  EXPECT_EQ(values(fire(stream)), "16*n + 16\n");
  // Token y overwrites token y of the image before, which all have read.
  EXPECT_EQ(values(credit(stream, Fold::Row, 16)), "16*n\n");
  // With two images of room nobody waits for the image before.
  EXPECT_EQ(values(credit(stream, Fold::Row, 32)), "16*n - 16\n");
}

/// A sum of every other pixel of one object and every pixel of a smaller one.
TEST_F(Control, TwoObjectsAtDifferentRates) {
  EXPECT_EQ(values(fire(convolution(8, 16, 1, 2, 0))),
            "64*n + 16*d0 + 2*d1 + 1\n");
  EXPECT_EQ(values(fire(convolution(4, 16, 1, 1, 0))),
            "16*n + 4*d0 + d1 + 1\n");
}

TEST_F(Control, PartialSumIsTheIdentity) {
  StreamAccess stream = convolution(8, 16, 1, 1, 0);
  EXPECT_EQ(values(fire(stream)), "64*n + 8*d0 + d1 + 1\n");
  EXPECT_EQ(values(credit(stream, Fold::Row, 2)), "64*n + 8*d0 + d1 - 15\n");
  EXPECT_EQ(values(credit(stream, Fold::Pixel, 16)), "64*n + 8*d0 + d1 - 15\n");
}

TEST_F(Control, CreditOfRows) {
  // Row y goes into the slot of row y - 4, last read by iteration y - 3.
  StreamAccess stream = convolution(32, 16, 3, 1, 1);
  Piecewise rule = credit(stream, Fold::Row, 4);
  EXPECT_EQ(rule.eval(0, {6, 5}), 32 * 3 + 6 + 1);
  EXPECT_EQ(rule.eval(2, {6, 31}), 2 * 1024 + 32 * 3 + 31 + 1);
  // Row 0 goes into the slot of row 28 of the image before.
  EXPECT_EQ(rule.eval(1, {0, 0}), 32 * 29 + 1 + 1);
  // Nothing is overwritten in the first image: no wait.
  EXPECT_LE(*rule.eval(0, {3, 31}), 0);
}

//===----------------------------------------------------------------------===//
// The traps of the earlier prototype
//===----------------------------------------------------------------------===//

TEST_F(Control, TrapStride) {
  // Last reader of row y of a 3x3 with stride 2 is iteration (y + 1) / 2.
  StreamAccess stream = convolution(16, 4, 3, 2, 1);
  Piecewise rule = credit(stream, Fold::Row, 3);
  EXPECT_EQ(rule.eval(0, {4, 4}), 8 * 1 + 2 + 1); // over row 1
  EXPECT_EQ(rule.eval(0, {5, 4}), 8 * 1 + 2 + 1); // over row 2
}

TEST_F(Control, TrapUnreadLocationsOf1x1Stride2) {
  StreamAccess stream = convolution(8, 4, 1, 2, 0);
  // Row 1 is never read, so that what overwrites it waits for row 0 at most.
  Piecewise rule = credit(stream, Fold::Row, 2);
  EXPECT_EQ(rule.eval(1, {3, 7}), 16 + 4);
  EXPECT_EQ(rule.eval(1, {2, 0}), 16 + 1);
  // The window needs pixel (2*d0, 2*d1) and nothing else.
  EXPECT_EQ(values(fire(stream)), "64*n + 16*d0 + 2*d1 + 1\n");
  stream.reads[0].offsetY = stream.reads[0].offsetX = 1;
  EXPECT_EQ(values(fire(stream)), "64*n + 16*d0 + 2*d1 + 10\n");
}

TEST_F(Control, TrapReleaseOnTheFirstChannelOfAPixel) {
  // Channel 0 of a pixel is read at once, channel 1 one row later.
  StreamAccess stream = convolution(6, 2, 1, 1, 0);
  stream.reader = {7, 6};
  Window first = stream.reads[0], second = first;
  first.channelEnd = 1;
  second.channelBegin = 1;
  first.elementEnd = second.elementEnd = 1;
  second.offsetY = -1;
  stream.reads = {first, second};
  EXPECT_EQ(credit(stream, Fold::Row, 3).eval(0, {3, 2}), 6 * 1 + 2 + 1);
  // A writer of channel 0 alone may reuse its bytes a row earlier.
  stream.write.channelEnd = 1;
  EXPECT_EQ(credit(stream, Fold::Row, 3).eval(0, {3, 2}), 6 * 0 + 2 + 1);
}

TEST_F(Control, TrapTrailingIterationsThatReadOnlyPadding) {
  StreamAccess stream = convolution(4, 1, 1, 1, 0);
  stream.reader = {7, 7};
  Piecewise rule = fire(stream);
  for (int64_t d : {4, 5, 6}) {
    EXPECT_LE(rule.eval(1, {d, d}).value_or(0), 32);
    EXPECT_LE(rule.eval(1, {3, d}).value_or(0), 32);
  }
  // Retired iterations are counted with those that read nothing.
  EXPECT_EQ(credit(stream, Fold::Row, 4).eval(2, {1, 1}), 49 + 7 + 2);
}

TEST_F(Control, ReadersOfOtherChannelsNeedNothing) {
  StreamAccess stream = convolution(4, 4, 3, 1, 1);
  stream.write.channelBegin = 2;
  stream.reads[0].channelEnd = 2;
  stream.reads[0].elementEnd = 18;
  EXPECT_TRUE(fire(stream).pieces.empty());
  EXPECT_TRUE(credit(stream, Fold::Row, 2).pieces.empty());
}

//===----------------------------------------------------------------------===//
// Against enumeration
//===----------------------------------------------------------------------===//

/// Checks that waiting for all `rules` in order has the same effect as waiting
/// for the direct needs in order, and that no wait is longer.
template <typename Direct>
static void checkRules(const std::vector<Piecewise> &rules,
                       const Domain &domain, Direct direct) {
  for (int64_t image = 0; image < 3; ++image) {
    std::optional<int64_t> waited, needed;
    for (int64_t rank = 0; rank < domain.size(); ++rank) {
      if (auto need = direct(image, rank))
        needed = needed ? std::max(*needed, *need) : *need;
      for (const Piecewise &rule : rules)
        if (auto wait = rule.eval(image, {rank / domain.w, rank % domain.w}))
          waited = waited ? std::max(*waited, *wait) : *wait;
      ASSERT_EQ(waited, needed) << "image " << image << " rank " << rank;
    }
  }
}

static void checkDisjoint(const Piecewise &rule, const Domain &domain) {
  for (int64_t rank = 0; rank < domain.size(); ++rank) {
    int count = 0;
    for (const Piece &piece : rule.pieces)
      count += piece.contains({rank / domain.w, rank % domain.w});
    ASSERT_LE(count, 1) << "rank " << rank;
  }
}

TEST_F(Control, FireEqualsEnumeration) {
  for (uint64_t seed = 0; seed < 600; ++seed) {
    Random random(seed);
    StreamAccess stream = randomStream(random, seed >= 300);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + describe(stream));
    Piecewise rule = fire(stream);
    checkDisjoint(rule, stream.reader);
    checkRules({rule}, stream.reader, [&](int64_t image, int64_t rank) {
      return directFire(stream, image, rank);
    });
    if (HasFatalFailure())
      return;
  }
}

TEST_F(Control, CreditEqualsEnumeration) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Random random(1000 + seed);
    StreamAccess stream = randomStream(random);
    Fold fold = pick(random, 0, 1) ? Fold::Row : Fold::Pixel;
    int64_t perImage =
        stream.object.h * (fold == Fold::Row ? 1 : stream.object.w);
    int64_t slots = pick(random, 1, 2 * perImage + 1);
    SCOPED_TRACE("seed " + std::to_string(1000 + seed) + ": " +
                 describe(stream) + (fold == Fold::Row ? " row " : " pixel ") +
                 std::to_string(slots));
    Piecewise rule = credit(stream, fold, slots);
    checkDisjoint(rule, stream.writer);
    checkRules({rule}, stream.writer, [&](int64_t image, int64_t rank) {
      return directCredit(stream, fold, slots, image, rank);
    });
    if (HasFatalFailure())
      return;
  }
}

/// Several rows at once, in slots that rows take together and in others.
TEST_F(Control, CreditsOfSeveralRowsEqualEnumeration) {
  int together = 0, apart = 0;
  for (uint64_t seed = 2000; seed < 2300; ++seed) {
    Random random(seed);
    StreamAccess stream = randomStream(random, /*severalAtOnce=*/true);
    int64_t rows = stream.write.rows;
    int64_t slots = pick(random, 1, 2 * stream.object.h + 1);
    if (pick(random, 0, 1))
      slots = (slots + rows - 1) / rows * rows;
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + describe(stream) +
                 " slots " + std::to_string(slots));
    auto found = llvm::cantFail(rules.credits(stream, Fold::Row, slots));
    (found.size() == 1 ? together : apart) += rows > 1;
    for (const Piecewise &rule : found)
      checkDisjoint(rule, stream.writer);
    checkRules(found, stream.writer, [&](int64_t image, int64_t rank) {
      return directCredit(stream, Fold::Row, slots, image, rank);
    });
    if (HasFatalFailure())
      return;
  }
  EXPECT_GT(together, 20);
  EXPECT_GT(apart, 100);
}

//===----------------------------------------------------------------------===//
// Pieces for residues
//===----------------------------------------------------------------------===//

static void checkFire(const Piecewise &rule, const StreamAccess &stream) {
  checkDisjoint(rule, stream.reader);
  checkRules({rule}, stream.reader, [&](int64_t image, int64_t rank) {
    return directFire(stream, image, rank);
  });
}

namespace {
struct Tap {
  int64_t step, offset;
};
} // namespace

/// A column of which three of six pixels are written, all at once, and a reader
/// of some of its pixels.
static StreamAccess halfColumn(int64_t readers, std::vector<Tap> taps) {
  int64_t step = 1;
  for (const Tap &tap : taps)
    step = std::max(step, tap.step);
  StreamAccess stream;
  stream.writer = {step * readers / 6 + 1, 1};
  stream.write = PixelWrite::whole(1);
  stream.write.rows = 3;
  stream.write.strideY = 6;
  stream.object = {6 * stream.writer.h, 1, 1};
  stream.reader = {readers, 1};
  for (const Tap &tap : taps) {
    stream.reads.push_back(Window::whole(1, 1, 1));
    stream.reads.back().strideY = tap.step;
    stream.reads.back().offsetY = tap.offset;
  }
  return stream;
}

/// What one pixel has in a gap the other had before: one value has it all.
TEST_F(Control, PixelsOfTheSameStepsHaveNoPiecesForResidues) {
  StreamAccess stream = halfColumn(60, {{1, 3}, {1, -2}});
  Piecewise rule = fire(stream);
  EXPECT_FALSE(hasResidues(rule, 2)) << rule.str();
  checkFire(rule, stream);
}

TEST_F(Control, PixelsOfDifferentStepsKeepTheirPieces) {
  StreamAccess stream = halfColumn(6, {{1, 0}, {5, 0}});
  Piecewise rule = fire(stream);
  EXPECT_TRUE(hasResidues(rule, 2)) << rule.str();
  checkFire(rule, stream);
}

/// Steps over what is written: the one value is wrong again and again.
TEST_F(Control, PixelsThatMissTheWriterKeepTheirPieces) {
  StreamAccess stream = halfColumn(60, {{5, 0}});
  Piecewise rule = fire(stream);
  EXPECT_TRUE(hasResidues(rule, 2)) << rule.str();
  checkFire(rule, stream);
}

TEST_F(Control, LongAxesKeepTheirPieces) {
  std::vector<Tap> taps = {{1, 3}, {1, -2}};
  EXPECT_FALSE(hasResidues(fire(halfColumn(1 << 16, taps)), 2));
  Piecewise rule = fire(halfColumn((1 << 16) + 1, taps));
  EXPECT_TRUE(hasResidues(rule, 2)) << rule.str();
  for (int64_t d : {2, 3, 8, 9, (1 << 16) - 7})
    EXPECT_EQ(rule.eval(0, {d, 0}), (d + 3) / 6 + 1) << d;
}

/// A 3x3 window over rows that are written in pairs, of which a tile takes the
/// pixels from `begin` to `end`.
static StreamAccess rowTile(Domain domain, int64_t begin, int64_t end) {
  StreamAccess stream = convolution(1, 1, 3, 1, 1);
  stream.write.rows = stream.write.strideY = 2;
  stream.writer = {domain.h / 2, domain.w};
  stream.object = {domain.h, domain.w, 1};
  stream.reader = domain;
  stream.reads[0].elementBegin = begin;
  stream.reads[0].elementEnd = end;
  return stream;
}

/// The last pixel of the tile is outside where d1 is 0.
TEST_F(Control, RowTilesOfSeveralPartsKeepTheirPieces) {
  StreamAccess stream = rowTile({8, 8}, 0, 7);
  Piecewise rule = fire(stream);
  EXPECT_TRUE(hasResidues(rule, 2)) << rule.str();
  checkFire(rule, stream);
}

TEST_F(Control, RowTilesOfManyIterationsKeepTheirPieces) {
  EXPECT_FALSE(hasResidues(fire(rowTile({512, 512}, 5, 9)), 2));
  Piecewise rule = fire(rowTile({512, 513}, 5, 9));
  EXPECT_TRUE(hasResidues(rule, 2)) << rule.str();
  for (int64_t d : {0, 1, 2, 3, 509})
    EXPECT_EQ(rule.eval(0, {d, 100}), (d + 1) / 2 * 513 + 102) << d;
}

//===----------------------------------------------------------------------===//
// Errors and the cache
//===----------------------------------------------------------------------===//

TEST_F(Control, IdenticalRulesAreComputedOnce) {
  StreamAccess stream = convolution(16, 4, 3, 1, 1);
  Piecewise first = fire(stream);
  EXPECT_EQ(fire(stream), first);
  credit(stream, Fold::Row, 4);
  credit(stream, Fold::Row, 4);
  credit(stream, Fold::Row, 5);
  EXPECT_EQ(rules.computed(), 3u);
}

TEST_F(Control, RefusesNonsense) {
  StreamAccess stream = convolution(16, 4, 3, 1, 1);
  EXPECT_EQ(llvm::toString(rules.credit(stream, Fold::Row, 0).takeError()),
            "a buffer has 0 slots, expected at least 1");
  stream.writer.h = 17;
  EXPECT_EQ(llvm::toString(rules.fire(stream).takeError()),
            "pixels 0 .. 16 of axis y are written, the object has 0 .. 15");
  stream.reads.clear();
  EXPECT_EQ(llvm::toString(rules.fire(stream).takeError()),
            "a stream has no window through which it is read");
}

TEST(ControlBudget, ExhaustionIsAnError) {
  PolyContext context(100);
  ControlRules rules(context);
  EXPECT_EQ(llvm::toString(rules.fire(convolution(16, 4, 3, 1, 1)).takeError()),
            "fire rule of an axis: more than 100 isl operations");
}
