"""Runs single operations in ONNX Runtime and collects the cases of vectors.json."""

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as nh

f32 = np.float32
rng = np.random.default_rng(20)
TYPES = {"int8": T.INT8, "uint8": T.UINT8, "float32": T.FLOAT}
cases = []


def run(nodes, constants, feeds, out_type=T.INT8):
    """Runs nodes [(op, domain, input names, attributes)] as a chain to 'y'."""
    protos = []
    for k, (op, domain, ins, attributes) in enumerate(nodes):
        out = "y" if k + 1 == len(nodes) else f"n{k}"
        protos.append(h.make_node(op, ins, [out], domain=domain, **attributes))
    inits = [nh.from_array(np.asarray(v), k) for k, v in constants.items()]
    infos = [
        h.make_tensor_value_info(k, TYPES[str(v.dtype)], v.shape)
        for k, v in feeds.items()
    ]
    graph = h.make_graph(
        protos, "g", infos, [h.make_tensor_value_info("y", out_type, None)], inits
    )
    opsets = [h.make_opsetid("", 13), h.make_opsetid("com.microsoft", 1)]
    model = h.make_model(graph, opset_imports=opsets)
    model.ir_version = 8
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, feeds)[0]


def array(a):
    a = np.asarray(a)
    data = [float(v) if a.dtype == f32 else int(v) for v in a.ravel()]
    return {"type": str(a.dtype), "shape": list(a.shape), "data": data}


def plain(v):
    if isinstance(v, str):
        return v
    if isinstance(v, (list, tuple, np.ndarray)):
        return [plain(e) for e in v]
    return float(v) if isinstance(v, (float, f32)) else int(v)


def case(op, name, inputs, attributes, output):
    cases.append(
        {
            "op": op,
            "name": name,
            "attributes": {k: plain(v) for k, v in attributes.items()},
            "inputs": {k: array(v) for k, v in inputs.items()},
            "output": array(output),
        }
    )


def scale(low=-6, high=2):
    return f32(np.exp(rng.uniform(low, high)))


def zero():
    return int(rng.integers(-128, 128))


def i8(v):
    return np.array(v, np.int8)


def nchw(x):
    return np.ascontiguousarray(x.transpose(0, 3, 1, 2))


def nhwc(x):
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1))


def saturate(v):
    return np.clip(v, -128, 127)


def half_away(v):
    return np.sign(v) * np.floor(np.abs(v) + f32(0.5))


def pick(fixed, differing, count, total):
    """`total` indices: the first `count` of each differing mask, then any."""
    chosen = list(fixed)
    for mask in differing:
        chosen += list(np.flatnonzero(mask)[:count])
    chosen = list(dict.fromkeys(int(c) for c in chosen))
    rest = rng.permutation(differing[0].size)
    for c in rest:
        if len(chosen) >= total:
            break
        if int(c) not in chosen:
            chosen.append(int(c))
    return np.array(chosen)
