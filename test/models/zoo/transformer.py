"""Transformers: ViT, BERT's encoder, one of tokens that are given, a decoder block
with KV input."""

import math

import numpy as np

from .network import bell


def layer_norm(n, x, form, epsilon=1e-5):
    """One operator, or decomposed as exporters write it below opset 17. The
    parts of the decomposed form stay in float."""
    width = x.shape[-1]
    scale = n.constant(0.8 + 0.4 * n.random.random_sample(width), "ln")
    bias = n.constant(0.1 * bell(n.random, width), "ln")
    if form == "operator":
        return n.op("LayerNormalization", [x, scale, bias], x.shape, in_float=True,
                    axis=-1, epsilon=epsilon)
    narrow = x.shape[:-1] + (1,)
    mean = n.op("ReduceMean", [x], narrow, axes=[-1])
    centred = n.binary("Sub", x, mean)
    square = n.binary("Pow", centred, np.float32(2))
    variance = n.op("ReduceMean", [square], narrow, axes=[-1])
    shifted = n.add(variance, np.float32(epsilon), in_float=True)
    y = n.binary("Div", centred, n.op("Sqrt", [shifted], narrow))
    return n.add(n.mul(y, scale, in_float=True), bias, in_float=True)


def gelu(n, x, form):
    """operator, or decomposed with erf or tanh; those of erf stay in float."""
    if form == "operator":
        return n.op("Gelu", [x], x.shape)
    if form == "erf":
        y = n.binary("Div", x, np.float32(math.sqrt(2)))
        y = n.add(n.op("Erf", [y], x.shape), np.float32(1), in_float=True)
        return n.mul(n.mul(x, y, in_float=True), np.float32(0.5), in_float=True)
    cube = n.binary("Pow", x, np.float32(3))
    inner = n.add(x, n.mul(cube, np.float32(0.044715), in_float=True), in_float=True)
    inner = n.mul(inner, np.float32(math.sqrt(2 / math.pi)), in_float=True)
    y = n.add(n.op("Tanh", [inner], x.shape), np.float32(1), in_float=True)
    return n.mul(n.mul(x, np.float32(0.5), in_float=True), y, in_float=True)


def heads_of(n, x, heads, permutation):
    """[1, T, heads * D] as [1, T, heads, D], permuted."""
    b, t, c = x.shape
    return n.transpose(n.reshape(x, (b, t, heads, c // heads)), permutation)


def attend(n, q, k, v, mask=None):
    """q [1, H, T, D], k [1, H, D, S], v [1, H, S, D] to [1, T, H * D]."""
    scores = n.mul(n.matmul(q, k), np.float32(1 / math.sqrt(q.shape[-1])))
    if mask is not None:
        scores = n.add(scores, mask)
    y = n.transpose(n.matmul(n.softmax(scores), v), (0, 2, 1, 3))
    return n.reshape(y, (y.shape[0], y.shape[1], y.shape[2] * y.shape[3]))


def attention(n, x, heads, mask=None):
    width = x.shape[-1]
    q, k, v = (n.linear(x, width) for _ in range(3))
    y = attend(n, heads_of(n, q, heads, (0, 2, 1, 3)),
               heads_of(n, k, heads, (0, 2, 3, 1)),
               heads_of(n, v, heads, (0, 2, 1, 3)), mask)
    return n.linear(y, width)


def feed_forward(n, x, inner, form):
    return n.linear(gelu(n, n.linear(x, inner, 2.0), form), x.shape[-1])


def vit(n, size, patch=16, width=192, depth=12, heads=3, classes=1000,
        norm="operator", activation="erf"):
    x = n.input("image", (1, 3, size, size), "image")
    x = n.conv(x, width, patch, patch, 0)
    tokens = x.shape[2] * x.shape[3]
    x = n.transpose(n.reshape(x, (1, width, tokens)), (0, 2, 1))
    token = n.constant(0.5 * bell(n.random, (1, 1, width)), "token")
    x = n.concat([token, x], 1)
    x = n.add(x, n.constant(0.5 * bell(n.random, x.shape), "position"))
    for _ in range(depth):
        x = n.add(x, attention(n, layer_norm(n, x, norm), heads))
        x = n.add(x, feed_forward(n, layer_norm(n, x, norm), 4 * width, activation))
    x = n.slice(layer_norm(n, x, norm), 1, 0, 1)
    n.output(n.gemm(n.reshape(x, (1, width)), classes))


def bert(n, size, width=768, depth=12, heads=12, words=30522, masked=True,
         norm="decomposed", activation="erf"):
    """Token ids and an additive mask to the last layer's tokens and the pooled
    first one; `size` is the number of tokens."""
    ids = n.input("ids", (1, size), "ids", words)
    mask = n.input("mask", (1, 1, 1, size), "mask") if masked else None
    table = n.constant(bell(n.random, (words, width)), "words")
    x = n.op("Gather", [table, ids], (1, size, width), axis=0)
    x = n.add(x, n.constant(0.5 * bell(n.random, (1, size, width)), "position"))
    x = layer_norm(n, x, norm)
    for _ in range(depth):
        x = layer_norm(n, n.add(x, attention(n, x, heads, mask)), norm)
        x = layer_norm(n, n.add(x, feed_forward(n, x, 4 * width, activation)), norm)
    first = n.op("Gather", [x, np.int64(0)], (1, width), axis=1)
    n.output(x)
    n.output(n.act(n.gemm(first, width), "Tanh"))


def encoder(n, size, features=32, width=128, depth=2, heads=4, classes=10,
            norm="operator", activation="operator"):
    """`size` tokens of `features` numbers each, to classes."""
    x = n.linear(n.input("tokens", (1, size, features), "bell"), width)
    x = n.add(x, n.constant(0.5 * bell(n.random, (1, size, width)), "position"))
    for _ in range(depth):
        x = n.add(x, attention(n, layer_norm(n, x, norm), heads))
        x = n.add(x, feed_forward(n, layer_norm(n, x, norm), 4 * width, activation))
    x = layer_norm(n, x, norm)
    x = n.op("GlobalAveragePool", [n.transpose(x, (0, 2, 1))], (1, width, 1))
    n.output(n.gemm(n.flatten(x), classes))


def decoder(n, size, width=768, heads=12, norm="operator", activation="tanh"):
    """One token against `size` earlier ones, whose keys and values are inputs;
    gives them back with the token's own behind."""
    depth = width // heads
    x = n.input("token", (1, 1, width), "bell")
    past = [n.input(name, (1, heads, size, depth), "bell")
            for name in ("past_key", "past_value")]
    y = layer_norm(n, x, norm)
    q, k, v = (heads_of(n, n.linear(y, width), heads, (0, 2, 1, 3)) for _ in range(3))
    k, v = n.concat([past[0], k], 2), n.concat([past[1], v], 2)
    y = attend(n, q, n.transpose(k, (0, 1, 3, 2)), v)
    x = n.add(x, n.linear(y, width))
    x = n.add(x, feed_forward(n, layer_norm(n, x, norm), 4 * width, activation))
    for tensor in (x, k, v):
        n.output(tensor)
