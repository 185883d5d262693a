"""Trains, quantises and records the project's own model.

Writes beside itself: the int8 network in QOperator and QDQ form, 256 held-out
labelled images, ONNX Runtime's outputs for them and every tensor of the
QOperator graph for the first 16.

    python train_digits.py           trains and writes everything
    python train_digits.py --check   runs what is there and compares
"""

import argparse
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from quantized_graph import QuantizedGraph, Tensor, Weights  # noqa: E402
from recording import observable, run  # noqa: E402

RECORDED_IMAGES = 16
INPUT_SCALE, INPUT_ZERO_POINT = np.float32(1 / 255), -128
CLASSES = 10


def quantize_weights(weight, bias, input_scale):
    """Symmetric, one scale per output; the bias takes input scale times it."""
    flat = np.abs(weight).reshape(len(weight), -1).max(axis=1)
    scales = (flat / 127).astype(np.float32)
    shape = (-1,) + (1,) * (weight.ndim - 1)
    values = np.clip(np.rint(weight / scales.reshape(shape)), -127, 127)
    bias_scale = (np.float32(input_scale) * scales).astype(np.float64)
    return Weights(values.astype(np.int8), scales,
                   np.rint(bias / bias_scale).astype(np.int32))


def calibrate(net, images):
    """Range of every tensor over the training images, by the tensor's name."""
    import torch

    ranges = {}

    def note(name, value):
        low, high = np.quantile(value.numpy(), [0.0001, 0.9999])
        ranges[name] = (min(float(low), 0.0), float(high))
        return value

    with torch.no_grad():
        x = note("stem", torch.relu(net.stem(torch.from_numpy(images))))
        for i, block in enumerate(net.blocks, 1):
            y = note(f"block{i}_conv1", torch.relu(block.conv1(x)))
            y = note(f"block{i}_conv2", block.conv2(y))
            skip = note(f"block{i}_skip", block.skip(x)) if block.skip else x
            x = note(f"block{i}_out", torch.relu(y + skip))
        x = note("pool", x.mean(dim=(2, 3)))
        note("logits", net.classifier(x))
    return ranges


def parameters(ranges, name):
    """Scale and zero point of an asymmetric int8 tensor that holds its range."""
    low, high = ranges[name]
    scale = np.float32((high - low) / 255)
    return scale, int(np.clip(np.rint(-128 - low / scale), -128, 127))


def build(net, ranges, form):
    """The graph and its output tensor."""
    graph = QuantizedGraph("digits", form)
    x = graph.input(Tensor("image", (1, 1, 16, 16), INPUT_SCALE, INPUT_ZERO_POINT))

    def conv(x, layer, name, relu):
        weight, bias = layer.folded()
        return graph.conv(x, quantize_weights(weight, bias, x.scale), name,
                          *parameters(ranges, name), layer.stride,
                          weight.shape[2] // 2, relu)

    x = conv(x, net.stem, "stem", True)
    for i, block in enumerate(net.blocks, 1):
        y = conv(x, block.conv1, f"block{i}_conv1", True)
        y = conv(y, block.conv2, f"block{i}_conv2", False)
        skip = conv(x, block.skip, f"block{i}_skip", False) if block.skip else x
        name = f"block{i}_out"
        x = graph.add(y, skip, name, *parameters(ranges, name), True)
    x = graph.global_average_pool(x, "pool", *parameters(ranges, "pool"))
    x = graph.flatten(x, "features")
    weight = net.classifier.weight.detach().double().numpy()
    bias = net.classifier.bias.detach().double().numpy()
    x = graph.gemm(x, quantize_weights(weight, bias, x.scale), "logits",
                   *parameters(ranges, "logits"))
    return graph, graph.softmax(x, "probabilities", np.float32(1 / 256), -128)


def record(models, images, labels):
    outputs = run(models["qoperator"], images)["probabilities"]
    tensors = run(observable(models["qoperator"]), images[:RECORDED_IMAGES])
    tensors["image"] = images[:RECORDED_IMAGES]
    for form, model in models.items():
        onnx.save(model, HERE / f"digits_int8_{form}.onnx")
    np.save(HERE / "inputs.npy", images)
    np.save(HERE / "labels.npy", labels.astype(np.int64))
    np.save(HERE / "ort_outputs.npy", outputs)
    np.savez_compressed(HERE / "intermediate.npz", **tensors)


def check():
    """Runs the files beside this script; the number of differences found."""
    images, labels = np.load(HERE / "inputs.npy"), np.load(HERE / "labels.npy")
    outputs = np.load(HERE / "ort_outputs.npy")
    recorded = np.load(HERE / "intermediate.npz")
    model = onnx.load(HERE / "digits_int8_qoperator.onnx")
    wrong = int((run(model, images)["probabilities"] != outputs).sum())
    tensors = run(observable(model), images[:RECORDED_IMAGES])
    for name, value in tensors.items():
        wrong += int((recorded[name] != value).sum())
    elements = sum(recorded[name].size for name in recorded.files)
    right = int((outputs.argmax(axis=1) == labels).sum())
    print(f"ONNX Runtime {onnxruntime.__version__}: {len(images)} images, {right} right; "
          f"{outputs.size} output bytes and {elements} intermediate bytes, {wrong} differ")
    qdq = run(onnx.load(HERE / "digits_int8_qdq.onnx"), images, qdq=True)["probabilities"]
    differ = int((qdq != outputs).sum())
    print(f"QDQ form, fused to integers: {differ} of {outputs.size} output bytes differ")
    return wrong + differ


def train_and_record(epochs):
    import network

    train_x, train_y, test_x, test_y = network.load()
    net = network.train(train_x, train_y, epochs)
    ranges = calibrate(net, train_x)
    models = {}
    for form in ("qoperator", "qdq"):
        graph, output = build(net, ranges, form)
        models[form] = graph.model(output)
    images = np.clip(np.rint(test_x / INPUT_SCALE) + INPUT_ZERO_POINT, -128, 127)
    record(models, images.astype(np.int8), test_y)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only compare")
    parser.add_argument("--epochs", type=int, default=40)
    args = parser.parse_args()
    if not args.check:
        train_and_record(args.epochs)
    return 1 if check() else 0


if __name__ == "__main__":
    sys.exit(main())
