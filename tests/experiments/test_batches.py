"""A network sees what the papers' pipelines would show it: cropped, flipped, resized, normalised."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torchvision.transforms.v2 import functional as torchvision_transforms

from rfbook.experiments.batches import View, in_order, shuffled
from rfbook.experiments.catalogue import CATALOGUE, IMAGENET_MEAN, IMAGENET_SD
from rfbook.experiments.data import Images
from rfbook.experiments.spec import Data
from tests.samples import augmented

CIFAR = Data(name="cifar10", side=32)
MNIST = Data(name="mnist", side=28)
PAD, SIDE = 4, 32
RAMPS, ROWS, COLUMNS = [-0.7267, -0.9305, -0.7419, -0.8985], [2, 6, 8, 0], [12, 15, 21, 9]


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def noise(count: int, side: int = 32, channels: int = 3) -> torch.Tensor:
    return torch.randint(256, (count, side, side, channels), generator=seeded(9)).byte()


def as_pixels(view: View, images: torch.Tensor) -> torch.Tensor:
    """Undoes the normalisation: (n, h, w, 3), 0 to 255."""
    mean, sd = (c.view(1, 3, 1, 1) for c in (view.mean, view.sd))
    return ((images * sd + mean) * 255).permute(0, 2, 3, 1)


def coordinates(count: int) -> torch.Tensor:
    """Images whose red says the row and whose green the column, both from 1; no pixel is black."""
    line = torch.arange(1, SIDE + 1, dtype=torch.uint8)
    image = torch.stack([line[:, None].expand(SIDE, SIDE), line.expand(SIDE, SIDE)], dim=2)
    return torch.cat([image, torch.full_like(image[..., :1], 99)], dim=2).repeat(count, 1, 1, 1)


def where(view: View, images: torch.Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Top and left offset of each crop and whether it is flipped, read off the coordinates."""
    pixels = as_pixels(view, images).round().long().numpy()
    row, column, right = pixels[:, 15, 15, 0], pixels[:, 15, 15, 1], pixels[:, 15, 16, 1]
    flipped = right < column
    left = np.where(flipped, right, column) - 16 + PAD
    return row - 16 + PAD, left, flipped


# Without augmentation


def test_pixels_are_scaled_to_one_and_normalised_by_the_sets_constants():
    pixels = torch.tensor([0, 51, 255], dtype=torch.uint8).expand(1, 32, 32, 3)
    colour = View(CIFAR).plain(pixels)[0, :, 0, 0].tolist()
    black, fifth, white = -0.4914 / 0.2023, (0.2 - 0.4822) / 0.1994, (1 - 0.4465) / 0.2010
    assert colour == pytest.approx([black, fifth, white], rel=1e-6)


def test_efficientnet_lite_sees_127_as_zero_and_255_as_one():
    """Owner: Google's EfficientNet-Lite: mean 127, deviation 128."""
    pixels = torch.tensor([0, 127, 255], dtype=torch.uint8).expand(1, 32, 32, 3)
    shown = View(Data(name="cifar10", side=32, normalisation="efficientnet")).plain(pixels)
    assert shown[0, :, 0, 0].tolist() == pytest.approx([-127 / 128, 0, 1], abs=1e-6)


def test_all_sets_can_be_normalised_with_imagenets_constants():
    view = View(Data(name="cifar10", side=32, normalisation="imagenet"))
    assert view.mean.tolist() == pytest.approx(IMAGENET_MEAN)
    assert view.sd.tolist() == pytest.approx(IMAGENET_SD)


def test_a_plain_view_is_torchvisions_conversion_and_normalisation():
    pixels, source = noise(4), CATALOGUE["cifar10"]
    scaled = torchvision_transforms.to_dtype(pixels.permute(0, 3, 1, 2), torch.float, scale=True)
    wanted = torchvision_transforms.normalize(scaled, source.mean, source.sd)
    torch.testing.assert_close(View(CIFAR).plain(pixels), wanted)


