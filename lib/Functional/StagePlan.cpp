//===- StagePlan.cpp - a stage, ready to run ------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StagePlan.h"
#include "Arithmetic.h"
#include "Crossbar.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/FormatVariadic.h"
#include <limits>

using namespace cm;
using namespace cm::functional;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

/// Calls `visit(position, isInside, y, x)` for the pixels of a window in order.
template <typename Visit>
static void forEachPixel(const Window &window, const Extent &extent,
                         const Frame &frame, Visit visit) {
  int64_t top = frame.d0 * window.strideY + window.offsetY;
  int64_t left = frame.d1 * window.strideX + window.offsetX;
  for (int64_t k = 0; k < window.kernelY * window.kernelX; ++k) {
    int64_t y = top + k / window.kernelX * window.dilationY;
    int64_t x = left + k % window.kernelX * window.dilationX;
    visit(k, y >= 0 && y < extent.h && x >= 0 && x < extent.w, y, x);
  }
}

static int32_t load(Frame &frame, const ObjectData &object, int64_t y,
                    int64_t x, int64_t c) {
  int64_t at = object.index(y, x, c);
  if (!object.isWritten[at])
    frame.error = llvm::formatv(
        "reads element {0} of pixel ({1}, {2}), which nobody has written", c, y,
        x);
  return object.elements[at];
}

static Step makeRead(const Window &window, unsigned number, Slice result) {
  return [=](Frame &frame) {
    const ObjectData &object = frame.objects[number];
    int32_t *out = frame.values.data() + result.begin;
    forEachPixel(window, object.extent, frame,
                 [&](int64_t k, bool isInside, int64_t y, int64_t x) {
                   int64_t first = k * window.channels();
                   int64_t begin = std::max(window.elementBegin, first);
                   int64_t end =
                       std::min(window.elementEnd, first + window.channels());
                   for (int64_t e = begin; e < end; ++e)
                     *out++ = isInside ? load(frame, object, y, x,
                                              window.channelBegin + e - first)
                                       : window.fill;
                 });
  };
}

static Step makeMaxPool(const Window &window, unsigned number, Slice result) {
  return [=](Frame &frame) {
    const ObjectData &object = frame.objects[number];
    for (int64_t c = 0; c < window.channels(); ++c) {
      int32_t greatest = std::numeric_limits<int32_t>::min();
      forEachPixel(window, object.extent, frame,
                   [&](int64_t, bool isInside, int64_t y, int64_t x) {
                     if (isInside)
                       greatest =
                           std::max(greatest, load(frame, object, y, x,
                                                   window.channelBegin + c));
                   });
      frame.values[result.begin + c] = greatest;
    }
  };
}

template <typename OpTy> static Quantity inputOf(OpTy op) {
  return {op.getXScale().convertToFloat(),
          static_cast<int32_t>(op.getXZeroPoint())};
}

template <typename OpTy> static Quantity outputOf(OpTy op) {
  return {op.getYScale().convertToFloat(),
          static_cast<int32_t>(op.getYZeroPoint())};
}

template <typename OpTy> static Limits limitsOf(OpTy op) {
  return {static_cast<int32_t>(op.getMinimum()),
          static_cast<int32_t>(op.getMaximum())};
}

template <typename OpTy> static Bytes bytesOf(OpTy op) {
  return op.getUnsignedRounding() ? Bytes::Unsigned : Bytes::Signed;
}

static Step makeAveragePool(cmflow::AveragePoolOp op, unsigned number,
                            Slice result) {
  Window window = op.getWindow().toWindow();
  Mean mean(inputOf(op), outputOf(op), limitsOf(op), bytesOf(op));
  bool countsPadding = op.getCountIncludePad();
  return [=](Frame &frame) {
    const ObjectData &object = frame.objects[number];
    for (int64_t c = 0; c < window.channels(); ++c) {
      Mean channel = mean;
      int64_t count = 0;
      forEachPixel(window, object.extent, frame,
                   [&](int64_t, bool isInside, int64_t y, int64_t x) {
                     if (isInside)
                       channel.add(
                           load(frame, object, y, x, window.channelBegin + c));
                     count += isInside || countsPadding;
                   });
      frame.values[result.begin + c] = channel.finish(count);
    }
  };
}

/// The position in a window of `kernel` pixels, from `top` on, whose pixel
/// stands at position `k`: itself, or the nearest one inside the object.
static int64_t nearestInside(int64_t k, int64_t top, int64_t kernel,
                             int64_t extent) {
  int64_t first = std::max<int64_t>(0, -top);
  int64_t last = std::min(kernel, extent - top) - 1;
  return std::min(std::max(k, first), last);
}

