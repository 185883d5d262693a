#!/usr/bin/env python3
"""Writes a program for a mesh of ROWS x COLS cores: in each row images of PIXELS
pixels pass from core to core, each of which multiplies them by a matrix.

make_chains.py ROWS COLS PIXELS MVM_CYCLES INTERVAL > PROGRAM.textproto

A core is busy for PIXELS * MVM_CYCLES of the INTERVAL cycles between images.
"""

import sys

rows, cols, pixels, mvm_cycles, interval = map(int, sys.argv[1:])
cores = rows * cols
host = cores
slots = 2
out = sys.stdout.write


def node_of(row, col):
    return row * cols + col


# Links in the order of MachineModel: pairs of directions, of the mesh by the node
# with the lower number and then the other, then those of the host.
ends = [(node_of(r, c), other)
        for r in range(rows) for c in range(cols)
        for other in ([node_of(r, c + 1)] if c + 1 < cols else []) +
        ([node_of(r + 1, c)] if r + 1 < rows else [])]
attached = [node_of(r, c) for r in range(rows) for c in sorted({0, cols - 1})]
ends += [(node, host) for node in attached]
links = {}
for i, (a, b) in enumerate(ends):
    links[a, b] = 2 * i
    links[b, a] = 2 * i + 1


def affine(constant):
    """Of pixel d1 of image n: its number, counted on across images."""
    return f"threshold {{ constant: {constant} image: {pixels} dims: [0, 1] }}"


def lcu(*waits):
    bounds = "lower {{ dims: [0, 0] }} upper {{ constant: {} dims: [0, 0] }} step: 1"
    body = "".join(f"body {{ wait {{ {wait} }} }}\n" for wait in waits)
    return (f"lcu {{ loop {{ {bounds.format(0)}\nbody {{ loop {{ dim: 1 "
            f"{bounds.format(pixels - 1)}\n{body}body {{ fire {{ }} }}\n}} }} }} }}\n")


out(f"""major: 1
minor: 1
name: "chains"
machine {{
  name: "mesh"
  provenance: "test"
  clock_ghz: 1
  core_types {{
    name: "core"
    crossbar {{ count: 1 rows: 4 cols: 4 mvm_cycles: {mvm_cycles} }}
    dpu {{ lanes: 4 }}
    sram {{ bytes: 4096 access_bytes: 4 }}
    lcu {{ contexts: 8 }}
  }}
  topology {{ mesh {{ width: {cols} height: {rows} }} }}
  link {{ width_bytes: 4 }}
  io_nodes {{ name: "host" bytes_per_cycle: 4 attached_to: {attached} }}
  energy {{ mvm_fj: 1000 }}
}}
""")
objects = ["in"] + [f"x{row}_{col}" for row in range(rows) for col in range(cols)]
for name in objects:
    out(f'objects {{ name: "{name}" height: 1 width: {pixels} channels: 4 element_bytes: 1 }}\n')

# Route r * (cols + 1) + c leads to core c of row r, the last one of a row to the host.
for node in range(cores):
    row, col = divmod(node, cols)
    route = row * (cols + 1) + col
    read, written = (node if col else 0), node + 1
    waits = [f"received: {route} {affine(1)}"]
    if col + 1 < cols:
        waits.append(f"retired {{ route: {route + 1} }} {affine(1 - slots)}")
    out(f"""nodes {{
id: {node}
mvm_units {{ crossbars: [0] rows: 4 cols: 4
  weights: "\\001\\000\\000\\000\\000\\001\\000\\000\\000\\000\\001\\000\\000\\000\\000\\001" }}
buffers {{ object: {read} slots: {slots} fold: FOLD_PIXEL }}
contexts {{
name: "stage{row}_{col}" domain: [1, {pixels}] mvm_unit: 0
mvm_input {{ kernel_y: 1 kernel_x: 1 stride_y: 1 stride_x: 1 dilation_y: 1 dilation_x: 1
  channel_end: 4 element_end: 4 }}
{lcu(*waits)}dpu {{ opcode: DPU_MVM_RESULT length: 4 minimum: -128 maximum: 127 }}
dpu {{ opcode: DPU_REQUANTIZE operands: [0] length: 4 scales: [1] minimum: -128 maximum: 127 }}
write {{ object: {written} stride_y: 1 stride_x: 1 channel_end: 4 source: 1 }}
sends: [{route + 1}]
}}
}}
""")
firsts = [row * (cols + 1) for row in range(rows)]
waits = [f"retired {{ route: {route} }} {affine(1 - slots)}" for route in firsts]
out(f"""nodes {{
id: {host}
contexts {{
name: "in" domain: [1, {pixels}]
{lcu(*waits)}write {{ stride_y: 1 stride_x: 1 channel_end: 4 }}
sends: {firsts}
input_binding: 0
}}
}}
""")
for row in range(rows):
    path = [host] + [node_of(row, col) for col in range(cols)] + [host]
    for col, (a, b) in enumerate(zip(path, path[1:])):
        written = node_of(row, col - 1) + 1 if col else 0
        end = "dest_buffer: 0 readers: [0]" if col < cols else ""
        out(f"routes {{ object: {written} source_node: {a} dest_node: {b} {end} links: [{links[a, b]}] }}\n")


def binding(kind, name, index):
    out(f'{kind} {{ name: "{name}" object: {index} node: {host} host_type: HOST_TYPE_INT8 '
        f"host_shape: [1, 4, 1, {pixels}] permutation: [1, 2, 0] }}\n")


binding("inputs", "in", 0)
for row in range(rows):
    binding("outputs", f"out{row}", node_of(row, cols - 1) + 1)
out(f"release_interval: {interval}\n")
