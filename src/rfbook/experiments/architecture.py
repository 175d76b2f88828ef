"""Which network: a published architecture, and what was changed in it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, StrictBool, model_validator

from rfbook.experiments.catalogue import TITLES as DATA_TITLES
from rfbook.experiments.channels import scaled
from rfbook.experiments.description import Spec

VGGS = ("vgg11", "vgg13", "vgg16", "vgg19")
RESNETS = (
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152",
    "resnext50_32x4d", "resnext101_32x8d", "wide_resnet50_2", "wide_resnet101_2",
)  # fmt: skip
CIFAR_RESNETS = ("resnet20", "resnet32", "resnet44", "resnet56")
"""Those that He et al. made for CIFAR-10 (`cifar_resnet`)."""
EFFICIENTNETS = ("efficientnet_b0",)
LITES = ("efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2")
"""EfficientNets without squeeze-excitation, whose weights install like any package (`pretrained`)."""
MOBILENETS = ("mobilenet_v1_025", "mobilenet_v1_050", "mobilenet_v1_075", "mobilenet_v2")
"""Google's for TensorFlow Lite (`mobilenet`): version 1 at three widths, and version 2."""
NETWORKS = VGGS + RESNETS + EFFICIENTNETS + LITES + CIFAR_RESNETS + MOBILENETS
FIELD_STAGES = {name: ("layer3", "layer4") for name in RESNETS + MOBILENETS} | {
    name: ("layer1", "layer2", "layer3") for name in CIFAR_RESNETS
}
"""Network -> the stages whose middle units have effective fields: two as in Dead Pixel, or all."""
TITLES = {name: name.upper() for name in VGGS} | {
    "resnet18": "ResNet18", "resnet34": "ResNet34", "resnet50": "ResNet50", "resnet101": "ResNet101",
    "resnet152": "ResNet152", "resnext50_32x4d": "ResNeXt-50-32x4d",
    "resnext101_32x8d": "ResNeXt-101-32x8d", "wide_resnet50_2": "Wide-ResNet-50-2",
    "wide_resnet101_2": "Wide-ResNet-101-2", "efficientnet_b0": "EfficientNet-B0",
    "efficientnet_lite0": "EfficientNet-Lite0", "efficientnet_lite1": "EfficientNet-Lite1",
    "efficientnet_lite2": "EfficientNet-Lite2",
    "resnet20": "ResNet20", "resnet32": "ResNet32", "resnet44": "ResNet44", "resnet56": "ResNet56",
    "mobilenet_v1_025": "MobileNetV1 0.25", "mobilenet_v1_050": "MobileNetV1 0.50",
    "mobilenet_v1_075": "MobileNetV1 0.75", "mobilenet_v2": "MobileNetV2",
}  # fmt: skip
"""Each network as the papers write it."""
CHANGES = {
    r"cifar": "with the CIFAR stem",
    r"noskip": "without skips",
    r"skips([\d, ]+)": r"with skips in stages \1 alone",
    r"d(\d)": r"with dilation \1",
    r"padded-all": "with padded kernels",
    r"padded-convs": "with padded convolutions",
    r"fresh": "started afresh",
    r"authors-start": "started as by the authors",
    r"authors": "started as by the authors",
    r"blurred": "with blurs for strides",
    r"growing": "on growing maps",
    r"circular": "with circular padding",
}
"""Part of a `Model.label` -> what it says of the network."""
GROUPS = 32
GROUPED = {"resnext50_32x4d": 4, "resnext101_32x8d": 8}
"""Channels of each of the 32 groups in the first stage; every later stage has twice as many."""


def titled(text: str) -> str:
    """The text with every label as the papers write the network: VGG16, ResNet18 with the CIFAR stem.

    A data set that follows is what the network was trained on: VGG16 on MNIST.
    """
    return _LABELS.sub(_title, text)


def _title(label: re.Match[str]) -> str:
    name, changes, side, data = label.groups()
    changes = re.sub(r"(?<=-skips)\d+", lambda stages: ", ".join(stages[0]), changes)
    for pattern, words in CHANGES.items():
        changes = re.sub(rf"-{pattern}(?!\w)", f" {words}", changes)
    return TITLES[name] + changes + (f" at {side} pixels" if side else "") + (" on" if data else "")


_NAMED = rf"({'|'.join(TITLES)})((?:-[a-z0-9]+)*)(?:@(\d+)px)?(?!\w)"
_TRAINED_ON = rf"(?=( (?:{'|'.join(DATA_TITLES.values())})(?!\w))?)"
_LABELS = re.compile(rf"(?<![\w-]){_NAMED}{_TRAINED_ON}")


