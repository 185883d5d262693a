//===- Places.cpp - where the nodes of a topology are drawn ---------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Places.h"
#include "Topology.h"
#include <algorithm>
#include <cmath>

using namespace cm;

static constexpr double fullTurn = 6.283185307179586;

/// A place on a circle, clockwise from above.
static Point onCircle(double part, double radius) {
  double angle = fullTurn * part;
  return {radius * std::sin(angle), -radius * std::cos(angle)};
}

static double radiusFor(uint32_t nodes) {
  return std::max(0.8, nodes * 0.8 / fullTurn);
}

static std::vector<Point> circle(uint32_t nodes) {
  std::vector<Point> points;
  for (uint32_t node = 0; node < nodes; ++node)
    points.push_back(onCircle(double(node) / nodes, radiusFor(nodes)));
  return points;
}

/// Planes of a mesh are seen from aside, behind each other.
static std::vector<Point> mesh(const machine::Mesh &mesh) {
  const double stepX = 0.55, stepY = 0.42;
  double apart = mesh.depth() > 1 ? 0.45 + stepX * mesh.depth() : 1;
  std::vector<Point> points;
  for (uint32_t z = 0; z < mesh.depth(); ++z)
    for (uint32_t y = 0; y < mesh.height(); ++y)
      for (uint32_t x = 0; x < mesh.width(); ++x)
        points.push_back({x * apart + z * stepX, y * apart - z * stepY});
  return points;
}

/// Slanting columns of as many nodes as a node reaches.
static std::vector<Point> pathPower(const machine::PathPower &path) {
  if (path.power() > 12 || path.power() * 3 > path.cores())
    return circle(path.cores());
  std::vector<Point> points;
  for (uint32_t node = 0; node < path.cores(); ++node)
    points.push_back({node * 1.5 / path.power(), 1.1 * (node % path.power())});
  return points;
}

/// Each layer a polygon, turned so that no three nodes are in a row.
static std::vector<Point> prism(const machine::Prism &prism) {
  double radius = radiusFor(prism.layer_nodes());
  std::vector<Point> points;
  for (uint32_t layer = 0; layer < prism.layers(); ++layer)
    for (uint32_t i = 0; i < prism.layer_nodes(); ++i) {
      Point point = onCircle((i + 0.17) / prism.layer_nodes(), radius);
      points.push_back(
          {0.55 * point.first + layer * (1.1 * radius + 1.2), point.second});
    }
  return points;
}

/// Cubes of cubes: every third dimension goes to the back.
static std::vector<Point> hypercube(const machine::Hypercube &cube) {
  std::vector<Point> points;
  for (uint32_t node = 0; node < 1u << cube.dimensions(); ++node) {
    Point point{0, 0};
    double scale = 1.2;
    for (uint32_t k = 0; k < cube.dimensions(); ++k) {
      if (k && k % 3 == 0)
        scale *= 2.4;
      const Point directions[] = {{1, 0}, {0, 1}, {0.42, -0.36}};
      if (node >> k & 1) {
        point.first += scale * directions[k % 3].first;
        point.second += scale * directions[k % 3].second;
      }
    }
    points.push_back(point);
  }
  return points;
}

namespace {
/// Leaves side by side, or on a circle where they are many; the others above
/// the middle of those below them.
class TreePlaces {
public:
  TreePlaces(const TopologyGraph &graph, uint32_t root)
      : neighbours(graph.nodes()), points(graph.nodes()) {
    for (const Edge &edge : graph.edges) {
      neighbours[edge.a].push_back(edge.b);
      neighbours[edge.b].push_back(edge.a);
    }
    visit(root, root, 0);
    constexpr double few = 17;
    double radius = std::max(radiusFor(leaves) / deepest, 1.1);
    for (Point &point : points)
      point = leaves < few
                  ? Point{point.first, 1.3 * point.second}
                  : onCircle(point.first / leaves, radius * point.second);
  }

  std::vector<Point> take() { return std::move(points); }

private:
  /// Leaves in order as first coordinate, depth as second. Trees are no deeper
  /// than 16 levels of two nodes.
  void visit(uint32_t node, uint32_t parent, uint32_t depth) {
    deepest = std::max(deepest, double(depth));
    double first = leaves, sum = 0, children = 0;
    for (uint32_t child : neighbours[node]) {
      if (child == parent)
        continue;
      visit(child, node, depth + 1);
      sum += points[child].first;
      ++children;
    }
    if (!children)
      leaves += 1;
    points[node] = {children ? sum / children : first, double(depth)};
  }

  std::vector<std::vector<uint32_t>> neighbours;
  std::vector<Point> points;
  double leaves = 0, deepest = 1;
};
} // namespace

