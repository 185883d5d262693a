#!/usr/bin/python3
"""Times ONNX Runtime on one thread: median of 20 runs after 5 that do not count.

    time_onnxruntime.py MODEL.onnx ...

Prints as JSON the seconds (wall and CPU) of the model that takes the least CPU time,
and its name. Models are forms of the same network; inputs are seeded noise.
"""

import json
import os
import sys
import time

import numpy as np
import onnxruntime

TYPES = {"tensor(float)": np.float32, "tensor(int8)": np.int8, "tensor(uint8)": np.uint8}


def measure(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.qdqisint8allowed", "1")
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    rng, feeds = np.random.default_rng(1), {}
    for value in session.get_inputs():
        shape = [d if isinstance(d, int) else 1 for d in value.shape]
        feeds[value.name] = rng.integers(0, 100, size=shape).astype(TYPES[value.type])
    for _ in range(5):
        session.run(None, feeds)
    times = []
    for _ in range(20):
        wall, cpu = time.perf_counter(), time.process_time()
        session.run(None, feeds)
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall, cpu = np.median(times, axis=0)
    return {"form": os.path.basename(path), "seconds": wall, "cpu_seconds": cpu}


def main():
    print(json.dumps(min(map(measure, sys.argv[1:]), key=lambda row: row["cpu_seconds"])))


if __name__ == "__main__":
    main()
