"""Runs a quantised model in ONNX Runtime and keeps what it computes."""

import platform

import numpy as np
import onnx
import onnxruntime

INTEGERS = (onnx.TensorProto.INT8, onnx.TensorProto.UINT8)


def session(model):
    """One thread, so that a second recording is the same work. A QDQ graph is
    fused to integer operators wherever ONNX Runtime can."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.qdqisint8allowed", "1")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model.SerializeToString(), options,
                                        providers=["CPUExecutionProvider"])


def observable(model):
    """The model with every integer activation as a further output."""
    copy = onnx.shape_inference.infer_shapes(model)
    types = {v.name: v for v in copy.graph.value_info}
    known = {o.name for o in copy.graph.output}
    for node in copy.graph.node:
        for name in node.output:
            if name in known or not name:
                continue
            dtype = types[name].type.tensor_type.elem_type if name in types else None
            if dtype is None and is_quantised(node):
                dtype = result_type(model, node)
            if dtype in INTEGERS:
                copy.graph.output.append(
                    onnx.helper.make_tensor_value_info(name, dtype, None))
    return copy


def is_quantised(node):
    return node.op_type.startswith("QLinear") or node.op_type in (
        "QuantizeLinear", "QGemm")


def result_type(model, node):
    """Type of the zero point of a result: the last int8 or uint8 scalar operand."""
    types = {t.name: t.data_type for t in model.graph.initializer}
    found = [types[n] for n in node.input if types.get(n) in INTEGERS]
    return found[-1]


def run(model, samples):
    """Every output for every sample: name -> array with the samples one behind
    the other in the first dimension, which is 1 in the model."""
    s = session(model)
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
