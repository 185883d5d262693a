"""An independent answer for one layer on crossbars that are not ideal: DAC, ADC,
clipping, stuck devices and calibration, without noise (docs/Simulator.md).

    analogue_reference.py FOLDER CASE

Writes program.textproto (one layer on one core), noise.textproto, x.npy and
y.npy: what cm-sim must give for 40 vectors, to the bit.
"""

import pathlib
import sys

import numpy as np

# rows, columns, rows and columns of a crossbar, cell bits, bits at once of the
# input; range of weights and inputs, scale of the requantisation; parameters.
CASES = {
    "small": ((12, 4, 16, 4), 8, 8, 3, 1.0, dict(
        adc_bits=4, adc_range="FIXED", adc_full_scale=28, dac_bits=7,
        stuck_low=0.05, stuck_high=0.01)),
    "tiles": ((40, 6, 16, 4), 8, 8, 127, 0.0005, dict(
        adc_bits=6, adc_range="TILE", dac_bits=6, drive="ZERO_POINT",
        stuck_low=0.1, stuck_high=0.02)),
    "slices": ((20, 5, 16, 4), 2, 8, 127, 0.0008, dict(
        adc_bits=7, adc_range="COLUMN", adc_headroom=0.75, stuck_low=0.03)),
    "planes": ((20, 5, 32, 16), 4, 1, 127, 0.001, dict(
        adc_bits=5, adc_range="FULL", dac_bits=5, drive="ZERO_POINT",
        stuck_high=0.02)),
    # Column 0 should always give 0: it takes the gain of its tile.
    "gains": ((40, 6, 16, 4), 8, 8, 127, 0.0005, dict(
        adc_bits=6, adc_range="TILE", calibration="TILE", stuck_low=0.15)),
    "columns": ((40, 6, 16, 4), 8, 8, 127, 0.0005, dict(
        adc_bits=6, adc_range="TILE", calibration="COLUMN", stuck_low=0.15, stuck_high=0.02)),
}
IMAGES, SEED, ZERO_POINT = 40, 11, -20


