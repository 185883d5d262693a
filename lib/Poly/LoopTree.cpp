//===- LoopTree.cpp - loops that visit sets in order ----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Poly/LoopTree.h"
#include "cm/Poly/Context.h"
#include "cm/Poly/Relation.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/STLExtras.h"
#include <isl/ast.h>
#include <isl/ast_build.h>
#include <isl/id.h>
#include <isl/map.h>
#include <isl/set.h>
#include <isl/union_map.h>
#include <isl/val.h>
#include <limits>

using namespace cm;

namespace {

using Expr = std::shared_ptr<isl_ast_expr>;
using Node = std::shared_ptr<isl_ast_node>;

Expr own(isl_ast_expr *expr) { return Expr(expr, isl_ast_expr_free); }
Node own(isl_ast_node *node) { return Node(node, isl_ast_node_free); }

/// Turns isl's tree into ours; `failed` is set where it holds what an LCU cannot
/// do.
class Converter {
public:
  explicit operator bool() const { return !failed; }

  /// The loops and leaves of `node`; dims 0 .. numBound-1 have loops already.
  std::vector<LoopNode> convert(const Node &node, unsigned numBound);

private:
  QuasiAffine fail() {
    failed = true;
    return {};
  }

  static Expr arg(const Expr &expr, int k) {
    return own(isl_ast_expr_op_get_arg(expr.get(), k));
  }
  bool isOp(const Expr &expr, isl_ast_expr_op_type type) const {
    return isl_ast_expr_get_type(expr.get()) == isl_ast_expr_op &&
           isl_ast_expr_op_get_type(expr.get()) == type;
  }
  int64_t value(const Expr &expr);
  unsigned dimOf(const Expr &expr);
  QuasiAffine affine(const Expr &expr);
  QuasiAffine affineOp(const Expr &expr);
  std::vector<QuasiAffine> bounds(const Expr &expr, isl_ast_expr_op_type type);
  void addConditions(const Expr &expr, Conjunction &conditions);
  std::vector<QuasiAffine> upperBounds(const Expr &condition, unsigned dim);
  Expr leafArgument(const Node &node, unsigned dim);
  std::vector<LoopNode> convertFor(const Node &node, unsigned numBound);
  std::vector<LoopNode> convertLeaf(const Node &node, unsigned numBound);
  std::vector<LoopNode> convertBlock(const Node &node, unsigned numBound);

