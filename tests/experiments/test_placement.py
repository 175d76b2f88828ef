"""A window shows the image where it should be, black elsewhere, and every place is as likely."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from rfbook.experiments.placement import places, window


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def noise(count: int, side: int = 5, channels: int = 3) -> torch.Tensor:
    return torch.randint(1, 256, (count, side, side, channels), generator=seeded(9)).byte()


@pytest.mark.parametrize("row", [-4, -1, 0, 2, 4, 9])
@pytest.mark.parametrize("column", [-7, 0, 3])
@pytest.mark.parametrize("side", [3, 5, 8])
def test_a_window_is_a_slice_of_the_image_on_a_large_black_plane(row, column, side):
    """Owner: torch's pad and slicing, one image at a time."""
    images = noise(2)
    plane = F.pad(images, (0, 0, 20, 20, 20, 20))
    wanted = plane[:, 20 + row : 20 + row + side, 20 + column : 20 + column + side]
    corners = torch.tensor([[row, column]] * 2)
    assert torch.equal(window(images, corners, side), wanted)


def test_every_image_has_a_window_of_its_own_and_only_named_ones_are_mirrored():
    images, corners = noise(2), torch.tensor([[0, 0], [-2, -1]])
    plain = window(images, corners, 8)
    assert torch.equal(plain[0, :5, :5], images[0])
    assert torch.equal(plain[1, 2:7, 1:6], images[1])
    mirrored = window(images, corners, 8, torch.tensor([[False], [True]]))
    assert torch.equal(mirrored[0], plain[0])
    assert torch.equal(mirrored[1], plain[1].flip(1))


def test_every_place_of_a_canvas_is_equally_likely_edges_included():
    """Chi-square over the 49 places; fixed seeds, so the outcome is fixed too. The authors' code never
    touches the far edges."""
    from scipy.stats import chisquare

    for generator in (None, seeded(1)):
        drawn = places(4900, 6, generator).numpy()
        counts = np.zeros((7, 7))
        np.add.at(counts, (drawn[:, 0], drawn[:, 1]), 1)
        assert counts.sum() == 4900
        assert chisquare(counts.ravel()).pvalue > 0.01


def test_a_canvas_without_room_has_one_place():
    assert places(5, 0).tolist() == [[0, 0]] * 5


@pytest.mark.parametrize("count", [1, 7, 1000, 50_000])
def test_the_place_of_an_image_does_not_depend_on_how_many_are_asked_for(count):
    assert torch.equal(places(count, 128)[:7], places(60_000, 128)[: min(count, 7)])


def test_the_places_of_the_evaluation_are_those_of_the_published_measures():
    """A golden value: a change here changes what every canvas was measured on."""
    assert places(3, 128).tolist() == [[56, 57], [86, 123], [79, 15]]


def test_places_that_are_drawn_for_training_move_on_with_their_generator():
    generator = seeded(3)
    first, second = places(50, 128, generator), places(50, 128, generator)
    assert not torch.equal(first, second)
    assert torch.equal(places(50, 128, seeded(3)), first)
