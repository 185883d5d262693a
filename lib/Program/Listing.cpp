//===- Listing.cpp - a program as a person reads it -----------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Program/Listing.h"
#include "cm/Program/Affine.h"
#include "cm/Program/Validate.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

using namespace cm;
using llvm::formatv;

std::string cm::dpuMnemonic(program::DpuOpcode opcode) {
  llvm::StringRef name = program::DpuOpcode_Name(opcode);
  name.consume_front("DPU_");
  return name.lower();
}

namespace {

class ListingPrinter {
public:
  ListingPrinter(const program::Program &program, const MachineModel &machine,
                 llvm::raw_ostream &os)
      : program(program), machine(machine), os(os) {}
  void print();

private:
  using LcuBody = google::protobuf::RepeatedPtrField<program::LcuInstr>;
  void printEpoch(int index);
  void printNode(const program::Node &node);
  void printContext(const program::Node &node, int index);
  void printLcu(const LcuBody &body, unsigned indent);
  void printLoop(const program::Loop &loop, unsigned indent);
  void printWait(const program::Wait &wait);
  void printDpu(const program::Node &node, const program::DpuInstr &instr,
                int index);
  void printWrite(const program::Context &context);
  void printRoute(uint32_t index);
  std::string gatherText(const program::Node &node,
                         const program::Gather &gather);
  std::string objectText(uint32_t index);
  std::string contextName(uint32_t node, uint32_t context);

  const program::Program &program;
  const MachineModel &machine;
  llvm::raw_ostream &os;
};

} // namespace

void cm::printListing(const program::Program &program,
                      const MachineModel &machine, llvm::raw_ostream &os) {
  ListingPrinter(program, machine, os).print();
}

std::string ListingPrinter::objectText(uint32_t index) {
  const program::Object &object = program.objects(index);
  return formatv("'{0}' ({1}x{2}x{3} int{4})", object.name(), object.height(),
                 object.width(), object.channels(), 8 * object.element_bytes());
}

std::string ListingPrinter::contextName(uint32_t id, uint32_t context) {
  for (const program::Node &node : program.nodes())
    if (node.id() == id)
      return machine.nodeName(id) + " '" + node.contexts(context).name() + "'";
  return machine.nodeName(id);
}

void ListingPrinter::print() {
  os << "program '" << program.name() << "' for machine '" << machine.name()
     << "'\n";
  for (const program::Binding &binding : program.inputs())
    os << "input '" << binding.name() << "' from "
       << machine.nodeName(binding.node()) << ": object "
       << objectText(binding.object()) << '\n';
  for (const program::Binding &binding : program.outputs())
    os << "output '" << binding.name() << "' to "
       << machine.nodeName(binding.node()) << ": object "
       << objectText(binding.object()) << '\n';
  for (int e = 0; e != program.epochs_size(); ++e)
    printEpoch(e);
  if (program.epochs_size())
    return;
  os << "an image every " << program.release_interval() << " cycles\n";
  for (const program::Node &node : program.nodes())
    printNode(node);
}

/// The arrays that an epoch reads or writes.
static std::string
arrayNames(const program::Program &program,
           const google::protobuf::RepeatedField<uint32_t> &arrays) {
  std::vector<std::string> names;
  for (uint32_t array : arrays)
    names.push_back("'" + program.objects(array).name() + "'");
  return llvm::join(names, ", ");
}

void ListingPrinter::printEpoch(int index) {
  const program::Epoch &epoch = program.epochs(index);
  os << formatv("\nepoch {0} reads {1}, writes {2}\n", index,
                arrayNames(program, epoch.reads()),
                arrayNames(program, epoch.writes()));
  printListing(epoch.program(), machine, os);
}

void ListingPrinter::printNode(const program::Node &node) {
  os << '\n' << machine.nodeName(node.id()) << '\n';
  for (int u = 0; u != node.mvm_units_size(); ++u) {
    const program::MvmUnit &unit = node.mvm_units(u);
    os << formatv("  unit {0}: {1}x{2} weights on crossbars", u, unit.rows(),
                  unit.cols());
    for (uint32_t crossbar : unit.crossbars())
      os << ' ' << crossbar;
    if (unit.row_offset() || unit.column_offset())
      os << formatv(" from row {0}, column {1} on", unit.row_offset(),
                    unit.column_offset());
    if (unit.slices() > 1)
      os << formatv(" in {0} slices", unit.slices());
    os << '\n';
  }
  for (int b = 0; b != node.buffers_size(); ++b) {
    const program::Buffer &buffer = node.buffers(b);
    os << formatv("  buffer {0}: object {1} at {2}, {3} {4}\n", b,
                  objectText(buffer.object()), buffer.address(), buffer.slots(),
                  buffer.fold() == program::FOLD_ROW ? "rows" : "pixels");
  }
  for (int c = 0; c != node.contexts_size(); ++c)
    printContext(node, c);
}

