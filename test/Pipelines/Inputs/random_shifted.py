"""Random networks whose kernels are small beside the crossbars, on images that
several pixels and rows divide: shifted copies of kernels have room."""

import re

from random_wide import WideNetwork


class ShiftedNetwork(WideNetwork):
    def argument(self):
        argument = super().argument()
        argument.shape = (
            int(self.rng.choice([3, 4, 6, 8, 12])),
            int(self.rng.choice([3, 4, 5, 6, 8, 10, 12])),
            self.integer(1, 3),
        )
        return argument

    def step(self):
        x = self.pick()
        if x.flat or self.chance(0.2):
            return super().step()
        makers = [self.narrow] * 3 + [self.residual] * 2
        makers += [self.concat, self.max_pool, self.grouped, self.transposed, self.resize]
        makers[self.rng.integers(len(makers))](x)

    def narrow(self, x):
        kernel = int(self.rng.choice([1, 2, 3, 3, 5]))
        self.conv_of(x, kernel, int(self.rng.choice([1, 1, 2])), self.integer(1, 6))

    @staticmethod
    def machine(text, rng):
        """The machine with larger and slower crossbars."""
        for field, values in (("rows", (64, 128, 256)), ("cols", (64, 128, 256)),
                              ("mvm_cycles", (100, 400)), ("lanes", (16, 64))):
            value = values[rng.integers(len(values))]
            text = re.sub(r"\b%s: \d+" % field, "%s: %d" % (field, value), text)
        return text

    @staticmethod
    def options(seed):
        return ["--shifts=%d" % (1, 4, 16)[seed // 3 % 3],
                "--shift-axes=" + ("y", "auto")[seed // 9 % 2]]


# Of which a run of 300 cases must have so many.
WANTED = {"shifted along x": 75, "shifted along y": 150, "replica": 60, "concat": 30, "skip": 30}
