//===- Draw.cpp - a picture of a machine ----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Layout.h"
#include "cm/Machine/Describe.h"
#include "cm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <cmath>

using namespace cm;
using llvm::formatv;

static constexpr const char *typeColours[] = {"#9ecae9", "#b7e0b1", "#fdd9a8",
                                              "#e3b5c8", "#d6cdea"};
static constexpr const char *ioColour = "#f58518";

namespace {
class Drawing {
public:
  Drawing(const MachineModel &machine, llvm::raw_ostream &os)
      : machine(machine), os(os) {}
  void draw();

private:
  void place();
  void drawLinks();
  void drawNodes();
  void drawLegend();

  const MachineModel &machine;
  llvm::raw_ostream &os;
  std::vector<Point> points; // of each node, in pixels
  double width = 0, height = 0;

  static constexpr double step = 60, margin = 40, radius = 13, legend = 26;
};
} // namespace

/// Cores as far apart as their hops, I/O nodes outside, beside the first core
/// that they are attached to.
void Drawing::place() {
  std::vector<std::vector<uint32_t>> hops;
  for (NodeId core = 0; core < machine.numCores(); ++core) {
    hops.push_back(machine.hopsFrom(core));
    hops.back().resize(machine.numCores());
  }
  points = layOut(hops);
  Point centre{0, 0};
  for (const Point &point : points) {
    centre.first += point.first / machine.numCores();
    centre.second += point.second / machine.numCores();
  }
  for (NodeId node = machine.numCores(); node < machine.numNodes(); ++node) {
    const Point &core = points[machine.ioNode(node).attached_to(0)];
    double dx = core.first - centre.first, dy = core.second - centre.second;
    double length = std::max(std::hypot(dx, dy), 1e-6);
    // One behind the other where there are several.
    double distance = 1.2 + 0.7 * (node - machine.numCores());
    points.push_back({core.first + distance * dx / length,
                      core.second + distance * dy / length});
  }
  double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9;
  for (Point &point : points) {
    point = {point.first * step, point.second * step};
    left = std::min(left, point.first), right = std::max(right, point.first);
    top = std::min(top, point.second), bottom = std::max(bottom, point.second);
  }
  for (Point &point : points)
    point = {point.first - left + margin, point.second - top + margin};
  width = right - left + 2 * margin;
  height = bottom - top + 2 * margin +
           legend * (machine.proto().core_types_size() + 1);
}

void Drawing::drawLinks() {
  os << "<g stroke=\"#888\">\n";
  uint32_t common = machine.proto().link().width_bytes();
  for (const LinkModel &link : machine.links()) {
    if (link.from > link.to)
      continue; // drawn from the other end
    bool isIo = !machine.isCore(link.from) || !machine.isCore(link.to);
    const char *style = isIo ? " stroke-dasharray=\"3,3\""
                        : link.widthBytes != common
                            ? " stroke=\"#c33\" stroke-width=\"2\""
                            : "";
    os << formatv("<line x1=\"{0:f1}\" y1=\"{1:f1}\" x2=\"{2:f1}\" "
                  "y2=\"{3:f1}\"{4}/>\n",
                  points[link.from].first, points[link.from].second,
                  points[link.to].first, points[link.to].second, style);
  }
  os << "</g>\n";
}

static uint32_t typeOf(const MachineModel &machine, NodeId core) {
  for (int i = 0; i < machine.proto().core_types_size(); ++i)
    if (&machine.proto().core_types(i) == &machine.core(core))
      return i;
  return 0;
}

void Drawing::drawNodes() {
  for (NodeId node = 0; node < machine.numNodes(); ++node) {
    bool isCore = machine.isCore(node);
    const char *colour =
        isCore ? typeColours[typeOf(machine, node) % std::size(typeColours)]
               : ioColour;
    auto [x, y] = points[node];
    os << formatv("<g><title>{0}</title><circle cx=\"{1:f1}\" cy=\"{2:f1}\" "
                  "r=\"{3}\" fill=\"{4}\" stroke=\"#222\"/>"
                  "<text x=\"{1:f1}\" y=\"{5:f1}\">{6}</text></g>\n",
                  machine.nodeName(node), x, y, radius, colour, y + 4,
                  isCore ? std::to_string(node) : machine.nodeName(node));
  }
}

void Drawing::drawLegend() {
  int types = machine.proto().core_types_size();
  double y = height - legend * (types + 1) + 6;
  for (int i = 0; i <= types; ++i, y += legend) {
    bool isIo = i == types;
    std::string text =
        isIo ? "I/O nodes; red: links that are not " +
                   std::to_string(machine.proto().link().width_bytes()) +
                   " B wide"
             : "cores of type " + machine.proto().core_types(i).name();
    os << formatv("<circle cx=\"20\" cy=\"{0}\" r=\"8\" fill=\"{1}\" "
                  "stroke=\"#222\"/><text x=\"36\" y=\"{2}\" "
                  "text-anchor=\"start\">{3}</text>\n",
                  y, isIo ? ioColour : typeColours[i % std::size(typeColours)],
                  y + 4, text);
  }
}

void Drawing::draw() {
  place();
  width = std::max(width, 360.0);
  os << formatv("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:f0}\" "
                "height=\"{1:f0}\" viewBox=\"0 0 {0:f0} {1:f0}\" "
                "font-family=\"sans-serif\" font-size=\"10\" "
                "text-anchor=\"middle\">\n<title>{2}</title>\n"
                "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
                width, height, machine.name());
  drawLinks();
  drawNodes();
  drawLegend();
  os << "</svg>\n";
}

llvm::Error cm::drawMachine(const MachineModel &machine,
                            llvm::raw_ostream &os) {
  constexpr uint32_t most = 2048;
  if (machine.numNodes() > most)
    return makeError("machine '{0}' has {1} nodes, at most {2} can be drawn",
                     machine.name(), machine.numNodes(), most);
  Drawing(machine, os).draw();
  return llvm::Error::success();
}
