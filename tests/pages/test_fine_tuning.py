"""The networks that pages of Dead Pixel fine-tune: which, from what, and how much of it at tier thin."""

import pytest

from rfbook.pages.fine_tuning import fine_tuned, with_copies
from rfbook.pages.outcomes import Outcome
from rfbook.pages.page import Page
from rfbook.pages.parameters import ParameterError
from rfbook.pages.scaling import differences
from rfbook.records.store import Store


@pytest.fixture
def page(tmp_path):
    return Page("dead_pixel/feature", {"tier": "thin", "seeds": 1}, Store((tmp_path,)))


def test_a_network_and_its_padded_copy_differ_in_their_kernels_alone(page):
    for name, padding in (("resnet18", "all"), ("efficientnet_lite0", "convs")):
        plain, padded = (one.run for one in fine_tuned(page, [name]))
        assert (plain.model.kernel_padding, padded.model.kernel_padding) == ("none", padding)
        assert padded.model.model_copy(update={"kernel_padding": "none"}) == plain.model
        assert (padded.data, padded.recipe) == (plain.data, plain.recipe)


def test_a_lite_starts_from_imagenet_and_a_resnet_is_thin_and_starts_from_imagenette(page):
    planned = fine_tuned(page, ["efficientnet_lite0", "resnet18"], padded=False)
    lite, resnet = (one.run for one in planned)
    assert (lite.recipe.start, lite.model.width) == ("imagenet", 1)
    assert (resnet.recipe.start, resnet.model.width) == ("imagenette", 0.25)
    assert (lite.data.normalisation, resnet.data.normalisation) == ("efficientnet", "own")


def test_both_learn_from_all_images_in_single_precision(page):
    for one in fine_tuned(page, ["efficientnet_lite0", "resnet18"]):
        assert (one.run.data.images, one.run.recipe.precision) == (None, "fp32")


def test_copies_are_named_as_claims_name_them():
    lite = ("efficientnet_lite0", "efficientnet_lite0-padded-convs")
    assert with_copies(["resnet18", "efficientnet_lite0"]) == [("resnet18", "resnet18-padded-all"), lite]
    with pytest.raises(ParameterError, match="takes no vgg16"):
        with_copies(["vgg16"])


def test_at_tier_paper_both_are_trained_as_the_paper_says(page):
    page.values["tier"] = "paper"
    for one in fine_tuned(page, ["efficientnet_lite0", "resnet18"]):
        assert (one.run.recipe.epochs, one.run.data.side, one.run.data.images) == (200, 224, None)
        assert one.run == one.paper


def test_the_rate_of_a_thin_resnet_is_not_the_papers_and_is_said_to_differ(page):
    planned = fine_tuned(page, ["resnet18"], padded=False)
    (resnet,) = [Outcome(one.run, one.paper, {}) for one in planned]
    assert "learning rate 0.05 (paper 0.01)" in differences([resnet])


def test_at_tier_thin_a_resnet50_has_twice_the_epochs_of_a_resnet18_and_is_else_trained_alike(page):
    shallow, deep = (one.run for one in fine_tuned(page, ["resnet18", "resnet50"], padded=False))
    assert deep.recipe.epochs == 2 * shallow.recipe.epochs
    assert deep.recipe.model_copy(update={"epochs": shallow.recipe.epochs}) == shallow.recipe
    assert deep.data == shallow.data


def test_a_lite_says_that_the_paper_has_none(page):
    lite, resnet = fine_tuned(page, ["efficientnet_lite0", "resnet18"], padded=False)
    assert "EfficientNet-Lite0 (paper ResNets)" in lite.departs
    assert not any("EfficientNet" in words for words in resnet.departs)
