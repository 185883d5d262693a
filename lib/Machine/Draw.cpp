//===- Draw.cpp - a picture of a machine ----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Places.h"
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
static constexpr const char *switchColour = "#e8e8e8";

namespace {
class Drawing {
public:
  Drawing(const MachineModel &machine, llvm::raw_ostream &os)
      : machine(machine), os(os) {}
  void draw();

private:
  void place();
  Point placeOfIo(NodeId node, Point centre) const;
  double distanceToNodes(Point point) const;
  bool passesNode(const LinkModel &link) const;
  std::string style(const LinkModel &link) const;
  void drawLinks();
  void drawNodes();
  void drawLegend();
  void drawEntry(double y, const char *colour, llvm::StringRef text,
                 bool isSquare = false);

  const MachineModel &machine;
  llvm::raw_ostream &os;
  std::vector<Point> points; // of each node; pixels once all are placed
  double width = 0, height = 0;

  static constexpr double step = 60, margin = 40, radius = 13, legend = 26;
};
} // namespace

double Drawing::distanceToNodes(Point point) const {
  double least = 1e9;
  for (const Point &other : points)
    least = std::min(least, std::hypot(point.first - other.first,
                                       point.second - other.second));
  return least;
}

/// Away from the centre, beside the first node that it is attached to, where
/// there is room.
Point Drawing::placeOfIo(NodeId node, Point centre) const {
  const Point &core = points[machine.ioNode(node).attached_to(0)];
  double dx = core.first - centre.first, dy = core.second - centre.second;
  double length = std::hypot(dx, dy);
  if (length < 1e-3)
    dx = 0, dy = -1, length = 1;
  for (double distance = 1.1;; distance += 0.2) {
    Point point{core.first + distance * dx / length,
                core.second + distance * dy / length};
    if (distanceToNodes(point) > 0.9)
      return point;
  }
}

void Drawing::place() {
  points = placesOf(machine.proto().topology());
  Point centre{0, 0};
  for (const Point &point : points) {
    centre.first += point.first / points.size();
    centre.second += point.second / points.size();
  }
  for (NodeId node = points.size(); node < machine.numNodes(); ++node)
    points.push_back(placeOfIo(node, centre));
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
           legend * (machine.proto().core_types_size() + 1 +
                     (machine.numSwitches() > 0));
}

/// True if a straight line would go through a node that is not its end.
bool Drawing::passesNode(const LinkModel &link) const {
  auto [ax, ay] = points[link.from];
  auto [bx, by] = points[link.to];
  double length = std::hypot(bx - ax, by - ay);
  for (NodeId node = 0; node < points.size(); ++node) {
    if (node == link.from || node == link.to)
      continue;
    double dx = points[node].first - ax, dy = points[node].second - ay;
    double along = (dx * (bx - ax) + dy * (by - ay)) / length;
    double aside = std::abs(dx * (by - ay) - dy * (bx - ax)) / length;
    if (along > 0 && along < length && aside < radius)
      return true;
  }
  return false;
}

/// Links of I/O nodes are dashed, others differ where they are not as wide as
/// the machine says.
std::string Drawing::style(const LinkModel &link) const {
  if (!machine.forwards(link.from) || !machine.forwards(link.to))
    return " stroke-dasharray=\"3,3\"";
  double share = double(link.widthBytes) / machine.proto().link().width_bytes();
  if (share < 1)
    return " stroke=\"#c33\" stroke-width=\"2\"";
  if (share > 1)
    return formatv(" stroke=\"#36c\" stroke-width=\"{0:f1}\"",
                   std::min(1 + std::log2(share), 7.0));
  return "";
}

/// Straight, or bent around nodes where the picture is not too large to look.
void Drawing::drawLinks() {
  constexpr uint64_t mostLooks = 100'000'000;
  bool mayBend = uint64_t(machine.links().size()) * points.size() < mostLooks;
  os << "<g class=\"links\" stroke=\"#888\" fill=\"none\">\n";
  for (const LinkModel &link : machine.links()) {
    if (link.from > link.to)
      continue; // drawn from the other end
    auto [ax, ay] = points[link.from];
    auto [bx, by] = points[link.to];
    if (!mayBend || !passesNode(link)) {
      os << formatv("<line x1=\"{0:f1}\" y1=\"{1:f1}\" x2=\"{2:f1}\" "
                    "y2=\"{3:f1}\"{4}/>\n",
                    ax, ay, bx, by, style(link));
      continue;
    }
    double length = std::hypot(bx - ax, by - ay);
    double bend = (2 * radius + 12 + 0.04 * length) / length;
    os << formatv("<path d=\"M {0:f1} {1:f1} Q {2:f1} {3:f1} {4:f1} "
                  "{5:f1}\"{6}/>\n",
                  ax, ay, (ax + bx) / 2 + bend * (by - ay),
                  (ay + by) / 2 - bend * (bx - ax), bx, by, style(link));
  }
  os << "</g>\n";
}

void Drawing::drawNodes() {
  for (NodeId node = 0; node < machine.numNodes(); ++node) {
    auto [x, y] = points[node];
    std::string name = machine.nodeName(node);
    os << formatv("<g class=\"node\"><title>{0}</title>", name);
    if (machine.isCore(node) || machine.isIo(node))
      os << formatv(
          "<circle cx=\"{0:f1}\" cy=\"{1:f1}\" r=\"{2}\" "
          "fill=\"{3}\" stroke=\"#222\"/>",
          x, y, radius,
          machine.isIo(node)
              ? ioColour
              : typeColours[machine.coreType(node) % std::size(typeColours)]);
    else
      os << formatv("<rect x=\"{0:f1}\" y=\"{1:f1}\" width=\"{2}\" "
                    "height=\"{2}\" fill=\"{3}\" stroke=\"#222\"/>",
                    x - radius + 2, y - radius + 2, 2 * radius - 4,
                    switchColour);
    os << formatv("<text x=\"{0:f1}\" y=\"{1:f1}\">{2}</text></g>\n", x, y + 4,
                  machine.isIo(node) ? name : std::to_string(node));
  }
}

void Drawing::drawEntry(double y, const char *colour, llvm::StringRef text,
                        bool isSquare) {
  os << formatv(
      "<rect x=\"12\" y=\"{0}\" width=\"16\" height=\"16\" rx=\"{1}\" "
      "fill=\"{2}\" stroke=\"#222\"/><text x=\"36\" y=\"{3}\" "
      "text-anchor=\"start\">{4}</text>\n",
      y - 8, isSquare ? 0 : 8, colour, y + 4, text);
}

void Drawing::drawLegend() {
  int types = machine.proto().core_types_size();
  double y = height - legend * (types + 1 + (machine.numSwitches() > 0)) + 6;
  for (int i = 0; i < types; ++i, y += legend)
    drawEntry(y, typeColours[i % std::size(typeColours)],
              "cores of type " + machine.proto().core_types(i).name());
  if (machine.numSwitches()) {
    drawEntry(y, switchColour, "switches", /*isSquare=*/true);
    y += legend;
  }
  drawEntry(y, ioColour,
            formatv("I/O nodes; links that are not {0} B wide: red where "
                    "narrower, blue where wider",
                    machine.proto().link().width_bytes())
                .str());
}

void Drawing::draw() {
  place();
  width = std::max(width, 460.0);
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
