"""The networks: published architectures with the papers' readout, one builder per family."""

from __future__ import annotations

import math
from collections import OrderedDict

import torch
from efficientnet_lite_pytorch import EfficientNet
from efficientnet_lite_pytorch.utils import efficientnet_params
from torch import nn
from torchvision.models import efficientnet, resnet, vgg
from torchvision.ops import SqueezeExcitation

from rfbook.experiments import surgery
from rfbook.experiments.architecture import (
    CIFAR_RESNETS,
    EFFICIENTNETS,
    LITES,
    MOBILENETS,
    RESNETS,
    VGGS,
    Model,
)
from rfbook.experiments.cifar_resnet import CifarResNet
from rfbook.experiments.mobilenet import MobileNet
from rfbook.experiments.processor import laid_out

VGG_LETTERS = dict(zip(VGGS, "ABDE", strict=True))


def build(model: Model, classes: int, seed: int = 0) -> nn.Module:
    """The described network, initialised from the seed, on the CPU, in training mode."""
    families = {
        VGGS: _vgg, RESNETS: _resnet, EFFICIENTNETS: _efficientnet, LITES: _lite,
        CIFAR_RESNETS: _cifar_resnet, MOBILENETS: _mobilenet,
    }  # fmt: skip
    (make,) = [make for names, make in families.items() if model.name in names]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = make(model, classes)
    return laid_out(network)


def _vgg(model: Model, classes: int) -> nn.Module:
    """Convolutions with batch norm, global average pooling, one linear layer (Size Matters, 2.5)."""
    features = vgg.make_layers(vgg.cfgs[VGG_LETTERS[model.name]], batch_norm=True)
    parts = OrderedDict(
        features=features,
        pool=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        classifier=nn.Linear(512, classes),
    )
    network = nn.Sequential(parts)
    surgery.scale_width(network, model.width)
    if model.dilation > 1:
        surgery.dilate(network, model.dilation, model.dilation_padding)
    _initialise_convolutions(network)
    nn.init.normal_(network.classifier.weight, 0, 0.01)
    if model.padding_mode == "circular":
        surgery.pad_circularly(network)
    return network


def _resnet(model: Model, classes: int) -> nn.Module:
    network = getattr(resnet, model.name)(weights=None, num_classes=classes)
    surgery.scale_width(network, model.width)
    if model.stem == "cifar":
        surgery.use_cifar_stem(network)
    surgery.remove_skips(network, model.skips)
    _initialise_convolutions(network)
    if model.strided_weights == "authors":
        surgery.start_afresh(network, surgery.odd_strided_convolutions(network))
    _pad_kernels(network, model)
    if model.downsampling == "blurred":
        surgery.blur_strides(network)
    return network


def _cifar_resnet(model: Model, classes: int) -> nn.Module:
    network = CifarResNet(int(model.name.removeprefix("resnet")), classes)
    surgery.scale_width(network, model.width)
    _initialise_convolutions(network)
    return network


def _mobilenet(model: Model, classes: int) -> nn.Module:
    network = MobileNet(model.name, classes)
    surgery.scale_width(network, model.width)
    _initialise_convolutions(network)
    return network


def _lite(model: Model, classes: int) -> nn.Module:
    """An EfficientNet-Lite with TensorFlow's "same" padding, for any side (package, Apache-2.0)."""
    name, full = model.name.replace("_", "-"), model.width == 1
    own_width = efficientnet_params(name)[0]
    network = EfficientNet.from_name(
        name, image_size=None, num_classes=classes,
        width_coefficient=own_width * model.width, fix_head_stem=full,
    )  # fmt: skip
    _initialise_convolutions(network)
    _pad_kernels(network, model)
    return network


def _pad_kernels(network: nn.Module, model: Model) -> None:
    if model.kernel_padding != "none":
        pool = model.kernel_padding == "all"
        surgery.pad_kernels(network, pool, _FILLS[model.padded_weights])


def _efficientnet(model: Model, classes: int) -> nn.Module:
    """torchvision's, with its dropout and stochastic depth (Size Matters, 3.1)."""
    network = getattr(efficientnet, model.name)(weights=None, num_classes=classes)
    surgery.scale_width(network, model.width)
    _initialise_convolutions(network)
    readout, bound = network.classifier[1], 1 / math.sqrt(classes)
    nn.init.uniform_(readout.weight, -bound, bound)
    nn.init.zeros_(readout.bias)
    return network


def _initialise_convolution(convolution: nn.Conv2d) -> None:
    nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
    if convolution.bias is not None:
        nn.init.zeros_(convolution.bias)


def _initialise_convolutions(network: nn.Module) -> None:
    """Kaiming normal (fan out), as in torchvision's three families."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            _initialise_convolution(module)


_FILLS = {
    "zero": surgery.keep_kernel,
    "fresh": lambda old, new: _initialise_convolution(new),
    "authors": lambda old, new: None,
}


def recorded_layers(network: nn.Module) -> list[str]:
    """Names of the layers that are measured: main-path convolutions, then the last linear layer.

    1x1 shortcuts are left out, and so are the two 1x1 convolutions of a squeeze-excitation, which see
    one value a channel and no map. In order of definition, which is the order of data flow.
    """
    gates = {
        part
        for module in network.modules()
        if isinstance(module, SqueezeExcitation)
        for part in module.modules()
    }
    convolutions = [
        name
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d) and "downsample" not in name and module not in gates
    ]
    linear = [name for name, module in network.named_modules() if isinstance(module, nn.Linear)]
    return [*convolutions, linear[-1]]
