"""The float network and its training: a residual CNN of nine convolutions.

Data: scikit-learn's handwritten digits (1,797 images of 8x8, values 0 to 16),
upsampled to 16x16. 256 images are held out for testing and never seen here.
"""

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

TEST_IMAGES = 256
SEED = 7


def upsample(images):
    """[n, 8, 8] of 0..16 to [n, 1, 16, 16] of 0..1, bilinear, half-pixel centres."""
    x = torch.from_numpy(images.astype(np.float32))[:, None] / 16.0
    return nn.functional.interpolate(x, scale_factor=2, mode="bilinear",
                                     align_corners=False).numpy()


def load():
    """Training images and labels, test images and labels."""
    digits = load_digits()
    train_x, test_x, train_y, test_y = train_test_split(
        upsample(digits.images), digits.target, test_size=TEST_IMAGES,
        random_state=SEED, stratify=digits.target)
    return train_x, train_y, test_x, test_y


class ConvBn(nn.Sequential):
    """Convolution without bias, then batch normalisation."""

    def __init__(self, inputs, outputs, kernel=3, stride=1):
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(outputs))
        self.stride = stride

    def folded(self):
        """Weight [out, in, k, k] and bias [out] with the normalisation folded in."""
        conv, norm = self[0], self[1]
        gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        weight = conv.weight * gain[:, None, None, None]
        bias = norm.bias - norm.running_mean * gain
        return weight.detach().double().numpy(), bias.detach().double().numpy()


class Block(nn.Module):
    """relu(conv2(relu(conv1(x))) + skip(x)); a strided block projects the skip."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = ConvBn(inputs, outputs, stride=stride)
        self.conv2 = ConvBn(outputs, outputs)
        self.skip = ConvBn(inputs, outputs, 1, stride) if stride > 1 else None

    def forward(self, x):
        y = self.conv2(torch.relu(self.conv1(x)))
        return torch.relu(y + (self.skip(x) if self.skip else x))


class Network(nn.Module):
    """1x16x16 -> 16x16x16 -> 32x8x8 -> 64x4x4 -> 10."""

    def __init__(self):
        super().__init__()
        self.stem = ConvBn(1, 16)
        self.blocks = nn.ModuleList(
            [Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2)])
        self.classifier = nn.Linear(64, 10)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        for block in self.blocks:
            x = block(x)
        return self.classifier(x.mean(dim=(2, 3)))


def augment(x, generator):
    """Shifts each batch by up to one pixel and adds a little noise."""
    dy, dx = torch.randint(-1, 2, (2,), generator=generator).tolist()
    noise = torch.randn(x.shape, generator=generator) * 0.03
    return (torch.roll(x, (dy, dx), dims=(2, 3)) + noise).clamp(0, 1)


def train(images, labels, epochs):
    """The trained network in evaluation mode; deterministic for one CPU type."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    generator = torch.Generator().manual_seed(SEED)
    x, y = torch.from_numpy(images), torch.from_numpy(labels)
    net = Network()
    batch = 64
    steps = epochs * (len(x) // batch)
    optimizer = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    loss = nn.CrossEntropyLoss(label_smoothing=0.05)
    for epoch in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for i in range(len(x) // batch):
            pick = order[i * batch:(i + 1) * batch]
            optimizer.zero_grad()
            value = loss(net(augment(x[pick], generator)), y[pick])
            value.backward()
            optimizer.step()
            schedule.step()
        print(f"epoch {epoch + 1}/{epochs}: loss {value.item():.4f}", flush=True)
    return net.eval()
