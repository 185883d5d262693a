"""Makes one model with its recordings, in a cache or in a folder of its own."""

import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import tempfile

import numpy as np
import onnx

from . import record
from .network import Network
from .quantise import FORMS, quantise
from .samples import sample

SEED = 1
SAMPLE_SEED = 2000
FORMAT = 1  # to be raised where this package comes to write something else
SOURCES = pathlib.Path(__file__).parent
REPOSITORY = SOURCES.parents[2]


def parameters(spec):
    """All that a model depends on, as text."""
    fields = dataclasses.asdict(spec)
    fields["family"] = f"{spec.family.__module__}.{spec.family.__name__}"
    return json.dumps(dict(fields, seed=SEED, format=FORMAT), sort_keys=True)


def key(spec):
    """Hash of the parameters, this package's sources and the tools' versions."""
    digest = hashlib.sha256(parameters(spec).encode())
    for path in sorted(SOURCES.glob("*.py")):
        digest.update(path.read_bytes())
    versions = {k: v for k, v in record.conditions().items() if k != "machine"}
    digest.update(json.dumps(versions, sort_keys=True).encode())
    return digest.hexdigest()[:16]


def cache_folder():
    return pathlib.Path(os.environ.get("CM_ZOO_CACHE", REPOSITORY / "build" / "zoo"))


def build(spec):
    """The float network and its model."""
    network = Network(spec.name, SEED, spec.fold, spec.opset)
    spec.build(network)
    return network, network.model()


def save_arrays(path, arrays):
    """Compressed, in the order of the names, the same bytes each time."""
    np.savez_compressed(path, **{name: arrays[name] for name in sorted(arrays)})


def write(spec, folder):
    """Both forms, the inputs, what ONNX Runtime computes, and where it ran."""
    network, model = build(spec)
    real = folder / "float.onnx"
    onnx.save(model, real)
    for form in FORMS:
        quantise(spec, network, real, form, folder / f"{form}.onnx")
    real.unlink()
    samples = [sample(network.inputs, SAMPLE_SEED + i) for i in range(spec.samples)]
    save_arrays(folder / "inputs.npz",
                {x.name: record.join([s[x.name] for s in samples])
                 for x in network.inputs})
    counts = {}
    for form in FORMS:
        observed = record.observable(onnx.load(folder / f"{form}.onnx"))
        tensors = record.run(observed, samples, fused=form == "qdq")
        save_arrays(folder / f"{form}.npz", tensors)
        counts[form] = sum(t.dtype.itemsize == 1 for t in tensors.values())
    about = dict(model=json.loads(parameters(spec)), conditions=record.conditions(),
                 integer_tensors=counts)
    text = json.dumps(about, indent=2, sort_keys=True)
    (folder / "recording.json").write_text(text + "\n")


def make(spec, out=None):
    """The folder that holds the model: `out`/NAME, made anew, or the cache's."""
    if out is None:
        folder = cache_folder() / f"{spec.name}-{spec.size}-{key(spec)}"
        if folder.is_dir():
            return folder, False
    else:
        folder = pathlib.Path(out) / spec.name
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".zoo-") as temporary:
        made = pathlib.Path(temporary) / "made"
        made.mkdir()
        write(spec, made)
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
    return folder, True
