"""A network whose gradient would end the process is refused before it is trained."""

import pytest
import torch

from rfbook.experiments.data import Images
from rfbook.experiments.errors import TrainingError
from rfbook.experiments.models import build
from rfbook.experiments.processor import require_gradients
from rfbook.experiments.spec import Data, Model, Recipe, Run
from rfbook.experiments.train import Training, accelerator_for

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    "stem, side, size", [("imagenet", 224, 56), ("imagenet", 184, 46), ("cifar", 46, 46)]
)
def test_a_narrow_shortcut_of_a_large_map_is_refused_with_the_way_out(stem, side, size):
    narrow = build(Model(name="resnet18", width=1 / 8, stem=stem), 10)
    reason = rf"layer2.0.downsample.0 .* 8 channels of {size}x{size} .* twice the width"
    with pytest.raises(TrainingError, match=reason):
        require_gradients(narrow, side, CPU)
    assert {weight.device.type for weight in narrow.parameters()} == {"cpu"}


@pytest.mark.parametrize(
    "name, width, side, device",
    [
        ("resnet18", 1 / 8, 176, "cpu"),
        ("resnet18", 1 / 4, 1024, "cpu"),
        ("resnet18", 1 / 8, 1024, "cuda"),
        ("resnet50", 1 / 8, 1024, "cpu"),
        ("vgg16", 1 / 8, 1024, "cpu"),
    ],
)
def test_others_are_not(name, width, side, device):
    require_gradients(build(Model(name=name, width=width), 10), side, torch.device(device))


def test_it_is_asked_before_any_step():
    run = Run(
        model=Model(name="resnet18", width=1 / 8),
        data=Data(name="cifar10", side=512, images=2),
        recipe=Recipe(batch=2),
    )
    images = Images(torch.zeros((2, 32, 32, 3), dtype=torch.uint8), torch.zeros(2, dtype=torch.long))
    with pytest.raises(TrainingError, match="side=512"):
        Training(run, images, 10, accelerator_for("cpu"))
