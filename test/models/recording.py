"""Runs quantised ONNX models through ONNX Runtime, one image at a time."""

import numpy as np
import onnx
import onnxruntime


def session(model, qdq=False):
    """One thread; a QDQ graph is fused to integers as far as ONNX Runtime can."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    if qdq:
        options.add_session_config_entry("session.qdqisint8allowed", "1")
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def run(model, images, qdq=False):
    """All graph outputs, one array of all images per output, by name."""
    s = session(model, qdq)
    names = [o.name for o in s.get_outputs()]
    rows = [s.run(names, {s.get_inputs()[0].name: image[None]}) for image in images]
    return {name: np.concatenate([r[i] for r in rows]) for i, name in enumerate(names)}


def observable(model):
    """The model with every quantised activation as a graph output."""
    inferred = onnx.shape_inference.infer_shapes(model)
    copy = onnx.ModelProto()
    copy.CopyFrom(inferred)
    known = {o.name for o in copy.graph.output}
    for node in copy.graph.node:
        for name in node.output:
            if name not in known:
                copy.graph.output.append(onnx.helper.make_tensor_value_info(
                    name, onnx.TensorProto.INT8, None))
    return copy
