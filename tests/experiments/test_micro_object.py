"""The micro-object task shows each image twice, with a black and with a red square of 8 x 8 pixels."""

import pytest
import torch

from rfbook.experiments.batches import View, in_order
from rfbook.experiments.data import Images
from rfbook.experiments.spec import Data
from tests.samples import augmented

GREY = torch.full((40, 160, 160, 3), 128, dtype=torch.uint8)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def view(task: str = "micro-object", side: int = 64) -> View:
    return View(Data(name="caltech101", side=side, task=task), "none")


def painted(seen: View, images: torch.Tensor, colour: torch.Tensor) -> torch.Tensor:
    """(n, side, side): where an image has exactly that normalised colour."""
    return (images == colour.view(1, 3, 1, 1)).all(1)


def test_every_image_has_one_square_of_each_colour_in_its_own_copy():
    seen = view()
    images = augmented(seen, GREY, seeded())
    assert images.shape == (80, 3, 64, 64)
    for copy, colour in zip(images.split(40), seen.squares, strict=True):
        square = painted(seen, copy, colour)
        assert (square.sum((1, 2)) == 64).all()
        rows, columns = square.any(2).sum(1), square.any(1).sum(1)
        assert (rows == 8).all() and (columns == 8).all()


def test_the_squares_are_black_and_red_before_they_are_normalised():
    seen = view()
    assert (seen.squares * seen.sd + seen.mean).tolist() == [
        pytest.approx([0, 0, 0], abs=1e-6), pytest.approx([1, 0, 0], abs=1e-6)
    ]  # fmt: skip


def test_the_authors_blue_is_not_what_they_print():
    """Owner: reference to the authors' code: (0, 0, 84.5) and (255, 0, 84.5) are what is shown."""
    seen = view("micro-object-authors")
    shown = (seen.squares * seen.sd + seen.mean) * 255
    wanted = torch.tensor([[0, 0, 84.5], [255, 0, 84.5]])
    torch.testing.assert_close(shown, wanted, atol=0.1, rtol=0)


def test_answers_say_which_square_is_on_the_image():
    seen = view()
    labels = torch.arange(40)
    assert seen.answers(labels).tolist() == [0] * 40 + [1] * 40
    assert View(Data(name="caltech101", side=64)).answers(labels) is labels


def test_places_reach_all_edges_and_no_further():
    seen = view(side=24)
    images = torch.cat([augmented(seen, GREY, seeded(i))[:40] for i in range(40)])
    square = painted(seen, images, seen.squares[0])
    first = square.any(2).int().argmax(1), square.any(1).int().argmax(1)
    for positions in first:
        assert positions.min() == 0 and positions.max() == 16


def test_training_draws_new_places_and_the_same_seed_the_same_ones():
    seen, generator = view(), seeded(5)
    first, second = (augmented(seen, GREY, generator) for _ in range(2))
    assert not torch.equal(*(painted(seen, images, seen.squares[0]) for images in (first, second)))
    assert torch.equal(augmented(seen, GREY, seeded(5)), first)


def test_an_image_is_tested_with_the_same_squares_however_many_are_tested_at_once():
    seen, images = view(), Images(GREY, torch.zeros(40, dtype=torch.long))
    together = next(batch for batch, _ in in_order(images, seen, 40))
    singly = [batch for batch, _ in in_order(images, seen, 8)]
    for copy in (0, 1):
        parts = torch.cat([batch.split(8)[copy] for batch in singly])
        assert torch.equal(together.split(40)[copy], parts)


def test_a_micro_object_has_two_answers_whatever_the_classes_of_its_images():
    assert Data(name="caltech101", side=64, task="micro-object").classes == 2
    assert Data(name="caltech101", side=64).classes == 102
