"""A random small machine as textproto: crossbars that cut matrices into tiles,
every topology, narrow and wide links, one port or several, cores that differ."""

import re


def topology(rng, cores):
    kind = rng.integers(5)
    if kind == 0:
        width = int(rng.integers(2, 5))
        torus = " torus: true" if rng.random() < 0.3 else ""
        height = max(2, -(-cores // width))
        return width * height, "mesh { width: %d height: %d%s }" % (width, height, torus)
    if kind == 1:
        return cores, "all_to_all { cores: %d }" % cores
    if kind == 2:
        return cores, "path_power { cores: %d power: %d }" % (cores, rng.integers(1, 6))
    nodes = int(rng.integers(2, 5))
    layers = max(2, -(-cores // nodes))
    overlapping = " overlapping: true" if kind == 4 else ""
    return layers * nodes, "prism { layers: %d layer_nodes: %d%s }" % (layers, nodes, overlapping)


def cells(rng, cols):
    """Fields of a crossbar whose weights may take several cells."""
    bits = rng.choice([1, 2, 3, 4, 8, 8, 8]) if cols >= 16 else rng.choice([4, 8])
    reserved = rng.integers(0, 2) if cols >= 16 else 0
    if cols < 2 * -(-8 // bits) + reserved:
        reserved = 0  # a weight and the column of ones must fit
    return "cell_bits: %d dac_bits: %d reserved_cols: %d" % (
        bits, rng.integers(1, 9), reserved)


def with_other_cores(text, count, rng):
    """The second half of the cores has other vector units and another memory."""
    begin, end = text.index("core_types {"), text.index("topology {")
    other = text[begin:end].replace("{", '{ name: "other"', 1)
    for field, values in (("lanes", (1, 4, 64)), ("access_bytes", (1, 8, 64)), ("ports", (1, 3))):
        value = values[rng.integers(len(values))]
        other = re.sub(r"\b%s: \d+" % field, "%s: %d" % (field, value), other)
    assignment = ' assignments { core_type: "other" first: %d count: %d }' % (
        count // 2, count - count // 2)
    where = text.index(" }\nlink {")
    return (text[:begin] + text[begin:end].replace("{", '{ name: "one"', 1) + other
            + text[end:where] + assignment + text[where:])


def random_machine(rng, cores, bits, mixed):
    """The text of a machine with at least `cores` cores; `bits` draws what cells
    and converters are like, `mixed` whether there are two types of cores."""
    count, where = topology(rng, cores)
    pick = lambda *values: values[rng.integers(len(values))]
    attached = sorted({int(c) for c in rng.integers(0, count, size=3)})
    text = """name: "random"
clock_ghz: 1
core_types {
  crossbar {
    count: %d rows: %d cols: %d mvm_cycles: %d
    mvm_concurrency: MVM_CONCURRENCY_%s
    CELLS
  }
  dpu { lanes: %d }
  sram { access_bytes: %d ports: %d read_cycles: %d write_cycles: %d }
  lcu { instruction_cycles: %d }
}
topology { %s }
link { width_bytes: %d latency: %d }
network { header_bytes: %d max_payload: %d switching: SWITCHING_%s }
io_nodes { bytes_per_cycle: %d attached_to: [%s] }
""" % (
        pick(1, 2, 4, 8, 64),
        pick(8, 16, 27, 64, 128),
        pick(8, 16, 19, 64, 128),
        pick(1, 7, 16, 100),
        pick("GROUP", "CROSSBAR", "CORE"),
        pick(1, 4, 16, 64),
        pick(1, 4, 16, 64),
        pick(1, 2, 4),
        pick(1, 1, 3),
        pick(1, 1, 5),
        pick(0, 0, 1, 4),
        where,
        pick(1, 2, 8, 64),
        pick(1, 1, 2, 9),
        pick(0, 2, 8),
        pick(0, 0, 3, 16),
        pick("CUT_THROUGH", "STORE_AND_FORWARD"),
        pick(1, 4, 16),
        ", ".join(map(str, attached)),
    )
    cols = int(text.split(" cols: ")[1].split()[0])
    text = text.replace("CELLS", cells(bits, cols))
    return with_other_cores(text, count, mixed) if mixed.random() < 0.25 else text
