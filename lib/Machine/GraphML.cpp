//===- GraphML.cpp - graphs in GraphML ------------------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Read by libxml2 without network, within its limits for entities that grow; a
// file with a document type is refused.
//
//===----------------------------------------------------------------------===//

#include "GraphFile.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <memory>

using namespace cm;
using llvm::Error;
using llvm::Expected;

namespace {
struct FreeDocument {
  void operator()(xmlDoc *document) const { xmlFreeDoc(document); }
};
using Document = std::unique_ptr<xmlDoc, FreeDocument>;

class Reader {
public:
  explicit Reader(llvm::StringRef path) { graph.path = path.str(); }

  Expected<FileGraph> run(xmlNode *root);

private:
  /// What `key` elements declare.
  struct Key {
    std::string name, domain; // `domain`: node, edge, all or another
  };

  Error addKey(xmlNode *element);
  Error addNode(xmlNode *element);
  Error addEdge(xmlNode *element);
  Error readGraph(xmlNode *element);
  Error readData(xmlNode *parent, Attributes &into);
  /// Attributes that nodes or edges have where they do not say them.
  Attributes defaultsOf(llvm::StringRef domain) const;
  Expected<std::string> need(xmlNode *element, const char *attribute);
  Expected<uint32_t> endOf(xmlNode *element, const char *attribute);
  unsigned line(xmlNode *element) const { return xmlGetLineNo(element); }

  FileGraph graph;
  llvm::StringMap<Key> keys;
  llvm::StringMap<std::string> defaults; // of keys
  llvm::StringMap<uint32_t> numbers;     // of nodes
};
} // namespace

static bool isElement(xmlNode *node, llvm::StringRef name) {
  return node->type == XML_ELEMENT_NODE && name == (const char *)node->name;
}

static std::string toString(xmlChar *text) {
  std::string result = text ? (const char *)text : "";
  xmlFree(text);
  return llvm::StringRef(result).trim().str();
}

Expected<std::string> Reader::need(xmlNode *element, const char *attribute) {
  xmlChar *text = xmlGetProp(element, (const xmlChar *)attribute);
  if (!text)
    return makeError("{0}:{1}: expected <{2}> to have '{3}', found none",
                     graph.path, line(element), (const char *)element->name,
                     attribute);
  return toString(text);
}

Error Reader::addKey(xmlNode *element) {
  Expected<std::string> id = need(element, "id");
  if (!id)
    return id.takeError();
  Key &key = keys[*id];
  key.domain = toString(xmlGetProp(element, (const xmlChar *)"for"));
  key.name = toString(xmlGetProp(element, (const xmlChar *)"attr.name"));
  for (xmlNode *child = element->children; child; child = child->next)
    if (isElement(child, "default"))
      defaults[*id] = toString(xmlNodeGetContent(child));
  return Error::success();
}

Attributes Reader::defaultsOf(llvm::StringRef domain) const {
  Attributes attributes;
  for (const auto &entry : defaults) {
    const Key &key = keys.find(entry.getKey())->getValue();
    if (key.domain.empty() || key.domain == "all" || domain == key.domain)
      setAttribute(attributes, key.name, entry.getValue());
  }
  return attributes;
}

Error Reader::readData(xmlNode *parent, Attributes &into) {
  for (xmlNode *child = parent->children; child; child = child->next) {
    if (isElement(child, "graph"))
      return makeError(
          "{0}:{1}: expected no graph inside of a node or an edge, "
          "found one",
          graph.path, line(child));
    if (!isElement(child, "data"))
      continue;
    Expected<std::string> id = need(child, "key");
    if (!id)
      return id.takeError();
    auto key = keys.find(*id);
    if (key == keys.end())
      return makeError("{0}:{1}: expected a key of the file, found '{2}'",
                       graph.path, line(child), *id);
    setAttribute(into, key->getValue().name,
                 toString(xmlNodeGetContent(child)));
  }
  return Error::success();
}

Error Reader::addNode(xmlNode *element) {
  Expected<std::string> id = need(element, "id");
  if (!id)
    return id.takeError();
  if (!numbers.try_emplace(*id, graph.nodes.size()).second)
    return makeError("{0}:{1}: expected a node of another name, found '{2}' "
                     "again",
                     graph.path, line(element), *id);
  if (graph.nodes.size() == FileGraph::maxNodes)
    return makeError("{0}:{1}: expected at most {2} nodes, found more",
                     graph.path, line(element), size_t(FileGraph::maxNodes));
  graph.nodes.push_back({*id, line(element), defaultsOf("node")});
  return readData(element, graph.nodes.back().attributes);
}

