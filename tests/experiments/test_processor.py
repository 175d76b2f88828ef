"""A network whose gradient would end the process in one layout is computed in another."""

import os
import subprocess
import sys

import pytest
import torch

from rfbook.experiments.models import build
from rfbook.experiments.spec import Model

STEPS = """
import torch
from rfbook.experiments.models import build
from rfbook.experiments.spec import Model
network = build(Model(name="resnet18", width=WIDTH), 10)
images = torch.rand(2, 3, 224, 224).contiguous(memory_format=torch.channels_last)
for _ in range(3):
    network(images).sum().backward()
"""


@pytest.mark.parametrize("width", ["1 / 16", "1 / 8"])
def test_a_narrow_network_on_large_images_has_a_gradient_that_stays_in_its_memory(width):
    """glibc ends the process (MALLOC_CHECK_=3) where one writes beyond its own."""
    environment = os.environ | {"MALLOC_CHECK_": "3", "OMP_NUM_THREADS": "1"}
    words = [sys.executable, "-c", STEPS.replace("WIDTH", width)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def strided(network):
    return {name: m for name, m in network.named_modules() if name.endswith("downsample.0")}


def test_only_narrow_shortcuts_store_their_channels_first():
    for width, hooked in ((1 / 8, {"layer2.0.downsample.0"}), (1 / 4, set())):
        found = strided(build(Model(name="resnet18", width=width), 10))
        assert {name for name, module in found.items() if module._forward_pre_hooks} == hooked


def test_the_layout_changes_no_output():
    """Against the same weights in PyTorch's default layout, in double precision."""
    network = build(Model(name="resnet18", width=1 / 8), 10).double().eval()
    plain = build(Model(name="resnet18", width=1 / 8), 10).double().eval()
    plain.to(memory_format=torch.contiguous_format)
    images = torch.rand(2, 3, 64, 64, dtype=torch.float64)
    torch.testing.assert_close(network(images), plain(images))