  bool failed = false;
};

int64_t Converter::value(const Expr &expr) {
  isl_val *value = isl_ast_expr_int_get_val(expr.get());
  constexpr long kLimit = std::numeric_limits<int32_t>::max() * (1L << 24);
  int64_t result = 0;
  if (value && isl_val_cmp_si(value, kLimit) < 0 &&
      isl_val_cmp_si(value, -kLimit) > 0)
    result = isl_val_get_num_si(value);
  else
    failed = true;
  isl_val_free(value);
  return result;
}

/// Iterators are called d0 and d1.
unsigned Converter::dimOf(const Expr &expr) {
  isl_id *id = isl_ast_expr_id_get_id(expr.get());
  llvm::StringRef name = id ? isl_id_get_name(id) : "";
  unsigned dim = 0;
  if (!name.consume_front("d") || name.getAsInteger(10, dim))
    failed = true;
  isl_id_free(id);
  return dim;
}

QuasiAffine Converter::affine(const Expr &expr) {
  switch (isl_ast_expr_get_type(expr.get())) {
  case isl_ast_expr_int:
    return value(expr);
  case isl_ast_expr_id:
    return QuasiAffine::dim(dimOf(expr));
  case isl_ast_expr_op:
    return affineOp(expr);
  default:
    return fail();
  }
}

QuasiAffine Converter::affineOp(const Expr &expr) {
  QuasiAffine a = affine(arg(expr, 0));
  if (isOp(expr, isl_ast_expr_op_minus))
    return a * -1;
  if (isl_ast_expr_op_get_n_arg(expr.get()) != 2)
    return fail();
  QuasiAffine b = affine(arg(expr, 1));
  switch (isl_ast_expr_op_get_type(expr.get())) {
  case isl_ast_expr_op_add:
    return a + b;
  case isl_ast_expr_op_sub:
    return a - b;
  case isl_ast_expr_op_mul:
    if (a.isConstant())
      std::swap(a, b);
    return b.isConstant() ? a * b.constant : fail();
  case isl_ast_expr_op_div: // exact
  case isl_ast_expr_op_fdiv_q:
  case isl_ast_expr_op_pdiv_q:
    if (!b.isConstant() || b.constant < 1)
      return fail();
    return QuasiAffine::floorDiv(a, b.constant);
  case isl_ast_expr_op_pdiv_r:
  case isl_ast_expr_op_zdiv_r:
    if (!b.isConstant() || b.constant < 1)
      return fail();
    return a - QuasiAffine::floorDiv(a, b.constant) * b.constant;
  default:
    return fail();
  }
}

/// The arguments of nested maxima or minima.
std::vector<QuasiAffine> Converter::bounds(const Expr &expr,
                                           isl_ast_expr_op_type type) {
  if (!isOp(expr, type))
    return {affine(expr)};
  std::vector<QuasiAffine> result;
  for (int k = 0; k < isl_ast_expr_op_get_n_arg(expr.get()); ++k)
    llvm::append_range(result, bounds(arg(expr, k), type));
  return result;
}

void Converter::addConditions(const Expr &expr, Conjunction &conditions) {
  if (isl_ast_expr_get_type(expr.get()) != isl_ast_expr_op ||
      isl_ast_expr_op_get_n_arg(expr.get()) != 2) {
    failed = true;
    return;
  }
  isl_ast_expr_op_type type = isl_ast_expr_op_get_type(expr.get());
  if (type == isl_ast_expr_op_and || type == isl_ast_expr_op_and_then) {
    addConditions(arg(expr, 0), conditions);
    addConditions(arg(expr, 1), conditions);
    return;
  }
  QuasiAffine difference = affine(arg(expr, 0)) - affine(arg(expr, 1));
  bool isEqual = type == isl_ast_expr_op_eq;
  if (isEqual || type == isl_ast_expr_op_ge)
    conditions.push_back(difference);
  if (isEqual || type == isl_ast_expr_op_le)
    conditions.push_back(difference * -1);
  if (type == isl_ast_expr_op_gt)
    conditions.push_back(difference - 1);
  if (type == isl_ast_expr_op_lt)
    conditions.push_back(difference * -1 - 1);
  failed |= !isEqual && type != isl_ast_expr_op_ge &&
            type != isl_ast_expr_op_le && type != isl_ast_expr_op_gt &&
            type != isl_ast_expr_op_lt;
}

/// Of "dim <= bound" or "dim < bound", perhaps several, perhaps of minima.
std::vector<QuasiAffine> Converter::upperBounds(const Expr &condition,
                                                unsigned dim) {
  std::vector<QuasiAffine> result;
  if (isOp(condition, isl_ast_expr_op_and) ||
      isOp(condition, isl_ast_expr_op_and_then)) {
    for (int k : {0, 1})
      llvm::append_range(result, upperBounds(arg(condition, k), dim));
    return result;
  }
  bool isStrict = isOp(condition, isl_ast_expr_op_lt);
  if ((!isStrict && !isOp(condition, isl_ast_expr_op_le)) ||
      affine(arg(condition, 0)) != QuasiAffine::dim(dim))
    return {fail()};
  for (QuasiAffine &bound : bounds(arg(condition, 1), isl_ast_expr_op_min))
    result.push_back(bound - (isStrict ? 1 : 0));
  return result;
}

/// The value that the first leaf below `node` has for a dim.
Expr Converter::leafArgument(const Node &node, unsigned dim) {
  switch (isl_ast_node_get_type(node.get())) {
  case isl_ast_node_user:
    return arg(own(isl_ast_node_user_get_expr(node.get())), 1 + dim);
  case isl_ast_node_for:
    return leafArgument(own(isl_ast_node_for_get_body(node.get())), dim);
  case isl_ast_node_if:
    return leafArgument(own(isl_ast_node_if_get_then_node(node.get())), dim);
  case isl_ast_node_block: {
    isl_ast_node_list *list = isl_ast_node_block_get_children(node.get());
    Node first = own(isl_ast_node_list_get_at(list, 0));
    isl_ast_node_list_free(list);
    return leafArgument(first, dim);
  }
  default:
    failed = true;
    return nullptr;
  }
}

/// A loop of one trip.
LoopNode makeSingle(unsigned dim, const QuasiAffine &value) {
  LoopNode loop;
  loop.kind = LoopNode::Kind::Loop;
  loop.dim = dim;
  loop.lower = loop.upper = {value};
  return loop;
}

std::vector<LoopNode> Converter::convertFor(const Node &node,
                                            unsigned numBound) {
  unsigned dim = dimOf(own(isl_ast_node_for_get_iterator(node.get())));
  if (failed || dim < numBound) {
    failed = true;
    return {};
  }
  // isl leaves out the loop over a dim that has one value.
  if (dim > numBound) {
    LoopNode outer = makeSingle(numBound, affine(leafArgument(node, numBound)));
    outer.body = convertFor(node, numBound + 1);
    return {outer};
  }
  Expr init = own(isl_ast_node_for_get_init(node.get()));
  LoopNode loop = makeSingle(dim, 0);
  loop.lower = bounds(init, isl_ast_expr_op_max);
  if (isl_ast_node_for_is_degenerate(node.get()) == isl_bool_true) {
    loop.upper = loop.lower = {affine(init)};
  } else {
    loop.upper =
        upperBounds(own(isl_ast_node_for_get_cond(node.get())), dim);
    loop.step = value(own(isl_ast_node_for_get_inc(node.get())));
  }
  loop.body =
      convert(own(isl_ast_node_for_get_body(node.get())), numBound + 1);
  return {loop};
}

std::vector<LoopNode> Converter::convertLeaf(const Node &node,
                                             unsigned numBound) {
  if (numBound < 2) {
    LoopNode loop =
        makeSingle(numBound, affine(leafArgument(node, numBound)));
    loop.body = convertLeaf(node, numBound + 1);
    return {loop};
  }
  Expr call = own(isl_ast_node_user_get_expr(node.get()));
  isl_id *id = isl_ast_expr_id_get_id(arg(call, 0).get());
  LoopNode leaf;
  llvm::StringRef name = id ? isl_id_get_name(id) : "";
  if (!name.consume_front("S") || name.getAsInteger(10, leaf.cell))
    failed = true;
  isl_id_free(id);
  // Of a loop with a step isl makes leaves at d0 + 1 and the like.
  for (unsigned dim : {0, 1}) {
    Expr at = arg(call, 1 + dim);
    if (isl_ast_expr_get_type(at.get()) != isl_ast_expr_int)
      failed |= affine(at) != QuasiAffine::dim(dim);
  }
  return {leaf};
}

/// Joins loops of one trip over the same value that follow each other.
void append(std::vector<LoopNode> &list, std::vector<LoopNode> more) {
  for (LoopNode &node : more) {
    if (!list.empty() && node.kind == LoopNode::Kind::Loop &&
        list.back().kind == LoopNode::Kind::Loop &&
        list.back().dim == node.dim && node.lower == node.upper &&
        list.back().lower == node.lower && list.back().upper == node.upper)
      append(list.back().body, std::move(node.body));
    else
      list.push_back(std::move(node));
  }
}

std::vector<LoopNode> Converter::convertBlock(const Node &node,
                                              unsigned numBound) {
  std::vector<LoopNode> result;
  isl_ast_node_list *list = isl_ast_node_block_get_children(node.get());
  for (int k = 0; k < isl_ast_node_list_n_ast_node(list); ++k)
    append(result,
           convert(own(isl_ast_node_list_get_at(list, k)), numBound));
  isl_ast_node_list_free(list);
  return result;
}

std::vector<LoopNode> Converter::convert(const Node &node, unsigned numBound) {
  switch (isl_ast_node_get_type(node.get())) {
  case isl_ast_node_for:
    return convertFor(node, numBound);
  case isl_ast_node_user:
    return convertLeaf(node, numBound);
  case isl_ast_node_block:
    return convertBlock(node, numBound);
  case isl_ast_node_if: {
    LoopNode guard;
    guard.kind = LoopNode::Kind::Guard;
    addConditions(own(isl_ast_node_if_get_cond(node.get())), guard.conditions);
    guard.body =
        convert(own(isl_ast_node_if_get_then_node(node.get())), numBound);
    failed |= isl_ast_node_if_has_else_node(node.get()) != isl_bool_false;
    return {guard};
  }
  default:
    failed = true;
    return {};
  }
}

} // namespace

