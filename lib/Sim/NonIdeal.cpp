//===- NonIdeal.cpp - parameters of crossbars that are not ideal ----------===//
//
// Part of cm-mlir, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "cm/Sim/NonIdeal.h"
#include "cm/Machine/ProtoText.h"
#include "cm/Support/Error.h"
#include "cm/Support/File.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include <google/protobuf/message.h>

using namespace cm;
using google::protobuf::FieldDescriptor;
using llvm::Error;
using llvm::Expected;
using nonideal::NonIdeal;

namespace {
struct Preset {
  const char *name;
  const char *text;
};

struct Bounds {
  const char *field;
  double min, max;
};
} // namespace

// The files of presets/, in alphabetical order.
static constexpr Preset presets[] = {
#include "NonIdealPresets.inc"
};

// Every number but the one that may be missing; beyond these bounds a value is
// in another unit.
static constexpr Bounds bounds[] = {
    {"g_max_us", 1e-6, 1e6},
    {"programming_scale", 0, 1000},
    {"programming_offset_us", -1e6, 1e6},
    {"programming_linear_us", -1e6, 1e6},
    {"programming_square_us", -1e6, 1e6},
    {"time_s", 0, 1e12},
    {"t0_s", 1e-9, 1e12},
    {"drift_scale", 0, 1000},
    {"drift_mean_slope", -10, 10},
    {"drift_mean_offset", -10, 10},
    {"drift_mean_min", 0, 10},
    {"drift_mean_max", 0, 10},
    {"drift_std_slope", -10, 10},
    {"drift_std_offset", -10, 10},
    {"drift_std_min", 0, 10},
    {"drift_std_max", 0, 10},
    {"read_scale", 0, 1000},
    {"read_factor", 0, 1000},
    {"read_exponent", 0, 10},
    {"read_max", 0, 1000},
    {"read_time_s", 1e-12, 1},
    {"stuck_low", 0, 1},
    {"stuck_high", 0, 1},
    {"dac_bits", 1, 8},
    {"adc_bits", 0, 24},
    {"adc_full_scale", 0, 1e12},
    {"adc_headroom", 1e-3, 1000},
    {"adc_gain_sigma", 0, 1},
    {"adc_offset_sigma", 0, 1},
    {"calibration_time_s", 0, 1e12},
    {"calibration_images", 1, 65536},
    {"calibration_vectors", 1, 65536},
};

std::vector<std::string> cm::nonIdealPresets() {
  std::vector<std::string> names;
  for (const Preset &preset : presets)
    names.push_back(preset.name);
  return names;
}

static Error checkRange(const NonIdeal &parameters, const Bounds &bound) {
  const FieldDescriptor *field =
      parameters.GetDescriptor()->FindFieldByName(bound.field);
  const google::protobuf::Reflection &fields = *parameters.GetReflection();
  if (!fields.HasField(parameters, field))
    return Error::success(); // the time of calibration
  double value = field->cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE
                     ? fields.GetDouble(parameters, field)
                     : fields.GetUInt32(parameters, field);
  if (value >= bound.min && value <= bound.max)
    return Error::success();
  return makeError("{0}: expected a number from {1} to {2}, found {3}",
                   bound.field, llvm::format("%.9g", bound.min),
                   llvm::format("%.9g", bound.max),
                   llvm::format("%.9g", value));
}

static Error checkParameters(const NonIdeal &parameters) {
  for (const Bounds &bound : bounds)
    if (Error error = checkRange(parameters, bound))
      return error;
  if (parameters.drift_mean_min() > parameters.drift_mean_max() ||
      parameters.drift_std_min() > parameters.drift_std_max())
    return makeError("drift: expected each minimum to be at most its maximum");
  if (parameters.stuck_low() + parameters.stuck_high() > 1)
    return makeError(
        "stuck_low and stuck_high: expected at most 1 together, "
        "found {0}",
        llvm::format("%.9g", parameters.stuck_low() + parameters.stuck_high()));
  if (parameters.adc_bits() == 1)
    return makeError("adc_bits: expected 0 or at least 2, found 1");
  // Of steps far below that the quotient would be 0 / 0.
  if (parameters.adc_range() == nonideal::RANGE_FIXED &&
      parameters.adc_full_scale() < 1e-9)
    return makeError("adc_range fixed: expected adc_full_scale of at least "
                     "1e-9, found {0}",
                     llvm::format("%.9g", parameters.adc_full_scale()));
  if (parameters.has_calibration_time_s() &&
      parameters.calibration_time_s() > parameters.time_s())
    return makeError("calibration_time_s: expected at most time_s ({0}), found "
                     "{1}",
                     llvm::format("%.9g", parameters.time_s()),
                     llvm::format("%.9g", parameters.calibration_time_s()));
  return Error::success();
}

/// What a preset or a file says, on top of the preset `ideal`.
static Expected<NonIdeal> readParameters(llvm::StringRef source) {
  NonIdeal parameters;
  llvm::cantFail(parseProtoText(presets[0].text, presets[0].name, parameters));
  std::string text;
  const Preset *preset = llvm::find_if(
      presets, [&](const Preset &preset) { return source == preset.name; });
  if (preset != std::end(presets)) {
    text = preset->text;
  } else if (source.find_first_of("./\\") == llvm::StringRef::npos) {
    return makeError("expected a file or a preset of --non-ideal ({0}), found "
                     "'{1}'",
                     llvm::join(nonIdealPresets(), ", "), source);
  } else {
    auto buffer = readFile(source);
    if (!buffer)
      return buffer.takeError();
    text = (*buffer)->getBuffer().str();
    parameters.set_name("file");
    parameters.set_provenance(source.str());
  }
  NonIdeal own;
  if (Error error = parseProtoText(text, source, own))
    return std::move(error);
  parameters.MergeFrom(own);
  return parameters;
}

Expected<NonIdeal> cm::loadNonIdeal(llvm::StringRef presetOrPath,
                                    llvm::ArrayRef<std::string> settings) {
  Expected<NonIdeal> parameters = readParameters(presetOrPath);
  if (!parameters)
    return parameters;
  for (llvm::StringRef setting : settings) {
    auto [field, value] = setting.split('=');
    if (field.size() == setting.size())
      return makeError("--set-noise '{0}': expected field=value", setting);
    if (Error error = setProtoField(*parameters, field.trim(), value.trim()))
      return makeError("--set-noise '{0}': {1}", setting,
                       llvm::toString(std::move(error)));
  }
  if (Error error = checkParameters(*parameters))
    return makeError("{0}: {1}", presetOrPath,
                     llvm::toString(std::move(error)));
  return parameters;
}
