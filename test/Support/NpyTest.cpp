//===- NpyTest.cpp - arrays in NumPy files --------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Support/Npy.h"
#include "gmock/gmock.h"

using namespace cm;

/// A file of version 1 with a header that need not be right.
static std::string makeFile(const std::string &header, const std::string &data,
                            char major = 1) {
  std::string file("\x93NUMPY", 6);
  file += major;
  file += '\0';
  file += static_cast<char>(header.size());
  file += '\0';
  if (major > 1)
    file += std::string(2, '\0');
  return file + header + data;
}

static std::string errorOf(const std::string &contents) {
  llvm::Expected<NpyArray> array = parseNpy(contents, "a.npy");
  return array ? "" : llvm::toString(array.takeError());
}

TEST(Npy, ArraysOfEveryTypeAndRankGoThereAndBack) {
  for (NpyType type : {NpyType::Int8, NpyType::UInt8, NpyType::Int32,
                       NpyType::Int64, NpyType::Float32})
    for (const std::vector<int64_t> &shape :
         {std::vector<int64_t>{}, {3}, {2, 3}, {1, 2, 0}, {1, 2, 3, 4}}) {
      NpyArray array;
      array.type = type;
      array.shape = shape;
      array.bytes.resize(array.numElements() * npyElementSize(type));
      for (size_t i = 0; i < array.bytes.size(); ++i)
        array.bytes[i] = static_cast<uint8_t>(i * 37);
      std::string file = formatNpy(array);
      NpyArray again = llvm::cantFail(parseNpy(file, "a.npy"));
      EXPECT_EQ(again.type, type);
      EXPECT_EQ(again.shape, shape);
      EXPECT_EQ(again.bytes, array.bytes);
      // NumPy wants the data at a multiple of 64 bytes.
      EXPECT_EQ((file.size() - array.bytes.size()) % 64, 0u);
    }
}

// What numpy.save wrote for numpy.array([[1, -2], [300, 4]], "int32").
TEST(Npy, ReadsWhatNumPyWrites) {
  std::string header = "{'descr': '<i4', 'fortran_order': False, 'shape': "
                       "(2, 2), }";
  header.resize(117, ' ');
  header += '\n';
  std::string data("\x01\0\0\0\xfe\xff\xff\xff\x2c\x01\0\0\x04\0\0\0", 16);
  for (char major : {1, 2, 3}) {
    NpyArray array =
        llvm::cantFail(parseNpy(makeFile(header, data, major), "a.npy"));
    EXPECT_THAT(array.shape, testing::ElementsAre(2, 2));
    EXPECT_THAT(array.as<int32_t>(), testing::ElementsAre(1, -2, 300, 4));
  }
}

TEST(Npy, RefusesOtherFiles) {
  EXPECT_EQ(errorOf("PK\x03\x04 and more"), "'a.npy' is not a .npy file");
  EXPECT_EQ(errorOf(makeFile("{}", "", 4)),
            "'a.npy': expected .npy version 1, 2 or 3, found 4");
  EXPECT_EQ(errorOf(makeFile("{}", "").substr(0, 11)),
            "'a.npy' is truncated in its header");
}

TEST(Npy, RefusesHeadersThatItDoesNotUnderstand) {
  EXPECT_EQ(
      errorOf(makeFile("{}", "")),
      "'a.npy': expected elements of int8, uint8, int32, int64 or float32 "
      "(little-endian), found ''");
  EXPECT_EQ(
      errorOf(makeFile("{'descr': '>i4', }", "")),
      "'a.npy': expected elements of int8, uint8, int32, int64 or float32 "
      "(little-endian), found '>i4'");
  EXPECT_EQ(errorOf(makeFile("{'descr': '|i1', 'fortran_order': True, }", "")),
            "'a.npy': expected C order, found Fortran order");
  EXPECT_EQ(errorOf(makeFile("{'descr': '|i1', 'fortran_order': False, }", "")),
            "'a.npy': no shape in the header");
}

static std::string errorOfShape(const std::string &shape,
                                const std::string &data) {
  return errorOf(makeFile(
      "{'descr': '<i4', 'fortran_order': False, 'shape': " + shape + ", }",
      data));
}

TEST(Npy, RefusesShapesThatDoNotFitTheData) {
  EXPECT_EQ(errorOfShape("(2,)", "1234567"),
            "'a.npy': expected 2 elements of 4 bytes, found 7 bytes of data");
  EXPECT_EQ(errorOfShape("(-1,)", ""), "'a.npy': bad extent '-1' in the shape");
  EXPECT_EQ(errorOfShape("(2, x)", ""), "'a.npy': bad extent 'x' in the shape");
  EXPECT_EQ(errorOfShape("(4611686018427387904, 4)", ""),
            "'a.npy': bad extent '4' in the shape");
  // Times four bytes this is 2^64, which must not count as nothing.
  EXPECT_EQ(
      errorOfShape("(4611686018427387904,)", ""),
      "'a.npy': expected 4611686018427387904 elements of 4 bytes, found 0 "
      "bytes of data");
}

TEST(Npy, ReadsAndWritesFiles) {
  std::string path = testing::TempDir() + "array.npy";
  NpyArray array;
  array.shape = {2};
  array.bytes = {1, 255};
  llvm::cantFail(writeNpy(path, array));
  EXPECT_THAT(llvm::cantFail(readNpy(path)).as<int8_t>(),
              testing::ElementsAre(1, -1));
}
