"""The catalogue states what the data sets are; what can be checked without them is checked here."""

from dataclasses import replace

import pytest
from torchvision.models import get_model_weights

from rfbook.experiments.catalogue import CATALOGUE, IMAGENET_MEAN, IMAGENET_SD, TITLES

each = pytest.mark.parametrize("name", CATALOGUE)
COUNTS = {  # owners: the data sets' own pages; Caltech-101 has 9,144 images in 102 folders, and
    # iNaturalist 2019 has 268,243, of which three a class are for validation
    "cifar10": (10, 50_000, 10_000),
    "mnist": (10, 60_000, 10_000),
    "caltech101": (102, 7_772, 1_372),
    "tiny-imagenet-50": (50, 10_000, 2_000),
    "tiny-imagenet": (200, 100_000, 10_000),
    "imagenette": (10, 4_000, 1_000),
    "imagenet": (1_000, 1_281_167, 50_000),
    "inaturalist2019": (1_010, 265_213, 3_030),
    "cub200": (200, 5_994, 5_794),
    "digits": (10, 1_438, 359),
    "photos": (2, 120, 120),
}


def test_the_counts_are_those_of_the_data_sets():
    counts = {name: (s.classes, s.train, s.test) for name, s in CATALOGUE.items()}
    assert counts == COUNTS


@each
def test_a_held_out_share_gives_the_stated_counts(name):
    source = CATALOGUE[name]
    if source.test_share:
        assert source.test == round((source.train + source.test) * source.test_share)


@each
def test_a_fingerprint_is_a_whole_sha256_or_says_that_there_is_none(name):
    source = CATALOGUE[name]
    if source.pinned:
        assert len(bytes.fromhex(source.fingerprint)) == 32
    else:
        offline = {"inaturalist2019": "inaturalist-2019", "cub200": "cub-200-2011"}
        assert source.fingerprint == f"unpinned:{source.hub or offline[name]}"


def test_only_sets_that_are_not_at_hand_are_unpinned():
    unpinned = {name for name, source in CATALOGUE.items() if not source.pinned}
    assert unpinned == {"tiny-imagenet", "imagenet", "inaturalist2019", "cub200"}


def test_a_set_that_scikit_learn_ships_needs_no_hub_and_no_access():
    shipped = {name: source for name, source in CATALOGUE.items() if source.shipped}
    assert set(shipped) == {"digits", "photos"}
    assert all(source.hub is None and not source.access for source in shipped.values())


def test_imagenettes_classes_are_ten_of_imagenets():
    """Owner: torchvision's list of ImageNet's classes, by the names that Imagenette gives its own."""
    names = get_model_weights("resnet18").IMAGENET1K_V1.meta["categories"]
    assert [names[number] for number in CATALOGUE["imagenette"].imagenet] == [
        "tench", "English springer", "cassette player", "chain saw", "church", "French horn",
        "garbage truck", "gas pump", "golf ball", "parachute",
    ]  # fmt: skip


@each
def test_every_class_of_a_set_has_a_number_of_imagenets_or_none_has(name):
    source = CATALOGUE[name]
    assert len(set(source.imagenet)) in (0, source.classes)
    assert bool(source.imagenet) == (name in ("imagenet", "imagenette"))


def test_a_set_that_is_neither_shipped_nor_free_on_the_hub_says_who_hands_it_out():
    gated = {name for name, source in CATALOGUE.items() if source.access}
    assert gated == {"imagenet", "inaturalist2019", "cub200"}
    assert all("https://" in CATALOGUE[name].access for name in gated)


def test_no_two_sets_share_a_fingerprint():
    assert len({source.fingerprint for source in CATALOGUE.values()}) == len(CATALOGUE)


def test_a_crop_is_padded_by_an_eighth_as_in_the_authors_code():
    """Owner: the authors' transforms, 4 pixels at 32, 8 at 64, 3 at 28."""
    sides = [replace(CATALOGUE["cifar10"], side=side) for side in (32, 64, 28)]
    assert [source.crop_padding for source in sides] == [4, 8, 3]


def test_only_sets_whose_classes_survive_a_mirror_are_mirrored():
    upright = {name for name, source in CATALOGUE.items() if not source.mirrored}
    assert upright == {"mnist", "digits"}


def test_natural_images_without_constants_of_their_own_use_imagenets():
    """Owner: torchvision's `ImageClassification` preset."""
    from torchvision.transforms._presets import ImageClassification

    preset = ImageClassification(crop_size=224)
    assert (list(IMAGENET_MEAN), list(IMAGENET_SD)) == (preset.mean, preset.std)
    for name in set(CATALOGUE) - {"cifar10", "mnist", "digits"}:
        assert (CATALOGUE[name].mean, CATALOGUE[name].sd) == (IMAGENET_MEAN, IMAGENET_SD)


def test_the_constants_of_digits_are_those_of_its_training_pixels(digits):
    pixels = digits.train.pixels.double() / 255
    assert CATALOGUE["digits"].mean == (pytest.approx(pixels.mean().item(), abs=5e-5),) * 3
    assert CATALOGUE["digits"].sd == (pytest.approx(pixels.std().item(), abs=5e-5),) * 3


def test_the_constants_of_cifar10_are_pixel_means_and_mean_deviations_of_single_images(real):
    """Over all pixels they are .247, .244, .262; the authors' code has the mean over the images."""
    pixels = real("cifar10").train.pixels
    means = pixels.sum((0, 1, 2)) / (255 * pixels[..., 0].numel())
    assert CATALOGUE["cifar10"].mean == pytest.approx(means.tolist(), abs=1e-4)
    of_images = (pixels[::10].float() / 255).std((1, 2)).mean(0)
    assert CATALOGUE["cifar10"].sd == pytest.approx(of_images.tolist(), abs=2e-3)


def test_the_constants_of_mnist_are_those_of_its_pixels(real):
    pixels = real("mnist", decode=False).train.pixels[::10].float() / 255
    assert CATALOGUE["mnist"].mean == (pytest.approx(pixels.mean().item(), abs=2e-3),) * 3
    assert CATALOGUE["mnist"].sd == (pytest.approx(pixels.std().item(), abs=2e-3),) * 3


def test_every_data_set_has_a_title():
    assert TITLES.keys() == CATALOGUE.keys()
