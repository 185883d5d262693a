//===- ScheduleNetworks.cpp - networks to be scheduled in tests -----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The executor knows windows, slots and counters, and nothing of schedules.
//
//===----------------------------------------------------------------------===//

#include "ScheduleNetworks.h"
#include <set>

using namespace cm;

uint32_t NetworkBuilder::addMemory(uint64_t bytes, uint64_t alignment) {
  uint32_t index = problem.memories.size();
  problem.memories.push_back(
      {"core[" + std::to_string(index) + "]", bytes, alignment});
  return index;
}

uint32_t NetworkBuilder::addStage(std::string name, Domain domain,
                                  uint64_t service, uint64_t retire,
                                  ScheduleStage::Role role) {
  problem.stages.push_back({std::move(name), domain, service, retire, role});
  return problem.stages.size() - 1;
}

uint32_t NetworkBuilder::addObject(Object object) {
  objects.push_back(std::move(object));
  return objects.size() - 1;
}

uint32_t NetworkBuilder::addObject(uint32_t writer, int64_t channels) {
  const Domain &domain = problem.stages[writer].domain;
  return addObject({{domain.h, domain.w, channels},
                    {{writer, PixelWrite::whole(channels)}}});
}

void NetworkBuilder::addRead(uint32_t object, uint32_t reader,
                             std::vector<Window> windows, uint32_t memory,
                             uint64_t transfer, uint64_t credit) {
  auto [entry, isNew] =
      buffers.try_emplace({object, memory}, problem.buffers.size());
  if (isNew)
    problem.buffers.push_back(
        {"o" + std::to_string(object), objects[object].extent, 1, memory});
  for (const auto &[writer, write] : objects[object].writers)
    problem.streams.push_back({writer, reader, entry->second, write, windows,
                               objects[object].extent, transfer, credit});
}

void NetworkBuilder::addOutput(uint32_t object, uint32_t reader,
                               uint64_t transfer) {
  const Extent &extent = objects[object].extent;
  for (const auto &[writer, write] : objects[object].writers)
    problem.streams.push_back({writer,
                               reader,
                               ScheduleStream::noBuffer,
                               write,
                               {Window::whole(1, 1, extent.c)},
                               extent,
                               transfer,
                               0});
}

Window cm::sameWindow(int64_t kernel, int64_t channels) {
  Window window = Window::whole(kernel, kernel, channels);
  window.offsetY = window.offsetX = -(kernel / 2);
  return window;
}

NetworkBuilder cm::pairsOfRows(int64_t rows) {
  NetworkBuilder net;
  uint32_t memory = net.addMemory();
  uint32_t pairs = net.addStage("pairs", {rows / 2, 8}, 2);
  uint32_t conv = net.addStage("conv", {rows, 8}, 1, 3);
  NetworkBuilder::Object object;
  PixelWrite write = PixelWrite::whole(4);
  write.rows = write.strideY = 2;
  object.extent = {rows, 8, 4};
  object.writers = {{pairs, write}};
  net.addRead(net.addObject(object), conv, {sameWindow(3, 4)}, memory);
  return net;
}

//===----------------------------------------------------------------------===//
// Random networks
//===----------------------------------------------------------------------===//

namespace {
class RandomNetwork {
public:
  RandomNetwork(std::mt19937 &random) : random(random) {
    for (int i = 0; i < 3; ++i)
      net.addMemory();
    addLayer({}, ScheduleStage::Input);
  }
  void addLayer() {
    std::vector<uint32_t> reads = {pickObject()};
    if (pick(0, 2) == 0)
      reads.push_back(pickObject());
    addLayer(reads, ScheduleStage::Compute);
  }
  void addOutput() {
    uint32_t object = net.objects.size() - 1;
    const Extent &extent = net.objects[object].extent;
    uint32_t stage =
        net.addStage("out", {extent.h, extent.w}, 1, 0, ScheduleStage::Output);
    net.addOutput(object, stage, pick(1, 20));
  }
  NetworkBuilder net;

private:
  int64_t pick(int64_t least, int64_t most) {
    return least + int64_t(random() % (most - least + 1));
  }
  uint32_t pickObject() {
    uint32_t last = net.objects.size() - 1;
    return pick(0, 2) ? last : pick(0, last);
  }
  Window randomWindow(const Extent &object);
  void addLayer(const std::vector<uint32_t> &reads, ScheduleStage::Role role);

  std::mt19937 &random;
};
} // namespace

