"""Writes N random networks as cmnn: random_networks.py N FIRST_SEED FOLDER"""

import os
import sys

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "Pipelines", "Inputs"))
from random_model import Network  # noqa: E402

count, first, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
for seed in range(first, first + count):
    rng = np.random.default_rng([seed, 0])
    network = Network(rng, int(rng.integers(4, 10)), np.random.default_rng([seed, 2]))
    with open(os.path.join(folder, "n%d.mlir" % seed), "w") as file:
        file.write(network.text)
