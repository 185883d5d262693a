//===- proof-mutants.cpp - how many wrong programs are found --------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles networks, makes the programs wrong in one place each, and asks both
// the proof and the simulator:
//
//   proof-mutants MUTANTS SEED MACHINE MODEL...
//
// A mutant that the proof accepts must run right at all speeds that are tried;
// one that it refuses should fail at some. A model is compiled with copies by
// pixels or rows, or with shifted kernels, where "copies:", "rows:" or
// "shifts:" stands before it; "tall:" shifts along y.
//
//===----------------------------------------------------------------------===//

#include "Expectation.h"
#include "Trial.h"
#include "cm/Pipelines/Compile.h"
#include "cm/Pipelines/Contracts.h"
#include "cm/Program/Validate.h"
#include "cm/Proof/Prove.h"
#include "cm/Target/Program/Export.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include <map>
#include <set>

using namespace cm;
using namespace cm::proof;

namespace {
/// A program that is right, and what it has to do.
struct Subject {
  std::string name;
  program::Program program;
  Contract contract;
  std::optional<Trial> trial;
  std::map<std::string, std::vector<Site>> sites; // by kind
};

/// What became of the mutants of one kind.
struct Tally {
  unsigned refused = 0, killed = 0, harmless = 0, proofOnly = 0;
};

class Experiment {
public:
  Experiment(uint64_t seed) : random(seed) {}

  llvm::Error add(const std::string &path, const CompileOptions &options,
                  mlir::MLIRContext &context);
  /// Returns whether no mutant was missed, and all that was found was expected.
  bool run(unsigned mutants);

private:
  void tryMutant(Subject &subject, const Site &site);
  void judge(Subject &subject, const Site &site, const std::string &what,
             const program::Program &mutant, Tally &tally);
  void checkExpectation(const std::vector<Finding> &findings,
                        const std::optional<Counterexample> &example,
                        const std::string &error, const std::string &line);
  void print() const;

  std::mt19937_64 random;
  std::vector<Subject> subjects;
  std::map<std::string, Tally> tallies;     // by kind
  std::map<std::string, unsigned> verdicts; // proof and simulator
  std::vector<std::string> harmless, proofOnly, missed, unexpected;
};
} // namespace

llvm::Error Experiment::add(const std::string &path,
                            const CompileOptions &options,
                            mlir::MLIRContext &context) {
  auto module = loadModel(path, &context);
  if (!module)
    return module.takeError();
  if (auto report = compile(**module, options); !report)
    return report.takeError();
  llvm::Expected<program::Program> program = exportProgram(**module);
  if (!program)
    return program.takeError();
  cmcore::ProgramOp op = *(*module)->getOps<cmcore::ProgramOp>().begin();
  mlir::FailureOr<Contract> contract = readContract(op, *program);
  if (failed(contract))
    return makeError("'{0}' has no contract", path);
  Subject subject{path, std::move(*program), std::move(*contract), {}, {}};
  normalise(subject.program);
  llvm::Expected<Trial> trial = Trial::create(subject.program, random());
  if (!trial)
    return trial.takeError();
  subject.trial = std::move(*trial);
  for (Site &site : listSites(subject.program))
    subject.sites[site.kind].push_back(std::move(site));
  subjects.push_back(std::move(subject));
  return llvm::Error::success();
}

/// Adds the core of a context.
static void addCore(const program::Program &program, llvm::StringRef stage,
                    llvm::SetVector<uint32_t> &cores) {
  for (const program::Node &node : program.nodes())
    for (const program::Context &context : node.contexts())
      if (context.name() == stage &&
          node.mvm_units_size() + node.buffers_size())
        cores.insert(node.id());
}

/// Cores whose speed may matter: those that the counterexample names, that of
/// the context, and those at the ends of its routes; not more than a few.
static std::vector<uint32_t> coresAround(const program::Program &program,
                                         llvm::StringRef stage,
                                         const Counterexample *example) {
  llvm::SetVector<uint32_t> cores;
  if (example) {
    addCore(program, example->other, cores);
    addCore(program, example->stage, cores);
  }
  addCore(program, stage, cores);
  llvm::SetVector<uint32_t> ends = cores;
  for (const program::Route &route : program.routes()) {
    if (cores.contains(route.dest_node()) && !route.links().empty())
      ends.insert(route.source_node());
    if (cores.contains(route.source_node()) && route.has_dest_buffer())
      ends.insert(route.dest_node());
  }
  auto machine = llvm::cantFail(MachineModel::create(program.machine()));
  ends.remove_if([&](uint32_t node) { return !machine.isCore(node); });
  std::vector<uint32_t> result(ends.begin(), ends.end());
  if (result.size() > 6)
    result.resize(6);
  return result;
}

static bool isValid(const program::Program &program) {
  auto machine = llvm::cantFail(MachineModel::create(program.machine()));
  if (llvm::Error error = validateProgram(program, machine)) {
    llvm::consumeError(std::move(error));
    return false;
  }
  return true;
}

/// What the proof and the simulator found is what such a change leads to.
void Experiment::checkExpectation(const std::vector<Finding> &findings,
                                  const std::optional<Counterexample> &example,
                                  const std::string &error,
                                  const std::string &line) {
  auto allowed = [&](const auto &found) {
    return llvm::any_of(findings, [&](const Finding &finding) {
      return finding.allows(found);
    });
  };
  std::string expected = ", expected";
  for (const Finding &finding : findings)
    expected += (" " + hazardName(finding.hazard)).str() + " by '" +
                llvm::join(finding.stages, "' '") + "' of '" +
                llvm::join(finding.objects, "' '") + "';";
  if (example && !allowed(*example))
    unexpected.push_back(line + ": " + example->str() + expected);
  if (!error.empty() && !allowed(llvm::StringRef(error)))
    unexpected.push_back(line + ": simulator: " + error + expected);
}

