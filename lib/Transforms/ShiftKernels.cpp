//===- ShiftKernels.cpp - several pixels of a layer in one MVM ------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel that is small beside the crossbar leaves rows and columns idle.
// Copies of it, each shifted by one pixel of the result along x or y, share the
// rows of a larger window and have columns of their own.
//
//===----------------------------------------------------------------------===//

#include "cm/Analysis/Timing.h"
#include "cm/Dialect/CMFlow/VectorWork.h"
#include "cm/Dialect/CMHW/CMHWAttrs.h"
#include "cm/Dialect/CMNN/CMNNOps.h"
#include "cm/Machine/Crossbar.h"
#include "cm/Support/Limits.h"
#include "cm/Transforms/Passes.h"
#include "cm/Transforms/Problems.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

namespace cm {
#define GEN_PASS_DEF_SHIFTKERNELS
#include "cm/Transforms/Passes.h.inc"
} // namespace cm

using namespace cm;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Which stages, and how many pixels
//===----------------------------------------------------------------------===//

static Window windowOf(cmflow::ReadOp read) {
  return read.getWindow().toWindow();
}

static cmflow::ReadOp inputOf(cmflow::MvmOp mvm) {
  return mvm.getInput().getDefiningOp<cmflow::ReadOp>();
}

/// One pixel for each iteration, in order, all of its elements.
static bool readsPixels(cmflow::ReadOp read) {
  Window window = windowOf(read);
  return window.kernelY == 1 && window.kernelX == 1 &&
         window.elementBegin == 0 &&
         window.elementEnd == window.channelEnd - window.channelBegin;
}

/// Of an operation beside the MVM, its input and the write.
static bool isShiftable(Operation &op) {
  if (auto read = dyn_cast<cmflow::ReadOp>(op))
    return readsPixels(read);
  return cmflow::canWiden(&op);
}

/// The stage computes whole pixels one after the other, with the whole kernel
/// in its matrix.
static bool isShiftable(cmflow::StageOp stage, mlir::SymbolTable &symbols,
                        cmnn::WeightOp weight) {
  cmflow::MvmOp mvm = stage.getMvm();
  ArrayRef<int64_t> shape = weight.getType().getShape();
  if (shape.size() != 4 || mvm.getTaps() || mvm.getSums())
    return false;
  PixelWrite write = stage.getWrite().getPixels().toPixelWrite();
  auto object = symbols.lookup<cmflow::ObjectOp>(stage.getWrite().getObject());
  bool isWholeKernel = mvm.getElements()[0] == 0 && mvm.getColumns()[0] == 0 &&
                       mvm.getColumns()[1] == shape[3] &&
                       mvm.getChannels()[0] == 0 &&
                       mvm.getElements()[1] == shape[0] * shape[1] * shape[2] *
                                                   int64_t(mvm.getGroups());
  bool isWholePixel = write.pixels == 1 && write.rows == 1 &&
                      write.channels() == int64_t(object.getChannels());
  return isWholeKernel && isWholePixel &&
         llvm::all_of(stage.getBody().front(), [&](Operation &op) {
           return &op == mvm || &op == inputOf(mvm) ||
                  &op == stage.getWrite() || isShiftable(op);
         });
}

namespace {
/// Pixels that one iteration computes: `y` rows of `x` pixels.
struct Shape {
  int64_t y = 1, x = 1;

  int64_t pixels() const { return y * x; }
};

/// A stage with its kernel, which the shifts of some number of pixels widen.
struct ShiftedStage {
  cmflow::StageOp stage;
  cmnn::WeightOp weight;

  Window window() { return windowOf(inputOf(stage.getMvm())); }
  /// Positions of the window between two pixels of the result.
  Shape step() {
    Window window = this->window();
    return {window.strideY / window.dilationY,
            window.strideX / window.dilationX};
  }
  Shape kernel(Shape shape) {
    return {weight.getType().getDimSize(0) + (shape.y - 1) * step().y,
            weight.getType().getDimSize(1) + (shape.x - 1) * step().x};
  }
  int64_t rows(Shape shape) {
    return kernel(shape).pixels() * window().channels();
  }
  int64_t columns(Shape shape) {
    return shape.pixels() * weight.getType().getDimSize(3);
  }
};
} // namespace

