"""The models by name: family, image size, widths, and how each is quantised."""

import dataclasses

from . import inception, mobile, residual, segmentation, transformer


@dataclasses.dataclass(frozen=True)
class Spec:
    """What one model is made from. `size` is the image's height and width, the
    number of tokens or of features."""

    name: str
    family: object
    size: int
    options: dict = dataclasses.field(default_factory=dict)
    activation: str = "int8"  # or uint8
    weight: str = "int8"  # symmetric; uint8 weights have zero points
    per_channel: bool = True
    fold: bool = True
    opset: int = 13
    samples: int = 2  # recorded inputs
    small: bool = False

    def build(self, network):
        self.family(network, self.size, **self.options)


LARGE = [
    Spec("resnet18", residual.imagenet_resnet, 224, dict(depth=18)),
    Spec("resnet20", residual.cifar_resnet, 32, dict(depth=20)),
    Spec("resnet32", residual.cifar_resnet, 32, dict(depth=32), activation="uint8"),
    Spec("resnet50", residual.imagenet_resnet, 224, dict(depth=50), samples=1),
    Spec("vgg16", residual.vgg16, 224, samples=1),
    Spec("densenet121", residual.densenet, 224, samples=1),
    Spec("mobilenetv1", mobile.mobilenet_v1, 224, samples=1),
    Spec("mobilenetv2", mobile.mobilenet_v2, 224, samples=1),
    Spec("squeezenet", mobile.squeezenet, 224, samples=1),
    Spec("shufflenetv1", mobile.shufflenet_v1, 224, samples=1),
    Spec("shufflenetv2", mobile.shufflenet_v2, 224, samples=1),
    Spec("efficientnetb0", mobile.efficientnet, 224, samples=1),
    Spec("googlenet", inception.googlenet, 224, samples=1),
    Spec("inceptionv3", inception.inception_v3, 299, samples=1),
    Spec("unet", segmentation.unet, 128, dict(width=32), samples=1),
    Spec("enet", segmentation.enet, 256, dict(repeats=2), samples=1),
    Spec("autoencoder", segmentation.autoencoder, 640),
    Spec("vit", transformer.vit, 224, opset=17, samples=1),
    Spec("bert", transformer.bert, 128, per_channel=False, samples=1),
    Spec("encoder", transformer.encoder, 64, dict(activation="erf"), opset=17),
    Spec("decoder", transformer.decoder, 128, per_channel=False, opset=17),
]

SMALL = [
    Spec("resnet_small", residual.cifar_resnet, 16, dict(depth=8, width=8)),
    Spec("densenet_small", residual.densenet, 32,
         dict(blocks=(2, 2), growth=4, classes=10), activation="uint8",
         weight="uint8", per_channel=False, opset=11),
    Spec("mobilenetv2_small", mobile.mobilenet_v2, 32,
         dict(stages=((1, 8, 1, 1), (4, 12, 2, 2), (4, 16, 2, 2)), stem=8, head=32,
              classes=10), activation="uint8", fold=False, samples=1),
    Spec("shufflenetv1_small", mobile.shufflenet_v1, 32,
         dict(width=36, repeats=(2, 2), classes=10)),
    Spec("shufflenetv2_small", mobile.shufflenet_v2, 32,
         dict(widths=(16, 32), repeats=(2, 2), stem=8, head=32, classes=10)),
    Spec("efficientnet_small", mobile.efficientnet, 32,
         dict(stages=((1, 8, 1, 1, 3), (4, 12, 2, 2, 5)), stem=8, head=32, classes=10),
         samples=1),
    Spec("mobilenetv3_small", mobile.efficientnet, 32,
         dict(stages=((1, 8, 1, 1, 3), (4, 12, 2, 2, 5)), stem=8, head=32, classes=10,
              act="hswish", sigmoid="HardSigmoid"), opset=14, samples=1),
    Spec("inceptionv3_small", inception.inception_v3, 75,
         dict(divide=16, small=(32,), wide=(128,), forked=1, classes=10),
         samples=1),
    Spec("unet_small", segmentation.unet, 16, dict(width=6, depth=2, classes=3),
         activation="uint8"),
    Spec("unet_leaky_small", segmentation.unet, 16,
         dict(width=4, depth=2, classes=3, act="leaky", upsample="linear")),
    Spec("enet_small", segmentation.enet, 32, dict(width=16, classes=3),
         samples=1),
    Spec("autoencoder_small", segmentation.autoencoder, 32, dict(widths=(24, 4, 24))),
    Spec("vit_small", transformer.vit, 16,
         dict(patch=4, width=24, depth=2, heads=3, classes=10, activation="operator"),
         opset=20),
    Spec("bert_small", transformer.bert, 12,
         dict(width=24, depth=1, heads=3, words=64), per_channel=False),
    Spec("decoder_small", transformer.decoder, 12, dict(width=24, heads=3),
         per_channel=False, opset=17),
]

ALL = {spec.name: spec for spec in LARGE + [dataclasses.replace(s, small=True)
                                            for s in SMALL]}