@pytest.mark.parametrize("side", [8, 20, 48, 160])
def test_a_resize_is_torchvisions_bilinear_one_with_antialiasing(side):
    view = View(Data(name="cifar10", side=side))
    pixels = noise(3)
    scaled = pixels.permute(0, 3, 1, 2) / 255
    wanted = torchvision_transforms.resize(scaled, [side, side], antialias=True)
    resized = as_pixels(view, view.plain(pixels)) / 255
    torch.testing.assert_close(resized, wanted.permute(0, 2, 3, 1), atol=1e-6, rtol=0)


def test_shrinking_without_antialiasing_would_be_seen():
    """So that the test above can fail."""
    scaled = noise(3).permute(0, 3, 1, 2) / 255
    sharp = F.interpolate(scaled, (20, 20), mode="bilinear")
    smooth = torchvision_transforms.resize(scaled, [20, 20], antialias=True)
    assert (sharp - smooth).abs().max() > 0.1


@pytest.mark.parametrize("side", [28, 64])
def test_a_grey_set_is_shown_as_three_equal_channels(side):
    images = View(Data(name="mnist", side=side)).plain(noise(2, 28, channels=1))
    assert images.shape == (2, 3, side, side)
    assert torch.equal(images[:, 0], images[:, 1])
    assert torch.equal(images[:, 0], images[:, 2])


@pytest.mark.parametrize("data", [CIFAR, MNIST, Data(name="cifar10", side=64)])
def test_images_are_float_and_lie_channels_last(data):
    source = CATALOGUE[data.name]
    pixels, view = noise(2, source.side, 1 if source.grey else 3), View(data)
    for images in (view.plain(pixels), augmented(view, pixels, seeded())):
        assert images.dtype == torch.float32
        assert images.shape == (2, 3, data.side, data.side)
        assert images.is_contiguous(memory_format=torch.channels_last)


def test_a_view_leaves_the_stored_pixels_as_they_are():
    pixels = noise(4)
    before = pixels.clone()
    augmented(View(CIFAR), pixels, seeded())
    View(CIFAR).plain(pixels)
    assert torch.equal(pixels, before)


# The random crop and the flip


def test_every_offset_of_the_crop_is_equally_likely_edges_included():
    """Chi-square over the 81 places; a fixed seed, so the outcome is fixed too."""
    from scipy.stats import chisquare

    view = View(CIFAR)
    top, left, flipped = where(view, augmented(view, coordinates(2430), seeded(1)))
    counts = np.zeros((2 * PAD + 1, 2 * PAD + 1))
    np.add.at(counts, (top, left), 1)
    assert counts.sum() == 2430
    assert chisquare(counts.ravel()).pvalue > 0.01
    assert abs(flipped.mean() - 0.5) < 0.02
    assert abs(np.corrcoef(top, left)[0, 1]) < 0.03
    assert abs(np.corrcoef(left, flipped)[0, 1]) < 0.03


def test_a_border_that_is_cropped_in_is_black_before_normalisation():
    view = View(CIFAR)
    images = augmented(view, coordinates(200), seeded(2))
    top, left, flipped = where(view, images)
    pixels = as_pixels(view, images).round()
    black = (pixels == 0).all(dim=3)
    for image, y, x, flip in zip(black, top, left, flipped, strict=True):
        wanted = torch.ones(SIDE, SIDE, dtype=torch.bool)
        rows = slice(max(0, PAD - y), SIDE + min(0, PAD - y))
        columns = slice(max(0, PAD - x), SIDE + min(0, PAD - x))
        wanted[rows, columns] = False
        assert torch.equal(image, wanted.flip(1) if flip else wanted)
    corner = (-view.mean / view.sd).tolist()
    shifted = next(i for i in range(200) if top[i] == 0 and left[i] == 0)
    assert images[shifted, :, 0, SIDE - 1 if flipped[shifted] else 0].tolist() == corner


