//===- ValidateControlTest.cpp - wrong LCU code and routes ----------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestProgram.h"
#include "gmock/gmock.h"

using namespace cm;
using namespace cm::test;

namespace {

class WrongControl : public testing::TestWithParam<WrongProgram> {};

TEST_P(WrongControl, NamesTheCulprit) {
  EXPECT_THAT(errorAfter(GetParam()), testing::HasSubstr(GetParam().error));
}

void nestGuards(program::LcuInstr &instr, unsigned depth) {
  program::Guard &guard = *instr.mutable_guard();
  if (depth != 0)
    nestGuards(*guard.add_body(), depth - 1);
}

void nestDivisions(program::QuasiAffine &affine, unsigned depth) {
  if (depth == 0)
    return;
  program::FloorDiv &div = *affine.add_divs();
  div.set_divisor(2);
  nestDivisions(*div.mutable_numerator(), depth - 1);
}

const WrongProgram lcuCode[] = {
    {"NoFire", [](Parts p) { p.post().clear_lcu(); },
     "context 'post': LCU code without a fire"},
    {"TooLong",
     [](Parts p) {
       p.machine.mutable_core_types(0)->mutable_lcu()->set_max_instructions(4);
     },
     "context 'conv': 5 LCU instructions, the machine has room for 4"},
    {"TooDeep", [](Parts p) { nestGuards(*p.post().add_lcu(), 40); },
     "nested deeper than 32"},
    {"EmptyInstruction", [](Parts p) { p.post().add_lcu(); },
     "context 'post' lcu[1]: empty instruction"},
    {"LoopDim", [](Parts p) { p.loop().set_dim(2); },
     "lcu[0]: loop over d2, the domain has 2 extents"},
    {"LoopInLoop", [](Parts p) { p.innerLoop().set_dim(0); },
     "lcu[0][0]: loop over d0 inside a loop over d0"},
    {"LoopBounds", [](Parts p) { p.loop().clear_upper(); },
     "lcu[0]: a loop needs a lower and an upper bound"},
    {"LoopStep", [](Parts p) { p.loop().set_step(0); },
     "lcu[0]: step 0, expected at least 1"},
    {"WaitRoute", [](Parts p) { p.wait(0).set_received(2); },
     "lcu[0][0][0]: waits for route 2, which does not end at core"},
    {"WaitCredits", [](Parts p) { p.wait(1).mutable_retired()->set_route(0); },
     "lcu[0][0][1]: waits for credits of route 0, which the context does not "
     "send"},
    {"WaitReader", [](Parts p) { p.wait(1).mutable_retired()->set_reader(1); },
     "lcu[0][0][1]: waits for reader 1 of route 1, which has 1"},
    {"WaitCounter", [](Parts p) { p.wait(0).clear_counter(); },
     "lcu[0][0][0]: a wait needs a counter"},
    {"Divisions",
     [](Parts p) { nestDivisions(*p.wait(0).mutable_threshold(), 10); },
     "threshold: divisions nested deeper than 8"},
    {"Coefficient",
     [](Parts p) {
       p.wait(0).mutable_threshold()->set_constant(int64_t(1) << 41);
     },
     "threshold: coefficient beyond 2^40"},
    {"UnboundLoop",
     [](Parts p) {
       p.loop().mutable_lower(0)->add_dims(0);
       p.loop().mutable_lower(0)->add_dims(1);
     },
     "lcu[0] lower bound: uses d1 outside of its loop"},
    {"Divisor",
     [](Parts p) {
       p.wait(1).mutable_threshold()->mutable_divs(0)->set_divisor(0);
     },
     "threshold: divisor 0, expected 1 to 2^40"},
};

/// Adds core 2 with a copy of core 1's buffer and context as another reader of
/// 'a', reached over core 1, so that route 1 and the new one share no link.
void addReaderOverCore1(Parts p, bool backOver) {
  program::Node host = p.core(2);
  program::Node &reader = p.core(2);
  reader = p.core(1);
  reader.set_id(2);
  *p.program.add_nodes() = host;
  program::Route &route = *p.program.add_routes();
  route = p.route(1);
  route.set_dest_node(2);
  auto model = llvm::cantFail(MachineModel::create(p.machine));
  auto link = [&](NodeId from, NodeId to) {
    for (size_t i = 0; i != model.links().size(); ++i)
      if (model.link(i).from == from && model.link(i).to == to)
        return uint32_t(i);
    return UINT32_MAX;
  };
  route.clear_links();
  for (uint32_t l : {link(0, 3), link(3, 1), link(1, backOver ? 3 : 2)})
    route.add_links(l);
  p.conv().add_sends(3);
  program::Context &copy = *reader.mutable_contexts(0);
  copy.clear_sends();
}

const WrongProgram routes[] = {
    {"Object", [](Parts p) { p.route(0).set_object(4); },
     "routes[0]: object 4, expected below 4"},
    {"SourceNode", [](Parts p) { p.route(1).set_source_node(5); },
     "routes[1]: source node 5 is not in the program"},
    {"SourceContext", [](Parts p) { p.route(1).set_source_context(1); },
     "routes[1]: source context 1, "},
    {"NotSent", [](Parts p) { p.conv().clear_sends(); },
     "routes[1]: its source context 'conv' must send it exactly once"},
    {"Link", [](Parts p) { p.route(1).set_links(0, 100000); },
     "routes[1]: link 100000, the machine has"},
    {"LinkStart", [](Parts p) { p.route(1).set_links(0, p.route(2).links(0)); },
     ", expected one from "},
    {"Circle", [](Parts p) { addReaderOverCore1(p, true); },
     "routes[3]: passes core[3] twice"},
    {"LinkEnd", [](Parts p) { p.route(1).clear_links(); },
     "routes[1]: links end at core[0], expected core[1]"},
    {"ReaderOnHost", [](Parts p) { p.route(2).add_readers(0); },
     "routes[2]: host has no buffers and no readers"},
    {"NoOutput",
     [](Parts p) { p.program.mutable_outputs(0)->set_object(1); },
     "routes[2]: no output is bound to object 'y' on host"},
    {"NoBuffer", [](Parts p) { p.route(1).set_dest_buffer(1); },
     "routes[1]: no buffer of core[1] to write to"},
    {"BufferObject",
     [](Parts p) { p.core(1).mutable_buffers(0)->set_object(2); },
     "routes[1]: carries object 1, the buffer holds object 2"},
    {"Reader", [](Parts p) { p.route(1).set_readers(0, 1); },
     "routes[1]: reader 1, core[1] has 1 contexts"},
    {"ReaderOfOther",
     [](Parts p) {
       *p.core(1).add_buffers() = p.core(1).buffers(0);
       p.core(1).mutable_buffers(1)->set_address(64);
       p.route(1).set_dest_buffer(1);
     },
     "routes[1]: reader 'post' does not read buffer 1"},
    {"ReaderTwice", [](Parts p) { p.route(1).add_readers(0); },
     "routes[1]: reader 'post' is listed twice"},
};

const WrongProgram sends[] = {
    {"Unknown", [](Parts p) { p.conv().add_sends(7); },
     "context 'conv': sends route 7, expected below 3"},
    {"Elsewhere", [](Parts p) { p.conv().add_sends(0); },
     "context 'conv': sends routes[0], which starts elsewhere"},
    {"OtherObject", [](Parts p) { p.conv().mutable_write()->set_object(2); },
     "context 'conv': sends routes[1] of object 1, writes object 2"},
    {"SameBuffer",
     [](Parts p) {
       *p.program.add_routes() = p.route(1);
       p.conv().add_sends(3);
     },
     "context 'conv': two routes to the same buffer of core[1]"},
    {"NoTree", [](Parts p) { addReaderOverCore1(p, false); },
     "context 'conv': its routes are not a tree: core[1] is reached over "},
};

std::string nameOf(const testing::TestParamInfo<WrongProgram> &info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Lcu, WrongControl, testing::ValuesIn(lcuCode), nameOf);
INSTANTIATE_TEST_SUITE_P(Route, WrongControl, testing::ValuesIn(routes),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Send, WrongControl, testing::ValuesIn(sends), nameOf);

} // namespace