/// The most rows and pixels of a row that an iteration may compute: where
/// windows lie whole positions apart, and all pixels along the axis are
/// written.
static Shape mostPixels(ShiftedStage shifted, ShiftAxes axes) {
  auto isShifted = [](int64_t stride, int64_t dilation, int64_t written) {
    return stride > 0 && stride % dilation == 0 && written == 1;
  };
  Window window = shifted.window();
  PixelWrite write = shifted.stage.getWrite().getPixels().toPixelWrite();
  Domain domain = shifted.stage.getDomainBox();
  Shape most;
  if (axes != ShiftAxes::X &&
      isShifted(window.strideY, window.dilationY, write.strideY))
    most.y = domain.h;
  if (axes != ShiftAxes::Y &&
      isShifted(window.strideX, window.dilationX, write.strideX))
    most.x = domain.w;
  // What is the same for all of an axis is not repeated along it.
  cmflow::ReadOp input = inputOf(shifted.stage.getMvm());
  for (auto read : shifted.stage.getBody().getOps<cmflow::ReadOp>()) {
    if (read != input && windowOf(read).strideY == 0)
      most.y = 1;
    if (read != input && windowOf(read).strideX == 0)
      most.x = 1;
  }
  return most;
}

namespace {
/// What the shapes of one stage cost on its core.
class ShapeSearch {
public:
  ShapeSearch(ShiftedStage shifted, const MachineModel &machine,
              uint64_t growth)
      : shifted(shifted), machine(machine), core(representativeCore(machine)),
        work(dpuWorkOf(shifted.stage)), single(groupOf({}).crossbars()),
        limit(std::max<uint64_t>(
            single,
            std::min<uint64_t>(llvm::SaturatingMultiply(growth, single),
                               machine.core(core).crossbar().count()))) {}

  Shape run(Shape most);

private:
  GroupShape groupOf(Shape shape) {
    return machine.groupShape(core, shifted.rows(shape),
                              shifted.columns(shape));
  }
  bool fits(Shape shape) {
    return groupOf(shape).crossbars() <= limit && hasWindows(shape);
  }
  bool hasWindows(Shape shape);
  uint64_t cycles(Shape shape);

  ShiftedStage shifted;
  const MachineModel &machine;
  NodeId core;
  std::vector<DpuWork> work; // for one pixel
  uint64_t single, limit;
};
} // namespace

/// Whether the windows keep to their limits, (C1) of #cmflow.window.
bool ShapeSearch::hasWindows(Shape shape) {
  auto reads = shifted.stage.getBody().getOps<cmflow::ReadOp>();
  return shifted.kernel(shape).pixels() <= maxWindowExtent &&
         llvm::all_of(reads, [&](cmflow::ReadOp read) {
           Window window = windowOf(read);
           return window.strideY * shape.y <= maxWindowExtent &&
                  window.strideX * shape.x <= maxWindowExtent;
         });
}

/// Of the busier of crossbar and DPU in one iteration.
uint64_t ShapeSearch::cycles(Shape shape) {
  GroupShape group = groupOf(shape);
  std::vector<DpuWork> pixels = work;
  for (DpuWork &step : pixels)
    step.elements *= shape.pixels();
  uint64_t dpu = dpuWorkCycles(machine, core, pixels) +
                 machine.mvmSumCycles(core, group, shifted.columns(shape));
  return std::max(machine.mvmCycles(core, group), dpu);
}

/// The shape with the fewest cycles per pixel, of those whose extents divide
/// the domain's, that take at most `limit` crossbars, and no more than as many
/// copies would; the least of several. More rows make buffers larger: they are
/// to save an eighth.
Shape ShapeSearch::run(Shape most) {
  Shape best;
  uint64_t bestCycles = cycles(best);
  for (Shape shape; shape.y <= most.y; ++shape.y) {
    for (shape.x = 1; shape.x <= most.x && fits(shape); ++shape.x) {
      if (most.y % shape.y || most.x % shape.x ||
          groupOf(shape).crossbars() > shape.pixels() * single)
        continue;
      uint64_t found = cycles(shape), share = shape.y > best.y ? 7 : 8;
      if (8 * found * best.pixels() <
          share * bestCycles * uint64_t(shape.pixels()))
        best = shape, bestCycles = found;
    }
    if (shape.x == 1)
      break; // more rows fit even less
  }
  return best;
}