Expected<uint32_t> Reader::endOf(xmlNode *element, const char *attribute) {
  Expected<std::string> name = need(element, attribute);
  if (!name)
    return name.takeError();
  auto number = numbers.find(*name);
  if (number == numbers.end())
    return makeError("{0}:{1}: expected {2} to be a node of the graph, found "
                     "'{3}'",
                     graph.path, line(element), attribute, *name);
  return number->getValue();
}

Error Reader::addEdge(xmlNode *element) {
  Expected<uint32_t> from = endOf(element, "source");
  if (!from)
    return from.takeError();
  Expected<uint32_t> to = endOf(element, "target");
  if (!to)
    return to.takeError();
  if (graph.edges.size() == FileGraph::maxEdges)
    return makeError("{0}:{1}: expected at most {2} edges, found more",
                     graph.path, line(element), size_t(FileGraph::maxEdges));
  graph.edges.push_back({*from, *to, line(element), defaultsOf("edge")});
  return readData(element, graph.edges.back().attributes);
}

/// Nodes first: edges may stand before them.
Error Reader::readGraph(xmlNode *element) {
  for (xmlNode *child = element->children; child; child = child->next) {
    if (isElement(child, "hyperedge"))
      return makeError("{0}:{1}: expected edges between two nodes, found a "
                       "hyperedge",
                       graph.path, line(child));
    if (isElement(child, "node"))
      if (Error error = addNode(child))
        return error;
  }
  for (xmlNode *child = element->children; child; child = child->next)
    if (isElement(child, "edge"))
      if (Error error = addEdge(child))
        return error;
  return Error::success();
}

Expected<FileGraph> Reader::run(xmlNode *root) {
  if (!root || !isElement(root, "graphml"))
    return makeError("{0}:{1}: expected <graphml>, found <{2}>", graph.path,
                     root ? line(root) : 1,
                     root ? (const char *)root->name : "nothing");
  xmlNode *found = nullptr;
  for (xmlNode *child = root->children; child; child = child->next) {
    if (isElement(child, "key"))
      if (Error error = addKey(child))
        return std::move(error);
    if (!isElement(child, "graph"))
      continue;
    if (found)
      return makeError("{0}:{1}: expected one graph, found another one",
                       graph.path, line(child));
    found = child;
  }
  if (!found)
    return makeError("{0}:{1}: expected a graph, found none", graph.path,
                     line(root));
  graph.isDirected =
      toString(xmlGetProp(found, (const xmlChar *)"edgedefault")) == "directed";
  if (Error error = readGraph(found))
    return std::move(error);
  return std::move(graph);
}

/// Keeps the first error, in our style.
static void keepFirst(std::string &kept, llvm::StringRef path,
                      const xmlError &error) {
  if (!kept.empty())
    return;
  std::string text = llvm::StringRef(error.message).trim().str();
  text[0] = llvm::toLower(text[0]);
  kept = llvm::formatv("{0}:{1}: {2}", path, error.line, text);
}

Expected<FileGraph> cm::readGraphML(llvm::StringRef text,
                                    llvm::StringRef path) {
  constexpr size_t most = size_t(1) << 28;
  if (text.size() > most)
    return makeError("{0}: expected at most {1} bytes, found {2}", path, most,
                     text.size());
  struct First {
    llvm::StringRef path;
    std::string text;
  } first{path, ""};
  xmlSetStructuredErrorFunc(&first, [](void *user, auto *error) {
    First &first = *static_cast<First *>(user);
    keepFirst(first.text, first.path, *error);
  });
  Document document(xmlReadMemory(text.data(), text.size(), /*URL=*/nullptr,
                                  /*encoding=*/nullptr,
                                  XML_PARSE_NONET | XML_PARSE_BIG_LINES));
  xmlSetStructuredErrorFunc(nullptr, nullptr);
  if (!document)
    return makeError("{0}", first.text.empty()
                                ? path.str() + ": expected XML, found nothing"
                                : first.text);
  if (document->intSubset)
    return makeError("{0}: expected no document type, found one", path);
  return Reader(path).run(xmlDocGetRootElement(document.get()));
}
