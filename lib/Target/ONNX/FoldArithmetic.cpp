//===- FoldArithmetic.cpp - operators that compute on constants -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fold.h"
#include "Value.h"
#include <cmath>
#include <cstring>

using namespace cm;
using namespace cm::onnx_import;

/// Stores element `i`, rounded or wrapped to the type.
static void store(std::string &bytes, ElementType type, int64_t i,
                  int64_t integer, double real) {
  auto put = [&](auto value) {
    std::memcpy(bytes.data() + i * sizeof(value), &value, sizeof(value));
  };
  switch (type) {
  case ElementType::Int8:
  case ElementType::UInt8:
  case ElementType::Int4:
  case ElementType::UInt4:
    return put(static_cast<uint8_t>(integer));
  case ElementType::Bool:
    return put(static_cast<uint8_t>(integer != 0));
  case ElementType::Int32:
    return put(static_cast<int32_t>(integer));
  case ElementType::Int64:
    return put(integer);
  case ElementType::Float32:
    return put(static_cast<float>(real));
  case ElementType::Float64:
    return put(real);
  case ElementType::Float16:
    break; // nothing computes in it
  }
}

static bool isReal(ElementType type) {
  return type == ElementType::Float32 || type == ElementType::Float64;
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

/// What an operator does to integers and real numbers. Float is computed in
/// double and rounded once, which is exact for these four operations.
struct Arithmetic {
  /// Fails (false) where there is no result.
  bool (*integer)(int64_t a, int64_t b, int64_t &y);
  double (*real)(double a, double b);
  bool isComparison = false;
};

/// Calls `body(i, j, k)` for each element i of the broadcast shape with the
/// elements j and k of the operands.
template <typename Body>
static bool forEachPair(llvm::ArrayRef<int64_t> shape, const Shape &a,
                        const Shape &b, Body body) {
  Shape left = padRank(a, shape.size()), right = padRank(b, shape.size());
  std::optional<int64_t> count = countElements(shape);
  for (int64_t i = 0; i < *count; ++i) {
    int64_t rest = i, j = 0, k = 0, strideA = 1, strideB = 1;
    for (int64_t axis = int64_t(shape.size()) - 1; axis >= 0; --axis) {
      int64_t position = rest % shape[axis];
      rest /= shape[axis];
      j += left[axis] == 1 ? 0 : position * strideA;
      k += right[axis] == 1 ? 0 : position * strideB;
      strideA *= left[axis];
      strideB *= right[axis];
    }
    if (!body(i, j, k))
      return false;
  }
  return true;
}

static llvm::Expected<Constant> foldBinary(const FoldInputs &in,
                                           const Arithmetic &op) {
  auto left = in.get(0);
  if (!left)
    return left.takeError();
  auto right = in.get(1);
  if (!right)
    return right.takeError();
  const Constant &a = **left, &b = **right;
  bool real = isReal(a.type);
  if (a.type != b.type || (!real && !a.isInteger()) || in.operands.size() != 2)
    return in.node.error("operands are {0} and {1}, expected two constants of "
                         "one type",
                         a.describe(), b.describe());
  auto shape = broadcastShapes(a.shape, b.shape);
  if (!shape)
    return in.node.error("operands have shapes {0} and {1}, which do not "
                         "broadcast",
                         shapeText(a.shape), shapeText(b.shape));
  ElementType type = op.isComparison ? ElementType::Bool : a.type;
  auto bytes = in.allocate(type, *shape);
  if (!bytes)
    return bytes.takeError();
  bool valid = forEachPair(
      *shape, a.shape, b.shape, [&](int64_t i, int64_t j, int64_t k) {
        int64_t y = 0;
        double r = 0;
        if (real)
          r = op.real(a.realAt(j), b.realAt(k));
        else if (!op.integer(a.integerAt(j), b.integerAt(k), y))
          return false;
        store(*bytes, type, i, real && op.isComparison ? r != 0 : y, r);
        return true;
      });
  if (!valid)
    return in.node.error("an integer result does not exist or fit 64 bits");
  return makeFolded(type, *shape, std::move(*bytes));
}

/// A captureless function for each operator.
#define CM_FOLD_BINARY(NAME, COMPARISON, INTEGER, REAL)                        \
  static llvm::Expected<Constant> NAME(const FoldInputs &in) {                 \
    return foldBinary(                                                         \
        in, {[](int64_t a, int64_t b, int64_t &y) -> bool { INTEGER; },        \
             [](double a, double b) -> double { return REAL; }, COMPARISON});  \
  }

CM_FOLD_BINARY(foldAdd, false, return !__builtin_add_overflow(a, b, &y), a + b)
CM_FOLD_BINARY(foldSub, false, return !__builtin_sub_overflow(a, b, &y), a - b)
CM_FOLD_BINARY(foldMul, false, return !__builtin_mul_overflow(a, b, &y), a * b)
CM_FOLD_BINARY(foldDiv, false,
               if (b == 0 || (b == -1 && a == INT64_MIN)) return false;
               y = a / b; return true, a / b)
CM_FOLD_BINARY(foldMod, false,
               if (b == 0 || b == -1) { return b != 0; } y = a % b;
               y += y != 0 && (y < 0) != (b < 0) ? b : 0; return true,
               std::fmod(a, b))
CM_FOLD_BINARY(foldPow, false, double p = std::pow(double(a), double(b));
               y = std::abs(p) < 9e15 ? int64_t(p) : 0;
               return std::abs(p) < 9e15, std::pow(a, b))
CM_FOLD_BINARY(foldMin, false, y = std::min(a, b); return true, std::fmin(a, b))
CM_FOLD_BINARY(foldMax, false, y = std::max(a, b); return true, std::fmax(a, b))
CM_FOLD_BINARY(foldEqual, true, y = a == b; return true, a == b)
CM_FOLD_BINARY(foldLess, true, y = a < b; return true, a < b)
CM_FOLD_BINARY(foldGreater, true, y = a > b; return true, a > b)
CM_FOLD_BINARY(foldLessOrEqual, true, y = a <= b; return true, a <= b)
CM_FOLD_BINARY(foldGreaterOrEqual, true, y = a >= b; return true, a >= b)
CM_FOLD_BINARY(foldAnd, true, y = a && b; return true, a && b)
CM_FOLD_BINARY(foldOr, true, y = a || b; return true, a || b)
#undef CM_FOLD_BINARY

static llvm::Expected<Constant> foldWhere(const FoldInputs &in) {
  const Constant *operands[3];
  for (unsigned i : {0, 1, 2}) {
    auto operand = in.get(i);
    if (!operand)
      return operand.takeError();
    operands[i] = *operand;
  }
  const Constant &c = *operands[0], &a = *operands[1], &b = *operands[2];
  auto both = broadcastShapes(a.shape, b.shape);
  auto shape = both ? broadcastShapes(*both, c.shape) : std::nullopt;
  if (!shape || a.type != b.type || c.type != ElementType::Bool)
    return in.node.error("condition of {0}, operands of {1} and {2} do not fit "
                         "together",
                         c.describe(), a.describe(), b.describe());
  auto bytes = in.allocate(a.type, *shape);
  if (!bytes)
    return bytes.takeError();
  unsigned size = elementSize(a.type);
  std::vector<int64_t> conditions(bytes->size() / size);
  forEachPair(*shape, c.shape, c.shape, [&](int64_t i, int64_t j, int64_t) {
    conditions[i] = j;
    return true;
  });
  forEachPair(*shape, a.shape, b.shape, [&](int64_t i, int64_t j, int64_t k) {
    bool first = (*c.bytes)[conditions[i]] != 0;
    std::memcpy(bytes->data() + i * size,
                (first ? a : b).bytes->data() + (first ? j : k) * size, size);
    return true;
  });
  return makeFolded(a.type, *shape, std::move(*bytes));
}

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

/// Float functions as the f32 library has them.
static llvm::Expected<Constant> foldReal(const FoldInputs &in,
                                         float (*function)(float)) {
  auto x = in.get(0);
  if (!x)
    return x.takeError();
  if ((*x)->type != ElementType::Float32)
    return in.node.error("operand '{0}' is {1}, expected float",
                         in.node.input(0), elementTypeName((*x)->type));
  auto bytes = in.allocate((*x)->type, (*x)->shape);
  if (!bytes)
    return bytes.takeError();
  llvm::ArrayRef<float> elements = (*x)->as<float>();
  for (int64_t i = 0, count = (*x)->size(); i < count; ++i)
    store(*bytes, (*x)->type, i, 0, function(elements[i]));
  return makeFolded((*x)->type, (*x)->shape, std::move(*bytes));
}

#define CM_FOLD_REAL(NAME, VALUE)                                              \
  static llvm::Expected<Constant> NAME(const FoldInputs &in) {                 \
    return foldReal(in, [](float x) -> float { return VALUE; });               \
  }
CM_FOLD_REAL(foldSqrt, std::sqrt(x))
CM_FOLD_REAL(foldExp, std::exp(x))
CM_FOLD_REAL(foldLog, std::log(x))
CM_FOLD_REAL(foldReciprocal, 1 / x)
CM_FOLD_REAL(foldFloor, std::floor(x))
CM_FOLD_REAL(foldCeil, std::ceil(x))
#undef CM_FOLD_REAL

static llvm::Expected<Constant> foldSigned(const FoldInputs &in, bool negate) {
  auto x = in.get(0);
  if (!x)
    return x.takeError();
  bool real = isReal((*x)->type);
  if (!real && !(*x)->isInteger())
    return in.node.error("operand '{0}' is {1}, expected float or an integer",
                         in.node.input(0), elementTypeName((*x)->type));
  auto bytes = in.allocate((*x)->type, (*x)->shape);
  if (!bytes)
    return bytes.takeError();
  for (int64_t i = 0, count = (*x)->size(); i < count; ++i) {
    double r = real ? (*x)->realAt(i) : 0;
    int64_t v = real ? 0 : (*x)->integerAt(i);
    int64_t minus = static_cast<int64_t>(uint64_t(0) - uint64_t(v));
    store(*bytes, (*x)->type, i, negate || v < 0 ? minus : v,
          negate ? -r : std::abs(r));
  }
  return makeFolded((*x)->type, (*x)->shape, std::move(*bytes));
}

static llvm::Expected<Constant> foldNeg(const FoldInputs &in) {
  return foldSigned(in, true);
}
static llvm::Expected<Constant> foldAbs(const FoldInputs &in) {
  return foldSigned(in, false);
}

static llvm::Expected<Constant> foldNot(const FoldInputs &in) {
  auto x = in.get(0);
  if (!x)
    return x.takeError();
  if ((*x)->type != ElementType::Bool)
    return in.node.error("operand '{0}' is {1}, expected bool",
                         in.node.input(0), elementTypeName((*x)->type));
  std::string bytes = *(*x)->bytes;
  for (char &byte : bytes)
    byte = byte == 0;
  return makeFolded((*x)->type, (*x)->shape, std::move(bytes));
}

/// Floats lose their fraction, as C casts; what does not fit is an error.
static llvm::Expected<Constant> foldCast(const FoldInputs &in) {
  auto x = in.get(0);
  if (!x)
    return x.takeError();
  auto code = in.node.intAttribute("to", 0);
  if (!code)
    return code.takeError();
  std::optional<ElementType> to = elementTypeOf(*code);
  if (to == (*x)->type) {
    Constant same = **x;
    same.name.clear();
    return same;
  }
  if (!to || *to == ElementType::Float16 || *to == ElementType::Int4 ||
      *to == ElementType::UInt4)
    return in.node.error("a cast to {0} is not supported", onnxTypeName(*code));
  auto bytes = in.allocate(*to, (*x)->shape);
  if (!bytes)
    return bytes.takeError();
  for (int64_t i = 0, count = (*x)->size(); i < count; ++i) {
    double real = (*x)->realAt(i);
    int64_t integer = 0;
    if ((*x)->isInteger())
      integer = (*x)->integerAt(i);
    else if (*to == ElementType::Bool)
      integer = real != 0;
    else if (!isReal(*to) && !(std::abs(real) < 9.2e18))
      return in.node.error("{0} cannot be cast to {1}", numberText(real),
                           elementTypeName(*to));
    else if (!isReal(*to))
      integer = static_cast<int64_t>(real);
    store(*bytes, *to, i, integer, real);
  }
  return makeFolded(*to, (*x)->shape, std::move(*bytes));
}

//===----------------------------------------------------------------------===//
// From nothing
//===----------------------------------------------------------------------===//

static llvm::Expected<Constant> foldConstantOfShape(const FoldInputs &in) {
  auto shape = in.integers(0, "shape");
  if (!shape)
    return shape.takeError();
  auto value = in.node.tensorAttribute("value");
  if (!value)
    return value.takeError();
  Constant element = *value ? std::move(**value)
                            : Constant::make<float>(ElementType::Float32, {1},
                                                    0.0f);
  if (element.size() != 1)
    return in.node.error("attribute 'value' is {0}, expected one element",
                         element.describe());
  auto bytes = in.allocate(element.type, *shape);
  if (!bytes)
    return bytes.takeError();
  size_t size = elementSize(element.type);
  for (size_t at = 0; at < bytes->size(); at += size)
    std::memcpy(bytes->data() + at, element.bytes->data(), size);
  return makeFolded(element.type, *shape, std::move(*bytes));
}

static llvm::Expected<Constant> foldRange(const FoldInputs &in) {
  const Constant *bounds[3];
  for (unsigned i : {0, 1, 2}) {
    auto bound = in.get(i);
    if (!bound)
      return bound.takeError();
    bounds[i] = *bound;
    if (!(*bound)->isScalar() || (*bound)->type != bounds[0]->type ||
        (*bound)->type == ElementType::Float16)
      return in.node.error("operand '{0}' is {1}, expected one number of the "
                           "type of the others",
                           in.node.input(i), (*bound)->describe());
  }
  ElementType type = bounds[0]->type;
  double start = bounds[0]->realAt(0), step = bounds[2]->realAt(0);
  double size = std::ceil((bounds[1]->realAt(0) - start) / step);
  if (!(std::abs(size) < 1e9))
    return in.node.error("a range of {0} elements is not supported",
                         numberText(size));
  int64_t count = std::max<int64_t>(0, static_cast<int64_t>(size));
  auto bytes = in.allocate(type, {count});
  if (!bytes)
    return bytes.takeError();
  for (int64_t i = 0; i < count; ++i) {
    double real = start + double(i) * step;
    store(*bytes, type, i, std::abs(real) < 9e15 ? int64_t(real) : 0, real);
  }
  return makeFolded(type, {count}, std::move(*bytes));
}

/// Of all elements: what shape arithmetic needs.
static llvm::Expected<Constant> foldReduceProd(const FoldInputs &in) {
  auto x = in.get(0);
  if (!x)
    return x.takeError();
  auto keep = in.node.intAttribute("keepdims", 1);
  if (!keep)
    return keep.takeError();
  auto axes = in.integers(1, "axes");
  if (!axes)
    return axes.takeError();
  int64_t rank = (*x)->shape.size();
  if ((*x)->type != ElementType::Int64 || rank > 1 || axes->size() > 1)
    return in.node.error("operand '{0}' is {1}, expected a list of int64",
                         in.node.input(0), (*x)->describe());
  int64_t product = 1;
  for (int64_t element : (*x)->as<int64_t>())
    if (__builtin_mul_overflow(product, element, &product))
      return in.node.error("an integer result does not exist or fit 64 bits");
  Shape shape(*keep != 0 ? rank : 0, 1);
  return Constant::make<int64_t>(ElementType::Int64, shape, product);
}

void onnx_import::addFoldedArithmetic(FoldingTable &table) {
  table["Add"] = {foldAdd, {}};
  table["Sub"] = {foldSub, {}};
  table["Mul"] = {foldMul, {}};
  table["Div"] = {foldDiv, {}};
  table["Mod"] = {foldMod, {"fmod"}};
  table["Pow"] = {foldPow, {}};
  table["Min"] = {foldMin, {}};
  table["Max"] = {foldMax, {}};
  table["Equal"] = {foldEqual, {}};
  table["Less"] = {foldLess, {}};
  table["Greater"] = {foldGreater, {}};
  table["LessOrEqual"] = {foldLessOrEqual, {}};
  table["GreaterOrEqual"] = {foldGreaterOrEqual, {}};
  table["And"] = {foldAnd, {}};
  table["Or"] = {foldOr, {}};
  table["Not"] = {foldNot, {}};
  table["Where"] = {foldWhere, {}};
  table["Sqrt"] = {foldSqrt, {}};
  table["Exp"] = {foldExp, {}};
  table["Log"] = {foldLog, {}};
  table["Reciprocal"] = {foldReciprocal, {}};
  table["Floor"] = {foldFloor, {}};
  table["Ceil"] = {foldCeil, {}};
  table["Neg"] = {foldNeg, {}};
  table["Abs"] = {foldAbs, {}};
  table["Cast"] = {foldCast, {"round_mode", "saturate", "to"}};
  table["ConstantOfShape"] = {foldConstantOfShape, {"value"}};
  table["Range"] = {foldRange, {}};
  table["ReduceProd"] = {foldReduceProd, {"axes", "keepdims", "noop_with_empty_axes"}};
}
