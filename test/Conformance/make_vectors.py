"""Makes vectors/: tests of operators that are younger than Debian's ONNX data.

    python make_vectors.py [--known DIR] [--out DIR]

takes the node tests of the installed `onnx` package (its reference evaluator
computed their outputs) that use only our operators and that the folder DIR
(Debian's libonnx-testdata, ONNX 1.12) does not have, or has for an older
definition of an operator. One .zip for each operator, the same bytes each time.
"""

import argparse
import pathlib
import sys
import warnings
import zipfile

import numpy as np
import onnx
from onnx import defs, numpy_helper
from onnx.backend.test.case.node import collect_testcases

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE / "Inputs"))

import cases  # noqa: E402

KNOWN = "/usr/share/libonnx-testdata/data/node"
# Types and ranks that we do not have, and functions written out in other terms.
SKIP = ("cast", "3d", "float8", "e4m3", "e5m2", "float4", "int2", "FLOAT4", "bool",
        "causal_conv", "rotary", "group_norm", "logsoftmax", "mvn", "reduce_l1",
        "reduce_log", "sum_square", "spacetodepth", "constantofshape_int", "attention",
        "string", "sequence", "uint16", "int16", "test_constant")
NEW_BYTES, REDEFINED_BYTES = 30000, 8000


def definitions(model):
    """The version in which each operator of `model` was last defined."""
    versions = {o.domain: o.version for o in model.opset_import}
    return {n.op_type: defs.get_schema(n.op_type, versions[n.domain],
                                       n.domain).since_version
            for n in model.graph.node}


def serialised(value, name):
    if isinstance(value, onnx.TensorProto):
        return value.SerializeToString()
    return numpy_helper.from_array(np.asarray(value), name).SerializeToString()


def files(test):
    """The files of a test by name."""
    inputs, outputs = test.data_sets[0]
    result = {"model.onnx": test.model.SerializeToString()}
    # An operand that is left out is no graph input.
    for kind, values, named in (("input", inputs, test.model.graph.input),
                                ("output", outputs, test.model.graph.output)):
        for index, (value, info) in enumerate(zip(values, named, strict=True)):
            result[f"test_data_set_0/{kind}_{index}.pb"] = serialised(value, info.name)
    return result


def wanted(test, known):
    """Whether it is of ours, new, and small."""
    if test.model is None or any(word in test.name for word in SKIP):
        return False
    nodes = test.model.graph.node
    if any(n.op_type not in cases.OPERATORS or n.domain for n in nodes):
        return False
    old = known / test.name / "model.onnx"
    limit = NEW_BYTES
    if old.exists():
        if definitions(onnx.load(old)) == definitions(test.model):
            return False
        limit = REDEFINED_BYTES
    return sum(len(f) for f in files(test).values()) <= limit


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--known", type=pathlib.Path, default=pathlib.Path(KNOWN))
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "vectors")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    archives = {}
    for test in collect_testcases(None):
        if wanted(test, args.known):
            operator = [n.op_type for n in test.model.graph.node][-1]
            archives.setdefault(operator, {})[test.name] = files(test)
    args.out.mkdir(parents=True, exist_ok=True)
    for operator, tests in sorted(archives.items()):
        with zipfile.ZipFile(args.out / f"{operator}.zip", "w") as archive:
            for name in sorted(tests):
                for file, data in sorted(tests[name].items()):
                    entry = zipfile.ZipInfo(f"{name}/{file}")  # dated 1980
                    archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
        print(f"{operator}: {len(tests)} tests")


if __name__ == "__main__":
    main()
