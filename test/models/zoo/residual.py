"""Residual networks, VGG and DenseNet."""

STAGES = {18: (2, 2, 2, 2), 50: (3, 4, 6, 3)}


def basic_block(n, x, channels, stride):
    y = n.conv_norm(x, channels, 3, stride)
    y = n.conv_norm(y, channels, 3, act="none")
    if stride > 1 or x.shape[1] != channels:
        x = n.conv_norm(x, channels, 1, stride, act="none")
    return n.act(n.add(y, x), "relu")


def bottleneck(n, x, channels, stride):
    y = n.conv_norm(x, channels, 1)
    y = n.conv_norm(y, channels, 3, stride)
    y = n.conv_norm(y, 4 * channels, 1, act="none")
    if stride > 1 or x.shape[1] != 4 * channels:
        x = n.conv_norm(x, 4 * channels, 1, stride, act="none")
    return n.act(n.add(y, x), "relu")


def imagenet_resnet(n, size, depth, width=64, classes=1000):
    """ResNet-18 and ResNet-50."""
    block = bottleneck if depth >= 50 else basic_block
    x = n.input("image", (1, 3, size, size), "image")
    x = n.max_pool(n.conv_norm(x, width, 7, 2), 3, 2, 1)
    for stage, count in enumerate(STAGES[depth]):
        for index in range(count):
            x = block(n, x, width << stage, 2 if stage and not index else 1)
    n.classifier(x, classes)


def cifar_resnet(n, size, depth, width=16, classes=10):
    """ResNet-20, ResNet-32, ...: depth = 6 * blocks per stage + 2."""
    x = n.input("image", (1, 3, size, size), "image")
    x = n.conv_norm(x, width, 3)
    for stage in range(3):
        for index in range((depth - 2) // 6):
            x = basic_block(n, x, width << stage, 2 if stage and not index else 1)
    n.classifier(x, classes)


def vgg16(n, size, width=64, classes=1000, features=4096):
    x = n.input("image", (1, 3, size, size), "image")
    for factor, count in ((1, 2), (2, 2), (4, 3), (8, 3), (8, 3)):
        for _ in range(count):
            x = n.act(n.conv(x, width * factor, 3), "relu")
        x = n.max_pool(x, 2, 2)
    x = n.flatten(x)
    for _ in range(2):
        x = n.act(n.gemm(x, features, 2.0), "relu")
    n.output(n.gemm(x, classes))


def densenet(n, size, blocks=(6, 12, 24, 16), growth=32, classes=1000):
    """DenseNet-121: batch normalisation stands before the products, behind a
    concatenation, where it cannot be folded into a product."""
    def norm_conv(x, channels, kernel):
        return n.conv(n.act(n.batch_norm(x), "relu"), channels, kernel)

    x = n.input("image", (1, 3, size, size), "image")
    x = n.max_pool(n.conv_norm(x, 2 * growth, 7, 2), 3, 2, 1)
    for stage, count in enumerate(blocks):
        for _ in range(count):
            y = norm_conv(norm_conv(x, 4 * growth, 1), growth, 3)
            x = n.concat([x, y])
        if stage + 1 < len(blocks):
            x = n.average_pool(norm_conv(x, x.shape[1] // 2, 1), 2, 2)
    n.classifier(n.act(n.batch_norm(x), "relu"), classes)
