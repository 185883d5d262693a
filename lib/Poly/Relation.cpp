//===- Relation.cpp - sets and relations of integers ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/Relation.h"
#include "IslConvert.h"
#include "cm/Poly/Context.h"
#include "llvm/ADT/STLExtras.h"
#include <cstdlib>
#include <isl/aff.h>
#include <isl/constraint.h>
#include <isl/local_space.h>
#include <isl/map.h>
#include <isl/set.h>
#include <isl/space.h>
#include <isl/val.h>

using namespace cm;

/// Takes a string of isl's.
static std::string takeString(char *text) {
  std::string result = text ? text : "null";
  std::free(text);
  return result;
}

//===----------------------------------------------------------------------===//
// Set
//===----------------------------------------------------------------------===//

Set::Set(isl_set *owned) {
  if (owned)
    handle.reset(owned, isl_set_free);
}

static isl_set *copy(const Set &set) { return isl_set_copy(set.get()); }
static isl_map *copy(const Map &map) { return isl_map_copy(map.get()); }

Set Set::parse(PolyContext &context, const std::string &text) {
  return Set(isl_set_read_from_str(context.get(), text.c_str()));
}

Set Set::intersect(const Set &other) const {
  return Set(isl_set_intersect(copy(*this), copy(other)));
}

Set Set::subtract(const Set &other) const {
  return Set(isl_set_subtract(copy(*this), copy(other)));
}

Set Set::unite(const Set &other) const {
  return Set(isl_set_union(copy(*this), copy(other)));
}

Set Set::coalesce() const { return Set(isl_set_coalesce(copy(*this))); }

static isl_stat addPart(isl_basic_set *part, void *user) {
  static_cast<std::vector<Set> *>(user)->emplace_back(
      isl_set_from_basic_set(part));
  return isl_stat_ok;
}

std::vector<Set> Set::convexParts() const {
  std::vector<Set> parts;
  isl_set *disjoint = isl_set_make_disjoint(copy(*this));
  isl_set_foreach_basic_set(disjoint, addPart, &parts);
  isl_set_free(disjoint);
  return parts;
}

bool Set::isEmpty() const {
  return isl_set_is_empty(handle.get()) == isl_bool_true;
}

bool Set::isEqual(const Set &other) const {
  return isl_set_is_equal(handle.get(), other.get()) == isl_bool_true;
}

std::string Set::str() const { return takeString(isl_set_to_str(get())); }

//===----------------------------------------------------------------------===//
// Map
//===----------------------------------------------------------------------===//

Map::Map(isl_map *owned) {
  if (owned)
    handle.reset(owned, isl_map_free);
}

Map Map::parse(PolyContext &context, const std::string &text) {
  return Map(isl_map_read_from_str(context.get(), text.c_str()));
}

Map Map::make(PolyContext &context, unsigned in, unsigned out, unsigned locals,
              llvm::ArrayRef<LinearConstraint> constraints) {
  isl_space *space = isl_space_alloc(context.get(), 0, in, out + locals);
  isl_local_space *local = isl_local_space_from_space(isl_space_copy(space));
  isl_basic_map *result = isl_basic_map_universe(space);
  for (const LinearConstraint &constraint : constraints) {
    isl_constraint *row =
        isl_constraint_alloc_inequality(isl_local_space_copy(local));
    row = isl_constraint_set_constant_val(
        row, isl_val_int_from_si(context.get(), constraint.constant));
    for (auto [k, factor] : llvm::enumerate(constraint.coefficients))
      row = isl_constraint_set_coefficient_val(
          row, k < in ? isl_dim_in : isl_dim_out, k < in ? k : k - in,
          isl_val_int_from_si(context.get(), factor));
    result = isl_basic_map_add_constraint(result, row);
  }
  isl_local_space_free(local);
  result = isl_basic_map_project_out(result, isl_dim_out, out, locals);
  return Map(isl_map_from_basic_map(result));
}

Map Map::inverse() const { return Map(isl_map_reverse(copy(*this))); }

Map Map::then(const Map &next) const {
  return Map(isl_map_apply_range(copy(*this), copy(next)));
}

Map Map::unite(const Map &other) const {
  return Map(isl_map_union(copy(*this), copy(other)));
}

Map Map::intersectDomain(const Set &set) const {
  return Map(isl_map_intersect_domain(copy(*this), copy(set)));
}

Map Map::intersectRange(const Set &set) const {
  return Map(isl_map_intersect_range(copy(*this), copy(set)));
}

Map Map::coalesce() const { return Map(isl_map_coalesce(copy(*this))); }

Map Map::lexmax() const { return Map(isl_map_lexmax(copy(*this))); }

Set Map::domain() const { return Set(isl_map_domain(copy(*this))); }

Set Map::range() const { return Set(isl_map_range(copy(*this))); }

bool Map::isEmpty() const {
  return isl_map_is_empty(handle.get()) == isl_bool_true;
}

bool Map::isEqual(const Map &other) const {
  return isl_map_is_equal(handle.get(), other.get()) == isl_bool_true;
}

std::string Map::str() const { return takeString(isl_map_to_str(get())); }

std::optional<Piecewise> Map::lexmaxWeighted(llvm::ArrayRef<int64_t> weights,
                                             int64_t constant) const {
  isl_pw_multi_aff *greatest = isl_map_lexmax_pw_multi_aff(copy(*this));
  isl_pw_aff *sum = nullptr;
  for (size_t k = 0; k < weights.size(); ++k) {
    isl_pw_aff *term = isl_pw_multi_aff_get_pw_aff(greatest, k);
    isl_ctx *ctx = isl_map_get_ctx(handle.get());
    term = isl_pw_aff_scale_val(term, isl_val_int_from_si(ctx, weights[k]));
    sum = k == 0 ? term : isl_pw_aff_add(sum, term);
  }
  isl_pw_multi_aff_free(greatest);
  sum = isl_pw_aff_coalesce(sum);
  std::optional<Piecewise> result;
  if (sum)
    result = convertPwAff(sum);
  isl_pw_aff_free(sum);
  if (result)
    for (Piece &piece : result->pieces)
      piece.value += QuasiAffine(constant);
  return result;
}
