"""Writes an int8 array of zeros in NumPy's format to standard output.

    make_npy.py EXTENT...
"""

import sys

shape = [int(extent) for extent in sys.argv[1:]]
header = "{'descr': '|i1', 'fortran_order': False, 'shape': (%s,), }" % (
    ", ".join(map(str, shape))
)
header += " " * (-(len(header) + 11) % 64) + "\n"
count = 1
for extent in shape:
    count *= extent
out = sys.stdout.buffer
out.write(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little"))
out.write(header.encode() + bytes(count))
