"""Runs a quantised model in ONNX Runtime and keeps what it computes."""

import platform

import numpy as np
import onnx
import onnxruntime

INTEGERS = (onnx.TensorProto.INT8, onnx.TensorProto.UINT8)


def session(model, fused):
    """One thread, so that a second recording is the same work. `fused`: a QDQ graph
    becomes integer operators wherever ONNX Runtime can; else every node is computed
    as it stands (fused, ONNX Runtime would quantise float weights by itself)."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    # Sums of uint8 times int8 saturate on CPUs without VNNI, unless an optimisation
    # takes exact kernels; those know no int8 times int8, which is exact anyway.
    exact = onnx.TensorProto.UINT8 in {t.data_type for t in model.graph.initializer}
    if exact:
        options.add_session_config_entry("session.x64quantprecision", "1")
    if fused:
        options.add_session_config_entry("session.qdqisint8allowed", "1")
    elif exact:
        options.add_session_config_entry("session.disable_quant_qdq", "1")
    else:
        options.graph_optimization_level = (
            onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL)
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model.SerializeToString(), options,
                                        providers=["CPUExecutionProvider"])


def integer_results(model):
    """(name, type) of every int8 or uint8 tensor that a node computes."""
    types = {t.name: t.data_type for t in model.graph.initializer}
    constants = set(types)
    types.update((i.name, i.type.tensor_type.elem_type) for i in model.graph.input)
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear":
            dtype = onnx.TensorProto.FLOAT
        elif node.op_type.startswith("QLinear") or node.op_type in (
                "QuantizeLinear", "QGemm"):
            # The result's zero point is the last int8 or uint8 constant.
            dtype = [types[n] for n in node.input
                     if n in constants and types[n] in INTEGERS][-1]
        else:
            dtype = next(types[n] for n in node.input if n in types)
        for name in node.output:
            types[name] = dtype
            if dtype in INTEGERS:
                yield name, dtype


def observable(model):
    """The model with every integer activation as a further output."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    known = {o.name for o in copy.graph.output}
    for name, dtype in integer_results(model):
        if name not in known:
            copy.graph.output.append(
                onnx.helper.make_tensor_value_info(name, dtype, None))
    return copy


def run(model, samples, fused):
    """Every output for every sample: name -> array with the samples one behind
    the other in the first dimension, which is 1 in the model."""
    s = session(model, fused)
    names = [o.name for o in s.get_outputs()]
    rows = [s.run(names, values) for values in samples]
    return {name: join([r[i] for r in rows]) for i, name in enumerate(names)}


def join(arrays):
    """Samples one behind the other; all start with an extent of 1."""
    assert arrays[0].ndim and arrays[0].shape[0] == 1, arrays[0].shape
    return np.concatenate(arrays)


def cpu_flags():
    """The vector extensions, which decide how ONNX Runtime multiplies."""
    try:
        with open("/proc/cpuinfo", encoding="ascii") as file:
            flags = next(line for line in file if line.startswith("flags")).split()
    except (OSError, StopIteration):
        return []
    return sorted(f for f in flags if f.startswith(("avx", "fma", "amx", "sse4")))


def conditions():
    """Where and with what a recording was made."""
    return dict(onnx=onnx.__version__, onnxruntime=onnxruntime.__version__,
                numpy=np.__version__, machine=platform.machine(), cpu=cpu_flags())