def test_a_batch_is_what_torchvision_makes_with_the_same_offsets():
    """Owner: torchvision's pad, crop and horizontal_flip, image by image."""
    view, pixels = View(CIFAR), noise(16)
    places = where(view, augmented(view, coordinates(16), seeded(3)))
    images = augmented(view, pixels, seeded(3))
    source = CATALOGUE["cifar10"]
    for image, result, top, left, flip in zip(pixels, images, *places, strict=True):
        padded = torchvision_transforms.pad(image.permute(2, 0, 1), [PAD] * 4)
        crop = torchvision_transforms.crop(padded, int(top), int(left), SIDE, SIDE)
        crop = torchvision_transforms.horizontal_flip(crop) if flip else crop
        wanted = torchvision_transforms.normalize(crop / 255, source.mean, source.sd)
        torch.testing.assert_close(result, wanted)
    assert 0 < places[2].sum() < 16


def test_digits_are_never_mirrored():
    """Every crop is found among the unflipped ones: MNIST with its 3 pixels of padding."""
    view, pixels = View(MNIST), noise(32, 28, channels=1)
    shown = as_pixels(view, augmented(view, pixels, seeded(4)))[..., 0].round().byte()
    padded = F.pad(pixels[..., 0], (3, 3, 3, 3))
    crops = padded.unfold(1, 28, 1).unfold(2, 28, 1).reshape(32, 49, 28, 28)
    assert (crops == shown[:, None]).all(dim=(2, 3)).sum(1).tolist() == [1] * 32


@pytest.mark.parametrize("side", [16, 64])
def test_the_resize_comes_after_the_crop(side):
    pixels = noise(8)
    cropped = as_pixels(View(CIFAR), augmented(View(CIFAR), pixels, seeded(5))).round().byte()
    view = View(Data(name="cifar10", side=side))
    torch.testing.assert_close(augmented(view, pixels, seeded(5)), view.plain(cropped))


def test_the_image_stays_whole_when_only_its_place_changes():
    """A crop has the stored side: at most 2 x 4 rows and columns are lost, none is stretched."""
    view = View(CIFAR)
    pixels = as_pixels(view, augmented(view, coordinates(50), seeded(6))).round()
    inside = pixels[:, PAD:-PAD, PAD:-PAD]
    assert (inside[:, 1:, :, 0] - inside[:, :-1, :, 0] == 1).all()
    assert ((inside[:, :, 1:, 1] - inside[:, :, :-1, 1]).abs() == 1).all()


def test_equal_seeds_give_equal_batches_and_other_seeds_do_not():
    view, pixels = View(CIFAR), noise(16)
    first = augmented(view, pixels, seeded(7))
    assert torch.equal(augmented(view, pixels, seeded(7)), first)
    assert not torch.equal(augmented(view, pixels, seeded(8)), first)


def test_the_second_batch_of_a_generator_is_drawn_anew():
    view, generator = View(CIFAR), seeded(7)
    first, second = (augmented(view, noise(16), generator) for _ in range(2))
    assert not torch.equal(first, second)


def test_the_places_and_the_order_drawn_for_seed_0_are_those_of_the_published_runs():
    """A golden value: a change here changes every trained network. Raise `stages.TRAINING`."""
    view = View(CIFAR)
    top, left, flipped = where(view, augmented(view, coordinates(8), seeded(0)))
    assert top.tolist() == [8, 0, 2, 6, 7, 6, 7, 1]
    assert left.tolist() == [1, 0, 8, 2, 6, 3, 1, 2]
    assert np.flatnonzero(flipped).tolist() == [2, 3, 6]
    assert torch.cat(shuffled(8, 4, seeded(0))).tolist() == [4, 0, 7, 3, 2, 5, 1, 6]


