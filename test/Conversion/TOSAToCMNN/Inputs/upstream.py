"""Runs TOSA by MLIR's own lowering to machine code."""

import re
import subprocess

import numpy

PIPELINE = (
    "builtin.module("
    "func.func(tosa-optional-decompositions,tosa-infer-shapes,tosa-make-broadcastable,"
    "tosa-to-linalg-named,canonicalize,tosa-layerwise-constant-fold,tosa-make-broadcastable,"
    "tosa-to-linalg,tosa-to-arith{include-apply-rescale=true},tosa-to-tensor),"
    "canonicalize,empty-tensor-to-alloc-tensor,"
    "one-shot-bufferize{bufferize-function-boundaries=true},buffer-deallocation-pipeline,"
    "func.func(convert-linalg-to-loops),expand-strided-metadata,lower-affine,convert-scf-to-cf,"
    "convert-math-to-llvm,convert-arith-to-llvm,convert-index-to-llvm,finalize-memref-to-llvm,"
    "convert-func-to-llvm,convert-cf-to-llvm,reconcile-unrealized-casts)")


def extents(shape):
    return "".join(f"{extent}x" for extent in shape)


def call(name, inputs, outputs):
    """The lines that call a function and print its results; inputs are (Value, array)."""
    lines, names = [], []
    for i, (value, data) in enumerate(inputs):
        names.append(f"%{name}_x{i}")
        lines.append(f"{names[-1]} = arith.constant dense<{data.tolist()}> : {value.type}")
    results = ", ".join(value.type for value in outputs)
    types = ", ".join(value.type for value, _ in inputs)
    lines.append(f"%{name}:{len(outputs)} = func.call @{name}({', '.join(names)}) : "
                 f"({types}) -> ({results})")
    for i, value in enumerate(outputs):
        wide, result = f"%{name}_y{i}", f"%{name}#{i}"
        full = f"tensor<{extents(value.shape)}i32>"
        if value.dtype.itemsize == 1:
            lines.append(f"{wide} = tosa.cast {result} : ({value.type}) -> {full}")
            result = wide
        lines.append(f"{wide}_any = tensor.cast {result} : {full} to tensor<*xi32>")
        lines.append(f"func.call @printMemrefI32({wide}_any) : (tensor<*xi32>) -> ()")
    return lines


def run(functions, libraries):
    """Results of {name: Function}, a list of arrays for each; None where it fails."""
    text, body = "", []
    for name, function in functions.items():
        text += function.text(name)
        body += call(name, function.inputs, function.outputs)
    text += ("func.func private @printMemrefI32(tensor<*xi32>) "
             "attributes {llvm.emit_c_interface}\n"
             "func.func @main() {\n  " + "\n  ".join(body) + "\n  return\n}\n")
    lowered = subprocess.run(["mlir-opt", f"--pass-pipeline={PIPELINE}"], input=text,
                             capture_output=True, text=True, check=False)
    if lowered.returncode:
        raise RuntimeError(lowered.stderr[:2000])
    printed = subprocess.run(
        ["mlir-runner", "-e", "main", "--entry-point-result=void",
         "--shared-libs=" + ",".join(libraries)],
        input=lowered.stdout, capture_output=True, text=True, check=False)
    if printed.returncode:
        raise RuntimeError(printed.stderr[:2000])
    arrays = [numpy.array(re.findall(r"-?\d+", data), "int64")
              for data in re.findall(r"data =\s*\n?([^U]*)", printed.stdout)]
    results = {}
    for name, function in functions.items():
        results[name] = [arrays.pop(0).reshape(value.shape).astype(value.dtype)
                         for value in function.outputs]
    assert not arrays
    return results
