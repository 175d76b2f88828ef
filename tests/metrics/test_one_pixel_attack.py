"""The attack succeeds where a known pixel decides, and compares like with like."""

import numpy as np
import pytest
import torch
from torch import nn

from rfbook.metrics.one_pixel_attack import one_pixel_attack, strong_and_weak

DECIDING = (3, 4)
WHITE, BLACK = torch.tensor([[1.0] * 3]), torch.tensor([[-1.0] * 3])


class OnePixel(nn.Module):
    """Class 1 if the sum of one pixel is positive; nothing else counts."""

    def forward(self, images):
        seen = images[:, :, DECIDING[0], DECIDING[1]].sum(1)
        return torch.stack([torch.zeros_like(seen), seen], 1)


def grey(level: float, count: int = 6) -> torch.Tensor:
    return torch.full((count, 3, 8, 8), level)


def attack(candidates, colours=WHITE, level=-0.5, tries=3, **other):
    pixels = torch.tensor(candidates)
    return one_pixel_attack(OnePixel().eval(), [(grey(level), None)], pixels, colours, tries, **other)


def test_the_deciding_pixel_in_the_right_colour_changes_every_image():
    outcome = attack([DECIDING])
    assert outcome.changed.all()
    # The margin falls from 1.5, of class 0, to -3: the logit of class 1 is then 3.
    np.testing.assert_allclose(outcome.fall, 4.5)


def test_another_pixel_or_a_colour_that_agrees_changes_none():
    for outcome in (attack([(3, 5), (0, 0)]), attack([DECIDING], BLACK)):
        assert not outcome.changed.any()
        assert (outcome.fall >= 0).all()
    assert not attack([(3, 5)]).fall.any()


def test_among_many_candidates_more_tries_find_the_deciding_one_more_often():
    """One of four: the expected share is 1 - (3/4) to the number of tries."""
    candidates = [DECIDING, (0, 0), (1, 1), (2, 2)]
    image = grey(-0.5, 2000)
    for tries in (1, 4):
        outcome = one_pixel_attack(
            OnePixel().eval(), [(image, None)], torch.tensor(candidates), WHITE, tries
        )
        assert outcome.changed.mean() == pytest.approx(1 - 0.75**tries, abs=0.04)


def test_equal_seeds_draw_the_same_places_and_colours_and_other_seeds_do_not():
    candidates, colours = [DECIDING, (0, 0)], torch.cat([WHITE, BLACK])
    same = [attack(candidates, colours, tries=1, seed=7).changed for _ in range(2)]
    np.testing.assert_array_equal(*same)
    swapped = attack(candidates[::-1], colours, tries=1, seed=7).changed
    assert not (same[0] & swapped).any()  # the same entry of the list is another pixel
    others = [attack(candidates, tries=1, seed=seed).changed.tolist() for seed in range(5)]
    assert len(set(map(tuple, others))) > 1


def test_the_images_are_left_as_they_were():
    given = grey(-0.5)
    one_pixel_attack(OnePixel().eval(), [(given, None)], torch.tensor([DECIDING]), WHITE, 2)
    assert torch.equal(given, grey(-0.5))


def test_strong_and_weak_pixels_lie_in_the_same_tile_entry_by_entry():
    classes = np.arange(16.0).reshape(4, 4)
    strong, weak = strong_and_weak(classes, side=11)
    # A quarter of 16 classes in each of 2 x 2 tiles; the eleventh pixels are left over.
    assert strong.shape == weak.shape == (16, 2)
    assert torch.equal(strong // 4, weak // 4)
    assert set((strong % 4)[:, 0].tolist()) == {3} and set((weak % 4)[:, 0].tolist()) == {0}
    assert len({tuple(pixel) for pixel in strong.tolist()}) == 16


def test_all_strong_classes_are_at_or_above_all_weak_ones():
    classes = np.random.default_rng(0).random((8, 8))
    strong, weak = (pixels.numpy() % 8 for pixels in strong_and_weak(classes, 16, 0.5))
    assert classes[tuple(strong.T)].min() >= classes[tuple(weak.T)].max()
    assert len(strong) == 2 * 2 * 32


@pytest.mark.parametrize("share, side", [(0.0, 16), (0.6, 16), (0.25, 3)])
def test_lists_that_overlap_or_are_empty_are_refused(share, side):
    with pytest.raises(ValueError, match=f"share={share} of 16 classes at side={side}"):
        strong_and_weak(np.ones((4, 4)), side, share)


def test_a_candidate_outside_the_image_is_refused():
    with pytest.raises(ValueError, match=r"pixels of images of \(8, 8\)"):
        attack([(0, 8)])


def test_no_images_and_training_mode_are_refused():
    pixels = torch.tensor([DECIDING])
    with pytest.raises(ValueError, match="at least one image"):
        one_pixel_attack(OnePixel().eval(), [], pixels, WHITE, 1)
    with pytest.raises(ValueError, match="training mode"):
        one_pixel_attack(OnePixel(), [(grey(0.0), None)], pixels, WHITE, 1)
