//===- Dot.cpp - graphs in Graphviz' language -----------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The grammar of https://graphviz.org/doc/info/lang.html: chains of edges,
// default attributes, subgraphs, quoted names. Ports are read and dropped.
//
//===----------------------------------------------------------------------===//

#include "GraphFile.h"
#include "cm/Support/Error.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace cm;
using llvm::Error;
using llvm::Expected;

namespace {
struct Token {
  enum Kind { End, Name, Punctuation, Arrow } kind = End;
  std::string text; // of a name without its quotes
  bool isQuoted = false;
  unsigned line = 1;

  bool is(llvm::StringRef punctuation) const {
    return kind == Punctuation && text == punctuation;
  }
  bool isWord(llvm::StringRef word) const {
    return kind == Name && !isQuoted && word.equals_insensitive(text);
  }
};

class Lexer {
public:
  Lexer(llvm::StringRef text, llvm::StringRef path) : rest(text), path(path) {}

  Expected<Token> next();

private:
  void advance(size_t count) {
    line += rest.take_front(count).count('\n');
    rest = rest.drop_front(count);
  }
  Error skipSpace();
  Error readQuoted(Token &token);

  llvm::StringRef rest, path;
  unsigned line = 1;
  bool isLineStart = true;
};
} // namespace

/// Spaces, comments, and lines of the preprocessor.
Error Lexer::skipSpace() {
  while (!rest.empty()) {
    if (rest.starts_with("//") || (isLineStart && rest[0] == '#')) {
      advance(std::min(rest.find('\n'), rest.size()));
    } else if (rest.starts_with("/*")) {
      size_t end = rest.find("*/", 2);
      if (end == llvm::StringRef::npos)
        return makeError("{0}:{1}: expected the end of a comment, found none",
                         path, line);
      advance(end + 2);
    } else if (llvm::isSpace(rest[0])) {
      isLineStart = rest[0] == '\n';
      advance(1);
    } else {
      break;
    }
  }
  return Error::success();
}

/// A backslash keeps a quote, and a line that it ends goes on.
Error Lexer::readQuoted(Token &token) {
  size_t i = 1;
  for (; i < rest.size() && rest[i] != '"'; ++i) {
    if (rest[i] == '\\' && i + 1 < rest.size() &&
        (rest[i + 1] == '"' || rest[i + 1] == '\n')) {
      ++i;
      if (rest[i] == '\n')
        continue;
    }
    token.text += rest[i];
  }
  if (i >= rest.size())
    return makeError("{0}:{1}: expected the end of a quoted name, found none",
                     path, line);
  advance(i + 1);
  return Error::success();
}