/// A matrix that fits one of the cores with crossbars fits all.
static bool hasLikeCrossbars(const MachineModel &machine) {
  NodeId first = representativeCore(machine);
  for (NodeId core = 0; core < machine.numCores(); ++core)
    if (machine.hasCrossbar(core) &&
        !isAlike(machine.core(first).crossbar(), machine.core(core).crossbar()))
      return false;
  return machine.hasCrossbar(first);
}

//===----------------------------------------------------------------------===//
// The wider stage
//===----------------------------------------------------------------------===//

/// Copies the kernel `KHxKWxCIxCO` into the window of all pixels, for the one
/// at `pixel`, into the columns from `column` of `columns` on. Groups become
/// blocks among zeros.
static void copyKernel(ShiftedStage shifted, ArrayRef<int8_t> values,
                       Shape pixel, int64_t wide, int64_t column,
                       int64_t columns, std::vector<int8_t> &data) {
  ArrayRef<int64_t> shape = shifted.weight.getType().getShape();
  int64_t inputs = shape[2], outputs = shape[3];
  int64_t groups = shifted.stage.getMvm().getGroups(), count = outputs / groups;
  Shape step = shifted.step();
  for (int64_t position = 0; position < shape[0] * shape[1]; ++position) {
    int64_t y = position / shape[1] + pixel.y * step.y;
    int64_t x = position % shape[1] + pixel.x * step.x;
    for (int64_t row = 0; row < inputs * groups; ++row) {
      int64_t first = row / inputs * count; // of the group
      auto from =
          values.begin() + (position * inputs + row % inputs) * outputs + first;
      int64_t at = (y * wide + x) * inputs * groups + row;
      std::copy_n(from, count, data.begin() + at * columns + column + first);
    }
  }
}

static std::string shiftedName(cmnn::WeightOp weight, Shape shape) {
  std::string name = (weight.getSymName() + ".shifted").str();
  return name + (shape.y > 1 ? std::to_string(shape.y) + "x" : "") +
         std::to_string(shape.x);
}

/// `KHxKWxCIxCO` with a copy for each pixel: column (iy, ix, o) holds the
/// kernel of o from position (iy, ix) * step on.
static cmnn::WeightOp shiftWeight(ShiftedStage shifted, Shape shape,
                                  mlir::SymbolTable &symbols) {
  cmnn::WeightOp weight = shifted.weight;
  Shape kernel = shifted.kernel(shape);
  int64_t channels = shifted.window().channels();
  int64_t outputs = weight.getType().getDimSize(3);
  int64_t columns = shifted.columns(shape);
  std::vector<int8_t> storage;
  ArrayRef<int8_t> values = weight.getInt8(storage);
  std::vector<int8_t> data(kernel.pixels() * channels * columns, 0);
  for (int64_t i = 0; i < shape.pixels(); ++i)
    copyKernel(shifted, values, {i / shape.x, i % shape.x}, kernel.x,
               i * outputs, columns, data);
  OpBuilder builder(weight);
  auto type = RankedTensorType::get({kernel.y, kernel.x, channels, columns},
                                    builder.getI8Type());
  auto copy = cmnn::WeightOp::create(
      builder, weight.getLoc(), shiftedName(weight, shape),
      DenseElementsAttr::get(type, ArrayRef<int8_t>(data)));
  symbols.insert(copy);
  return copy;
}

/// Widens an axis of a window by the steps to the pixels of one iteration.
static void widenAxis(int64_t pixels, bool isInput, int64_t &kernel,
                      int64_t &stride, int64_t &dilation) {
  if (pixels == 1)
    return;
  int64_t step = isInput ? stride / dilation : 1;
  if (!isInput)
    dilation = stride;
  kernel += (pixels - 1) * step;
  stride *= pixels;
}

static void widenRead(cmflow::ReadOp read, Shape shape, bool isInput) {
  Window window = windowOf(read);
  widenAxis(shape.y, isInput, window.kernelY, window.strideY, window.dilationY);
  widenAxis(shape.x, isInput, window.kernelX, window.strideX, window.dilationX);
  window.elementEnd = window.listed();
  read.setWindowAttr(cmflow::WindowAttr::fromWindow(read.getContext(), window));
  auto type = cast<VectorType>(read.getType());
  read.getResult().setType(
      VectorType::get({window.elementEnd}, type.getElementType()));
}

