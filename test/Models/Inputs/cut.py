"""Cuts a quantised model behind its float functions.

A float function may differ from ONNX Runtime's by one step, and an early step
spreads. So every integer tensor that a float function gives is cut: the nodes
behind it read a further graph input, which is fed with ONNX Runtime's recording,
and the tensor itself becomes a graph output. Then every operator works on ONNX
Runtime's own values, in one run.
"""

import onnx
from onnx import TensorProto, helper

INTEGERS = (TensorProto.INT8, TensorProto.UINT8)
# Integer arithmetic or comparisons only, in ONNX Runtime and in Numerics.md.
EXACT = {"Conv", "Gemm", "MatMul", "Add", "Mul", "AveragePool", "GlobalAveragePool",
         "Relu", "Clip", "LeakyRelu", "Softmax"}
# Results hold elements of their operand.
VIEWS = {"Concat", "Flatten", "Gather", "Identity", "MaxPool", "Pad", "Reshape",
         "Slice", "Split", "Squeeze", "Transpose", "Unsqueeze"}
# Quantised operators whose function is a float one.
FLOAT = {"QLinearSigmoid"}
SUFFIX = "__recorded"


class Graph:
    """Producers and integer types of a model's tensors."""

    def __init__(self, model):
        self.model = model
        self.constants = {t.name: t for t in model.graph.initializer}
        self.producer = {o: n for n in model.graph.node for o in n.output}
        self.types = {t.name: t.data_type for t in model.graph.initializer}
        for value in model.graph.input:
            self.types[value.name] = value.type.tensor_type.elem_type
        for node in model.graph.node:
            for name in node.output:
                self.types[name] = self.result_type(node)

    def result_type(self, node):
        if node.op_type == "DequantizeLinear":
            return TensorProto.FLOAT
        if node.op_type == "QuantizeLinear":
            return self.types[node.input[2]]
        if node.op_type.startswith("QLinear") or node.op_type == "QGemm":
            found = [self.types[n] for n in node.input
                     if n in self.constants and self.types[n] in INTEGERS]
            return found[-1]  # the result's zero point
        return self.types.get(node.input[0], TensorProto.FLOAT)

    def functions(self, name):
        """Float operators, views left out, between dequantisations, constants
        or graph inputs and the tensor `name`."""
        found, todo, seen = [], [name], set()
        while todo:
            node = self.producer.get(todo.pop())
            if node is None or id(node) in seen or node.op_type == "DequantizeLinear":
                continue
            seen.add(id(node))
            if node.op_type not in VIEWS:
                found.append(node.op_type)
            todo += node.input
        return found

    def is_exact(self, node):
        """Whether the integer results of `node` have to be ONNX Runtime's."""
        if node.op_type != "QuantizeLinear":
            return node.op_type not in FLOAT
        functions = self.functions(node.input[0])
        products = [f for f in functions if f not in ("Relu", "Clip")]
        return set(functions) <= EXACT and len(products) <= 1

    def integer_results(self):
        """(node, tensor) in order."""
        for node in self.model.graph.node:
            for name in node.output:
                if self.types[name] in INTEGERS:
                    yield node, name


def cut(model, recorded):
    """Changes `model`; the names of the tensors that were cut."""
    graph = Graph(model)
    names = [name for node, name in graph.integer_results()
             if not graph.is_exact(node) and name in recorded]
    for node in model.graph.node:
        for index, name in enumerate(node.input):
            if name in names:
                node.input[index] = name + SUFFIX
    outputs = {o.name for o in model.graph.output}
    used = {i for n in model.graph.node for i in n.input}
    for name in names:
        shape = (1,) + recorded[name].shape[1:]
        if name + SUFFIX in used:
            model.graph.input.append(helper.make_tensor_value_info(
                name + SUFFIX, graph.types[name], shape))
        if name not in outputs:
            model.graph.output.append(helper.make_tensor_value_info(
                name, graph.types[name], shape))
    return names