/// Levels above each other.
static std::vector<Point> butterfly(const machine::Butterfly &fly,
                                    const TopologyGraph &graph) {
  std::vector<Point> points;
  double apart = fly.cores_only() ? 1 : 0.8;
  uint32_t columns = graph.cores / (fly.cores_only() ? fly.levels() + 1 : 1);
  double height = 0.8 + 0.05 * columns;
  for (uint32_t core = 0; core < graph.cores; ++core)
    points.push_back(
        {core % columns * apart, -double(core / columns) * height * 1.5});
  uint32_t across = columns / fly.radix();
  for (uint32_t i = 0; i < graph.switches; ++i)
    points.push_back({((i % across + 0.5) * fly.radix() - 0.5) * apart,
                      -(i / across + 1.0) * height * 1.5});
  return points;
}

static std::vector<Point> star(const machine::Star &star) {
  std::vector<Point> points =
      circle(std::max(1u, star.cores() - star.cores_only()));
  Point centre{0, 0};
  points.insert(star.cores_only() ? points.begin() : points.end(), centre);
  points.resize(star.cores() + !star.cores_only());
  return points;
}

/// By distances: for graphs of which nothing else is known.
static std::vector<Point> byDistances(const TopologyGraph &graph) {
  std::vector<std::vector<uint32_t>> neighbours(graph.nodes());
  for (const Edge &edge : graph.edges) {
    neighbours[edge.a].push_back(edge.b);
    neighbours[edge.b].push_back(edge.a);
  }
  std::vector<std::vector<uint32_t>> hops;
  for (uint32_t start = 0; start < graph.nodes(); ++start) {
    // What cannot be reached is drawn far away.
    std::vector<uint32_t> from(graph.nodes(), graph.nodes());
    std::vector<uint32_t> queue{start};
    from[start] = 0;
    for (size_t i = 0; i < queue.size(); ++i)
      for (uint32_t next : neighbours[queue[i]])
        if (from[next] == graph.nodes() && next != start) {
          from[next] = from[queue[i]] + 1;
          queue.push_back(next);
        }
    hops.push_back(std::move(from));
  }
  return layOut(hops);
}

/// Moves points so that the least coordinates are 0; returns the size.
static Point toOrigin(std::vector<Point> &points) {
  Point least = points[0], most = points[0];
  for (const Point &point : points) {
    least = {std::min(least.first, point.first),
             std::min(least.second, point.second)};
    most = {std::max(most.first, point.first),
            std::max(most.second, point.second)};
  }
  for (Point &point : points)
    point = {point.first - least.first, point.second - least.second};
  return {most.first - least.first, most.second - least.second};
}

/// Each chiplet whole, in its place in the package.
static std::vector<Point> chiplets(const machine::Chiplets &chiplets) {
  std::vector<Point> inside = placesOf(chiplets.chiplet());
  std::vector<Point> places = placesOf(chiplets.package());
  TopologyGraph chiplet = llvm::cantFail(buildTopology(chiplets.chiplet()));
  TopologyGraph package = llvm::cantFail(buildTopology(chiplets.package()));
  Point size = toOrigin(inside);
  auto at = [&](uint32_t copy, Point offset) {
    return Point{places[copy].first * (size.first + 1.6) + offset.first,
                 places[copy].second * (size.second + 1.6) + offset.second};
  };
  std::vector<Point> points;
  auto addNodes = [&](uint32_t first, uint32_t last) {
    for (uint32_t copy = 0; copy < package.cores; ++copy)
      for (uint32_t node = first; node < last; ++node)
        points.push_back(at(copy, inside[node]));
  };
  addNodes(0, chiplet.cores);
  addNodes(chiplet.cores, chiplet.nodes());
  for (uint32_t node = package.cores; node < package.nodes(); ++node)
    points.push_back(at(node, {size.first / 2, size.second / 2}));
  return points;
}

std::vector<Point> cm::placesOf(const machine::Topology &topology) {
  TopologyGraph graph = llvm::cantFail(buildTopology(topology));
  switch (topology.kind_case()) {
  case machine::Topology::kMesh:
    return mesh(topology.mesh());
  case machine::Topology::kAllToAll:
  case machine::Topology::kRing:
    return circle(graph.cores);
  case machine::Topology::kPathPower:
    return pathPower(topology.path_power());
  case machine::Topology::kPrism:
    return prism(topology.prism());
  case machine::Topology::kHypercube:
    return hypercube(topology.hypercube());
  case machine::Topology::kTree: {
    machine::Topology whole = topology;
    whole.clear_broken_links();
    graph = llvm::cantFail(buildTopology(whole));
    bool isHeap = graph.switches == 0;
    return TreePlaces(graph, isHeap ? 0 : graph.nodes() - 1).take();
  }
  case machine::Topology::kButterfly:
    return butterfly(topology.butterfly(), graph);
  case machine::Topology::kStar:
    return star(topology.star());
  case machine::Topology::kChiplets:
    return chiplets(topology.chiplets());
  default:
    return byDistances(graph);
  }
}
