"""Training on Caltech-101 sees a large part of an image, turned a little, sometimes mirrored."""

import math

import pytest
import torch
from torchvision.transforms import v2

from rfbook.experiments.batches import View
from rfbook.experiments.spec import Data
from rfbook.experiments.warp import AREA, DEGREES, RATIO, draws, parts, warped
from tests.samples import augmented


def by_chance(images, side, mirrored, generator):
    return warped(images, side, draws(len(images), mirrored, generator))


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_a_part_has_the_area_and_the_shape_that_are_allowed_and_lies_inside():
    centres, halves = parts(2000, seeded())
    area, ratio = halves.prod(1), halves[:, 0] / halves[:, 1]
    assert AREA[0] <= area.min() and area.max() <= AREA[1]
    assert RATIO[0] <= ratio.min() and ratio.max() <= RATIO[1]
    assert (centres.abs() + halves <= 1 + 1e-6).all()


def test_parts_are_as_torchvision_draws_them():
    """Owner: torchvision's RandomResizedCrop: mean area and mean width over height of 4000 parts."""
    image = torch.zeros(3, 1000, 1000)
    torch.manual_seed(0)
    crop = v2.RandomResizedCrop(8, scale=AREA)
    drawn = [crop.make_params([image]) for _ in range(4000)]
    areas = torch.tensor([part["height"] * part["width"] / 1e6 for part in drawn])
    logs = torch.tensor([math.log(part["width"] / part["height"]) for part in drawn])
    _, halves = parts(4000, seeded())
    assert halves.prod(1).mean().item() == pytest.approx(areas.mean().item(), abs=0.005)
    assert (halves[:, 0] / halves[:, 1]).log().std().item() == pytest.approx(logs.std().item(), abs=0.01)


def test_without_a_turn_and_a_part_it_is_the_image_itself(monkeypatch):
    monkeypatch.setattr("rfbook.experiments.warp.DEGREES", 0)
    monkeypatch.setattr("rfbook.experiments.warp.AREA", (1.0, 1.0))
    monkeypatch.setattr("rfbook.experiments.warp.RATIO", (1.0, 1.0))
    images = torch.rand((3, 3, 16, 16), generator=seeded())
    torch.testing.assert_close(by_chance(images, 16, False, seeded(1)), images, atol=1e-5, rtol=0)


def test_half_of_the_images_are_mirrored_where_that_keeps_the_class():
    ramp = torch.linspace(0, 1, 32).expand(400, 1, 32, 32).contiguous()
    rising = [
        (images[:, 0, 16, 20] > images[:, 0, 16, 12]).float().mean().item()
        for images in (by_chance(ramp, 32, mirrored, seeded(2)) for mirrored in (True, False))
    ]
    assert rising == [pytest.approx(0.5, abs=0.08), 1.0]


def test_angles_reach_fifteen_degrees_both_ways_and_no_further():
    bright = torch.zeros(600, 1, 65, 65)
    bright[:, :, 32, :] = 1
    images = by_chance(bright, 65, False, seeded(3))
    rows = torch.arange(65).view(1, -1)
    left, right = ((images[:, 0, :, x] * rows).sum(1) / images[:, 0, :, x].sum(1) for x in (20, 44))
    angles = torch.rad2deg(torch.atan((right - left) / 24))
    # A part that is not square changes the slope by up to a third.
    for largest in (angles.max(), -angles.min()):
        assert DEGREES * 0.9 < largest < DEGREES * 1.4


def test_what_is_turned_in_from_outside_is_black():
    images = by_chance(torch.ones(200, 1, 64, 64), 64, False, seeded(4))
    corners = images[:, 0, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners == 0).any(1).float().mean() > 0.7
    torch.testing.assert_close(images[:, 0, 32, 32], torch.ones(200))


def test_a_view_of_caltech_is_augmented_so_in_its_normalised_colours():
    view = View(Data(name="caltech101", side=96), "rotated")
    white = torch.full((2, 160, 160, 3), 255, dtype=torch.uint8)
    images = augmented(view, white, seeded())
    assert images.shape == (2, 3, 96, 96)
    assert images[0, :, 48, 48].tolist() == pytest.approx(((1 - view.mean) / view.sd).tolist(), rel=1e-5)
