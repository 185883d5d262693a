"""GoogLeNet and Inception-v3."""

# 1x1; 3x3 behind 1x1; 5x5 behind 1x1; behind the pool. None: a max pool.
GOOGLENET = ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64), None,
             (192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64),
             (128, 128, 256, 24, 64, 64), (112, 144, 288, 32, 64, 64),
             (256, 160, 320, 32, 128, 128), None, (256, 160, 320, 32, 128, 128),
             (384, 192, 384, 48, 128, 128))


def googlenet(n, size, modules=GOOGLENET, width=64, classes=1000):
    def conv(x, channels, kernel, stride=1):
        return n.act(n.conv(x, channels, kernel, stride), "relu")

    x = n.input("image", (1, 3, size, size), "image")
    x = n.max_pool(conv(x, width, 7, 2), 3, 2, 1)
    x = n.max_pool(conv(conv(x, width, 1), 3 * width, 3), 3, 2, 1)
    for module in modules:
        if module is None:
            x = n.max_pool(x, 3, 2, 1)
            continue
        a, b1, b, c1, c, d = module
        x = n.concat([conv(x, a, 1), conv(conv(x, b1, 1), b, 3),
                      conv(conv(x, c1, 1), c, 5), conv(n.max_pool(x, 3, 1, 1), d, 1)])
    n.classifier(x, classes)


class V3:
    """The modules of Inception-v3; `divide` narrows all of them."""

    def __init__(self, network, divide):
        self.n = network
        self.divide = divide

    def conv(self, x, channels, kernel, stride=1, pad=None):
        return self.n.conv_norm(x, max(1, channels // self.divide), kernel, stride,
                                pad=pad)

    def chain(self, x, *layers):
        for channels, kernel in layers:
            x = self.conv(x, channels, kernel)
        return x

    def pooled(self, x, channels):
        return self.conv(self.n.average_pool(x, 3, 1, 1, 1), channels, 1)

    def small(self, x, pooled):
        return self.n.concat([
            self.conv(x, 64, 1), self.chain(x, (48, 1), (64, 5)),
            self.chain(x, (64, 1), (96, 3), (96, 3)), self.pooled(x, pooled)])

    def reduce_small(self, x):
        y = self.chain(x, (64, 1), (96, 3))
        return self.n.concat([self.conv(x, 384, 3, 2, 0), self.conv(y, 96, 3, 2, 0),
                              self.n.max_pool(x, 3, 2)])

    def wide(self, x, c):
        row, column = (1, 7), (7, 1)
        return self.n.concat([
            self.conv(x, 192, 1), self.chain(x, (c, 1), (c, row), (192, column)),
            self.chain(x, (c, 1), (c, column), (c, row), (c, column), (192, row)),
            self.pooled(x, 192)])

    def reduce_wide(self, x):
        a = self.conv(self.conv(x, 192, 1), 320, 3, 2, 0)
        b = self.chain(x, (192, 1), (192, (1, 7)), (192, (7, 1)))
        return self.n.concat([a, self.conv(b, 192, 3, 2, 0), self.n.max_pool(x, 3, 2)])

    def forked(self, x):
        def fork(y):
            return [self.conv(y, 384, (1, 3)), self.conv(y, 384, (3, 1))]

        return self.n.concat(
            [self.conv(x, 320, 1)] + fork(self.conv(x, 384, 1)) +
            fork(self.chain(x, (448, 1), (384, 3))) + [self.pooled(x, 192)])


def inception_v3(n, size, divide=1, small=(32, 64, 64), wide=(128, 160, 160, 192),
                 forked=2, classes=1000):
    v3 = V3(n, divide)
    x = n.input("image", (1, 3, size, size), "image")
    x = v3.conv(v3.conv(v3.conv(x, 32, 3, 2, 0), 32, 3, 1, 0), 64, 3)
    x = n.max_pool(x, 3, 2)
    x = n.max_pool(v3.conv(v3.conv(x, 80, 1), 192, 3, 1, 0), 3, 2)
    for channels in small:
        x = v3.small(x, channels)
    x = v3.reduce_small(x)
    for channels in wide:
        x = v3.wide(x, channels)
    x = v3.reduce_wide(x)
    for _ in range(forked):
        x = v3.forked(x)
    n.classifier(x, classes)
