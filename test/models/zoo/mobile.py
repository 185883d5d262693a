"""Networks for small machines: MobileNet, SqueezeNet, ShuffleNet, EfficientNet."""

# MobileNetV2 and EfficientNet-B0: expansion, channels, blocks, stride(, kernel).
V2_STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2),
             (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
B0_STAGES = ((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3),
             (6, 112, 3, 1, 5), (6, 192, 4, 2, 5), (6, 320, 1, 1, 3))


def depthwise(n, x, kernel, stride, act):
    return n.conv_norm(x, x.shape[1], kernel, stride, act, groups=x.shape[1])


def mobilenet_v1(n, size, width=32, classes=1000, act="relu6"):
    x = n.input("image", (1, 3, size, size), "image")
    x = n.conv_norm(x, width, 3, 2, act)
    for factor, stride in ((2, 1), (4, 2), (4, 1), (8, 2), (8, 1), (16, 2),
                           (16, 1), (16, 1), (16, 1), (16, 1), (16, 1), (32, 2), (32, 1)):
        x = n.conv_norm(depthwise(n, x, 3, stride, act), width * factor, 1, act=act)
    n.classifier(x, classes)


def mobilenet_v2(n, size, stages=V2_STAGES, stem=32, head=1280, classes=1000,
                 act="relu6"):
    x = n.input("image", (1, 3, size, size), "image")
    x = n.conv_norm(x, stem, 3, 2, act)
    for expansion, channels, count, stride in stages:
        for index in range(count):
            y = x
            if expansion > 1:
                y = n.conv_norm(y, expansion * x.shape[1], 1, act=act)
            y = depthwise(n, y, 3, 1 if index else stride, act)
            y = n.conv_norm(y, channels, 1, act="none")
            x = n.add(x, y) if x.shape == y.shape else y
    n.classifier(n.conv_norm(x, head, 1, act=act), classes)


def squeezenet(n, size, width=16, classes=1000):
    """SqueezeNet 1.1."""
    def fire(x, factor):
        squeezed = n.act(n.conv(x, width * factor, 1), "relu")
        wide = 4 * width * factor
        return n.concat([n.act(n.conv(squeezed, wide, k), "relu") for k in (1, 3)])

    x = n.input("image", (1, 3, size, size), "image")
    x = n.act(n.conv(x, 4 * width, 3, 2), "relu")
    for group in ((1, 1), (2, 2), (3, 3, 4, 4)):
        x = n.max_pool(x, 3, 2, 1)
        for factor in group:
            x = fire(x, factor)
    x = n.act(n.conv(x, classes, 1), "relu")
    n.output(n.flatten(n.global_pool(x)))


def shuffle(n, x, groups):
    """The channels of the groups, taken in turn."""
    b, c, h, w = x.shape
    x = n.reshape(x, (b, groups, c // groups, h, w))
    return n.reshape(n.transpose(x, (0, 2, 1, 3, 4)), (b, c, h, w))


def shufflenet_v1(n, size, width=240, repeats=(4, 8, 4), groups=3, classes=1000):
    """Grouped 1x1 convolutions with a shuffle between them."""
    def unit(x, channels, stride, first):
        inner = channels // 4
        y = n.conv_norm(x, inner, 1, groups=1 if first else groups)
        y = shuffle(n, y, groups)
        y = n.conv_norm(y, inner, 3, stride, "none", groups=inner)
        rest = channels - x.shape[1] if stride > 1 else channels
        y = n.conv_norm(y, rest, 1, act="none", groups=groups)
        if stride == 1:
            return n.act(n.add(x, y), "relu")
        return n.act(n.concat([n.average_pool(x, 3, 2, 1), y]), "relu")

    x = n.input("image", (1, 3, size, size), "image")
    x = n.max_pool(n.conv_norm(x, 24, 3, 2), 3, 2, 1)
    for stage, count in enumerate(repeats):
        for index in range(count):
            x = unit(x, width << stage, 1 if index else 2, stage == index == 0)
    n.classifier(x, classes)


def shufflenet_v2(n, size, widths=(116, 232, 464), repeats=(4, 8, 4), stem=24,
                  head=1024, classes=1000):
    """Splits the channels, works on one half and shuffles."""
    def branch(x, channels, stride):
        y = n.conv_norm(x, channels, 1)
        y = depthwise(n, y, 3, stride, "none")
        return n.conv_norm(y, channels, 1)

    def unit(x, channels, stride):
        if stride == 1:
            kept, x = n.split(x, 2)
        else:
            kept = n.conv_norm(depthwise(n, x, 3, stride, "none"), channels // 2, 1)
        return shuffle(n, n.concat([kept, branch(x, channels // 2, stride)]), 2)

    x = n.input("image", (1, 3, size, size), "image")
    x = n.max_pool(n.conv_norm(x, stem, 3, 2), 3, 2, 1)
    for channels, count in zip(widths, repeats):
        for index in range(count):
            x = unit(x, channels, 1 if index else 2)
    n.classifier(n.conv_norm(x, head, 1), classes)


def gate(n, x, inner, act, sigmoid):
    """Squeeze and excitation: x times a number in [0, 1] for each channel."""
    y = n.act(n.conv(n.global_pool(x), inner, 1), act)
    # Means over the image differ little: a gain that makes gates of all sizes.
    return n.mul(x, n.act(n.conv(y, x.shape[1], 1, gain=16.0), sigmoid))


def efficientnet(n, size, stages=B0_STAGES, stem=32, head=1280, classes=1000,
                 act="silu", sigmoid="Sigmoid"):
    """EfficientNet-B0; with hswish and HardSigmoid it is like MobileNetV3."""
    x = n.input("image", (1, 3, size, size), "image")
    x = n.conv_norm(x, stem, 3, 2, act)
    for expansion, channels, count, stride, kernel in stages:
        for index in range(count):
            y = x
            if expansion > 1:
                y = n.conv_norm(y, expansion * x.shape[1], 1, act=act)
            y = depthwise(n, y, kernel, 1 if index else stride, act)
            y = gate(n, y, max(4, x.shape[1] // 4), "relu" if act == "hswish" else act,
                     sigmoid)
            y = n.conv_norm(y, channels, 1, act="none")
            x = n.add(x, y) if x.shape == y.shape else y
    n.classifier(n.conv_norm(x, head, 1, act=act), classes)
