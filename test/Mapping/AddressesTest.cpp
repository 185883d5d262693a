//===- AddressesTest.cpp - buffers into SRAM ------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random problems, and wrong solutions.
//
//===----------------------------------------------------------------------===//

#include "cm/Mapping/Addresses.h"
#include "gtest/gtest.h"
#include <random>

using namespace cm;

static AddressProblem example() {
  AddressProblem problem;
  problem.node = "core[3]";
  problem.buffers = {{"a", 100}, {"b", 20}, {"c", 64}};
  problem.alignment = 64;
  problem.capacity = 256;
  return problem;
}

static std::string verify(std::vector<uint64_t> address, uint64_t end) {
  AddressSolution solution;
  solution.address = std::move(address);
  solution.end = end;
  return llvm::toString(example().verify(solution));
}

TEST(Addresses, BuffersFollowEachOtherAligned) {
  AddressSolution solution = llvm::cantFail(solveAddresses(example()));
  EXPECT_EQ(solution.address, (std::vector<uint64_t>{0, 128, 192}));
  EXPECT_EQ(solution.end, 256u);
}

TEST(Addresses, RandomSolutionsAreRight) {
  std::mt19937 random(5);
  for (int trial = 0; trial < 200; ++trial) {
    AddressProblem problem;
    problem.node = "core[0]";
    problem.alignment = 1 + random() % 64;
    for (unsigned i = 0, n = random() % 20; i < n; ++i)
      problem.buffers.push_back({"b", 1 + random() % 500});
    AddressSolution solution = llvm::cantFail(solveAddresses(problem));
    EXPECT_EQ(llvm::toString(problem.verify(solution)), "");
  }
}

TEST(Addresses, WhatDoesNotFitNamesTheLargest) {
  AddressProblem problem = example();
  problem.capacity = 255;
  EXPECT_EQ(llvm::toString(solveAddresses(problem).takeError()),
            "core[3]: buffers need 256 bytes of SRAM, there are 255; largest: "
            "'a' (100), 'c' (64), 'b' (20)");
}

TEST(Addresses, WrongInputIsRefused) {
  AddressProblem problem = example();
  problem.buffers[1].bytes = 0;
  EXPECT_EQ(llvm::toString(problem.check()),
            "addresses of core[3]: buffer 'b' is empty");
  problem.buffers[1].bytes = ~uint64_t(0);
  EXPECT_EQ(llvm::toString(problem.check()),
            "addresses of core[3]: buffer 'b' has 18446744073709551615 bytes, "
            "at most 1099511627776 are possible");
  problem.alignment = 0;
  EXPECT_EQ(llvm::toString(problem.check()),
            "addresses of core[3]: alignment must be at least 1, found 0");
}

TEST(Addresses, WrongSolutionsAreFound) {
  EXPECT_EQ(verify({0, 128, 192}, 256), "");
  EXPECT_EQ(verify({0, 128}, 256),
            "addresses of core[3]: 2 addresses for 3 buffers");
  EXPECT_EQ(verify({0, 130, 192}, 256),
            "addresses of core[3]: buffer 'b' is at 130, expected a multiple "
            "of 64");
  EXPECT_EQ(verify({64, 128, 0}, 164),
            "addresses of core[3]: buffer 'b' at 128 overlaps 'a', which ends "
            "at 164");
  EXPECT_EQ(verify({0, 128, 256}, 320),
            "addresses of core[3]: buffer 'c' ends at 320, there are 256 "
            "bytes");
  EXPECT_EQ(verify({0, 128, 192}, 300),
            "addresses of core[3]: end is 300, expected 256");
}