void ListingPrinter::printContext(const program::Node &node, int index) {
  const program::Context &context = node.contexts(index);
  os << formatv("  context {0} '{1}': {2}x{3} iterations\n", index,
                context.name(), context.domain(0), context.domain(1));
  printLcu(context.lcu(), 4);
  os << "    data path\n";
  if (context.has_input_binding())
    os << "      r0 = input '" << program.inputs(context.input_binding()).name()
       << "'\n";
  if (context.has_mvm_unit())
    os << "      mvm unit " << context.mvm_unit() << " ("
       << gatherText(node, context.mvm_input()) << ")\n";
  for (int i = 0; i != context.dpu_size(); ++i)
    printDpu(node, context.dpu(i), i);
  if (context.has_write())
    printWrite(context);
  for (uint32_t route : context.sends())
    printRoute(route);
}

void ListingPrinter::printLcu(const LcuBody &body, unsigned indent) {
  for (const program::LcuInstr &instr : body) {
    os.indent(indent);
    switch (instr.kind_case()) {
    case program::LcuInstr::kLoop:
      printLoop(instr.loop(), indent);
      break;
    case program::LcuInstr::kGuard: {
      os << "if";
      llvm::StringRef separator = " ";
      for (const program::QuasiAffine &affine : instr.guard().nonnegative()) {
        os << separator << printAffine(affine) << " >= 0";
        separator = " and ";
      }
      os << '\n';
      printLcu(instr.guard().body(), indent + 2);
      break;
    }
    case program::LcuInstr::kWait:
      printWait(instr.wait());
      break;
    default:
      os << "fire\n";
    }
  }
}

static std::string boundText(
    const google::protobuf::RepeatedPtrField<program::QuasiAffine> &bounds,
    llvm::StringRef function) {
  if (bounds.size() == 1)
    return printAffine(bounds[0]);
  std::vector<std::string> texts;
  for (const program::QuasiAffine &bound : bounds)
    texts.push_back(printAffine(bound));
  return function.str() + "(" + llvm::join(texts, ", ") + ")";
}

void ListingPrinter::printLoop(const program::Loop &loop, unsigned indent) {
  os << formatv("for d{0} = {1} .. {2}", loop.dim(),
                boundText(loop.lower(), "max"), boundText(loop.upper(), "min"));
  if (loop.step() != 1)
    os << " step " << loop.step();
  os << '\n';
  printLcu(loop.body(), indent + 2);
}

void ListingPrinter::printWait(const program::Wait &wait) {
  if (wait.counter_case() == program::Wait::kReceived) {
    const program::Route &route = program.routes(wait.received());
    os << formatv("wait received[{0}] >= {1}  // {2} from {3}\n",
                  wait.received(), printAffine(wait.threshold()),
                  program.objects(route.object()).name(),
                  contextName(route.source_node(), route.source_context()));
    return;
  }
  const program::Route &route = program.routes(wait.retired().route());
  os << formatv(
      "wait retired[{0}, {1}] >= {2}  // {3} by {4}\n", wait.retired().route(),
      wait.retired().reader(), printAffine(wait.threshold()),
      program.objects(route.object()).name(),
      contextName(route.dest_node(), route.readers(wait.retired().reader())));
}

std::string ListingPrinter::gatherText(const program::Node &node,
                                       const program::Gather &gather) {
  auto axis = [](int dim, int stride, int offset, uint32_t kernel,
                 uint32_t dilation, llvm::StringRef k) {
    program::QuasiAffine affine;
    affine.set_constant(offset);
    for (int i = 0; i != dim; ++i)
      affine.add_dims(0);
    affine.add_dims(stride);
    std::string text = printAffine(affine);
    if (kernel == 1)
      return text;
    return text + " + " +
           (dilation == 1 ? k.str() : std::to_string(dilation) + "*" + k.str());
  };
  std::string text =
      formatv("buffer {0} '{1}'[{2}, {3}, {4}:{5}]", gather.buffer(),
              program.objects(node.buffers(gather.buffer()).object()).name(),
              axis(0, gather.stride_y(), gather.offset_y(), gather.kernel_y(),
                   gather.dilation_y(), "ky"),
              axis(1, gather.stride_x(), gather.offset_x(), gather.kernel_x(),
                   gather.dilation_x(), "kx"),
              gather.channel_begin(), gather.channel_end());
  uint64_t window = uint64_t(gather.kernel_y()) * gather.kernel_x();
  if (window > 1)
    text += formatv(" ky < {0} kx < {1}", gather.kernel_y(), gather.kernel_x());
  if (gather.element_begin() != 0 ||
      gather.element_end() !=
          window * (gather.channel_end() - gather.channel_begin()))
    text += formatv(" elements {0}:{1}", gather.element_begin(),
                    gather.element_end());
  if (window > 1 || gather.fill())
    text += formatv(" fill {0}", gather.fill());
  return text;
}

