"""ONNX's node tests: where they are, and one of them as a model of ours.

A node test gives all operands as graph inputs. Of ours only those that hold data
are inputs; weights, scales and shapes become constants (DYNAMIC says which). Where
all are constants the importer has to fold the operator away: zeros, the only input,
are added to the result, so that there is something to run. Of results that only
training needs (masks, indices, means) the first one is kept. Tests of operator sets
before 9 are those of 9 where the operator is the same.
"""

import dataclasses
import io
import pathlib
import zipfile

import numpy as np
import onnx
from onnx import TensorProto, defs, helper, numpy_helper

# What the importer knows; tests with another operator count as unsupported.
CONTRIBUTED = set("""
QGemm QLinearAdd QLinearMul QLinearAveragePool QLinearGlobalAveragePool QLinearConcat
QLinearSigmoid QLinearLeakyRelu QLinearSoftmax
""".split())
OPERATORS = set("""
QLinearConv QLinearMatMul MatMulInteger ConvInteger QuantizeLinear
DequantizeLinear Conv ConvTranspose Gemm MatMul Add Sub Mul Div Relu Clip LeakyRelu
PRelu Sigmoid HardSigmoid HardSwish Tanh Gelu Erf Softmax LayerNormalization
BatchNormalization MaxPool AveragePool GlobalAveragePool ReduceMean ReduceSum ReduceMax
Concat Split Slice Pad Reshape Flatten Squeeze Unsqueeze Transpose Resize Upsample
DepthToSpace Gather Where Cast Shape Constant ConstantOfShape Identity Dropout
Exp Sqrt Abs Neg Reciprocal Log Pow DynamicQuantizeLinear
""".split())

# Operands that are inputs of the network; the first one where nothing is said.
ALL = range(1000)
DYNAMIC = {"Add": ALL, "Sub": ALL, "Mul": ALL, "Div": ALL, "MatMul": ALL, "Concat": ALL,
           "QLinearMatMul": (0, 3), "QLinearAdd": (0, 3), "QLinearMul": (0, 3),
           "QLinearConcat": range(2, 1000, 3), "MatMulInteger": (0, 1), "Gather": (1,),
           "Where": (), "Cast": (), "ConstantOfShape": (), "Constant": (), "Shape": ()}
# Types that data may have; operands of other types are constants.
DATA_TYPES = (TensorProto.FLOAT, TensorProto.INT8, TensorProto.UINT8, TensorProto.INT32,
              TensorProto.INT64)
NUMPY_TYPES = range(TensorProto.FLOAT, TensorProto.BFLOAT16)
# Operators whose first result is all that we compute.
ONE_RESULT = {"LayerNormalization", "Dropout", "MaxPool", "BatchNormalization"}
OLDEST = 9
ZEROS, WITH_ZEROS = "zeros", "folded_and_zeros"


@dataclasses.dataclass
class Case:
    """A model and one set of its inputs and outputs, in the graph's order."""

    name: str
    model: onnx.ModelProto
    inputs: list
    outputs: list

    def operators(self):
        return {n.op_type for n in self.model.graph.node}

    def foreign(self):
        """An operator that is not ours, or None."""
        names = [n.op_type for n in self.model.graph.node
                 if n.op_type not in (CONTRIBUTED if n.domain else OPERATORS)]
        return names[0] if names else None


def tensor(data, name):
    """The TensorProto of a .pb file."""
    proto = onnx.TensorProto()
    proto.ParseFromString(data)
    proto.name = name
    return proto


def load(name, read):
    """The case whose files `read` gives by their name below its folder; without
    values where it is not ours."""
    model = onnx.load(io.BytesIO(read("model.onnx")))
    case = Case(name, model, [], [])
    if case.foreign():
        return case

    def side(kind, values):
        return [tensor(read(f"test_data_set_0/{kind}_{i}.pb"), v.name)
                for i, v in enumerate(values)]

    case.inputs = side("input", model.graph.input)
    case.outputs = side("output", model.graph.output)
    renew(model)
    keep_one_result(case)
    return case


def renew(model):
    """Raises the version of an operator set where that changes no operator."""
    for opset in model.opset_import:
        if opset.domain or opset.version >= OLDEST:
            continue
        same = all(defs.get_schema(n.op_type, opset.version).since_version ==
                   defs.get_schema(n.op_type, OLDEST).since_version
                   for n in model.graph.node)
        if same:
            opset.version = OLDEST


def keep_one_result(case):
    """Leaves out the results behind the first of a lone operator."""
    nodes, outputs = case.model.graph.node, case.model.graph.output
    if len(nodes) == 1 and nodes[0].op_type in ONE_RESULT and len(outputs) > 1:
        del nodes[0].output[1:]
        del outputs[1:]
        del case.outputs[1:]


def from_folder(folder):
    """All tests of ONNX's own data, sorted by name."""
    for path in sorted(pathlib.Path(folder).iterdir()):
        yield path.name, lambda file, p=path: (p / file).read_bytes()


def from_archives(folder):
    """All tests of the .zip files in `folder`."""
    for path in sorted(pathlib.Path(folder).glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            names = sorted({n.split("/")[0] for n in archive.namelist()})
            files = {n: archive.read(n) for n in archive.namelist()}
        for name in names:
            yield name, lambda file, n=name, f=files: f[f"{n}/{file}"]


def is_data(case, node, index):
    """Whether operand `index` of `node` is an input. What has a scale for each
    channel are weights, hence constants."""
    if "Linear" not in node.op_type:
        return True
    scale = [t for t in case.inputs if t.name in node.input[index + 1:index + 2]]
    return not scale or numpy_helper.to_array(scale[0]).size == 1


def dynamic(case):
    """Names of the graph inputs that hold data."""
    names = set()
    graph_inputs = [t.name for t in case.inputs if t.data_type in DATA_TYPES]
    operators = case.model.graph.node
    if len(operators) > 1:
        return set(graph_inputs[:1])
    for node in operators:
        for index in DYNAMIC.get(node.op_type, (0,)):
            if index >= len(node.input):
                break
            if node.input[index] in graph_inputs and is_data(case, node, index):
                names.add(node.input[index])
    return names


def add_zeros(case, model):
    """Adds an input to the one output, both float; the input's value."""
    expected = numpy_helper.to_array(case.outputs[0])
    result = case.outputs[0].name
    model.graph.node.extend([
        helper.make_node("Cast", [result], ["folded_float"], to=TensorProto.FLOAT),
        helper.make_node("Add", [ZEROS, "folded_float"], [WITH_ZEROS])])
    for infos, name in ((model.graph.input, ZEROS), (model.graph.output, WITH_ZEROS)):
        del infos[:]
        infos.append(helper.make_tensor_value_info(name, TensorProto.FLOAT,
                                                   expected.shape))
    case.outputs = [numpy_helper.from_array(expected.astype(np.float32), WITH_ZEROS)]
    return numpy_helper.from_array(np.zeros(expected.shape, np.float32), ZEROS)


def with_constants(case):
    """The model with constants in place of the inputs that hold no data, and the
    remaining inputs' tensors. Changes the case where all are constants."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    names = dynamic(case)
    inputs = [i for i in model.graph.input if i.name in names]
    constants = [t for t in case.inputs if t.name not in names]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    model.graph.initializer.extend(constants)
    arrays = [t for t in case.inputs if t.name in names]
    if not arrays and len(case.outputs) == 1 and case.outputs[0].data_type in NUMPY_TYPES:
        arrays = [add_zeros(case, model)]
    return model, arrays
