//===- Relation.h - sets and relations of integers --------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Values over isl. A failed operation gives a null value (see Context.h).
//
//===----------------------------------------------------------------------===//

#ifndef CM_POLY_RELATION_H
#define CM_POLY_RELATION_H

#include "cm/Poly/Piecewise.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct isl_set;
struct isl_map;

namespace cm {

class PolyContext;

/// A set of integer tuples.
class Set {
public:
  Set() = default;
  explicit Set(isl_set *owned);
  /// Such as "{ [d0, d1] : 0 <= d0 < 4 and 0 <= d1 < 4 }".
  static Set parse(PolyContext &context, const std::string &text);

  explicit operator bool() const { return handle != nullptr; }
  isl_set *get() const { return handle.get(); }

  Set intersect(const Set &other) const;
  Set subtract(const Set &other) const;
  Set unite(const Set &other) const;
  Set coalesce() const;
  /// The set as disjoint sets without "or". Empty on failure.
  std::vector<Set> convexParts() const;
  bool isEmpty() const;
  bool isEqual(const Set &other) const;
  /// As isl prints it.
  std::string str() const;

private:
  std::shared_ptr<isl_set> handle;
};

/// The sum of coefficients[k] times dimension k, plus `constant`, is at least 0.
struct LinearConstraint {
  std::vector<int64_t> coefficients;
  int64_t constant;
};

/// A relation between integer tuples.
class Map {
public:
  Map() = default;
  explicit Map(isl_map *owned);
  /// Such as "{ [d0, d1] -> [y] : y = d0 + d1 }".
  static Map parse(PolyContext &context, const std::string &text);
  /// All pairs of a tuple of `in` integers and one of `out` for which `locals`
  /// further ones exist so that all constraints hold; dimensions are counted in
  /// this order. Much faster than `parse`.
  static Map make(PolyContext &context, unsigned in, unsigned out,
                  unsigned locals, llvm::ArrayRef<LinearConstraint> constraints);

  explicit operator bool() const { return handle != nullptr; }
  isl_map *get() const { return handle.get(); }

  Map inverse() const;
  /// First this relation, then `next`.
  Map then(const Map &next) const;
  Map unite(const Map &other) const;
  Map intersectDomain(const Set &set) const;
  Map intersectRange(const Set &set) const;
  Map coalesce() const;
  /// Relates each element to the lexicographically greatest of its images.
  Map lexmax() const;
  Set domain() const;
  Set range() const;
  bool isEmpty() const;
  bool isEqual(const Map &other) const;
  /// As isl prints it.
  std::string str() const;

  /// Of a relation whose images are tuples (v0, v1, ...): the lexicographically
  /// greatest image v of each element, as weights[0]*v0 + weights[1]*v1 + ... +
  /// constant. Nothing on failure.
  std::optional<Piecewise> lexmaxWeighted(llvm::ArrayRef<int64_t> weights,
                                          int64_t constant) const;

private:
  std::shared_ptr<isl_map> handle;
};

} // namespace cm

#endif // CM_POLY_RELATION_H
