"""lit configuration: FileCheck tests of the tools and the GoogleTest programs."""

import os
import shutil
import subprocess

import lit.formats
import lit.llvm
from lit.TestingConfig import TestingConfig

config.name = "cm-mlir"
config.suffixes = [".mlir", ".test", ".textproto"]
config.excludes = ["Inputs", "models", "CMakeLists.txt"]
config.test_source_root = os.path.join(config.cm_source_root, "test")
config.test_exec_root = os.path.join(config.cm_binary_root, "test")
config.test_format = lit.formats.ShTest(execute_external=False)

config.environment["PATH"] = os.pathsep.join(
    [config.cm_tools_dir, config.llvm_tools_dir, os.environ["PATH"]]
)
config.substitutions.append(("%models", os.path.join(config.test_source_root, "models")))
config.substitutions.append(("%python", config.cm_python))
config.substitutions.append(("%bin", config.cm_tools_dir))
config.substitutions.append(("%source", config.cm_source_root))
config.substitutions.append(("%build", config.cm_binary_root))
# How many wrong programs the proof is tried on.
config.substitutions.append(("%mutants", os.environ.get("CM_MUTANTS", "400")))
# How long a fuzzer's test tries changed inputs.
config.substitutions.append(
    ("%fuzz_seconds", os.environ.get("CM_FUZZ_SECONDS", "5"))
)

# Reference data that lives beside the checkout; tests say
# `REQUIRES: shared-data` and are reported as unsupported without it.
shared = os.environ.get(
    "CM_SHARED_DATA", os.path.join(config.cm_source_root, "..", "shared", "data")
)
if os.path.isdir(shared):
    config.available_features.add("shared-data")
config.substitutions.append(("%shared", os.path.realpath(shared)))

# Where test/models/zoo keeps the models that it makes.
if "CM_ZOO_CACHE" in os.environ:
    config.environment["CM_ZOO_CACHE"] = os.environ["CM_ZOO_CACHE"]

# ONNX's own tests: Debian's package libonnx-testdata.
onnx_testdata = "/usr/share/libonnx-testdata/data"
if os.path.isdir(onnx_testdata):
    config.available_features.add("onnx-testdata")
config.substitutions.append(("%onnx_testdata", onnx_testdata))

# Runs the pages that cm-sim writes.
if shutil.which("chromium"):
    config.available_features.add("chromium")

# Tests that say `REQUIRES: slow` run with check-cm-slow only.
if lit_config.params.get("slow") == "1":
    config.available_features.add("slow")
    probe = [config.cm_python, "-c", "import onnxruntime"]
    if subprocess.run(probe, capture_output=True).returncode == 0:
        config.available_features.add("onnxruntime")
