//===- Html.cpp - the report as one page ----------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm;
using llvm::formatv;

static std::string escape(llvm::StringRef text) {
  std::string result;
  for (char c : text)
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else
      result += c;
  return result;
}

static std::string bar(double part) {
  return formatv("<td class=bar><div style='width:{0:F1}%'></div>{0:F1} %</td>",
                 100 * part);
}

static void printCores(const Statistics &statistics, llvm::raw_ostream &os) {
  os << "<h2>Cores</h2><table><tr><th>core<th>crossbars<th>DPU<th>SRAM ports"
        "<th>waits for data<th>for credits<th>for registers<th>SRAM peak"
        "<th>allocated</tr>\n";
  for (const CoreStatistics &core : statistics.cores)
    os << "<tr><td>" << escape(core.name)
       << bar(ratio(core.mvmBusy, statistics.cycles, core.mvmServers))
       << bar(ratio(core.dpuBusy, statistics.cycles))
       << bar(ratio(core.portBusy, statistics.cycles, core.portServers))
       << formatv("<td>{0}<td>{1}<td>{2}<td>{3}<td>{4}</tr>\n",
                  core.stalls.data, core.stalls.credit, core.stalls.resource,
                  core.sramPeak, core.sramAllocated);
  os << "</table>\n";
}

static void printLinks(const Statistics &statistics, llvm::raw_ostream &os) {
  os << "<h2>Links</h2><table><tr><th>link<th>busy<th>bytes<th>mean<th>peak"
        "<th>capacity (bytes per cycle)</tr>\n";
  for (const LinkStatistics &link : statistics.links)
    os << "<tr><td>" << escape(link.name)
       << bar(ratio(link.busy, statistics.cycles))
       << formatv("<td>{0}<td>{1:F3}<td>{2:F3}<td>{3}</tr>\n", link.bytes,
                  ratio(link.bytes, statistics.cycles),
                  ratio(link.peakBytes, statistics.peakWindow), link.capacity);
  os << "</table>\n";
}

void cm::printHtmlReport(const Statistics &statistics, llvm::raw_ostream &os) {
  std::string title = escape(statistics.program + " on " + statistics.machine);
  os << "<!doctype html><html><head><meta charset=utf-8><title>" << title
     << "</title><style>body{font:14px sans-serif;margin:2em}"
        "table{border-collapse:collapse}td,th{padding:2px 8px;"
        "border-bottom:1px solid #ddd;text-align:right}"
        "td:first-child,th:first-child{text-align:left}"
        ".bar{position:relative;min-width:90px}"
        ".bar div{position:absolute;left:0;top:2px;bottom:2px;background:#9cf;"
        "z-index:-1}</style></head><body><h1>"
     << title << "</h1>\n<pre>";
  std::string text;
  llvm::raw_string_ostream summary(text);
  printTextReport(statistics, summary);
  os << escape(llvm::StringRef(text).split("\n\n").first) << "</pre>\n";
  printCores(statistics, os);
  printLinks(statistics, os);
  os << "</body></html>\n";
}