def philox(key, counter):
    """Philox4x32-10."""
    k, c = list(key), list(counter)
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [b >> 32 ^ c[1] ^ k[0], b & 0xFFFFFFFF, a >> 32 ^ c[3] ^ k[1], a & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def device(target, full, place, noise):
    """What a device at (core, crossbar, row, column, which) holds."""
    core, crossbar, row, column, which = place
    key = philox((SEED, 0), (2, core, crossbar, 0))[:2]
    draw = (philox(key, (row, column, which, 0))[0] + 0.5) / 2**32
    low, high = noise.get("stuck_low", 0), noise.get("stuck_high", 0)
    if draw < low:
        return 0
    return full if draw < low + high else target


class Layer:
    def __init__(self, case):
        (self.rows, self.cols, self.height, self.width), self.cell, self.dac, most, self.scale, \
            self.noise = CASES[case]
        random = np.random.default_rng(5)
        self.weights = random.integers(-most, most + 1, (self.rows, self.cols))
        if "calibration" in self.noise:
            self.weights[:, 0] = 0
        self.inputs = random.integers(-most - (most > 100), most + 1, (IMAGES, self.rows))
        self.slices = -(-8 // self.cell)
        self.sides = -(-self.cols * self.slices // self.width)
        self.tiles = -(-self.rows // self.height)

    def cells(self):
        """Ideal numbers and what is there instead, [slice][row, column]; full scales."""
        ideal, real, full = [], [], []
        for s in range(self.slices):
            top = s == self.slices - 1
            value = self.weights >> s * self.cell
            value = value if top else value & (1 << self.cell) - 1
            whole = 1 << self.cell - 1 if top else (1 << self.cell) - 1
            found = np.zeros(value.shape)
            for r in range(self.rows):
                for c in range(self.cols):
                    at = c * self.slices + self.slices - 1 - s
                    crossbar = r // self.height * self.sides + at // self.width
                    place = (0, crossbar, r % self.height, at % self.width)
                    found[r, c] = device(max(value[r, c], 0), whole, place + (0,), self.noise)
                    if top:
                        found[r, c] -= device(max(-value[r, c], 0), whole, place + (1,), self.noise)
            ideal.append(value.astype(float)), real.append(found), full.append(whole)
        return ideal, real, full

    def planes(self):
        """What is driven in each step, with its weight: [images, rows]."""
        origin = ZERO_POINT if self.noise.get("drive") == "ZERO_POINT" else 0
        x = self.inputs - origin
        bits = self.noise.get("dac_bits", 8)
        step = 2 ** (8 - bits)
        magnitude = np.minimum(np.rint(np.abs(x) / step), 2**bits - 1).astype(int) * step
        steps = -(-8 // self.dac)
        if steps == 1:
            return [(1, np.sign(x) * magnitude)], 255 if origin else 128
        mask = (1 << self.dac) - 1
        return [(1 << p * self.dac, np.sign(x) * (magnitude >> p * self.dac & mask))
                for p in range(steps)], mask

    def corrections(self, ideal, found, step):
        """Gain and offset of the columns of a row tile: [images, columns] of one slice and plane,
        by least squares of what was found over what it should be."""
        count, cols = ideal.shape
        common = (ideal * found).sum() / (ideal * ideal).sum()
        gain, offset = np.full(cols, 1 / common), np.zeros(cols)
        if self.noise.get("calibration") != "COLUMN":
            return gain, offset
        for c in range(cols):
            y, x = ideal[:, c] - ideal[:, c].mean(), found[:, c] - found[:, c].mean()
            if (y * y).sum() > 16 * step[c] ** 2:
                slope = (x * y).sum() / (y * y).sum()
                error = np.sqrt(((x - slope * y) ** 2).sum() / (count - 2) / (y * y).sum())
                if slope >= 10 * error and common / 8 <= slope <= 8 * common:
                    gain[c] = 1 / slope
            offset[c] = ideal[:, c].mean() - gain[c] * found[:, c].mean()
        return gain, offset

    def product(self):
        ideal, real, full = self.cells()
        planes, most = self.planes()
        kind, bits = self.noise["adc_range"], self.noise["adc_bits"]
        total = np.zeros((IMAGES, self.cols))
        for weight, x in planes:
            for tile in range(self.tiles):
                rows = slice(tile * self.height, min((tile + 1) * self.height, self.rows))
                seen = [np.max([np.abs(v[:, rows] @ w[rows]).max(0) for _, v in planes], 0)
                        for w in ideal]
                for s in range(self.slices):
                    span = np.full(self.cols, float((rows.stop - rows.start) * most * full[s]))
                    if kind == "FIXED":
                        span[:] = self.noise["adc_full_scale"]
                    elif kind != "FULL":
                        own = seen[s] if kind == "COLUMN" else np.full(self.cols, np.max(seen))
                        span = np.where(own == 0, span, own * self.noise.get("adc_headroom", 1.0))
                    step = span / (2 ** (bits - 1) - 1)
                    code = np.rint((x[:, rows] @ real[s][rows]) / step)
                    code = np.clip(code, -2 ** (bits - 1), 2 ** (bits - 1) - 1)
                    found = code * step
                    if "calibration" in self.noise:
                        gain, offset = self.corrections(x[:, rows] @ ideal[s][rows], found, step)
                        found = found * gain + offset
                    total += weight * 2.0 ** (s * self.cell) * found
        result = np.rint(total)
        if self.noise.get("drive") == "ZERO_POINT":
            result += ZERO_POINT * self.weights.sum(0)
        return result

    def output(self):
        scaled = np.rint(self.product().astype(np.float32) * np.float32(self.scale))
        return np.clip(scaled, -128, 127).astype(np.int8)

    def program(self):
        weights = "".join("\\%03o" % (w & 255) for w in self.weights.ravel())
        crossbars = ", ".join(map(str, range(self.tiles * self.sides)))
        loop = """lcu { loop { lower { dims: [0, 0] } upper { dims: [0, 0] } step: 1 body { loop { dim: 1
  lower { dims: [0, 0] } upper { dims: [0, 0] } step: 1
  body { wait { %s threshold { constant: %d image: 1 dims: [1, 1] } } } body { fire { } } } } } }"""
        return """major: 1 minor: 1 name: "layer"
machine {
  name: "one" provenance: "test" clock_ghz: 1
  core_types { name: "core"
    crossbar { count: %d rows: %d cols: %d cell_bits: %d weight_bits: 8 dac_bits: %d adc_bits: 8
      adc_count: %d mvm_cycles: 10 }
    dpu { lanes: 4 alu_cycles: 1 lookup_cycles: 1 exp_cycles: 1 mac_lanes: 4 }
    sram { bytes: 4096 access_bytes: 4 read_cycles: 1 write_cycles: 1 ports: 1 }
    lcu { contexts: 8 max_instructions: 4096 } }
  topology { path_power { cores: 2 power: 1 } }
  link { width_bytes: 4 latency: 1 }
  network { credit_bytes: 4 }
  io_nodes { name: "host" bytes_per_cycle: 4 attached_to: [0, 1] }
  partial_sum_bytes: 4
  energy { }
}
objects { name: "in" height: 1 width: 1 channels: %d element_bytes: 1 }
objects { name: "out" height: 1 width: 1 channels: %d element_bytes: 1 }
nodes {
  mvm_units { crossbars: [%s] rows: %d cols: %d slices: %d weights: "%s" }
  buffers { slots: 2 fold: FOLD_PIXEL }
  contexts { name: "layer" domain: [1, 1] mvm_unit: 0
    mvm_input { kernel_y: 1 kernel_x: 1 stride_y: 1 stride_x: 1 dilation_y: 1 dilation_x: 1
      channel_end: %d element_end: %d fill: %d }
    %s
    dpu { opcode: DPU_MVM_RESULT length: %d minimum: -128 maximum: 127 }
    dpu { opcode: DPU_REQUANTIZE operands: [0] length: %d scales: [%r] minimum: -128 maximum: 127 }
    write { object: 1 stride_y: 1 stride_x: 1 channel_end: %d source: 1 }
    sends: [1] } }
nodes { id: 2
  contexts { name: "in" domain: [1, 1]
    %s
    write { stride_y: 1 stride_x: 1 channel_end: %d }
    sends: [0] input_binding: 0 } }
routes { source_node: 2 dest_buffer: 0 links: [3] readers: [0] }
routes { object: 1 dest_node: 2 links: [2] }
inputs { name: "in" node: 2 host_type: HOST_TYPE_INT8 host_shape: [1, %d] permutation: [0] }
outputs { name: "out" object: 1 node: 2 host_type: HOST_TYPE_INT8 host_shape: [1, %d]
  permutation: [0] }
release_interval: 100
""" % (self.tiles * self.sides, self.height, self.width, self.cell, self.dac, self.width, self.rows,
       self.cols, crossbars, self.rows, self.cols, 0 if self.slices == 1 else self.slices, weights,
       self.rows, self.rows, ZERO_POINT, loop % ("received: 0", 1), self.cols, self.cols,
       self.scale, self.cols, loop % ("retired { }", -1), self.rows, self.rows, self.cols)


def main(folder, case):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    layer = Layer(case)
    (folder / "program.textproto").write_text(layer.program())
    enums = {"adc_range": "RANGE_", "drive": "DRIVE_", "calibration": "CALIBRATION_"}
    (folder / "noise.textproto").write_text("".join(
        "%s: %s%s\n" % (key, enums.get(key, ""), value) for key, value in layer.noise.items())
        + "calibration_images: %d calibration_vectors: %d\n" % (IMAGES, IMAGES))
    np.save(folder / "x.npy", layer.inputs.astype(np.int8))
    np.save(folder / "y.npy", layer.output())
    # The ideal product, to see that the case is one.
    ideal = np.rint((layer.inputs @ layer.weights).astype(np.float32) * np.float32(layer.scale))
    ideal = np.clip(ideal, -128, 127).astype(np.int8)
    print("%s: %d of %d outputs are not ideal" % (case, (ideal != layer.output()).sum(), ideal.size))


main(*sys.argv[1:])
