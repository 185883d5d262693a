//===- GraphFile.h - graphs from files -------------------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Readers of GraphML and DOT, and what a machine takes from them
// (docs/Machine.md). Errors begin with file and line.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MACHINE_GRAPHFILE_H
#define CM_LIB_MACHINE_GRAPHFILE_H

#include "cm/Machine/Machine.pb.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace cm {

/// `kind`, `core_type`, `width_bytes` and `latency`; no others are kept.
using Attributes = llvm::StringMap<std::string>;

/// Keeps an attribute that says something of a machine. A default of another
/// name would be copied to all nodes for nothing.
void setAttribute(Attributes &into, llvm::StringRef name, std::string value);

struct FileNode {
  std::string name;
  unsigned line = 0;
  Attributes attributes;
};

struct FileEdge {
  uint32_t from = 0, to = 0; // nodes
  unsigned line = 0;
  Attributes attributes;
};

/// Nodes and edges in the order of the file.
struct FileGraph {
  std::string path;
  bool isDirected = false, isStrict = false; // strict: several edges are one
  std::vector<FileNode> nodes;
  std::vector<FileEdge> edges;

  /// More than a machine can have: readers stop there.
  static constexpr size_t maxNodes = 1 << 18, maxEdges = 1 << 21;
};

/// Graphviz' language, without HTML strings: `path` is what errors call it.
llvm::Expected<FileGraph> readDot(llvm::StringRef text, llvm::StringRef path);

/// One graph without hyperedges and without graphs in nodes.
llvm::Expected<FileGraph> readGraphML(llvm::StringRef text,
                                      llvm::StringRef path);

/// Reads the file, whose format the end of its name says.
llvm::Expected<FileGraph> readGraphFile(llvm::StringRef path);

/// True for .graphml, .dot and .gv.
bool isGraphFile(llvm::StringRef path);

/// Makes the graph the machine's topology, `explicit`. Types of cores that it
/// names are assigned, I/O nodes are attached.
llvm::Error applyGraph(const FileGraph &graph, machine::Machine &machine);

} // namespace cm

#endif // CM_LIB_MACHINE_GRAPHFILE_H
