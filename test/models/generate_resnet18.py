"""Generates a ResNet-18-sized int8 network with seeded weights.

For benchmarks: layer shapes are those of ResNet-18 (7x7 stem, max pool, eight
basic blocks, classifier of 1,000), weights are random, and the scales follow
from the weights' variance, so that activations spread over int8 without
saturating. Needs `onnx` and `numpy`; `--record` also `onnxruntime`.

    python generate_resnet18.py -o DIR [--size 224] [--record]

writes DIR/resnet18_int8_{qoperator,qdq}.onnx and DIR/inputs.npy, and with
--record DIR/ort_outputs.npy and DIR/intermediate.npz (every tensor).
"""

import argparse
import math
import pathlib

import numpy as np
import onnx

from quantized_graph import QuantizedGraph, Tensor, Weights

INPUT_SCALE = np.float32(1 / 48)
CLASSES = 1000
STAGES = ((64, 1), (128, 2), (256, 2), (512, 2))
BLOCKS_PER_STAGE = 2
# Ranges in standard deviations: few values lie beyond.
DEVIATIONS = 4.0


def bell(random, shape):
    """Zero mean, variance 1, near normal: a sum of uniform values, since these are
    the same bits everywhere, which logarithms are not."""
    u = [random.random_sample(shape) for _ in range(4)]
    return (u[0] + u[1] + u[2] + u[3] - 2.0) * math.sqrt(3.0)


class Generator:
    """Adds layers and keeps the second moment of each tensor's real values."""

    def __init__(self, graph, seed):
        self.graph = graph
        self.random = np.random.RandomState(seed)
        self.moment = {}

    def weights(self, shape, gain, input_scale):
        """Values whose products with unit inputs have variance `gain`."""
        fan_in = int(np.prod(shape[1:]))
        real = bell(self.random, shape) * math.sqrt(gain / fan_in)
        scales = (np.abs(real).reshape(shape[0], -1).max(axis=1) / 127).astype(np.float32)
        values = np.rint(real / scales.reshape((-1,) + (1,) * (len(shape) - 1)))
        bias = bell(self.random, shape[0]) * 0.1 / (scales * input_scale)
        return Weights(values.astype(np.int8), scales, np.rint(bias).astype(np.int32))

    def range(self, variance, relu):
        """Scale and zero point of a tensor with this variance before ReLU."""
        width = DEVIATIONS * math.sqrt(variance)
        return (np.float32(width / 255), -128) if relu else (np.float32(width / 127), 0)

    def conv(self, x, name, outputs, kernel, stride, gain, relu):
        weights = self.weights((outputs, x.shape[1], kernel, kernel), gain, x.scale)
        variance = gain * self.moment[x.name] + 0.01
        y = self.graph.conv(x, weights, name, *self.range(variance, relu), stride,
                            kernel // 2, relu)
        self.moment[name] = variance / 2 if relu else variance
        return y

    def block(self, x, name, outputs, stride):
        y = self.conv(x, name + "_conv1", outputs, 3, stride, 2.0, True)
        y = self.conv(y, name + "_conv2", outputs, 3, 1, 0.5, False)
        project = stride > 1
        skip = self.conv(x, name + "_skip", outputs, 1, stride, 1.0, False) if project else x
        variance = self.moment[y.name] + self.moment[skip.name]
        out = name + "_out"
        # A skip that has been through ReLU is never negative.
        self.moment[out] = variance / 2 if project else variance
        return self.graph.add(y, skip, out, *self.range(variance, True), True)

    def network(self, size):
        """Adds all layers for size x size images; the output tensor."""
        x = self.graph.input(Tensor("image", (1, 3, size, size), INPUT_SCALE, 0))
        self.moment["image"] = 1.0
        x = self.conv(x, "stem", 64, 7, 2, 2.0, True)
        stem = self.moment["stem"]
        x = self.graph.max_pool(x, "stem_pool", 3, 2, 1)
        self.moment["stem_pool"] = 2.0 * stem
        for stage, (outputs, stride) in enumerate(STAGES, 1):
            for index in range(BLOCKS_PER_STAGE):
                x = self.block(x, f"stage{stage}_block{index + 1}", outputs,
                               stride if index == 0 else 1)
        moment = self.moment[x.name]
        x = self.graph.global_average_pool(x, "pool", *self.range(moment / 2, True))
        x = self.graph.flatten(x, "features")
        weights = self.weights((CLASSES, x.shape[1]), 1.0, x.scale)
        return self.graph.gemm(x, weights, "logits", *self.range(moment, False))


def image(size, seed):
    """Seeded int8 image: coarse random patches, smoothed, plus noise."""
    random = np.random.RandomState(seed)
    coarse = bell(random, (3, size // 16 + 2, size // 16 + 2))
    position = np.arange(size) / 16
    low, part = position.astype(int), position - position.astype(int)
    rows = coarse[:, low] * (1 - part)[:, None] + coarse[:, low + 1] * part[:, None]
    smooth = rows[:, :, low] * (1 - part) + rows[:, :, low + 1] * part
    real = smooth + 0.3 * bell(random, (3, size, size))
    return np.clip(np.rint(real / INPUT_SCALE), -128, 127).astype(np.int8)


def record(model, images, folder):
    """Every tensor as ONNX Runtime computes it."""
    from recording import observable, run

    tensors = run(observable(model), images)
    np.save(folder / "ort_outputs.npy", tensors["logits"])
    tensors["image"] = images
    np.savez_compressed(folder / "intermediate.npz", **tensors)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    parser.add_argument("--size", type=int, default=224, help="image height and width")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    if args.size < 32:
        parser.error(f"--size must be at least 32, found {args.size}")
    args.output.mkdir(parents=True, exist_ok=True)
    models = {}
    for form in ("qoperator", "qdq"):
        graph = QuantizedGraph("resnet18", form)
        models[form] = graph.model(Generator(graph, args.seed).network(args.size))
        onnx.save(models[form], args.output / f"resnet18_int8_{form}.onnx")
    images = image(args.size, args.seed)[None]
    np.save(args.output / "inputs.npy", images)
    if args.record:
        record(models["qoperator"], images, args.output)


if __name__ == "__main__":
    main()
