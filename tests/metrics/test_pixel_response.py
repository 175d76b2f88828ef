"""The response to one raised pixel is the weights' where the network is linear."""

import numpy as np
import pytest
import torch
from torch import nn

from rfbook.metrics.effective_field import effective_field
from rfbook.metrics.pixel_response import pixel_block, pixel_changes, pixel_response

PIXELS = [(0, 0), (2, 3), (5, 1)]


class EvenPixels(nn.Module):
    """Two logits that see only pixels whose row and column are even."""

    def forward(self, images):
        seen = images[:, :, ::2, ::2].sum((1, 2, 3))
        return torch.stack([seen, -seen], 1)


def linear(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * 6 * 6, 4)).double().eval()


def images(count: int = 5) -> torch.Tensor:
    return torch.randn(count, 3, 6, 6, generator=torch.Generator().manual_seed(1)).double()


def test_a_linear_network_answers_with_epsilon_times_the_sum_of_its_weights():
    """Dead Pixel Test, equation 12, with the three channels raised together."""
    model, labels = linear(), torch.tensor([0, 1, 2, 3, 0])
    weights = model[1].weight.detach().view(4, 3, 6, 6)[labels].sum(1)
    expected = torch.stack([0.1 * weights[:, row, column] for row, column in PIXELS], 1)
    changes = pixel_changes(model, [(images(), labels)], PIXELS)
    np.testing.assert_allclose(changes, expected, atol=1e-12)
    np.testing.assert_allclose(pixel_response(changes), expected.abs().mean(0), atol=1e-12)


def test_of_a_linear_network_with_positive_weights_the_effective_field_predicts_it_exactly():
    model, labels = linear(), torch.zeros(5, dtype=torch.long)
    model[1].weight.data.abs_()
    field = effective_field(model, [(images(), labels)]).mean
    predicted = [3 * 0.1 * field[pixel] for pixel in PIXELS]
    response = pixel_response(pixel_changes(model, [(images(), labels)], PIXELS))
    np.testing.assert_allclose(response, predicted, rtol=1e-9)


def test_a_network_that_sees_even_pixels_does_not_answer_at_odd_ones():
    pixels = [(2, 4), (2, 3), (3, 4), (1, 1)]
    change = pixel_changes(EvenPixels().eval(), [(images(), None)], pixels, 2.0)
    np.testing.assert_allclose(np.abs(change), [[6, 0, 0, 0]] * 5, atol=1e-12)


def test_without_labels_the_class_stays_the_one_of_the_image_as_it_is():
    """Raised by 100, every image of `EvenPixels` is of class 0; the logit of class 1 falls."""
    negative = -torch.ones(1, 3, 6, 6).double()
    change = pixel_changes(EvenPixels().eval(), [(negative, None)], [(0, 0)], 100.0)
    assert change.tolist() == [[-300]]


def test_every_pixel_may_be_raised_by_a_step_of_its_own():
    change = pixel_changes(EvenPixels().eval(), [(images(), None)], [(0, 0), (0, 0)], [2.0, 0.5])
    np.testing.assert_allclose(np.abs(change), [[6, 1.5]] * 5)
    with pytest.raises(ValueError, match="shorter"):
        pixel_changes(EvenPixels().eval(), [(images(), None)], [(0, 0), (0, 0)], [2.0])


def test_batches_are_put_together_in_order():
    model = linear()
    whole = pixel_changes(model, [(images(), None)], PIXELS)
    parts = pixel_changes(model, [(part, None) for part in images().split(2)], PIXELS)
    np.testing.assert_allclose(parts, whole, rtol=1e-9)


def test_the_images_are_left_as_they_were():
    given = images()
    pixel_changes(linear(), [(given, None)], PIXELS)
    assert torch.equal(given, images())


def test_the_block_is_the_journal_versions_at_224_pixels_and_moves_with_the_side():
    block = pixel_block(224)
    assert (block[0], block[1], block[-1]) == ((100, 100), (100, 101), (104, 104))
    assert len(block) == len(set(block)) == 25
    assert pixel_block(64)[0] == (29, 29)


def test_a_side_without_room_for_the_block_is_refused():
    with pytest.raises(ValueError, match="side=8: no room for 5 pixels from 4 on"):
        pixel_block(8)


def test_a_pixel_outside_the_image_is_refused():
    with pytest.raises(ValueError, match=r"pixel \(0, 6\) is outside.*0 to 5, columns from 0 to 5"):
        pixel_changes(linear(), [(images(), None)], [(0, 0), (0, 6)])


def test_a_network_in_training_mode_is_refused():
    with pytest.raises(ValueError, match="training mode"):
        pixel_changes(linear().train(), [(images(), None)], PIXELS)


def test_no_images_are_refused():
    with pytest.raises(ValueError, match="at least one image"):
        pixel_changes(linear(), [], PIXELS)