Window RandomNetwork::randomWindow(const Extent &object) {
  Window window;
  window.channelBegin = pick(0, object.c - 1);
  window.channelEnd = pick(window.channelBegin + 1, object.c);
  if (pick(0, 3) > 0) {
    window.kernelY = pick(1, 4);
    window.kernelX = pick(1, 3);
    window.strideY = pick(0, 2);
    window.strideX = pick(1, 2);
    window.offsetY = pick(-2, 1);
    window.offsetX = pick(-2, 1);
    window.dilationY = pick(1, 2);
    window.dilationX = pick(1, 2);
  }
  window.elementBegin = pick(0, 2) ? 0 : pick(0, window.listed() - 1);
  window.elementEnd = pick(0, 2)
                          ? window.listed()
                          : pick(window.elementBegin + 1, window.listed());
  return window;
}

void RandomNetwork::addLayer(const std::vector<uint32_t> &reads,
                             ScheduleStage::Role role) {
  Domain domain{pick(1, 7), pick(1, 7)};
  // 1: two column tiles, 2: interleaved rows, 3: two rows at once
  int kind = pick(0, 4);
  int copies = kind == 1 || kind == 2 ? 2 : 1;
  NetworkBuilder::Object object;
  bool twice = kind == 2 || kind == 3;
  object.extent = {domain.h * (twice ? 2 : 1), domain.w, 2};
  for (int copy = 0; copy < copies; ++copy) {
    std::string name = "s" + std::to_string(net.problem.stages.size());
    uint32_t stage = net.addStage(name, domain, pick(1, 3), pick(0, 9), role);
    PixelWrite write = PixelWrite::whole(2);
    if (kind == 1) {
      write.channelBegin = copy;
      write.channelEnd = copy + 1;
    } else if (kind == 2) {
      write.strideY = 2;
      write.offsetY = copy;
    } else if (kind == 3) {
      write.strideY = write.rows = 2;
    }
    object.writers.push_back({stage, write});
    for (uint32_t read : std::set<uint32_t>(reads.begin(), reads.end())) {
      std::vector<Window> windows = {randomWindow(net.objects[read].extent)};
      if (pick(0, 4) == 0)
        windows.push_back(randomWindow(net.objects[read].extent));
      net.addRead(read, stage, windows, pick(0, 2), pick(1, 20), pick(1, 9));
    }
  }
  net.addObject(std::move(object));
}

ScheduleProblem cm::randomNetwork(std::mt19937 &random, int layers) {
  RandomNetwork network(random);
  for (int i = 0; i < layers; ++i)
    network.addLayer();
  network.addOutput();
  return network.net.problem;
}

//===----------------------------------------------------------------------===//
// Execution
//===----------------------------------------------------------------------===//

namespace {
/// One stream, iteration by iteration, found by looking at every element.
struct StreamTables {
  std::vector<int64_t> needs; // per reader iteration: last writer iteration
  std::vector<std::vector<int64_t>> pixels; // written, per writer iteration
  std::vector<int64_t> last;                // per pixel: last reader iteration

  StreamTables(const ScheduleProblem &problem, const ScheduleStream &stream) {
    const Domain &writer = problem.stages[stream.writer].domain;
    const Domain &reader = problem.stages[stream.reader].domain;
    std::map<int64_t, int64_t> writes;
    for (int64_t k = 0; k < writer.size(); ++k) {
      int64_t y = k / writer.w * stream.write.strideY + stream.write.offsetY;
      int64_t x = k % writer.w * stream.write.strideX + stream.write.offsetX;
      pixels.emplace_back();
      for (int64_t row = 0; row < stream.write.rows; ++row) {
        pixels.back().push_back((y + row) * stream.object.w + x);
        writes[pixels.back().back()] = k;
      }
    }
    last.assign(stream.object.h * stream.object.w, -1);
    for (int64_t k = 0; k < reader.size(); ++k) {
      int64_t need = -1;
      for (int64_t pixel : readBy(stream, k / reader.w, k % reader.w)) {
        last[pixel] = k;
        if (writes.count(pixel))
          need = std::max(need, writes[pixel]);
      }
      needs.push_back(need);
    }
  }

