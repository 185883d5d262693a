//===- ValidateEpochs.cpp - programs of several parts ---------------------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each epoch is a sound program for the machine of the whole, and the arrays in
// global memory are there before they are read.
//
//===----------------------------------------------------------------------===//

#include "Validator.h"
#include "llvm/ADT/STLExtras.h"

using namespace cm;
using llvm::Error;

Error Validator::runEpochs() {
  if (program.nodes_size() || program.routes_size() || program.tensors_size() ||
      program.release_interval())
    return makeError("program: nodes, routes, tensors and release_interval "
                     "belong to the epochs, expected none beside them");
  if (Error error = checkObjects())
    return error;
  if (Error error = checkBindings())
    return error;
  return checkEpochs();
}

Error Validator::checkEpochs() {
  std::vector<bool> written(program.objects_size());
  for (const program::Binding &input : program.inputs())
    written[input.object()] = true;
  for (int i = 0; i != program.epochs_size(); ++i)
    if (Error error = checkEpoch(program.epochs(i), written))
      return makeError("epochs[{0}]: {1}", i, llvm::toString(std::move(error)));
  for (const program::Binding &output : program.outputs())
    if (!written[output.object()])
      return makeError("outputs '{0}': no epoch writes '{1}'", output.name(),
                       program.objects(output.object()).name());
  return Error::success();
}

/// Inputs and outputs of the epoch have arrays of their sizes.
Error Validator::checkArrays(
    const google::protobuf::RepeatedPtrField<program::Binding> &bindings,
    const google::protobuf::RepeatedField<uint32_t> &arrays,
    const program::Epoch &epoch, const std::string &what) {
  if (bindings.size() != arrays.size())
    return makeError("{0}: {1} arrays, expected {2}", what, arrays.size(),
                     bindings.size());
  for (int i = 0; i != arrays.size(); ++i) {
    if (arrays[i] >= uint32_t(program.objects_size()))
      return makeError("{0}: array {1}, expected below {2}", what, arrays[i],
                       program.objects_size());
    const program::Object &array = program.objects(arrays[i]);
    const program::Object &object =
        epoch.program().objects(bindings[i].object());
    uint64_t held = uint64_t(array.height()) * array.width() * array.channels();
    uint64_t used =
        uint64_t(object.height()) * object.width() * object.channels();
    if (held != used || array.element_bytes() != 1)
      return makeError("{0}: array '{1}' has {2} elements of {3} bytes, "
                       "'{4}' has {5} of 1",
                       what, array.name(), held, array.element_bytes(),
                       object.name(), used);
  }
  return Error::success();
}

Error Validator::checkEpoch(const program::Epoch &epoch,
                            std::vector<bool> &written) {
  const program::Program &part = epoch.program();
  if (part.has_machine() || part.major() || part.minor() || part.checksum() ||
      part.epochs_size())
    return makeError("version, checksum, machine and epochs belong to the "
                     "whole, expected none in a part");
  if (Error error = Validator(part, machine).run())
    return error;
  if (Error error = checkArrays(part.inputs(), epoch.reads(), epoch, "reads"))
    return error;
  if (Error error =
          checkArrays(part.outputs(), epoch.writes(), epoch, "writes"))
    return error;
  for (uint32_t array : epoch.reads())
    if (!written[array])
      return makeError("reads '{0}', which nothing has written",
                       program.objects(array).name());
  for (uint32_t array : epoch.writes()) {
    if (written[array])
      return makeError("writes '{0}', which has been written",
                       program.objects(array).name());
    written[array] = true;
  }
  return Error::success();
}