static bool isInName(char c) {
  return llvm::isAlnum(c) || c == '_' || c == '.' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// A minus begins a number, inside of a name it begins an arrow.
static size_t lengthOfName(llvm::StringRef rest) {
  bool isNumber = rest.size() > 1 && rest[0] == '-' &&
                  (llvm::isDigit(rest[1]) || rest[1] == '.');
  size_t length = isInName(rest[0]) && (isNumber || rest[0] != '-') ? 1 : 0;
  while (length && length < rest.size() && isInName(rest[length]) &&
         rest[length] != '-')
    ++length;
  return length;
}

Expected<Token> Lexer::next() {
  if (Error error = skipSpace())
    return std::move(error);
  isLineStart = false;
  Token token;
  token.line = line;
  if (rest.empty())
    return token;
  if (rest[0] == '"') {
    token.kind = Token::Name;
    token.isQuoted = true;
    if (Error error = readQuoted(token))
      return std::move(error);
    return token;
  }
  if (rest.starts_with("--") || rest.starts_with("->")) {
    token.kind = Token::Arrow;
    token.text = rest.take_front(2).str();
    advance(2);
    return token;
  }
  if (llvm::StringRef("{}[]=;,:").contains(rest[0])) {
    token.kind = Token::Punctuation;
    token.text = rest[0];
    advance(1);
    return token;
  }
  size_t length = lengthOfName(rest);
  if (length == 0)
    return makeError(
        "{0}:{1}: expected a name or one of {{}[]=;,:, found '{2}'", path, line,
        rest[0]);
  token.kind = Token::Name;
  token.text = rest.take_front(length).str();
  advance(length);
  return token;
}

//===----------------------------------------------------------------------===//
// Parser
//===----------------------------------------------------------------------===//

namespace {
using NodeSet = llvm::SetVector<uint32_t>; // in order, each once

class Parser {
public:
  Parser(llvm::StringRef text, llvm::StringRef path) : lexer(text, path) {
    graph.path = path.str();
  }

  Expected<FileGraph> run();

private:
  /// Attributes that nodes and edges get where they are made.
  struct Defaults {
    Attributes node, edge;
  };

  Error advance();
  Error expect(llvm::StringRef punctuation);
  Error wrong(const char *expected) const;
  Error statements(Defaults defaults, NodeSet &members, unsigned depth);
  Error statement(Defaults &defaults, NodeSet &members, unsigned depth);
  Error operand(Defaults &defaults, NodeSet &nodes, unsigned depth);
  Error attributes(Attributes &into);
  Error assignment(Attributes &into);
  Error chain(Defaults &defaults, NodeSet &members, unsigned depth);
  Error join(const std::vector<NodeSet> &operands, const Attributes &all,
             unsigned line);
  Expected<uint32_t> nodeOf(const std::string &name, const Defaults &defaults);

  Lexer lexer;
  Token token, ahead; // at hand, and the one behind it
  FileGraph graph;
  llvm::StringMap<uint32_t> numbers;
};
} // namespace

Error Parser::advance() {
  Expected<Token> next = lexer.next();
  if (!next)
    return next.takeError();
  token = std::move(ahead);
  ahead = std::move(*next);
  return Error::success();
}

Error Parser::wrong(const char *expected) const {
  std::string found =
      token.kind == Token::End ? "the end of the file" : "'" + token.text + "'";
  return makeError("{0}:{1}: expected {2}, found {3}", graph.path, token.line,
                   expected, found);
}

Error Parser::expect(llvm::StringRef punctuation) {
  if (!token.is(punctuation))
    return wrong(("'" + punctuation + "'").str().c_str());
  return advance();
}

Expected<uint32_t> Parser::nodeOf(const std::string &name,
                                  const Defaults &defaults) {
  auto [entry, isNew] = numbers.try_emplace(name, graph.nodes.size());
  if (isNew)
    graph.nodes.push_back({name, token.line, defaults.node});
  if (graph.nodes.size() > FileGraph::maxNodes)
    return makeError("{0}:{1}: expected at most {2} nodes, found more",
                     graph.path, token.line, size_t(FileGraph::maxNodes));
  return entry->getValue();
}

/// NAME = NAME
Error Parser::assignment(Attributes &into) {
  std::string name = token.text;
  if (Error error = advance())
    return error;
  if (Error error = expect("="))
    return error;
  if (token.kind != Token::Name)
    return wrong("a value");
  setAttribute(into, name, token.text);
  return advance();
}

/// [ NAME = NAME, ... ] ..., or nothing
Error Parser::attributes(Attributes &into) {
  while (token.is("[")) {
    if (Error error = advance())
      return error;
    while (!token.is("]")) {
      if (token.kind != Token::Name)
        return wrong("an attribute or ']'");
      if (Error error = assignment(into))
        return error;
      if (token.is(",") || token.is(";"))
        if (Error error = advance())
          return error;
    }
    if (Error error = advance())
      return error;
  }
  return Error::success();
}

/// A node with its port, or a subgraph: the nodes of an end of an edge.
Error Parser::operand(Defaults &defaults, NodeSet &nodes, unsigned depth) {
  constexpr unsigned maxDepth = 100;
  if (token.isWord("subgraph") || token.is("{")) {
    if (depth == maxDepth)
      return makeError("{0}:{1}: expected at most {2} subgraphs in each other, "
                       "found more",
                       graph.path, token.line, maxDepth);
    if (!token.is("{"))
      if (Error error = advance())
        return error;
    if (token.kind == Token::Name)
      if (Error error = advance())
        return error;
    return statements(defaults, nodes, depth + 1);
  }
  if (token.kind != Token::Name)
    return wrong("a node or '{'");
  Expected<uint32_t> node = nodeOf(token.text, defaults);
  if (!node)
    return node.takeError();
  nodes.insert(*node);
  if (Error error = advance())
    return error;
  while (token.is(":")) {
    if (Error error = advance())
      return error;
    if (token.kind != Token::Name)
      return wrong("a port");
    if (Error error = advance())
      return error;
  }
  return Error::success();
}

Error Parser::join(const std::vector<NodeSet> &operands, const Attributes &all,
                   unsigned line) {
  for (size_t i = 0; i + 1 < operands.size(); ++i) {
    size_t count = operands[i].size() * operands[i + 1].size();
    if (graph.edges.size() + count > FileGraph::maxEdges)
      return makeError("{0}:{1}: expected at most {2} edges, found more",
                       graph.path, line, size_t(FileGraph::maxEdges));
    for (uint32_t from : operands[i])
      for (uint32_t to : operands[i + 1])
        graph.edges.push_back({from, to, line, all});
  }
  return Error::success();
}

/// Operands with arrows between them, and attributes.
Error Parser::chain(Defaults &defaults, NodeSet &members, unsigned depth) {
  bool isNode = token.kind == Token::Name && !token.isWord("subgraph");
  unsigned line = token.line;
  std::vector<NodeSet> operands(1);
  if (Error error = operand(defaults, operands[0], depth))
    return error;
  while (token.kind == Token::Arrow) {
    if (token.text != (graph.isDirected ? "->" : "--"))
      return wrong(graph.isDirected ? "'->' in a digraph" : "'--' in a graph");
    if (Error error = advance())
      return error;
    operands.emplace_back();
    if (Error error = operand(defaults, operands.back(), depth))
      return error;
  }
  for (const NodeSet &nodes : operands)
    members.insert(nodes.begin(), nodes.end());
  if (operands.size() == 1)
    return isNode ? attributes(graph.nodes[operands[0][0]].attributes)
                  : Error::success();
  Attributes all = defaults.edge;
  if (Error error = attributes(all))
    return error;
  return join(operands, all, line);
}

Error Parser::statement(Defaults &defaults, NodeSet &members, unsigned depth) {
  Attributes ofGraph;
  for (auto [word, into] :
       {std::pair("node", &defaults.node), std::pair("edge", &defaults.edge),
        std::pair("graph", &ofGraph)}) {
    if (!token.isWord(word))
      continue;
    if (Error error = advance())
      return error;
    if (!token.is("["))
      return wrong("'['");
    return attributes(*into);
  }
  if (token.kind == Token::Name && ahead.is("="))
    return assignment(ofGraph);
  return chain(defaults, members, depth);
}

/// { statement; ... }; defaults end with it.
Error Parser::statements(Defaults defaults, NodeSet &members, unsigned depth) {
  if (Error error = expect("{"))
    return error;
  while (!token.is("}")) {
    if (token.kind == Token::End)
      return wrong("a statement or '}'");
    if (Error error = statement(defaults, members, depth))
      return error;
    while (token.is(";") || token.is(","))
      if (Error error = advance())
        return error;
  }
  return advance();
}

Expected<FileGraph> Parser::run() {
  for (int i = 0; i < 2; ++i)
    if (Error error = advance())
      return std::move(error);
  graph.isStrict = token.isWord("strict");
  if (graph.isStrict)
    if (Error error = advance())
      return std::move(error);
  graph.isDirected = token.isWord("digraph");
  if (!graph.isDirected && !token.isWord("graph"))
    return wrong("graph or digraph");
  if (Error error = advance())
    return std::move(error);
  if (token.kind == Token::Name)
    if (Error error = advance())
      return std::move(error);
  NodeSet all;
  if (Error error = statements({}, all, 0))
    return std::move(error);
  if (token.kind != Token::End)
    return wrong("the end of the file");
  return std::move(graph);
}

Expected<FileGraph> cm::readDot(llvm::StringRef text, llvm::StringRef path) {
  return Parser(text, path).run();
}
