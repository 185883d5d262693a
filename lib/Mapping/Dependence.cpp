//===- Dependence.cpp - who needs whom, in ranks --------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Of a product of rows and columns the last iteration is that of the last row
// and the last column; of a union of products it is the last of theirs.
//
//===----------------------------------------------------------------------===//

#include "Dependence.h"
#include "cm/Poly/ReadBoxes.h"
#include <algorithm>

using namespace cm;

//===----------------------------------------------------------------------===//
// One geometry
//===----------------------------------------------------------------------===//

/// ranks[i * columns.size() + k] becomes at least rows[i] * width + columns[k]
/// where both are something.
static void raiseToProduct(const std::vector<int32_t> &rows,
                           const std::vector<int32_t> &columns, int64_t width,
                           std::vector<int32_t> &ranks) {
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] < 0)
      continue;
    int32_t first = rows[i] * width;
    int32_t *row = ranks.data() + i * columns.size();
    for (size_t k = 0; k < columns.size(); ++k)
      if (columns[k] >= 0)
        row[k] = std::max(row[k], first + columns[k]);
  }
}

void Dependence::lastWriters(std::vector<int32_t> &ranks) const {
  ranks.assign(reader.size(), -1);
  for (auto [rows, columns] : parts)
    raiseToProduct(rows->lastWriter, columns->lastWriter, writer.w, ranks);
}

void Dependence::writers(std::vector<int32_t> &ranks) const {
  ranks.assign(writerOfRow->size() * writerOfColumn->size(), -1);
  raiseToProduct(*writerOfRow, *writerOfColumn, writer.w, ranks);
}

void Dependence::lastReaders(std::vector<int32_t> &ranks) const {
  ranks.assign(writerOfRow->size() * writerOfColumn->size(), -1);
  for (auto [rows, columns] : parts)
    raiseToProduct(rows->lastReader, columns->lastReader, reader.w, ranks);
}

//===----------------------------------------------------------------------===//
// Axes
//===----------------------------------------------------------------------===//

const std::vector<int32_t> &DependenceCache::writersOf(const Writes &writes) {
  auto [entry, isNew] = writers.try_emplace(writes);
  std::vector<int32_t> &result = entry->second;
  if (!isNew)
    return result;
  result.assign(writes.extent, -1);
  for (int64_t e = 0; e < writes.writers; ++e)
    for (int64_t pixel = 0; pixel < writes.pixels; ++pixel)
      result[e * writes.stride + writes.offset + pixel] = e;
  return result;
}

const AxisDependence &DependenceCache::axisOf(const Axis &axis) {
  auto [entry, isNew] = axes.try_emplace(axis);
  AxisDependence &result = entry->second;
  if (!isNew)
    return result;
  const auto &[writes, reads] = axis;
  const std::vector<int32_t> &writer = writersOf(writes);
  result.lastWriter.assign(reads.readers, -1);
  result.lastReader.assign(writes.extent, -1);
  for (int64_t d = 0; d < reads.readers; ++d)
    for (int64_t k = 0; k < reads.kernel; ++k) {
      int64_t at = d * reads.stride + reads.offset + k * reads.dilation;
      if (at < 0 || at >= writes.extent)
        continue;
      result.lastWriter[d] = std::max(result.lastWriter[d], writer[at]);
      result.lastReader[at] = d;
    }
  return result;
}

const Dependence &DependenceCache::get(const Domain &writer,
                                       const PixelWrite &write,
                                       const Extent &object,
                                       const Domain &reader,
                                       const std::vector<Window> &windows) {
  Writes rows{writer.h, write.strideY, write.offsetY, write.rows, object.h};
  Writes columns{writer.w, write.strideX, write.offsetX, write.pixels,
                 object.w};
  std::vector<std::pair<Axis, Axis>> parts;
  for (const Window &part : readBoxes(windows, write)) {
    Reads y{reader.h, part.kernelY, part.strideY, part.offsetY, part.dilationY};
    Reads x{reader.w, part.kernelX, part.strideX, part.offsetX, part.dilationX};
    parts.push_back({{rows, y}, {columns, x}});
  }
  std::sort(parts.begin(), parts.end());
  parts.erase(std::unique(parts.begin(), parts.end(),
                          [](const auto &a, const auto &b) {
                            return !(a < b) && !(b < a);
                          }),
              parts.end());
  auto [entry, isNew] =
      known.try_emplace(Key(rows, columns, {reader.h, reader.w}, parts));
  Dependence &result = entry->second;
  if (!isNew)
    return result;
  result.writer = writer, result.reader = reader;
  result.writerOfRow = &writersOf(rows);
  result.writerOfColumn = &writersOf(columns);
  for (const auto &[y, x] : parts)
    result.parts.push_back({&axisOf(y), &axisOf(x)});
  return result;
}
