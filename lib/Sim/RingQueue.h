//===- RingQueue.h - a queue in one block of memory -------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_SIM_RINGQUEUE_H
#define CM_LIB_SIM_RINGQUEUE_H

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>

namespace cm::sim {

/// First in, first out. Takes no memory before the first element, and keeps
/// what it once had.
template <typename T> class RingQueue {
public:
  bool empty() const { return count == 0; }
  size_t size() const { return count; }
  T &operator[](size_t index) { return slots[(head + index) & mask()]; }
  const T &operator[](size_t index) const {
    return slots[(head + index) & mask()];
  }
  T &front() { return slots[head]; }
  void push_back(const T &value) {
    if (count == capacity)
      grow();
    slots[(head + count++) & mask()] = value;
  }
  void pop_front() {
    head = (head + 1) & mask();
    --count;
  }

private:
  uint32_t mask() const { return capacity - 1; }
  void grow() {
    if (capacity > UINT32_MAX / 2)
      std::abort(); // beyond 2^31 elements, as where memory ends
    uint32_t more = capacity ? 2 * capacity : 4;
    auto wider = std::make_unique<T[]>(more);
    for (uint32_t i = 0; i != count; ++i)
      wider[i] = std::move((*this)[i]);
    slots = std::move(wider);
    capacity = more;
    head = 0;
  }

  std::unique_ptr<T[]> slots;
  uint32_t capacity = 0; // a power of two, or 0
  uint32_t head = 0, count = 0;
};

} // namespace cm::sim

#endif // CM_LIB_SIM_RINGQUEUE_H