class Model(Spec):
    """A network: a published architecture and what was changed in it.

    width: factor on every channel count (1 is the papers'; the Lites round to multiples of 8). stem:
    "cifar" is a 3x3 stride-1 convolution without max pooling (Size Matters, 3.5). skips: one switch per
    stage, off means no addition and no 1x1 shortcut (3.4, E.3). dilation: of every 3x3 convolution, with
    padding that keeps the size, or the authors' growing maps. kernel_padding: odd strided kernels made
    even (Dead Pixel, 4): the convolutions only, or the max pool too. padded_weights: what a padded
    kernel holds at the start: the odd kernel and zeros, fresh values by the network's own rule, or fresh
    values by PyTorch's default rule, as the authors' code has them. strided_weights "authors":
    odd kernels with stride 2 by that rule too, for a comparison that padding alone decides. downsampling
    "blurred": blurs halve the maps instead of strides (Zhang 2019). padding_mode "circular": a
    convolution sees the other side of the map beyond an edge, and no zeros (VGGs).
    """

    name: Literal[NETWORKS]  # type: ignore[valid-type]
    width: Annotated[float, Field(gt=0, le=4, strict=True)] = 1.0
    stem: Literal["imagenet", "cifar"] = "imagenet"
    skips: tuple[StrictBool, StrictBool, StrictBool, StrictBool] = (True, True, True, True)
    dilation: Annotated[int, Field(ge=1, le=8, strict=True)] = 1
    dilation_padding: Literal["same", "authors"] = "same"
    kernel_padding: Literal["none", "convs", "all"] = "none"
    padded_weights: Literal["zero", "fresh", "authors"] = "zero"
    strided_weights: Literal["own", "authors"] = "own"
    downsampling: Literal["strided", "blurred"] = "strided"
    padding_mode: Literal["zeros", "circular"] = "zeros"

    @property
    def label(self) -> str:
        """The name in figures, tables and claims: the architecture and what was changed in it."""
        parts = {
            "cifar": self.stem == "cifar",
            "noskip": not any(self.skips),
            "skips" + "".join(str(i + 1) for i, on in enumerate(self.skips) if on): (
                any(self.skips) and not all(self.skips)
            ),
            f"d{self.dilation}": self.dilation > 1,
            f"padded-{self.kernel_padding}": self.kernel_padding != "none",
            self.padded_weights: self.padded_weights != "zero",
            "authors-start": self.strided_weights != "own",
            "blurred": self.downsampling != "strided",
            "growing": self.dilation_padding != "same",
            "circular": self.padding_mode != "zeros",
        }
        return "-".join([self.name, *(part for part, used in parts.items() if used)])

    @model_validator(mode="after")
    def _only_what_the_family_has(self) -> Model:
        residual = {
            "stem": self.stem != "imagenet",
            "skips": not all(self.skips),
            "kernel_padding": self.kernel_padding != "none",
            "strided_weights": self.strided_weights != "own",
            "downsampling": self.downsampling != "strided",
        }
        if self.name in LITES:
            residual["kernel_padding"] = self.kernel_padding == "all"
        foreign = {} if self.name in RESNETS else residual
        if self.name not in VGGS:
            foreign = foreign | {
                "dilation": self.dilation != 1,
                "padding_mode": self.padding_mode != "zeros",
            }
        wrong = [field for field, used in foreign.items() if used]
        if wrong:
            raise ValueError(f"{self.name} has no {', '.join(wrong)}: leave it at its default")
        return self

    @model_validator(mode="after")
    def _nothing_without_effect(self) -> Model:
        if self.kernel_padding == "none" and self.padded_weights != "zero":
            raise ValueError("padded_weights needs kernel_padding 'convs' or 'all'")
        if self.kernel_padding != "none" and self.strided_weights != "own":
            raise ValueError(
                "strided_weights is for odd kernels: with kernel_padding use padded_weights"
            )
        if self.downsampling == "blurred" and (
            self.kernel_padding != "none" or self.strided_weights != "own" or not all(self.skips)
        ):
            raise ValueError(
                "a blurred network has no strided kernel to change, and needs its skips: leave "
                "kernel_padding, strided_weights and skips at their default"
            )
        if self.dilation == 1 and self.dilation_padding != "same":
            raise ValueError("dilation_padding needs a dilation above 1")
        if self.dilation > 1 and self.padding_mode == "circular":
            raise ValueError(
                "circular padding of a dilated kernel would reach around a small map more than once: "
                "leave dilation at 1"
            )
        if self.stem == "cifar" and self.kernel_padding == "all":
            raise ValueError("a CIFAR stem has no max pool to pad: use kernel_padding 'convs'")
        return self

    @model_validator(mode="after")
    def _groups_of_equal_size(self) -> Model:
        first = GROUPED.get(self.name, 0)
        stages = [scaled(GROUPS * first * 2**stage, self.width) for stage in range(4)]
        uneven = [channels for channels in stages if channels > GROUPS and channels % GROUPS]
        if uneven:
            step = 1 / first
            raise ValueError(
                f"width={self.width:g}: {self.name} would share {uneven[0]} channels among {GROUPS} "
                f"groups. Use a multiple of {step:g}, or {step / 2:g} or {step / 4:g}."
            )
        return self


WITH_WEIGHTS = {"imagenet": RESNETS + LITES + MOBILENETS, "cifar10": CIFAR_RESNETS}
"""What weights were trained on -> the networks for which such weights are published."""


def require_published(model: Model, start: str) -> None:
    """Published weights fit the architecture as it was published; padded kernels may hold zeros.

    start: a name in `WITH_WEIGHTS`. Raises ValueError, with what to leave out, for any other model.
    """
    known = WITH_WEIGHTS[start]
    if model.name not in known:
        raise ValueError(
            f"{model.name}: published weights are known for {', '.join(known)}; use one of "
            "them, or start='random'"
        )
    allowed = {"name", "kernel_padding"}
    changed = sorted(set(model.canonical()) - allowed)
    if changed:
        raise ValueError(
            f"{model.name}: published weights do not fit with another {', '.join(changed)}: leave it at "
            "its default, or start='random'"
        )
