#!/usr/bin/python3
"""One small network for each access pattern, through all three oracles.

    access_patterns.py --folder=DIR [PATTERN]..

Interpreter, functional run and simulator must agree on every tensor of four images that
follow each other without a pause, and the mapped graph must have the pattern: what is
looked for stands beside each. Prints a line for each. The tools are found on the path.
"""

import argparse
import json
import os
import re
import shutil
import sys

import numpy as np

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check_network  # noqa: E402
from random_wide import WideNetwork  # noqa: E402

MACHINE = """name: "patterns"
clock_ghz: 1
core_types {
  crossbar { count: %d rows: %d cols: 16 mvm_cycles: 20 }
  dpu { lanes: 8 }
  sram { access_bytes: 8 ports: 2 }
}
topology { mesh { width: 8 height: 8 } }
link { width_bytes: 4 latency: 2 }
network { header_bytes: 2 }
io_nodes { bytes_per_cycle: 2 attached_to: [0, 63] }
"""


class Pattern(WideNetwork):
    """A network that is built by hand; inputs are (H, W, C)."""

    def __init__(self, seed, *inputs):
        self.features, self.seen, self.readers = set(), set(), {}
        self.rng, self.asymmetric = np.random.default_rng([seed, 7]), None
        self.weights, self.body, self.tensors, self.unused, self.unnamed = [], [], [], [], []
        self.count, self.options, self.edit = 0, [], None
        self.crossbars, self.rows = 4, 64
        self.arguments = []
        for shape in inputs:
            argument = super().argument()
            argument.shape = shape
            self.arguments.append(argument)

    def conv_with(self, x, kernel, strides, pads, dilations, channels):
        """pads: top, left, bottom, right."""
        out = [(x.shape[i] + pads[i] + pads[i + 2] - dilations[i] * (kernel[i] - 1) - 1)
               // strides[i] + 1 for i in range(2)]
        shape = [*kernel, x.shape[2], channels]
        symbols, attributes, scale, zero_point = self.product(
            x, shape, kernel[0] * kernel[1] * x.shape[2])
        return self.emit("cmnn.conv2d " + symbols, [x], (*out, channels),
                         window(strides, dilations, pads) + attributes, scale, zero_point)

    def pool(self, op, x, kernel, strides, pads, out):
        text = ", kernel = array<i64: %d, %d>" % kernel + window(strides, (1, 1), pads)
        if op == "max_pool":
            return self.emit("cmnn.max_pool", [x], (*out, x.shape[2]), text, x.scale, x.zero_point)
        attributes, scale, zero_point = self.rescaled(x)
        return self.emit("cmnn." + op, [x], (*out, x.shape[2]), text + attributes, scale, zero_point)

    def mean(self, x):
        attributes, scale, zero_point = self.rescaled(x)
        return self.emit("cmnn.global_average_pool", [x], (1, 1, x.shape[2]), attributes, scale,
                         zero_point)

    def gate(self, x, factor):
        """x times one pixel for all."""
        text = ", a_scale = 0.05 : f32, b_scale = 0.01 : f32, y_scale = 0.05 : f32"
        result = self.emit("cmnn.mul", [x, factor], x.shape, text, 0.05, 0)
        line = self.body.pop().rsplit(" : ", 1)[0]
        self.body.append("%s : %s, %s -> %s" % (line, x.type, factor.type, x.type))
        return result

    def finish(self):
        self.results = [t for t in self.unused if t not in self.arguments]


def window(strides, dilations, pads):
    return (", strides = array<i64: %d, %d>, dilations = array<i64: %d, %d>"
            ", pads = array<i64: %d, %d, %d, %d>" % (*strides, *dilations, *pads))


def writers(flow):
    """Of each object the writes into it."""
    found = {}
    for name, pixels in re.findall(r"cmflow\.write [^,]*, (@\S+) (<[^>]*>)", flow):
        found.setdefault(name, set()).add(pixels)
    return found


def has_many(flow, pattern, count=2):
    """Some object has so many writers whose relations match."""
    return any(sum(bool(re.search(pattern, pixels)) for pixels in some) >= count
               for some in writers(flow).values())


PATTERNS = {}


def pattern(name, *inputs):
    """Registers a function that builds the network and returns what the mapped graph
    must have: regular expressions, or functions of its text."""
    def register(build):
        PATTERNS[name] = (inputs, build)
        return build
    return register


# -- several writers ----------------------------------------------------------

@pattern("column tiles", (6, 5, 4))
def column_tiles(net):
    net.crossbars = 1
    net.conv_of(net.conv_of(net.arguments[0], 3, 1, 40), 3, 1, 4)
    return [lambda flow: has_many(flow, r"channels ?\[(0|14|28), (14|28|40)\]", 3)]


@pattern("row tiles", (6, 5, 12))
def row_tiles(net):
    net.rows = 32
    net.conv_of(net.arguments[0], 3, 1, 5)
    return [r"stage @\S+\.r1", r"cmflow\.write [^,]*, @conv2d_t1\.p1 .*i32"]


@pattern("replicas by rows", (9, 6, 3))
def replica_rows(net):
    net.options = ["--replicate=rows"]
    net.conv_of(net.conv_of(net.arguments[0], 3, 1, 6), 3, 1, 4)
    return [lambda flow: has_many(flow, r"strides ?\[[2-9], 1\]")]


@pattern("replicas by pixels", (7, 9, 3))
def replica_pixels(net):
    net.options = ["--replicate=pixels"]
    net.conv_of(net.conv_of(net.arguments[0], 3, 1, 6), 3, 1, 4)
    return [lambda flow: has_many(flow, r"strides ?\[1, [2-9]\]")]


@pattern("concat", (6, 7, 3))
def concat(net):
    x = net.arguments[0]
    parts = [net.conv_of(x, 1, 1, 5), net.conv_of(x, 3, 1, 3), net.conv_of(x, 5, 1, 2)]
    scale, zero_point = 0.05, 3
    parts = [net.requantized(part, scale, zero_point) for part in parts]
    net.join(parts, (6, 7, 10), scale, zero_point)
    net.conv_of(net.tensors[-1], 3, 1, 4)
    return [lambda flow: has_many(flow, r"channels ?\[(0|5|8), (5|8|10)\]", 3)]


@pattern("row bands", (5, 6, 3))
def row_bands(net):
    """The first convolution by two stages, of three rows and of two."""
    net.conv_of(net.conv_of(net.arguments[0], 3, 1, 4), 3, 1, 4)

    def halve(flow):
        stage = re.search(r" *cmflow\.stage @conv2d_t1 domain(.|\n)*?\n    }\n", flow).group()
        first = stage.replace("domain [5, 6]", "domain [3, 6]")
        last = stage.replace("@conv2d_t1 domain [5, 6]", "@conv2d_t1.band domain [2, 6]")
        last = re.sub(r"(read @in0 <.*?offsets ?)\[-1, -1\]", r"\1[2, -1]", last)
        last = re.sub(r"(write .*?offsets ?)\[0, 0\]", r"\1[3, 0]", last)
        flow = flow.replace(stage, first + last)
        return re.sub(r"( *cmflow\.stream .*)@conv2d_t1 (.*\n)",
                      r"\1@conv2d_t1 \2\1@conv2d_t1.band \2", flow)

    net.edit = halve
    return [lambda flow: has_many(flow, r"offsets ?\[[03], 0\]", 2), r"domain \[2, 6\]"]


# -- one access after the other --------------------------------------------------

@pattern("several readers", (7, 6, 4))
def several_readers(net):
    x = net.conv_of(net.arguments[0], 3, 1, 5)
    for kernel, stride in ((1, 2), (3, 1), (5, 1)):
        net.conv_of(x, kernel, stride, 3)
    return [lambda flow: len(set(re.findall(r"stream @conv2d_t1 to (@\S+)", flow))) == 4]


@pattern("strides", (9, 11, 3))
def strides(net):
    x = net.conv_with(net.arguments[0], (3, 2), (2, 3), (1, 0, 1, 0), (1, 1), 5)
    net.conv_with(x, (1, 1), (3, 2), (0, 0, 0, 0), (1, 1), 4)  # leaves most pixels unread
    return [r"strides ?\[2, 3\]", r"strides ?\[3, 2\]"]


@pattern("dilation", (9, 8, 3))
def dilation(net):
    net.conv_with(net.arguments[0], (3, 3), (1, 1), (2, 3, 2, 3), (2, 3), 5)
    return [r"dilations ?\[2, 3\]"]


@pattern("padding on any side", (5, 6, 3))
def padding(net):
    x = net.arguments[0]
    for pads in ((2, 0, 0, 0), (0, 2, 0, 0), (0, 0, 2, 0), (0, 0, 0, 2), (4, 3, 1, 2)):
        x = net.conv_with(x, (3, 3), (1, 1), pads, (1, 1), 3)
    return [r"offsets ?\[-2, 0\]", r"offsets ?\[0, -2\]", r"offsets ?\[0, 0\]",
            r"offsets ?\[-4, -3\]"]


@pattern("pools with ceil mode", (6, 9, 4))
def ceil_mode(net):
    # What ceil_mode becomes: a last window that begins inside and ends outside.
    x = net.pool("max_pool", net.arguments[0], (3, 3), (2, 2), (0, 0, 1, 0), (3, 4))
    net.pool("average_pool", x, (2, 2), (2, 2), (0, 0, 1, 0), (2, 2))
    return [r"max_pool @\S+ <kernel ?\[3, 3\] strides ?\[2, 2\]", r"average_pool"]


@pattern("transposed convolution", (4, 3, 5))
def transposed(net):
    stride, kernel, channels = 2, 3, 4
    x = net.arguments[0]
    symbols, attributes, scale, zero_point = net.product(
        x, [kernel, kernel, 5, channels], kernel * kernel * 5)
    net.emit("cmnn.conv_transpose2d " + symbols, [x], (9, 7, channels),
             ", strides = array<i64: 2, 2>" + attributes, scale, zero_point)
    net.conv_of(net.tensors[-1], 3, 1, 3)
    return [lambda flow: has_many(flow, r"strides ?\[2, 2\] offsets ?\[[01], [01]\]", 4)]


@pattern("resize", (4, 5, 3))
def resize(net):
    net.resize(net.arguments[0])
    x = net.conv_of(net.tensors[-1], 3, 1, 4)
    attributes, scale, zero_point = net.rescaled(x)
    result = net.emit("cmnn.resize", [x], (16, 5, 4), ", scales = array<f32: 2.0, 0.5>" + attributes,
                      scale, zero_point)
    line = net.body.pop().replace("cmnn.resize ", "cmnn.resize linear half_pixel ")
    net.body.append(line)
    return [lambda flow: has_many(flow, r"strides ?\[2, 2\]", 4), r"cmflow\.interpolate", result.name]


@pattern("depth to space", (3, 4, 12))
def depth_to_space(net):
    net.depth_to_space(net.arguments[0])
    net.conv_of(net.tensors[-1], 3, 1, 4)
    return [lambda flow: has_many(flow, r"strides ?\[2, 2\] offsets ?\[[01], [01]\]", 4)]


@pattern("slices with steps", (9, 8, 5))
def slices(net):
    x = net.conv_of(net.arguments[0], 1, 1, 5)
    text = (", starts = array<i64: 0, 1, 0, 0>, sizes = array<i64: 1, 3, 3, 5>"
            ", steps = array<i64: 1, 3, 2, 1>")
    net.view("slice", [x], (3, 3, 5), text)
    net.conv_of(net.tensors[-1], 3, 1, 4)
    return [r"strides ?\[3, 2\] offsets ?\[1, 0\]"]


@pattern("reductions over space", (5, 6, 4))
def reductions(net):
    x = net.conv_of(net.arguments[0], 3, 1, 6)
    net.mean(x)
    view = net.emit("cmnn.reshape", [x], (1, 1, 180), "", x.scale, x.zero_point, True)
    net.matmul(view)
    return [r"global_average_pool @\S+ <kernel ?\[5, 6\]", r"kernel ?\[5, 6\].*elements ?\[0, "]


@pattern("all to all", (3, 4, 3))
def all_to_all(net):
    # Every iteration of the second reads every pixel of the first.
    x = net.conv_of(net.arguments[0], 1, 1, 3)
    net.rows = 256
    net.conv_with(x, (5, 7), (1, 1), (2, 3, 2, 3), (1, 1), 4)
    return [r"kernel ?\[5, 7\] strides ?\[1, 1\] offsets ?\[-2, -3\]"]


@pattern("two objects at different rates", (8, 6, 3), (4, 3, 5))
def rates(net):
    # A sum reads every other pixel of one and each of the other; a product one
    # pixel for all; a sum of what was made larger.
    x, small = net.arguments
    y = net.conv_of(x, 3, 2, 5)
    net.add(y, small)
    y = net.gate(net.tensors[-1], net.mean(net.tensors[-1]))
    net.resize(y)
    large = net.tensors[-1]
    net.add(large, net.conv_of(x, 1, 1, 5))
    return [r"kernel ?\[3, 3\] strides ?\[2, 2\](.|\n)*?add_quantized", r"mul_quantized",
            lambda flow: has_many(flow, r"strides ?\[2, 2\] offsets ?\[[01], [01]\]", 4)]


@pattern("skip over a strided path", (9, 9, 4))
def strided_skip(net):
    x = net.arguments[0]
    net.add(net.conv_of(net.conv_of(x, 3, 2, 6), 3, 1, 6), net.conv_of(x, 1, 2, 6))
    return [r"kernel ?\[1, 1\] strides ?\[2, 2\]", r"add_quantized"]


def compile_network(net):
    if net.edit is None:
        return check_network.compile_module("net.mlir", "machine.textproto", net.options)
    check_network.run("cm-opt", "cm-opt", "net.mlir", "-o", "stages.mlir",
                      "--cm-pipeline=machine=machine.textproto to=partition")
    with open("stages.mlir") as file:
        stages = file.read()
    with open("edited.mlir", "w") as file:
        file.write(net.edit(stages))
    check_network.run("cm-compile", "cm-compile", "edited.mlir", "--emit=cmflow", "--text", "-o",
                      "flow.mlir")
    return check_network.run("cm-compile", "cm-compile", "edited.mlir", "--report=net.json", "-o",
                             "net.cmb")


@pattern("images back to back", (5, 4, 3))
def back_to_back(net):
    """Rows of five in buffers whose slots do not divide five, so that images share
    them in turn; an image enters before those in front have left."""
    x = net.arguments[0]
    for kernel in (3, 5, 3, 3):
        x = net.conv_of(x, kernel, 1, 3)
    return [lambda flow: any(5 % int(n) for n in re.findall(r"capacity ?<(\d+) row>", flow)),
            overlaps]


def overlaps(_):
    check_network.run("cm-sim", "cm-sim", "net.cmb", "--timing-only", "--unpaced",
                      "--images=%d" % check_network.IMAGES, "--json", "sim.json")
    with open("sim.json") as file:
        report = json.load(file)
    return report["cycles"] < sum(report["latency_cycles"])


def run(name, folder):
    inputs, build = PATTERNS[name]
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    os.chdir(folder)
    seed = sorted(PATTERNS).index(name)
    net = Pattern(seed, *inputs)
    wanted = build(net)
    net.finish()
    with open("net.mlir", "w") as file:
        file.write(net.text)
    with open("machine.textproto", "w") as file:
        file.write(MACHINE % (net.crossbars, net.rows))
    steps = check_network.compare("net.mlir", seed)
    next(steps)
    compile_network(net)
    next(steps, None)
    with open("flow.mlir") as file:
        flow = file.read()
    for index, test in enumerate(wanted):
        found = re.search(test, flow) if isinstance(test, str) else test(flow)
        if not found:
            return "the mapped graph has not what was looked for: number %d" % index
    return "equal, %d stages, %d tensors" % (flow.count("cmflow.stage "),
                                             len(os.listdir("tensors")))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("patterns", nargs="*")
    parser.add_argument("--folder", default="access_patterns.tmp")
    options = parser.parse_args()
    root, failed = os.path.abspath(options.folder), False
    for name in options.patterns or PATTERNS:
        try:
            result = run(name, os.path.join(root, name.replace(" ", "_")))
        except check_network.Failure as failure:
            result = "%s: %s" % (failure.step, failure)
        failed |= not result.startswith("equal")
        print("%s: %s" % (name, result), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
