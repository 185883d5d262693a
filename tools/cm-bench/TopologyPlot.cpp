//===- TopologyPlot.cpp - bandwidth by topology, drawn --------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Topology.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace cm;
using llvm::formatv;
using Json = nlohmann::ordered_json;

namespace {
/// Rows of one network.
struct Panel {
  std::string title;
  std::vector<const Json *> rows;

  double height() const { return 54 + 16.0 * rows.size(); }
};

class Plot {
public:
  Plot(const Json &rows, llvm::raw_ostream &os);
  void draw();

private:
  double along(double value) const;
  void drawPanel(const Panel &panel, double left, double top);
  void drawBar(const Json &row, double left, double y);
  void drawLegend(double y);

  llvm::raw_ostream &os;
  std::vector<Panel> panels;
  int first = 0, last = 1; // powers of ten of the axis

  static constexpr double panelWidth = 520, label = 90, axis = 330;
};
} // namespace

static std::string escaped(llvm::StringRef text) {
  std::string result;
  llvm::raw_string_ostream os(result);
  llvm::printHTMLEscaped(text, os);
  return result;
}

static double bandwidthOf(const Json &row) {
  return row.contains("gbit_per_second") ? row["gbit_per_second"].get<double>()
                                         : 0;
}

Plot::Plot(const Json &rows, llvm::raw_ostream &os) : os(os) {
  double least = 1e12, most = 1e-12;
  for (const Json &row : rows) {
    std::string title = formatv(
        "{0}, {1} cores, crossbars {2}x{2}", row["network"].get<std::string>(),
        row["cores"].get<uint64_t>(), row["crossbar"].get<uint64_t>());
    if (panels.empty() || panels.back().title != title)
      panels.push_back({title, {}});
    panels.back().rows.push_back(&row);
    if (double value = bandwidthOf(row); value > 0) {
      least = std::min(least, value);
      most = std::max(most, value);
    }
  }
  if (least > most)
    return;
  first = int(std::floor(std::log10(least)));
  last = std::max(first + 1, int(std::ceil(std::log10(most))));
}

double Plot::along(double value) const {
  return axis * (std::log10(value) - first) / (last - first);
}

static const char *colourOf(llvm::StringRef embedding) {
  if (embedding == "yes")
    return "#4c9f50";
  return embedding == "no" ? "#7a94b8" : "#e0a030";
}

void Plot::drawBar(const Json &row, double left, double y) {
  os << formatv("<text x=\"{0}\" y=\"{1}\" text-anchor=\"end\">{2}</text>\n",
                left + label - 6, y + 10,
                escaped(row["topology"].get<std::string>()));
  double value = bandwidthOf(row);
  if (!row.contains("embedding") || value <= 0) {
    os << formatv("<text x=\"{0}\" y=\"{1}\" fill=\"#888\">{2}</text>\n",
                  left + label + 4, y + 10,
                  row.contains("embedding") ? "no traffic" : "not mapped");
    return;
  }
  os << formatv("<rect x=\"{0}\" y=\"{1}\" width=\"{2:f1}\" height=\"12\" "
                "fill=\"{3}\"/><text x=\"{4:f1}\" y=\"{5}\">{6:f2}</text>\n",
                left + label, y, std::max(along(value), 1.0),
                colourOf(row["embedding"].get<std::string>()),
                left + label + along(value) + 4, y + 10, value);
}

void Plot::drawPanel(const Panel &panel, double left, double top) {
  os << formatv("<text x=\"{0}\" y=\"{1}\" font-size=\"13\" "
                "font-weight=\"bold\">{2}</text>\n",
                left + label, top + 14, escaped(panel.title));
  double bottom = top + 24 + 16.0 * panel.rows.size();
  for (int power = first; power <= last; ++power) {
    double x = left + label + axis * (power - first) / (last - first);
    os << formatv("<line x1=\"{0:f1}\" y1=\"{1}\" x2=\"{0:f1}\" y2=\"{2}\" "
                  "stroke=\"#ddd\"/><text x=\"{0:f1}\" y=\"{3}\" "
                  "text-anchor=\"middle\" fill=\"#666\">{4}</text>\n",
                  x, top + 20, bottom, bottom + 12, std::pow(10.0, power));
  }
  double y = top + 22;
  for (const Json *row : panel.rows) {
    drawBar(*row, left, y);
    y += 16;
  }
}

void Plot::drawLegend(double y) {
  double x = 20;
  for (auto [name, text] :
       {std::pair("yes", "every stream has a link of its own"),
        std::pair("no", "no placement gives every stream a link (proved)"),
        std::pair("unknown", "not decided")}) {
    os << formatv("<rect x=\"{0}\" y=\"{1}\" width=\"12\" height=\"12\" "
                  "fill=\"{2}\"/><text x=\"{3}\" y=\"{4}\">{5}</text>\n",
                  x, y, colourOf(name), x + 18, y + 10, text);
    x += 330;
  }
}

void Plot::draw() {
  constexpr int columns = 2;
  std::vector<double> tops;
  double top = 56;
  for (size_t i = 0; i < panels.size(); i += columns) {
    double height = 0;
    for (size_t j = i; j < std::min(panels.size(), i + columns); ++j) {
      height = std::max(height, panels[j].height());
      tops.push_back(top);
    }
    top += height;
  }
  os << formatv("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" "
                "height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
                "font-family=\"sans-serif\" font-size=\"11\">\n"
                "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
                "<text x=\"20\" y=\"20\" font-size=\"14\">What the busiest "
                "channel carries at the network's pace, Gbit/s</text>\n",
                columns * panelWidth, top + 8);
  drawLegend(32);
  for (size_t i = 0; i < panels.size(); ++i)
    drawPanel(panels[i], i % columns * panelWidth, tops[i]);
  os << "</svg>\n";
}

std::string cm::drawTopologies(const Json &rows) {
  std::string text;
  llvm::raw_string_ostream os(text);
  Plot(rows, os).draw();
  return text;
}