/// Enough digits to read the same float back.
static std::string floatText(float value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.9g", value);
  return text;
}

static void printQuantization(const char *name,
                              const program::Quantization &quantization,
                              llvm::raw_ostream &os) {
  os << formatv(" {0}({1}, {2})", name, floatText(quantization.scale()),
                quantization.zero_point());
}

void ListingPrinter::printDpu(const program::Node &node,
                              const program::DpuInstr &instr, int index) {
  bool isInt8 = registerType(program, node, instr) == RegisterType::Int8;
  os << formatv("      r{0} : {1}x{2} = {3}", index, instr.length(),
                isInt8 ? "int8" : "int32", dpuMnemonic(instr.opcode()));
  for (int k = 0; k != instr.operands_size(); ++k)
    os << (k ? ", r" : " r") << instr.operands(k);
  if (instr.has_gather())
    os << ' ' << gatherText(node, instr.gather());
  if (instr.table_size())
    os << formatv(" table[{0}]", instr.table_size());
  if (instr.table_height())
    os << formatv(" table[{0}x{1}x{2}]", instr.table_height(),
                  instr.table_width(), instr.length());
  else if (instr.lut().size() > 256)
    os << formatv(" tables[{0}]", instr.lut().size() / 256);
  if (instr.transposed())
    os << " transposed";
  if (instr.scales_size() == 1)
    os << " scale " << floatText(instr.scales(0));
  else if (instr.scales_size())
    os << formatv(" scales[{0}]", instr.scales_size());
  if (instr.biases_size())
    os << formatv(" biases[{0}]", instr.biases_size());
  if (instr.opcode() == program::DPU_LAYER_NORM)
    os << " epsilon " << floatText(instr.epsilon());
  if (instr.has_a())
    printQuantization("a", instr.a(), os);
  if (instr.has_b())
    printQuantization("b", instr.b(), os);
  if (instr.has_y())
    printQuantization("y", instr.y(), os);
  if (instr.minimum() != instr.maximum())
    os << formatv(" in {0} .. {1}", instr.minimum(), instr.maximum());
  if (instr.tensor())
    os << " // tensor '" << program.tensors(instr.tensor() - 1).name() << "'";
  os << '\n';
}

void ListingPrinter::printWrite(const program::Context &context) {
  const program::Write &write = context.write();
  auto axis = [](uint32_t stride, uint32_t offset, const char *dim) {
    std::string text = stride == 1 ? dim : std::to_string(stride) + "*" + dim;
    return offset ? text + " + " + std::to_string(offset) : text;
  };
  auto more = [](uint32_t count) {
    return count > 1 ? formatv(" .. +{0}", count - 1).str() : "";
  };
  os << formatv(
      "      send r{0} as {1}[{2}{3}, {4}{5}, {6}:{7}]\n", write.source(),
      objectText(write.object()),
      axis(write.stride_y(), write.offset_y(), "d0"), more(write.rows()),
      axis(write.stride_x(), write.offset_x(), "d1"), more(write.pixels()),
      write.channel_begin(), write.channel_end());
}

void ListingPrinter::printRoute(uint32_t index) {
  const program::Route &route = program.routes(index);
  os << formatv("        route {0}: ", index)
     << machine.nodeName(route.source_node());
  for (uint32_t link : route.links())
    os << " -> " << machine.nodeName(machine.link(link).to);
  if (route.links().empty())
    os << " (local)";
  if (route.has_dest_buffer())
    os << formatv(", buffer {0}", route.dest_buffer());
  for (int r = 0; r != route.readers_size(); ++r)
    os << (r ? ", " : ", read by ") << '\''
       << llvm::StringRef(contextName(route.dest_node(), route.readers(r)))
              .split('\'')
              .second;
  os << '\n';
}
