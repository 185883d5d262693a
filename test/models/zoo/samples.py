"""Seeded inputs for calibration and for the recordings."""

import numpy as np

from .network import bell

MASKED = -16.0


def image(random, shape):
    """Coarse random patches, smoothed, plus noise; mean 0, variance about 1."""
    _, channels, height, width = shape
    step = max(2, height // 8)
    coarse = bell(random, (channels, height // step + 2, width // step + 2))

    def smooth(values, size, axis):
        position = np.arange(size) / step
        low = position.astype(int)
        part = (position - low).reshape((-1, 1) if axis == 1 else (-1,))
        return (np.take(values, low, axis) * (1 - part) +
                np.take(values, low + 1, axis) * part)

    real = smooth(smooth(coarse, height, 1), width, 2)
    return (real + 0.3 * bell(random, shape)).astype(np.float32).reshape(shape)


def sample(inputs, seed):
    """One value for each graph input."""
    random = np.random.RandomState(seed)
    values = {}
    for x in inputs:
        if x.kind == "image":
            values[x.name] = image(random, x.shape)
        elif x.kind == "bell":
            values[x.name] = bell(random, x.shape).astype(np.float32)
        elif x.kind == "ids":
            values[x.name] = random.randint(0, x.limit, x.shape).astype(np.int64)
        elif x.kind == "mask":
            kept = random.randint(max(1, x.shape[-1] // 2), x.shape[-1] + 1)
            mask = np.zeros(x.shape, np.float32)
            mask[..., kept:] = MASKED
            values[x.name] = mask
        else:
            raise ValueError(f"input '{x.name}': unknown kind '{x.kind}'")
    return values
