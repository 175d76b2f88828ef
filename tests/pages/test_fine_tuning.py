"""The networks that pages of Dead Pixel fine-tune: which, from what, and how much of it at tier thin."""

import pytest

from rfbook.pages.fine_tuning import fine_tuned, with_copies
from rfbook.pages.page import Page
from rfbook.pages.parameters import ParameterError
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


def test_a_lite_starts_from_imagenet_and_sees_all_images_where_a_resnet_is_reduced(page):
    planned = fine_tuned(page, ["efficientnet_lite0", "resnet18"], padded=False)
    lite, resnet = (one.run for one in planned)
    assert (lite.recipe.start, lite.model.width, lite.data.images) == ("imagenet", 1, None)
    assert (resnet.recipe.start, resnet.model.width, resnet.data.images) == ("imagenette", 0.25, 4000)
    assert (lite.data.normalisation, lite.recipe.precision) == ("efficientnet", "fp32")


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


def test_a_lite_says_that_the_paper_has_none(page):
    lite, resnet = fine_tuned(page, ["efficientnet_lite0", "resnet18"], padded=False)
    assert "EfficientNet-Lite0 (paper ResNets)" in lite.departs
    assert not any("EfficientNet" in words for words in resnet.departs)