static Step makeInterpolate(cmflow::InterpolateOp op, unsigned number,
                            Slice result) {
  Window w = op.getWindow().toWindow();
  std::vector<float> rows = op.getYWeights().vec();
  std::vector<float> columns = op.getXWeights().vec();
  Interpolation sum(inputOf(op), outputOf(op), limitsOf(op), bytesOf(op),
                    op.getAsStored());
  return [=](Frame &frame) {
    const ObjectData &object = frame.objects[number];
    int64_t top = frame.d0 * w.strideY + w.offsetY;
    int64_t left = frame.d1 * w.strideX + w.offsetX;
    const float *rowWeights = &rows[(top + w.kernelY - 1) * w.kernelY];
    const float *columnWeights = &columns[(left + w.kernelX - 1) * w.kernelX];
    for (int64_t c = 0; c < w.channels(); ++c) {
      Interpolation channel = sum;
      for (int64_t k = 0; k < w.kernelY * w.kernelX; ++k) {
        int64_t ky = k / w.kernelX, kx = k % w.kernelX;
        int64_t y = nearestInside(ky, top, w.kernelY, object.extent.h);
        int64_t x = nearestInside(kx, left, w.kernelX, object.extent.w);
        channel.add(load(frame, object, top + y, left + x, w.channelBegin + c),
                    columnWeights[kx] * rowWeights[ky]);
      }
      frame.values[result.begin + c] = channel.finish();
    }
  };
}

static Step makeReduceMean(cmflow::ReduceMeanOp op, unsigned number,
                           Slice result) {
  Window window = op.getWindow().toWindow();
  PlainMean mean(inputOf(op), outputOf(op), limitsOf(op));
  return [=](Frame &frame) {
    const ObjectData &object = frame.objects[number];
    for (int64_t c = 0; c < window.channels(); ++c) {
      PlainMean channel = mean;
      forEachPixel(window, object.extent, frame,
                   [&](int64_t, bool isInside, int64_t y, int64_t x) {
                     if (isInside)
                       channel.add(
                           load(frame, object, y, x, window.channelBegin + c));
                   });
      frame.values[result.begin + c] = channel.finish();
    }
  };
}

static Step makeGlobalAveragePool(cmflow::GlobalAveragePoolOp op,
                                  unsigned number, Slice result) {
  Window window = op.getWindow().toWindow();
  Quantity x = inputOf(op), y = outputOf(op);
  Limits limits = limitsOf(op);
  return [=](Frame &frame) {
    const ObjectData &object = frame.objects[number];
    for (int64_t c = 0; c < window.channels(); ++c) {
      int64_t sum = 0, count = 0;
      forEachPixel(window, object.extent, frame,
                   [&](int64_t, bool isInside, int64_t py, int64_t px) {
                     if (!isInside)
                       return;
                     ++count;
                     sum +=
                         load(frame, object, py, px, window.channelBegin + c) -
                         x.zeroPoint;
                   });
      frame.values[result.begin + c] = globalMean(sum, count, x, y, limits);
    }
  };
}

//===----------------------------------------------------------------------===//
// Vectors
//===----------------------------------------------------------------------===//

static Step makeMvm(cmflow::MvmOp op, Slice x, Slice result) {
  return [=, matrix = matrixOf(op)](Frame &frame) {
    if (!matrix.multiply(frame.values.data() + x.begin,
                         frame.values.data() + result.begin))
      frame.error = "accumulator overflows int32";
  };
}

static Step makeConstant(arith::ConstantOp op, Slice result) {
  std::vector<int32_t> constants;
  // (C7) of cmflow.stage: a vector of integers.
  auto values = cast<DenseIntElementsAttr>(op.getValue()).getValues<APInt>();
  for (const APInt &value : values)
    constants.push_back(value.getSExtValue());
  return [=](Frame &frame) {
    std::copy(constants.begin(), constants.end(),
              frame.values.begin() + result.begin);
  };
}

static Step makeSum(Slice a, Slice b, Slice result) {
  return [=](Frame &frame) {
    for (size_t k = 0; k < result.length; ++k) {
      int64_t sum = static_cast<int64_t>(frame.values[a.begin + k]) +
                    frame.values[b.begin + k];
      if (sum != static_cast<int32_t>(sum))
        frame.error = "accumulator overflows int32";
      frame.values[result.begin + k] = static_cast<int32_t>(sum);
    }
  };
}

static Step makeDepthwise(cmflow::DepthwiseOp op, Slice x, Slice result) {
  std::vector<int32_t> weights = op.getWeights().vec();
  return [=](Frame &frame) {
    for (size_t c = 0; c < result.length; ++c) {
      int64_t sum = 0;
      for (size_t e = c; e < x.length; e += result.length)
        sum += static_cast<int64_t>(frame.values[x.begin + e]) * weights[e];
      if (sum != static_cast<int32_t>(sum))
        frame.error = "accumulator overflows int32";
      frame.values[result.begin + c] = static_cast<int32_t>(sum);
    }
  };
}

