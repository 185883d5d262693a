//===- VectorCases.h - recorded operations ----------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// test/Numerics/vectors.json was recorded from ONNX Runtime; its inputs are
// such that arithmetic that is nearly right fails.
//
//===----------------------------------------------------------------------===//

#ifndef CM_TEST_SIM_VECTORCASES_H
#define CM_TEST_SIM_VECTORCASES_H

#include "../../lib/Sim/Kernels.h"
#include "cm/Support/File.h"
#include "llvm/Support/JSON.h"
#include "gtest/gtest.h"

namespace cm::sim {

struct Case {
  std::string op, name;
  const llvm::json::Object *attributes, *inputs;
  Values expected;
  std::vector<int64_t> shape; // of the result
  float number(const char *key) const {
    return attributes->getNumber(key).value();
  }
  int32_t integer(const char *key) const {
    return attributes->getInteger(key).value();
  }
  bool flag(const char *key) const {
    return attributes->getInteger(key).value_or(0) != 0;
  }
  std::vector<int64_t> list(const char *key) const {
    std::vector<int64_t> values;
    if (const llvm::json::Array *array = attributes->getArray(key))
      for (const llvm::json::Value &value : *array)
        values.push_back(*value.getAsInteger());
    return values;
  }
  Values input(const char *key) const {
    return values(inputs->getObject(key)->getArray("data"));
  }
  std::vector<int64_t> inputShape(const char *key) const {
    std::vector<int64_t> shape;
    for (const auto &value : *inputs->getObject(key)->getArray("shape"))
      shape.push_back(*value.getAsInteger());
    return shape;
  }
  static Values values(const llvm::json::Array *array) {
    Values result;
    for (const llvm::json::Value &value : *array)
      result.push_back(int32_t(*value.getAsInteger()));
    return result;
  }
};

class Vectors : public testing::Test {
protected:
  void SetUp() override {
    auto buffer = readFile(CM_SOURCE_DIR "/test/Numerics/vectors.json");
    ASSERT_TRUE(bool(buffer)) << llvm::toString(buffer.takeError());
    auto parsed = llvm::json::parse((*buffer)->getBuffer());
    ASSERT_TRUE(bool(parsed)) << llvm::toString(parsed.takeError());
    document = std::move(*parsed);
  }

  /// Calls `check` for every case of an operation.
  template <typename Check> void forEach(llvm::StringRef op, Check check) {
    int64_t count = 0;
    for (const llvm::json::Value &value :
         *document.getAsObject()->getArray("cases")) {
      const llvm::json::Object &object = *value.getAsObject();
      if (*object.getString("op") != op)
        continue;
      Case test;
      test.op = op.str();
      test.name = object.getString("name")->str();
      test.attributes = object.getObject("attributes");
      test.inputs = object.getObject("inputs");
      const llvm::json::Object *output = object.getObject("output");
      test.expected = Case::values(output->getArray("data"));
      for (const auto &extent : *output->getArray("shape"))
        test.shape.push_back(*extent.getAsInteger());
      SCOPED_TRACE(test.op + " " + test.name);
      check(test);
      ++count;
    }
    EXPECT_EQ(count,
              *document.getAsObject()->getObject("counts")->getInteger(op));
  }

  llvm::json::Value document = nullptr;
};

inline program::DpuInstr makeInstr(program::DpuOpcode opcode, const Case &test,
                                   size_t length) {
  program::DpuInstr instr;
  instr.set_opcode(opcode);
  instr.set_length(length);
  instr.set_minimum(test.attributes->getInteger("minimum").value_or(-128));
  instr.set_maximum(test.attributes->getInteger("maximum").value_or(127));
  instr.mutable_y()->set_zero_point(test.integer("y_zero_point"));
  instr.mutable_y()->set_scale(test.number("y_scale"));
  instr.set_unsigned_rounding(test.flag("unsigned_rounding"));
  return instr;
}

} // namespace cm::sim

#endif // CM_TEST_SIM_VECTORCASES_H