static void widenMvm(cmflow::MvmOp mvm, cmnn::WeightOp weight) {
  ArrayRef<int64_t> shape = weight.getType().getShape();
  mvm.setWeight(weight.getSymName());
  mvm.setGroups(1);
  mvm.setChannels({0, shape[2]});
  mvm.setElements({0, shape[0] * shape[1] * shape[2]});
  mvm.setColumns({0, shape[3]});
}

static void widenWrite(cmflow::StageOp stage, Shape shape) {
  cmflow::WriteOp write = stage.getWrite();
  PixelWrite written = write.getPixels().toPixelWrite();
  written.rows = shape.y, written.pixels = shape.x;
  written.strideY *= shape.y, written.strideX *= shape.x;
  write.setPixelsAttr(
      cmflow::PixelsAttr::fromPixelWrite(write.getContext(), written));
  Domain domain = stage.getDomainBox();
  stage.setDomain({domain.h / shape.y, domain.w / shape.x});
}

static void widen(ShiftedStage shifted, Shape shape,
                  mlir::SymbolTable &symbols) {
  cmflow::StageOp stage = shifted.stage;
  cmflow::MvmOp mvm = stage.getMvm();
  cmflow::ReadOp input = inputOf(mvm);
  widenMvm(mvm, shiftWeight(shifted, shape, symbols));
  for (Operation &op : stage.getBody().front())
    cmflow::widenLists(&op, shape.pixels());
  for (Operation &op : stage.getBody().front()) {
    if (auto read = dyn_cast<cmflow::ReadOp>(op)) {
      widenRead(read, shape, read == input);
      continue;
    }
    if (op.getNumResults() == 0)
      continue;
    auto type = cast<VectorType>(op.getResult(0).getType());
    op.getResult(0).setType(VectorType::get(
        {type.getNumElements() * shape.pixels()}, type.getElementType()));
  }
  widenWrite(stage, shape);
}

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

/// Erases symbols that nothing names any more. Graphs are symbol tables of
/// their own: uses in them are none of the module's to MLIR.
static void eraseUnnamed(ModuleOp module,
                         const llvm::SetVector<Operation *> &symbols) {
  llvm::DenseSet<StringAttr> named;
  module.walk([&](Operation *op) {
    op->getAttrDictionary().walk(
        [&](FlatSymbolRefAttr symbol) { named.insert(symbol.getAttr()); });
  });
  for (Operation *symbol : symbols)
    if (!named.contains(SymbolTable::getSymbolName(symbol)))
      symbol->erase();
}

namespace {
struct ShiftKernels : cm::impl::ShiftKernelsBase<ShiftKernels> {
  using ShiftKernelsBase::ShiftKernelsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    replaced.clear();
    for (auto graph : module.getOps<cmflow::GraphOp>())
      if (failed(shiftKernels(graph)))
        return signalPassFailure();
    eraseUnnamed(module, replaced);
  }

  LogicalResult shiftKernels(cmflow::GraphOp graph) {
    FailureOr<MachineModel> machine = cmhw::getMachineModel(graph);
    if (failed(machine))
      return failure();
    if (!hasLikeCrossbars(*machine))
      return success();
    mlir::SymbolTable weights(getOperation()), symbols(graph);
    StageGraph view(graph);
    for (const StageNode &node : view.nodes) {
      if (!node.mvm())
        continue;
      ShiftedStage shifted{
          node.stage(), weights.lookup<cmnn::WeightOp>(node.mvm().getWeight())};
      if (!isShiftable(shifted.stage, symbols, shifted.weight))
        continue;
      Shape shape =
          ShapeSearch(shifted, *machine, growth).run(mostPixels(shifted, axes));
      if (shape.pixels() == 1)
        continue;
      widen(shifted, shape, weights);
      replaced.insert(shifted.weight);
      ++numShifted;
    }
    return success();
  }

  llvm::SetVector<Operation *> replaced; // weights of stages that are shifted
};
} // namespace