static Step makeSubtractZeroPoints(cmflow::SubtractZeroPointsOp op, Slice x,
                                   Slice result) {
  std::vector<int8_t> points = op.getZeroPoints().vec();
  size_t perSum = result.length / (x.length - result.length);
  return [=](Frame &frame) {
    for (size_t k = 0; k < result.length; ++k) {
      int64_t sum = frame.values[x.begin + result.length + k / perSum];
      int64_t value =
          frame.values[x.begin + k] - points[points.size() == 1 ? 0 : k] * sum;
      if (value != static_cast<int32_t>(value))
        frame.error = "accumulator overflows int32";
      frame.values[result.begin + k] = static_cast<int32_t>(value);
    }
  };
}

static Step makeRequantize(cmflow::RequantizeOp op, Slice x, Slice result) {
  std::vector<float> scales = op.getScales().vec();
  int32_t zeroPoint = op.getZeroPoint();
  Limits limits = limitsOf(op);
  return [=](Frame &frame) {
    for (size_t k = 0; k < result.length; ++k)
      frame.values[result.begin + k] =
          requantize(frame.values[x.begin + k],
                     scales[scales.size() == 1 ? 0 : k], zeroPoint, limits);
  };
}

/// `FunctionT` is that of two values.
template <typename FunctionT, typename OpTy>
static Step makeBinary(OpTy op, Slice a, Slice b, Slice result) {
  FunctionT function({op.getAScale().convertToFloat(),
                      static_cast<int32_t>(op.getAZeroPoint())},
                     {op.getBScale().convertToFloat(),
                      static_cast<int32_t>(op.getBZeroPoint())},
                     outputOf(op), limitsOf(op), bytesOf(op));
  return [=](Frame &frame) {
    for (size_t k = 0; k < result.length; ++k)
      frame.values[result.begin + k] =
          function(frame.values[a.begin + k], frame.values[b.begin + k]);
  };
}

static Step makeShuffle(cmflow::ShuffleOp op, Slice x, Slice result) {
  std::vector<int32_t> indices = op.getIndices().vec();
  int32_t fill = op.getFill();
  return [=](Frame &frame) {
    for (size_t k = 0; k < result.length; ++k)
      frame.values[result.begin + k] =
          indices[k] < 0 ? fill : frame.values[x.begin + indices[k]];
  };
}

static Step makeLookup(cmflow::LookupOp op, Slice x, Slice result) {
  std::vector<int8_t> table = op.getTable().vec();
  size_t step = table.size() == 256 ? 0 : 256;
  return [=](Frame &frame) {
    for (size_t k = 0; k < result.length; ++k)
      frame.values[result.begin + k] =
          table[k * step + frame.values[x.begin + k] + 128];
  };
}

static Step makeSoftmax(cmflow::SoftmaxOp op, Slice x, Slice result) {
  Softmax softmax(result.length, op.getXScale().convertToFloat(), outputOf(op));
  return [=](Frame &frame) {
    softmax.apply(frame.values.data() + x.begin,
                  frame.values.data() + result.begin);
  };
}

