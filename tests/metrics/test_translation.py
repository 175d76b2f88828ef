"""Moving the image changes exactly what its place decides, and moves the same content every time."""

import numpy as np
import pytest
import torch
from torch import nn

from rfbook.metrics.translation import framed, translations


class Strided(nn.Module):
    """Logits from every `stride`-th pixel of a row; class 1 wins if their sum is positive."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        self.stride = stride

    def forward(self, images):
        seen = images[:, :, :: self.stride, :: self.stride].sum((1, 2, 3))
        return torch.stack([-seen, seen], 1)


def images(count: int = 4, side: int = 24) -> torch.Tensor:
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(0)).double()


def test_a_network_that_sums_all_pixels_does_not_see_any_shift():
    answers = translations(Strided(1).eval(), [(images(), None)], [1, 2, 3])
    assert answers.change.shape == answers.flipped.shape == (2, 4, 3)
    assert answers.change.max() < 1e-12 and not answers.flipped.any()


def test_a_network_with_stride_2_sees_odd_shifts_and_no_even_ones():
    answers = translations(Strided(2).eval(), [(images(), None)], [1, 2, 3, 4])
    assert (answers.change[..., [0, 2]] > 1e-3).all()
    assert answers.change[..., [1, 3]].max() < 1e-12
    np.testing.assert_allclose(answers.change[..., 0].shape, (2, 4))


def test_the_change_is_that_of_the_logits_over_their_spread_and_the_directions_are_down_and_right():
    """By hand: one column of ones at an even place, read before and not after a shift to the right."""
    image = torch.zeros(1, 1, 12, 12).double()
    image[0, 0, 2:10, 4] = 1
    answers = translations(Strided(2).eval(), [(image, None)], [1])
    # Four of the eight ones are read, at even rows: logits (-4, 4), whose sample deviation is the root
    # of 32. To the right none is read: both logits change by 4. Down, four are read again.
    np.testing.assert_allclose(answers.change[:, 0, 0], [0, 4 / 32**0.5], atol=1e-12)


@pytest.mark.parametrize("scale", [1e30, 1e-30])
def test_the_scale_of_the_logits_changes_nothing(scale):
    batch = images().float()
    expected = translations(Strided(2).eval(), [(batch, None)], [1, 2])
    answers = translations(Strided(2).eval(), [(scale * batch, None)], [1, 2])
    np.testing.assert_allclose(answers.change, expected.change, rtol=1e-5, atol=1e-6)


def test_logits_that_are_all_equal_are_refused():
    with pytest.raises(ValueError, match="all equal have no deviation"):
        translations(Strided(1).eval(), [(torch.zeros(1, 1, 12, 12), None)], [1])


def test_a_flip_is_another_predicted_class():
    image = torch.zeros(1, 1, 12, 12).double()
    image[0, 0, 4, 4], image[0, 0, 4, 5] = 1, -1
    answers = translations(Strided(2).eval(), [(image, None)], [1, 2])
    # To the right the -1 comes to an even column; down both leave the even rows and the logits are
    # equal, of which the first counts as the prediction.
    assert answers.flipped[:, 0].tolist() == [[True, False], [True, False]]


def test_all_shifts_move_the_same_content():
    ground = framed(images(), 5)
    for shift in range(1, 6):
        for axis in (2, 3):
            moved = ground.roll(shift, axis)
            assert not moved.narrow(axis, 0, shift).any()  # nothing has come in on the other side
            torch.testing.assert_close(moved.sum((1, 2, 3)), ground.sum((1, 2, 3)))


def test_a_frame_is_zero_and_the_inside_is_the_image():
    given = images()
    ground = framed(given, 3)
    assert torch.equal(ground[..., 3:-3, 3:-3], given[..., 3:-3, 3:-3])
    assert ground.count_nonzero() == 4 * 3 * 18 * 18
    assert torch.equal(given, images())


def test_away_from_the_border_a_convolution_does_not_see_a_shift_by_its_stride():
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(3, 4, 3, 2, bias=False), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    )
    answers = translations(model.double().eval(), [(images(side=33), None)], [1, 2, 4])
    assert answers.change[..., 1].max() < 1e-9 < answers.change[..., 0].min()
    # Moved by 4 the content touches the border, where a window is missing.
    assert answers.change[..., 2].min() > 1e-3


@pytest.mark.parametrize("shift", [0, 12])
def test_a_frame_that_leaves_nothing_is_refused(shift):
    with pytest.raises(ValueError, match=f"less than half of the side, got {shift} for 24 x 24"):
        translations(Strided(1).eval(), [(images(), None)], [shift])


def test_no_images_and_training_mode_are_refused():
    with pytest.raises(ValueError, match="at least one image"):
        translations(Strided(1).eval(), [], [1])
    with pytest.raises(ValueError, match="training mode"):
        translations(Strided(1), [(images(), None)], [1])