def test_what_dead_pixel_draws_for_seed_0_is_what_its_published_runs_saw():
    """A golden value: a change here changes every fine-tuned network. Raise `stages.TRAINING`."""
    view = View(Data(name="caltech101", side=32, task="micro-object"), "rotated")
    ramp = torch.arange(160, dtype=torch.uint8).view(1, 160, 1, 1).expand(4, 160, 160, 3)
    images = augmented(view, ramp.contiguous(), seeded(0))
    assert images[:4].mean((1, 2, 3)).tolist() == pytest.approx(RAMPS, abs=1e-3)
    red = (images[4:] == view.squares[1].view(1, 3, 1, 1)).all(1)
    assert red.any(2).int().argmax(1).tolist() == ROWS
    assert red.any(1).int().argmax(1).tolist() == COLUMNS


# The canvas

CANVAS = Data(name="cifar10", side=48, placement="canvas")
MNIST_CANVAS = Data(name="mnist", side=40, placement="canvas")
BLACK = 0


def found_on(canvas: torch.Tensor, image: torch.Tensor) -> list[tuple[int, int]]:
    """Every place where the whole image lies on the canvas, black all around it."""
    side, room = len(image), len(canvas) - len(image)
    return [
        (top, left)
        for top in range(room + 1)
        for left in range(room + 1)
        if torch.equal(canvas[top : top + side, left : left + side], image)
        and int((canvas != BLACK).any(2).sum()) == int((image != BLACK).any(2).sum())
    ]


def test_an_image_keeps_its_pixels_on_the_canvas_and_all_else_is_black():
    view, pixels = View(CANVAS), coordinates(40)
    shown = as_pixels(view, view.plain(pixels)).round().byte()
    assert shown.shape == (40, 48, 48, 3)
    places = [found_on(canvas, pixels[0]) for canvas in shown]
    assert [len(place) for place in places] == [1] * 40
    assert len({place[0] for place in places}) > 30


def test_black_is_a_pixel_that_is_normalised_as_all_others():
    """The authors' canvas is black before normalisation, so it is not zero for the network."""
    view = View(CANVAS)
    shown = view.plain(torch.full((1, 32, 32, 3), 200, dtype=torch.uint8))
    corners = [shown[0, :, row, column].tolist() for row in (0, -1) for column in (0, -1)]
    assert (-view.mean / view.sd).tolist() in corners


@pytest.mark.parametrize("batch", [1, 7, 40, 64])
def test_the_places_of_an_evaluation_do_not_depend_on_the_batch_size(batch):
    images, view = Images(noise(40), torch.arange(40)), View(CANVAS)
    shown = torch.cat([part for part, _ in in_order(images, view, batch)])
    assert torch.equal(shown, view.plain(images.pixels))


def test_fewer_images_keep_their_places_and_every_view_has_the_same_ones():
    pixels = noise(40)
    assert torch.equal(View(CANVAS).plain(pixels[:9]), View(CANVAS).plain(pixels)[:9])


def test_training_draws_a_new_place_for_every_image_and_epoch_edges_included():
    view, generator = View(CANVAS), seeded(1)
    epochs = [
        as_pixels(view, augmented(view, coordinates(200), generator)).round().byte() for _ in range(2)
    ]
    drawn = []
    for canvases in epochs:
        rows, columns = ((canvases != BLACK).any(3).any(axis).long().argmax(1) for axis in (2, 1))
        drawn.append(torch.stack([rows, columns], dim=1))
        assert drawn[-1].min() == 0
        assert drawn[-1].max() == 48 - 32
    assert (drawn[0] != drawn[1]).any(1).float().mean() > 0.95
    assert len(set(map(tuple, drawn[0].tolist()))) > 100


def test_a_canvas_is_never_cropped_and_mirrored_only_where_the_class_survives():
    view, image = View(CANVAS), coordinates(1)[0]
    canvases = as_pixels(view, augmented(view, coordinates(60), seeded(2))).round().byte()
    upright = [bool(found_on(canvas, image)) for canvas in canvases]
    mirrored = [bool(found_on(canvas, image.flip(1))) for canvas in canvases]
    assert [a + b for a, b in zip(upright, mirrored, strict=True)] == [1] * 60
    assert 15 < sum(mirrored) < 45
    digits, view = noise(20, 28, channels=1), View(MNIST_CANVAS)
    canvases = as_pixels(view, augmented(view, digits, seeded(3)))[..., :1].round().byte()
    assert all(found_on(*pair) for pair in zip(canvases, digits, strict=True))


