//===- RoutingLoads.h - what messages cost on links -------------*- C++ -*-===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Packets, their headers and credits: the mapping's own account of what the
// simulator counts in its own way.
//
//===----------------------------------------------------------------------===//

#ifndef CM_LIB_MAPPING_ROUTINGLOADS_H
#define CM_LIB_MAPPING_ROUTINGLOADS_H

#include "cm/Mapping/Routing.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <memory>
#include <utility>

namespace cm {

constexpr LinkId noLink = ~LinkId(0);

/// A message on the wire: packets of `packet` bytes, then one of `last` bytes.
struct WireMessage {
  WireMessage(const MachineModel &machine, uint64_t payload) {
    const machine::Network &network = machine.proto().network();
    uint64_t header = network.header_bytes(), limit = network.max_payload();
    if (limit && payload > limit)
      packets = (payload - 1) / limit;
    packet = header + limit;
    last = std::max<uint64_t>(1, header + payload - packets * limit);
  }

  uint64_t bytes() const { return packets * packet + last; }
  uint64_t cyclesAt(uint64_t width) const {
    return packets * llvm::divideCeil(packet, width) +
           llvm::divideCeil(last, width);
  }

  uint64_t packets = 0, packet = 0, last = 0;
};

/// Paths of one stream, to each of its destinations.
using StreamPaths = std::vector<std::vector<LinkId>>;

/// Links that were met in a round.
class LinkMarks {
public:
  explicit LinkMarks(const MachineModel &machine)
      : roundOf(machine.links().size(), 0) {}

  void startRound() { ++round; }
  /// Whether the link is met for the first time.
  bool insert(LinkId link) {
    return std::exchange(roundOf[link], round) != round;
  }

private:
  std::vector<uint64_t> roundOf; // the last one that met the link
  uint64_t round = 0;
};

/// What the messages and credits of a stream cost on links.
struct StreamCost {
  StreamCost(const MachineModel &machine, const RoutingStream &stream)
      : machine(&machine), stream(&stream), message(machine, stream.payload) {
    const machine::Network &network = machine.proto().network();
    if (network.credits() == machine::CREDITS_INBAND && !stream.credits.empty())
      creditBytes = std::max(1u, network.credit_bytes());
  }

  uint64_t bytes() const { return message.bytes() * stream->messages; }
  uint64_t cyclesOn(LinkId link) const {
    return message.cyclesAt(machine->link(link).widthBytes) * stream->messages;
  }

  /// visit(link, isCredit, bytes, cycles) for each link of the tree, and for
  /// each credit's way back.
  template <typename Visit>
  void forEachLink(const StreamPaths &paths, LinkMarks &marks,
                   Visit visit) const {
    marks.startRound();
    for (const std::vector<LinkId> &path : paths)
      for (LinkId link : path)
        if (marks.insert(link))
          visit(link, false, bytes(), cyclesOn(link));
    if (creditBytes == 0)
      return;
    for (size_t k = 0; k < paths.size(); ++k) {
      if (stream->credits[k] == 0)
        continue;
      for (LinkId link : paths[k]) {
        LinkId back = link ^ 1; // the other direction
        uint64_t cycles =
            llvm::divideCeil(creditBytes, machine->link(back).widthBytes);
        visit(back, true, creditBytes * stream->credits[k],
              cycles * stream->credits[k]);
      }
    }
  }

  const MachineModel *machine;
  const RoutingStream *stream;
  WireMessage message;
  uint64_t creditBytes = 0; // 0: not on links
};

/// Routes that look at no load: each node has one predecessor for each source,
/// so that paths of a source are a tree.
struct PlainPaths {
  virtual ~PlainPaths() = default;
  virtual std::vector<LinkId> path(NodeId source, NodeId destination) = 0;
};
/// In order of dimensions on a mesh, over the lowest links elsewhere.
std::unique_ptr<PlainPaths> plainPaths(const MachineModel &machine);

/// Paths of all streams by a strategy that looks at no load.
llvm::Expected<std::vector<StreamPaths>>
fixedPaths(const RoutingProblem &problem, RoutingStrategy strategy);

} // namespace cm

#endif // CM_LIB_MAPPING_ROUTINGLOADS_H