static Step makeLayerNorm(cmflow::LayerNormOp op, Slice x, Slice result) {
  LayerNorm norm(inputOf(op), outputOf(op), limitsOf(op),
                 op.getEpsilon().convertToFloat(), op.getScales().vec(),
                 op.getBiases().vec());
  return [=](Frame &frame) {
    norm.apply(frame.values.data() + x.begin, x.length,
               frame.values.data() + result.begin);
  };
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

namespace {
class Planner {
public:
  Planner(const ObjectNumbers &objects, StagePlan &plan)
      : objects(objects), plan(plan) {}

  void add(Operation &op);

private:
  unsigned objectOf(cmflow::AccessOpInterface op) {
    return objects.lookup(op.getAccessedObject().getValue());
  }
  Slice slice(Value value) const { return slices.lookup(value); }
  Step makeAccess(Operation *op, Slice result);
  Step makeProduct(Operation *op, Slice result);
  Step makeStep(Operation *op, Slice result);

  const ObjectNumbers &objects;
  StagePlan &plan;
  llvm::DenseMap<Value, Slice> slices;
};
} // namespace

Step Planner::makeAccess(Operation *op, Slice result) {
  return llvm::TypeSwitch<Operation *, Step>(op)
      .Case([&](cmflow::ReadOp read) {
        return makeRead(read.getWindow().toWindow(), objectOf(read), result);
      })
      .Case([&](cmflow::MaxPoolOp pool) {
        return makeMaxPool(pool.getWindow().toWindow(), objectOf(pool), result);
      })
      .Case([&](cmflow::AveragePoolOp pool) {
        return makeAveragePool(pool, objectOf(pool), result);
      })
      .Case([&](cmflow::GlobalAveragePoolOp pool) {
        return makeGlobalAveragePool(pool, objectOf(pool), result);
      })
      .Case([&](cmflow::ReduceMeanOp mean) {
        return makeReduceMean(mean, objectOf(mean), result);
      })
      .Case([&](cmflow::InterpolateOp resize) {
        return makeInterpolate(resize, objectOf(resize), result);
      });
}

/// Products in int32, and what belongs to them; null for other operations.
Step Planner::makeProduct(Operation *op, Slice result) {
  return llvm::TypeSwitch<Operation *, Step>(op)
      .Case([&](cmflow::MvmOp mvm) {
        return makeMvm(mvm, slice(mvm.getInput()), result);
      })
      .Case([&](cmflow::DepthwiseOp depthwise) {
        return makeDepthwise(depthwise, slice(depthwise.getInput()), result);
      })
      .Case([&](cmflow::SubtractZeroPointsOp sums) {
        return makeSubtractZeroPoints(sums, slice(sums.getInput()), result);
      })
      .Case([&](cmflow::MultiplyMatrixOp product) {
        return makeMultiplyMatrix(product, slice(product.getInput()),
                                  slice(product.getMatrix()), result);
      })
      .Default([](Operation *) { return Step(); });
}

/// (C7) of cmflow.stage: there is nothing else.
Step Planner::makeStep(Operation *op, Slice result) {
  if (isa<cmflow::AccessOpInterface>(op))
    return makeAccess(op, result);
  if (Step product = makeProduct(op, result))
    return product;
  return llvm::TypeSwitch<Operation *, Step>(op)
      .Case([&](arith::ConstantOp constant) {
        return makeConstant(constant, result);
      })
      .Case([&](arith::AddIOp sum) {
        return makeSum(slice(sum.getLhs()), slice(sum.getRhs()), result);
      })
      .Case([&](cmflow::RequantizeOp requantize) {
        return makeRequantize(requantize, slice(requantize.getInput()), result);
      })
      .Case([&](cmflow::AddQuantizedOp sum) {
        return makeBinary<Addition>(sum, slice(sum.getA()), slice(sum.getB()),
                                    result);
      })
      .Case([&](cmflow::MulQuantizedOp product) {
        return makeBinary<Product>(product, slice(product.getA()),
                                   slice(product.getB()), result);
      })
      .Case([&](cmflow::ShuffleOp shuffle) {
        return makeShuffle(shuffle, slice(shuffle.getInput()), result);
      })
      .Case([&](cmflow::LookupOp lookup) {
        return makeLookup(lookup, slice(lookup.getInput()), result);
      })
      .Case([&](cmflow::SoftmaxOp softmax) {
        return makeSoftmax(softmax, slice(softmax.getInput()), result);
      })
      .Case([&](cmflow::LayerNormOp norm) {
        return makeLayerNorm(norm, slice(norm.getInput()), result);
      })
      .Case([&](cmflow::ConstantsOp constants) {
        return makeConstants(constants, plan.write, result);
      });
}

void Planner::add(Operation &op) {
  if (auto write = dyn_cast<cmflow::WriteOp>(op)) {
    plan.writes = objects.lookup(write.getObject());
    plan.written = slice(write.getValue());
    return;
  }
  auto type = cast<VectorType>(op.getResult(0).getType());
  Slice result{plan.numValues, static_cast<size_t>(type.getNumElements())};
  plan.steps.push_back(makeStep(&op, result));
  plan.numValues += result.length;
  slices[op.getResult(0)] = result;
  if (auto access = dyn_cast<cmflow::AccessOpInterface>(op))
    plan.reads.push_back(
        {objectOf(access), access.getReadRelation().toWindow()});
  auto names = op.getAttrOfType<ArrayAttr>(cmflow::tensorAttrName);
  if (names && type.getElementType().isInteger(8))
    plan.named.push_back({names, result, &op});
}

StagePlan cm::functional::planStage(cmflow::StageOp stage,
                                    const ObjectNumbers &objects) {
  StagePlan plan;
  plan.name = stage.getSymName().str();
  plan.domain = stage.getDomainBox();
  plan.write = stage.getWrite().getPixels().toPixelWrite();
  Planner planner(objects, plan);
  for (Operation &op : stage.getBody().front())
    planner.add(op);
  return plan;
}
