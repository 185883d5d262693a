"""Writes models as PyTorch's exporter emits quantised networks.

    python make_torch_models.py [Inputs]      needs torch, onnx, onnxruntime, numpy

torch_converted.qdq.onnx is a network that PyTorch converted to integers,
torch_qat.qdq.onnx the same one before that, as training has it: weights are float
behind a QuantizeLinear, and a convolution divides by the scale of the batch
normalisation behind it, which ONNX Runtime computes in float. With NAME.in.npy and ONNX Runtime's outputs, NAME.out.npy.
Random weights, deterministic.
"""

import pathlib
import sys
import warnings

import numpy as np
import onnx
import torch
from torch import nn
from torch.ao import quantization

from make_models import IMAGES, record


class Network(nn.Module):
    def __init__(self, pooled):
        super().__init__()
        self.quantise, self.dequantise = quantization.QuantStub(), quantization.DeQuantStub()
        # Before conversion a tensor that is only averaged has no scale of its own.
        self.pooled = quantization.QuantStub() if pooled else nn.Identity()
        self.first, self.norm, self.relu = nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU()
        self.second, self.third = nn.Conv2d(8, 8, 3, padding=1, stride=2), nn.Conv2d(8, 8, 1)
        self.add = nn.quantized.FloatFunctional()
        self.pool, self.last = nn.AdaptiveAvgPool2d(1), nn.Linear(8, 10)

    def forward(self, x):
        x = self.relu(self.norm(self.first(self.quantise(x))))
        x = self.relu(self.second(x))
        x = self.add.add(x, self.third(x))
        x = self.pooled(torch.flatten(self.pool(x), 1))
        return self.dequantise(self.last(x))


def configuration():
    """Activations uint8, weights int8 with a scale for each channel."""
    activation = quantization.FakeQuantize.with_args(
        observer=quantization.MovingAverageMinMaxObserver, quant_min=0, quant_max=255,
        dtype=torch.quint8, qscheme=torch.per_tensor_affine, reduce_range=False)
    weight = quantization.FakeQuantize.with_args(
        observer=quantization.MovingAveragePerChannelMinMaxObserver, quant_min=-128,
        quant_max=127, dtype=torch.qint8, qscheme=torch.per_channel_symmetric)
    return quantization.QConfig(activation=activation, weight=weight)


def trained(pooled):
    """Calibrated, not trained."""
    torch.manual_seed(7)
    model = Network(pooled).train()
    model.qconfig = configuration()
    model = quantization.fuse_modules_qat(model, [["first", "norm", "relu"]])
    model = quantization.prepare_qat(model)
    for _ in range(8):
        model(torch.randn(8, 3, 16, 16))
    model.apply(quantization.disable_observer)
    model.apply(nn.intrinsic.qat.freeze_bn_stats)
    return model.eval()


def with_scalars(model):
    """Scales of shape [1] as scalars, which ONNX Runtime asks for where it fuses."""
    names = {name for node in model.graph.node for name in node.input[1:]
             if node.op_type in ("QuantizeLinear", "DequantizeLinear")}
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    tensors |= {node.output[0]: node.attribute[0].t for node in model.graph.node
                if node.op_type == "Constant"}
    for name in names & tensors.keys():
        if list(tensors[name].dims) == [1]:
            del tensors[name].dims[:]
    return model


def main():
    here = pathlib.Path(__file__).parent
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here / "Inputs"
    warnings.filterwarnings("ignore")
    values = np.random.default_rng(7).normal(0, 1, (IMAGES, 3, 16, 16)).astype(np.float32)
    for name, model in (("torch_converted", quantization.convert(trained(pooled=False))),
                        ("torch_qat", trained(pooled=True))):
        path = folder / f"{name}.qdq.onnx"
        torch.onnx.export(model, (torch.from_numpy(values[:1]),), path, opset_version=13,
                          dynamo=False, input_names=["x"], output_names=["y"])
        np.save(folder / f"{name}.in.npy", values)
        np.save(folder / f"{name}.out.npy", record(with_scalars(onnx.load(path)), values))


if __name__ == "__main__":
    main()