/// { Sk[d0, d1] -> [d0, d1] : [d0, d1] in cells[k] } for all k
static isl_union_map *orderOf(llvm::ArrayRef<Set> cells, isl_ctx *ctx) {
  isl_union_map *order = isl_union_map_empty_ctx(ctx);
  for (size_t k = 0; k < cells.size(); ++k) {
    isl_map *map = isl_set_identity(isl_set_copy(cells[k].get()));
    std::string name = "S" + std::to_string(k);
    map = isl_map_set_tuple_name(map, isl_dim_in, name.c_str());
    order = isl_union_map_add_map(order, map);
  }
  return order;
}

static Node buildTree(PolyContext &context, llvm::ArrayRef<Set> cells) {
  isl_ctx *ctx = context.get();
  isl_options_set_ast_build_atomic_upper_bound(ctx, 1);
  isl_options_set_ast_build_detect_min_max(ctx, 1);
  isl_options_set_ast_build_allow_else(ctx, 0);
  isl_options_set_ast_build_allow_or(ctx, 0);
  isl_ast_build *build = isl_ast_build_alloc(ctx);
  isl_id_list *iterators = isl_id_list_alloc(ctx, 2);
  for (const char *name : {"d0", "d1"})
    iterators =
        isl_id_list_add(iterators, isl_id_alloc(ctx, name, nullptr));
  build = isl_ast_build_set_iterators(build, iterators);
  build = isl_ast_build_set_options(
      build, isl_union_map_read_from_str(
                 ctx, "{ [d0, d1] -> separate[x] : 0 <= x <= 1 }"));
  Node node =
      own(isl_ast_build_node_from_schedule_map(build, orderOf(cells, ctx)));
  isl_ast_build_free(build);
  return node;
}

llvm::Expected<std::optional<std::vector<LoopNode>>>
cm::scanInOrder(PolyContext &context, llvm::ArrayRef<Set> cells) {
  auto tree = context.run("loops of a stage",
                          [&] { return buildTree(context, cells); });
  if (!tree)
    return tree.takeError();
  Converter converter;
  std::vector<LoopNode> result = converter.convert(*tree, 0);
  if (!converter)
    return std::nullopt;
  return result;
}
