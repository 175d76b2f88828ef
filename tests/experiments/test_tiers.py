"""A tier scales a run by one table, says exactly what it changed, and never makes an invalid run."""

import pytest
from pydantic import ValidationError

from rfbook.experiments.catalogue import CATALOGUE
from rfbook.experiments.spec import DATASETS, RECIPES, Data, Model, Recipe, Run
from rfbook.experiments.tiers import SHIPPED, TIERS, changed, scale, with_changes

SHIPPED_SETS = [name for name, source in CATALOGUE.items() if source.hub is None]


def papers(network: str = "vgg16", data: str = "cifar10", side: int = 32, **rest) -> Run:
    return Run(model=Model(name=network), data=Data(name=data, side=side), **rest)


UNTRAINED = papers("resnet101", "caltech101", 224, recipe=RECIPES["untrained"])


def test_there_are_three_tiers():
    assert TIERS == ("smoke", "thin", "paper")
    with pytest.raises(KeyError, match="thick"):
        scale(papers(), "thick")


# paper


@pytest.mark.parametrize(
    "run", [papers(), papers("resnet50", side=1024, recipe=RECIPES["sgd60"]), UNTRAINED]
)
def test_the_paper_tier_changes_nothing(run):
    assert scale(run, "paper") == run
    assert changed(scale(run, "paper"), run) == {}


# thin


@pytest.mark.parametrize(
    "run", [papers(), papers("resnet18", recipe=RECIPES["adam30"], seed=4), papers(side=160)]
)
def test_thin_changes_only_the_width_of_a_trained_run(run):
    thin = scale(run, "thin")
    assert changed(thin, run) == {"width": (0.25, 1.0)}
    assert with_changes(thin, {"model": {"width": 1.0}}) == run


def test_thin_leaves_an_untrained_network_as_it_is():
    assert scale(UNTRAINED, "thin") == UNTRAINED


def test_a_width_that_the_paper_changed_is_scaled_from_there():
    half = with_changes(papers(), {"model": {"width": 0.5}})
    assert scale(half, "thin").model.width == 0.125


# smoke


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("side", [32, 224])
def test_smoke_is_small_and_uses_shipped_data_only(name, side):
    smoke = scale(papers("resnet18", name, side), "smoke")
    assert smoke.data.name in SHIPPED_SETS
    assert smoke.data.side == min(side, 64)
    assert smoke.model.width == 1 / 8
    assert smoke.recipe.epochs == 2
    source = CATALOGUE[smoke.data.name]
    assert (smoke.data.images or source.train) <= 512
    assert (smoke.data.test_images or source.test) <= 256


def test_every_set_that_is_not_shipped_has_a_stand_in():
    assert set(SHIPPED) == set(DATASETS) - set(SHIPPED_SETS)
    assert set(SHIPPED.values()) <= set(SHIPPED_SETS)


def test_smoke_never_makes_a_run_larger():
    little = Run(
        model=Model(name="vgg11", width=0.5),
        data=Data(name="digits", side=32, images=100, test_images=50),
        recipe=Recipe(epochs=1),
    )
    smoke = scale(little, "smoke")
    assert (smoke.data, smoke.recipe) == (little.data, little.recipe)


def test_smoke_makes_an_untrained_network_thin_and_leaves_it_untrained():
    smoke = scale(UNTRAINED, "smoke")
    assert (smoke.model.width, smoke.recipe.epochs) == (1 / 8, 0)


def test_all_images_of_a_small_set_are_said_by_none():
    """The photos are fewer than the budget: naming their number would be a second key for one run."""
    smoke = scale(papers("resnet18", "caltech101", 224), "smoke")
    assert CATALOGUE["photos"].train < 512
    assert (smoke.data.images, smoke.data.test_images) == (None, None)


def test_a_scaled_run_is_scaled_once():
    smoke = scale(papers(), "smoke")
    assert changed(scale(smoke, "smoke"), smoke) == {"width": (1 / 64, 1 / 8)}


# What differs, and validity


def test_what_was_changed_is_listed_field_by_field():
    assert changed(scale(papers(), "smoke"), papers()) == {
        "width": (0.125, 1.0),
        "name": ("digits", "cifar10"),
        "images": (512, None),
        "test_images": (256, None),
        "epochs": (2, 30),
    }


def test_a_change_replaces_the_named_fields_and_no_other():
    run = papers(seed=5)
    other = with_changes(run, {"data": {"side": 64}, "recipe": {"epochs": 3, "batch": 32}})
    assert changed(other, run) == {"side": (64, 32), "epochs": (3, 30), "batch": (32, 64)}
    assert other.seed == 5
    assert with_changes(run, {}) == run


def test_a_change_to_something_invalid_is_refused_as_if_it_were_written_so():
    padded = Run(model=Model(name="resnet18", kernel_padding="all"), data=Data(name="cifar10", side=64))
    with pytest.raises(ValidationError, match=r"side=40: kernel padding .* Nearest: 32"):
        with_changes(padded, {"data": {"side": 40}})
    with pytest.raises(ValidationError, match="cifar10 holds 50000 images"):
        with_changes(padded, {"data": {"images": 50_000}})
    with pytest.raises(ValidationError, match="not permitted"):
        with_changes(padded, {"recipe": {"warmup": 1}})


def test_a_tier_that_leaves_one_image_for_the_last_batch_is_refused():
    """512 = 73 x 7 + 1."""
    with pytest.raises(ValidationError, match="the last batch would hold one image"):
        scale(papers(recipe=Recipe(batch=7)), "smoke")