def test_a_canvas_as_large_as_the_image_shows_the_image():
    tight, pixels = Data(name="cifar10", side=32, placement="canvas"), noise(4)
    assert torch.equal(View(tight).plain(pixels), View(CIFAR).plain(pixels))


# Less detail


def frequencies_above(images: torch.Tensor, limit: int) -> float:
    """Share of the power (without the mean) in frequencies of more than `limit` periods a side."""
    power = torch.fft.fft2(images.double()).abs().square().sum((0, 1))
    periods = torch.fft.fftfreq(power.shape[-1]).mul(power.shape[-1]).abs()
    high = (periods[:, None] > limit) | (periods[None, :] > limit)
    power[0, 0] = 0
    return float(power[high].sum() / power.sum())


def test_detail_removes_what_a_smaller_image_does_not_have():
    """An image of 8 pixels has 4 periods at most; what is above comes from the enlargement alone."""
    pixels = noise(8)
    whole, less = (View(Data(name="cifar10", side=64, detail=d)).plain(pixels) for d in (None, 8))
    assert less.shape == whole.shape == (8, 3, 64, 64)
    assert frequencies_above(whole, 4) > 0.8
    assert frequencies_above(less, 4) < 0.25


def test_less_detail_is_torchvisions_resize_down_and_up():
    view, pixels = View(Data(name="cifar10", side=64, detail=8)), noise(4)
    scaled = pixels.permute(0, 3, 1, 2) / 255
    small = torchvision_transforms.resize(scaled, [8, 8], antialias=True)
    wanted = torchvision_transforms.resize(small, [64, 64], antialias=True)
    shown = as_pixels(view, view.plain(pixels)) / 255
    torch.testing.assert_close(shown, wanted.permute(0, 2, 3, 1), atol=1e-6, rtol=0)


def test_images_that_agree_at_the_detail_cannot_be_told_apart():
    """A pattern of period 2 is lost at a quarter of the side: only the mean is left."""
    stripes = torch.zeros(1, 32, 32, 3, dtype=torch.uint8)
    stripes[:, ::2] = 200
    view = View(Data(name="cifar10", side=64, detail=8))
    inner = as_pixels(view, view.plain(stripes))[0, 16:-16, 16:-16]
    torch.testing.assert_close(inner, torch.full_like(inner, 100), atol=1, rtol=0)


def test_the_detail_is_lost_after_the_crop():
    pixels = noise(8)
    cropped = as_pixels(View(CIFAR), augmented(View(CIFAR), pixels, seeded(5))).round().byte()
    view = View(Data(name="cifar10", side=64, detail=8))
    torch.testing.assert_close(augmented(view, pixels, seeded(5)), view.plain(cropped))


# Batches


def test_a_pass_in_order_shows_every_image_once_with_its_label():
    images = Images(noise(10), torch.arange(10))
    batches = list(in_order(images, View(CIFAR), 4))
    assert [len(labels) for _, labels in batches] == [4, 4, 2]
    assert torch.cat([labels for _, labels in batches]).tolist() == list(range(10))
    shown = torch.cat([shown for shown, _ in batches])
    assert torch.equal(shown, View(CIFAR).plain(images.pixels))


@pytest.mark.parametrize("count, batch, sizes", [(10, 4, [4, 4, 2]), (8, 4, [4, 4]), (3, 64, [3])])
def test_an_epoch_takes_every_image_once_in_a_random_order(count, batch, sizes):
    order = shuffled(count, batch, seeded())
    assert [len(part) for part in order] == sizes
    assert sorted(torch.cat(order).tolist()) == list(range(count))


def test_the_order_of_an_epoch_follows_from_its_generator():
    first, again, other = (torch.cat(shuffled(100, 10, seeded(s))) for s in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