  static std::set<int64_t> readBy(const ScheduleStream &stream, int64_t d0,
                                  int64_t d1) {
    std::set<int64_t> pixels;
    for (const Window &w : stream.windows) {
      int64_t element = 0;
      for (int64_t ky = 0; ky < w.kernelY; ++ky)
        for (int64_t kx = 0; kx < w.kernelX; ++kx)
          for (int64_t c = w.channelBegin; c < w.channelEnd; ++c, ++element) {
            int64_t y = d0 * w.strideY + w.offsetY + ky * w.dilationY;
            int64_t x = d1 * w.strideX + w.offsetX + kx * w.dilationX;
            if (element >= w.elementBegin && element < w.elementEnd && y >= 0 &&
                y < stream.object.h && x >= 0 && x < stream.object.w &&
                c >= stream.write.channelBegin && c < stream.write.channelEnd)
              pixels.insert(y * stream.object.w + x);
          }
    }
    return pixels;
  }
};

class Executor {
public:
  Executor(const ScheduleProblem &problem, const ScheduleSolution &solution,
           uint64_t images)
      : problem(problem), solution(solution), images(images),
        fired(problem.stages.size()) {
    for (const ScheduleStream &stream : problem.streams)
      tables.emplace_back(problem, stream);
  }

  bool run() {
    bool moved = true;
    while (moved) {
      moved = false;
      for (uint32_t stage = 0; stage < fired.size(); ++stage)
        while (fire(stage))
          moved = true;
    }
    for (uint32_t stage = 0; stage < fired.size(); ++stage)
      if (fired[stage].size() < images * size(stage))
        return false;
    return true;
  }

  std::vector<std::vector<uint64_t>> takeTimes() { return std::move(fired); }

private:
  uint64_t size(uint32_t stage) const {
    return problem.stages[stage].domain.size();
  }
  /// Raises `time` to `delay` after an event; false if it has not happened.
  bool after(uint32_t stage, int64_t event, uint64_t delay,
             uint64_t &time) const {
    if (event >= int64_t(fired[stage].size()))
      return false;
    time = std::max(time, fired[stage][event] + delay);
    return true;
  }
  bool fire(uint32_t stage);
  bool dataThere(size_t stream, uint64_t image, uint64_t rank, uint64_t &time);
  bool slotFree(size_t stream, uint64_t image, uint64_t rank, uint64_t &time);

  const ScheduleProblem &problem;
  const ScheduleSolution &solution;
  uint64_t images;
  std::vector<StreamTables> tables;
  std::vector<std::vector<uint64_t>> fired;
};
} // namespace

bool Executor::dataThere(size_t index, uint64_t image, uint64_t rank,
                         uint64_t &time) {
  const ScheduleStream &stream = problem.streams[index];
  int64_t need = tables[index].needs[rank];
  return need < 0 || after(stream.writer, image * size(stream.writer) + need,
                           stream.transferCycles, time);
}

bool Executor::slotFree(size_t index, uint64_t image, uint64_t rank,
                        uint64_t &time) {
  const ScheduleStream &stream = problem.streams[index];
  if (stream.buffer == ScheduleStream::noBuffer)
    return true;
  const BufferCapacity &capacity = solution.capacity[stream.buffer];
  int64_t step = capacity.fold == Fold::Row ? stream.object.w : 1;
  int64_t all = stream.object.h * stream.object.w;
  uint64_t delay =
      problem.stages[stream.reader].retireCycles + stream.creditCycles;
  for (int64_t pixel : tables[index].pixels[rank]) {
    int64_t before = image * all + pixel - int64_t(capacity.slots) * step;
    if (before < 0 || tables[index].last[before % all] < 0)
      continue;
    int64_t read =
        before / all * size(stream.reader) + tables[index].last[before % all];
    if (!after(stream.reader, read, delay, time))
      return false;
  }
  return true;
}

bool Executor::fire(uint32_t stage) {
  uint64_t done = fired[stage].size();
  if (done == images * size(stage))
    return false;
  uint64_t image = done / size(stage), rank = done % size(stage), time = 0;
  if (done > 0)
    time = fired[stage].back() + problem.stages[stage].serviceCycles;
  if (problem.stages[stage].role == ScheduleStage::Input)
    time = std::max(time, image * solution.ii);
  for (size_t i = 0; i < problem.streams.size(); ++i) {
    if (problem.streams[i].reader == stage && !dataThere(i, image, rank, time))
      return false;
    if (problem.streams[i].writer == stage && !slotFree(i, image, rank, time))
      return false;
  }
  fired[stage].push_back(time);
  return true;
}

std::vector<std::vector<uint64_t>>
cm::runUntimed(const ScheduleProblem &problem, const ScheduleSolution &solution,
               uint64_t images) {
  Executor executor(problem, solution, images);
  if (!executor.run())
    return {};
  return executor.takeTimes();
}
