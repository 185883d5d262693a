//===- CsvTest.cpp - fields of RFC 4180 -----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TimingNetworks.h"

using namespace cm;
using namespace cm::test;

TEST(Csv, FieldsAreQuotedWhereTheyHaveTo) {
  EXPECT_EQ(csvField("core[0]->core[1]"), "core[0]->core[1]");
  EXPECT_EQ(csvField(""), "");
  EXPECT_EQ(csvField("a,b"), "\"a,b\"");
  EXPECT_EQ(csvField("say \"b\""), "\"say \"\"b\"\"\"");
  EXPECT_EQ(csvField("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(csvField("one\r"), "\"one\r\"");
}

TEST(Csv, TablesOfACopy) {
  // Timing.CopyOfOnePixel: busy for one of 6 cycles each.
  std::vector<CsvTable> tables = csvTables(Copy().runOk(ramp(4)).statistics);
  ASSERT_EQ(tables.size(), 6u);
  EXPECT_EQ(tables[1].name, "links");
  EXPECT_EQ(tables[1].text, "epoch,link,bytes,mean,peak,capacity,busy\r\n"
                            "0,core[0]->host,4,0.666666,0.666666,4,0.166666\r\n"
                            "0,host->core[0],4,0.666666,0.666666,4,0.166666"
                            "\r\n");
  EXPECT_EQ(tables[5].name, "images");
  EXPECT_EQ(tables[5].text, "epoch,image,first_in,last_out,latency_cycles\r\n"
                            "0,0,0,6,6\r\n");
}
