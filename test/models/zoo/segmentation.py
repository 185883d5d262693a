"""Networks that give an image: U-Net, ENet; and the autoencoder."""


def unet(n, size, width=64, depth=4, classes=21, act="relu", upsample="transposed"):
    """Down with max pools, up with transposed convolutions or linear resize,
    joined with what was left on the way down."""
    def twice(x, channels):
        return n.conv_norm(n.conv_norm(x, channels, 3, act=act), channels, 3, act=act)

    x = n.input("image", (1, 3, size, size), "image")
    left = []
    for level in range(depth):
        x = twice(x, width << level)
        left.append(x)
        x = n.max_pool(x, 2, 2)
    x = twice(x, width << depth)
    for level in reversed(range(depth)):
        if upsample == "transposed":
            x = n.conv(x, width << level, 2, 2, 0, transposed=True, gain=1.0)
        else:
            x = n.conv(n.resize(x, 2, "linear", "half_pixel"), width << level, 1)
        x = twice(n.concat([left[level], x]), width << level)
    n.output(n.conv(x, classes, 1))


def enet(n, size, width=64, classes=12, repeats=1):
    """Asymmetric and dilated bottlenecks with PRelu, a padded skip."""
    def bottleneck(x, channels, kind, act="prelu"):
        inner = max(4, channels // 4)
        down = kind == "down"
        y = n.conv_norm(x, inner, 2 if down else 1, 2 if down else 1, act, pad=0)
        if kind == "asymmetric":
            y = n.conv(n.conv(y, inner, (5, 1), gain=1.0), inner, (1, 5), norm=True)
            y = n.act(y, act)
        elif kind == "up":
            y = n.act(n.conv(y, inner, 4, 2, 1, norm=True, transposed=True), act)
        else:
            dilation = kind if isinstance(kind, int) else 1
            y = n.conv_norm(y, inner, 3, act=act, dilation=dilation)
        y = n.conv_norm(y, channels, 1, act="none")
        if down:
            x = n.max_pool(x, 2, 2)
            more = channels - x.shape[1]
            x = n.pad(x, (0, 0, 0, 0), (0, more, 0, 0)) if more else x
        elif kind == "up":
            x = n.resize(n.conv_norm(x, channels, 1, act="none"), 2, "nearest",
                         "asymmetric")
        return n.act(n.add(x, y), act)

    x = n.input("image", (1, 3, size, size), "image")
    x = n.concat([n.conv(x, max(1, width // 4 - 3), 3, 2), n.max_pool(x, 2, 2)])
    x = n.act(n.batch_norm(x), "prelu")
    x = bottleneck(x, width, "down")
    x = bottleneck(x, width, 1)
    x = bottleneck(x, 2 * width, "down")
    for _ in range(repeats):
        for kind in (1, 2, "asymmetric", 4, 1, 8, "asymmetric", 16):
            x = bottleneck(x, 2 * width, kind)
    x = bottleneck(x, width, "up", "relu")
    x = bottleneck(x, max(4, width // 4), "up", "relu")
    n.output(n.conv(x, classes, 2, 2, 0, transposed=True, gain=1.0))


def autoencoder(n, size, widths=(128, 128, 128, 128, 8, 128, 128, 128, 128),
                act="relu"):
    """Linear layers with batch normalisation folded, narrow in the middle."""
    x = n.input("features", (1, size), "bell")
    for width in widths:
        x = n.act(n.gemm(x, width, 2.0), act)
    n.output(n.gemm(x, size))