void Experiment::judge(Subject &subject, const Site &site,
                       const std::string &what, const program::Program &mutant,
                       Tally &tally) {
  ProofCounts counts;
  auto example = proveControl(mutant, subject.contract, counts);
  std::vector<uint32_t> cores =
      coresAround(subject.program, site.stage, example ? &*example : nullptr);
  uint64_t images = Trial::inputImages;
  if (example && example->image)
    images = std::clamp<uint64_t>(*example->image + 1, images, 500);
  std::string error;
  for (size_t run = 0; run < Trial::numRuns(cores.size()) && error.empty();
       ++run)
    error = subject.trial->run(mutant, cores, run, images);
  std::string line =
      llvm::formatv("{0} {1} {2} {3}", llvm::sys::path::filename(subject.name),
                    site.stage, site.kind, what);
  checkExpectation(expectedFindings(subject.program, mutant, site), example,
                   error, line);
  if (example && !error.empty()) {
    ++tally.killed;
    ++verdicts[hazardName(example->hazard).str() + " / " + errorClass(error)];
  } else if (example) {
    ++tally.proofOnly;
    proofOnly.push_back(line + ": " + example->str());
  } else if (error.empty()) {
    ++tally.harmless;
    harmless.push_back(line);
  } else {
    missed.push_back(line + ": " + error);
  }
}

/// Draws again where the loader refuses what was drawn.
void Experiment::tryMutant(Subject &subject, const Site &site) {
  constexpr unsigned draws = 8;
  Tally &tally = tallies[site.kind];
  for (unsigned draw = 0; draw < draws; ++draw) {
    program::Program mutant = subject.program;
    std::string what = mutate(mutant, site, random);
    if (isValid(mutant))
      return judge(subject, site, what, mutant, tally);
    if (site.change != Change::Value)
      break;
  }
  ++tally.refused;
}

static void printList(llvm::StringRef title,
                      const std::vector<std::string> &lines) {
  llvm::outs() << title << ": " << lines.size() << "\n";
  for (const std::string &line : lines)
    llvm::outs() << "  " << line << "\n";
}

void Experiment::print() const {
  Tally sum;
  unsigned kinds = 0;
  for (const auto &[kind, tally] : tallies) {
    llvm::outs() << llvm::formatv(
        "{0,-44} refused {1,3} killed {2,3} harmless {3,3} proof only {4,3}\n",
        kind, tally.refused, tally.killed, tally.harmless, tally.proofOnly);
    kinds += tally.killed + tally.harmless + tally.proofOnly > 0;
    sum.refused += tally.refused, sum.killed += tally.killed;
    sum.harmless += tally.harmless, sum.proofOnly += tally.proofOnly;
  }
  printList("proved harmless, and run right", harmless);
  printList("refused by the proof, and not seen to fail", proofOnly);
  printList("of another kind or culprit than expected", unexpected);
  printList("missed", missed);
  for (const auto &[verdict, count] : verdicts)
    llvm::outs() << llvm::formatv("{0,5} {1}\n", count, verdict);
  unsigned failing = sum.killed + missed.size();
  llvm::outs() << llvm::formatv(
      "{0} programs, {1} kinds: {2} mutants fail in the simulator, the proof "
      "refuses {3} of them (kill rate {4:f1} %) and {5} more, {6} are proved "
      "harmless; {7} refused by the loader\n",
      subjects.size(), kinds, failing, sum.killed,
      100.0 * sum.killed / std::max(1u, failing), sum.proofOnly, sum.harmless,
      sum.refused);
}

/// Takes the kinds in turn, and of each a program and a place by chance.
bool Experiment::run(unsigned mutants) {
  std::set<std::string> kinds;
  for (const Subject &subject : subjects)
    for (const auto &[kind, sites] : subject.sites)
      kinds.insert(kind);
  for (unsigned done = 0; done < mutants;)
    for (const std::string &kind : kinds) {
      std::vector<std::pair<Subject *, std::vector<Site> *>> places;
      for (Subject &subject : subjects)
        if (auto sites = subject.sites.find(kind); sites != subject.sites.end())
          places.push_back({&subject, &sites->second});
      if (++done > mutants)
        break;
      auto [subject, sites] = places[random() % places.size()];
      tryMutant(*subject, (*sites)[random() % sites->size()]);
    }
  print();
  return missed.empty() && unexpected.empty();
}

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  CompileOptions options;
  int first = 4;
  auto fail = [](const llvm::Twine &text) {
    llvm::errs() << "error: " << text << "\n";
    return 1;
  };
  unsigned mutants = 0;
  uint64_t seed = 0;
  if (argc <= first || !llvm::to_integer(argv[1], mutants) ||
      !llvm::to_integer(argv[2], seed))
    return fail("expected MUTANTS SEED MACHINE MODEL...");
  options.machine = argv[3];
  Experiment experiment(seed);
  for (int i = first; i < argc; ++i) {
    // "copies:MODEL" and so on compile with these.
    llvm::StringRef path = argv[i];
    CompileOptions own = options;
    if (path.consume_front("copies:"))
      own.replicate = Replication::Pixels;
    if (path.consume_front("rows:"))
      own.replicate = Replication::Rows;
    if (path.consume_front("shifts:"))
      own.shifts = 4;
    if (path.consume_front("tall:"))
      own.shifts = 4, own.shiftAxes = ShiftAxes::Y;
    if (llvm::Error error = experiment.add(path.str(), own, context))
      return fail(path + ": " + llvm::toString(std::move(error)));
  }
  return experiment.run(mutants) ? 0 : 1;
}
