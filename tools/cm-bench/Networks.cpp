//===- Networks.cpp - the networks that are mapped ------------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A network is a folder with `qdq.onnx`, the form without floats between its
// operators, or with `qoperator.onnx`.
//
//===----------------------------------------------------------------------===//

#include "Mapping.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

using namespace cm;

/// Not convolutional: their products of two activations take no crossbar.
static constexpr llvm::StringLiteral transformers[] = {"bert", "decoder",
                                                       "vit"};

/// Those of the zoo that the comparison of topologies maps.
static constexpr llvm::StringLiteral compared[] = {
    "resnet20",  "resnet32",    "resnet50",    "vgg16",
    "googlenet", "densenet121", "mobilenetv2", "bert"};

static constexpr llvm::StringLiteral forms[] = {"qdq.onnx", "qoperator.onnx"};

/// The folder's name without what the zoo's cache adds, `-SIZE-HASH`.
static llvm::StringRef networkName(llvm::StringRef folder) {
  return llvm::sys::path::filename(folder).split('-').first;
}

static void addNetwork(llvm::StringRef folder, bool withTransformers,
                       std::vector<MappedNetwork> &networks) {
  llvm::StringRef name = networkName(folder);
  if (!withTransformers &&
      llvm::is_contained(transformers, name.split('_').first))
    return;
  for (llvm::StringRef form : forms) {
    std::string model = (folder + "/" + form).str();
    if (!llvm::sys::fs::exists(model))
      continue;
    networks.push_back({name.str(), model});
    return;
  }
}

static llvm::Expected<std::vector<MappedNetwork>>
networksOf(llvm::StringRef folder, bool withTransformers) {
  std::vector<MappedNetwork> networks;
  std::error_code code;
  for (llvm::sys::fs::directory_iterator entry(folder, code), end;
       !code && entry != end; entry.increment(code))
    addNetwork(entry->path(), withTransformers, networks);
  if (code)
    return makeError("cannot read '{0}': {1}", folder, code.message());
  if (networks.empty())
    return makeError("'{0}' has no networks: expected folders with qdq.onnx or "
                     "qoperator.onnx",
                     folder);
  llvm::sort(networks, [](const MappedNetwork &a, const MappedNetwork &b) {
    return a.model < b.model;
  });
  return networks;
}

/// Makes the zoo, or finds it in its cache.
static llvm::Expected<std::vector<MappedNetwork>>
makeZoo(const BenchCommand &command, llvm::StringRef folder) {
  auto python = llvm::sys::findProgramByName(command.python);
  if (!python)
    return makeError("'{0}' is not there: give a Python with onnxruntime by "
                     "--python",
                     command.python);
  std::string list = (folder + "/zoo").str();
  std::optional<llvm::StringRef> output[] = {"", list, std::nullopt};
  const char *run = "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
                    "runpy.run_module('zoo', run_name='__main__')";
  std::vector<llvm::StringRef> arguments{*python, "-c", run, CM_MODELS_FOLDER,
                                         "make"};
  if (command.topology)
    arguments.insert(arguments.end(), std::begin(compared), std::end(compared));
  else
    arguments.push_back("large");
  if (llvm::sys::ExecuteAndWait(*python, arguments, std::nullopt, output) != 0)
    return makeError("'{0}' cannot make the zoo: this needs the packages of "
                     "utils/setup-venv.sh; --python names another Python",
                     command.python);
  auto text = readFile(list);
  if (!text)
    return text.takeError();
  std::vector<MappedNetwork> networks;
  for (llvm::StringRef line : llvm::split((*text)->getBuffer(), '\n'))
    if (!line.empty())
      addNetwork(line.split(" (").first, command.topology, networks);
  return networks;
}

llvm::Expected<std::vector<MappedNetwork>>
cm::findNetworks(const BenchCommand &command, llvm::StringRef folder) {
  std::vector<std::string> files = command.networks;
  if (!command.model.empty())
    files.push_back(command.model);
  std::vector<MappedNetwork> networks;
  for (const std::string &file : files) {
    llvm::StringRef name = llvm::sys::path::filename(file);
    if (llvm::is_contained(forms, name))
      name = networkName(llvm::sys::path::parent_path(file));
    networks.push_back({name.str(), file});
  }
  if (!networks.empty())
    return networks;
  if (command.zoo)
    return makeZoo(command, folder);
  return networksOf(command.models.empty() ? CM_MODELS_FOLDER "/small"
                                           : command.models,
                    /*withTransformers=*/command.topology);
}
