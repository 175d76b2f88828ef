"""Networks that others trained, on a page: as they were published, whatever a reader changes."""

import pytest

from rfbook.experiments.architecture import CIFAR_RESNETS, LITES, MOBILENETS
from rfbook.experiments.spec import RECIPES
from rfbook.pages.by_others import ANOTHER_SIDE, mobilenets, trained_by_others, with_imagenet_weights
from rfbook.pages.page import Page
from rfbook.pages.tables import depth_series, width_series
from rfbook.records.store import Store
from tests.left import whole
from tests.reading import rows

VALUES = {"tier": "thin", "seeds": 3, "width": 0.5, "side": 64, "epochs": 2, "images": 100}


@pytest.fixture
def page(tmp_path):
    return Page("dead_pixel/size-pretrained", dict(VALUES), Store((tmp_path,)))


def test_a_readers_parameters_do_not_change_them(page):
    planned = trained_by_others(page, test_images=400)
    assert [one.run.model.name for one in planned] == list(CIFAR_RESNETS)
    for one in planned:
        assert one.run.published and one.run == one.paper
        assert (one.run.model.width, one.run.data.side, one.run.data.test_images) == (1, 32, 400)
        assert one.run.data.normalisation == "imagenet"
    assert page.values == VALUES


def test_in_smoke_they_are_random_and_small(page):
    page.values["tier"] = "smoke"
    assert {one.run.recipe for one in trained_by_others(page)} == {RECIPES["untrained"]}


def test_mobilenets_are_as_they_were_published_at_the_side_that_the_page_names(page):
    planned = mobilenets(page, 224, test_images=400)
    assert [one.run.model.name for one in planned] == list(MOBILENETS)
    for one in planned:
        assert one.run.published and one.run == one.paper
        assert (one.run.model.width, one.run.data.name, one.run.data.side) == (1, "imagenette", 224)
        assert one.run.data.normalisation == "mobilenet"
    page.values["tier"] = "smoke"
    assert {one.run.recipe for one in mobilenets(page, 224)} == {RECIPES["untrained"]}


def test_each_network_with_imagenets_weights_sees_the_constants_that_it_was_trained_with(tmp_path):
    page = Page("dead_pixel/practice", {"tier": "thin", "test_images": 64}, Store((tmp_path,)))
    planned = with_imagenet_weights(page)
    assert [one.run.model.name for one in planned] == list(LITES)
    assert {one.run.data.normalisation for one in planned} == {"efficientnet"}
    assert {one.run.data.test_images for one in planned} == {64}
    (resnet,) = with_imagenet_weights(page, ["resnet18"])
    assert resnet.run.published and resnet.run.data.normalisation == "own"


def test_figures_say_which_networks_see_images_of_another_size_than_in_their_training(tmp_path):
    page = Page("dead_pixel/practice", {"tier": "thin"}, Store((tmp_path,)))
    assert all(ANOTHER_SIDE in one.departs for one in with_imagenet_weights(page))
    (only,) = with_imagenet_weights(page, LITES[:1])
    assert ANOTHER_SIDE not in only.departs


def test_in_smoke_one_network_with_imagenets_weights_stands_for_all_and_says_so(tmp_path):
    page = Page("dead_pixel/practice", {"tier": "smoke", "test_images": 64}, Store((tmp_path,)))
    (only,) = with_imagenet_weights(page)
    assert (only.run.model.name, only.departs[-1]) == (LITES[0], "one network of 3 (tier smoke)")


def outcomes(page, measures, change=None, **images):
    """Records that nobody measured, of all four."""
    for planned in trained_by_others(page, **images):
        for name in measures:
            record = whole(planned.run, name)
            page.store.add(change(record) if change else record)
    return page.measure(trained_by_others(page, **images), *measures)


def wider(record):
    """Its widths as the root of the depth."""
    depth = int(record.run.model.name.removeprefix("resnet"))
    for target in record.values["targets"].values():
        target["gaussian"] = target["gaussian"] | {"sigma_x": depth**0.5, "sigma_y": depth**0.5}
    return record


def test_a_row_of_the_table_has_what_was_measured_and_what_its_author_prints(page):
    fields = outcomes(page, ["effective_field"], wider, test_images=400)
    shares = outcomes(page, ["accuracy", "receptive_field"])
    first, *_, last = rows(depth_series.measured(page, fields, shares))
    assert (first["network"], first["right, %"]) == ("ResNet20", "50")
    assert (first["as its author prints, %"], last["as its author prints, %"]) == ("91.73", "93.39")
    assert float(first["effective size of layer3, px"]) == pytest.approx(20**0.5, abs=0.6)


def test_growth_is_told_of_every_stage_whose_fields_have_a_peak(page):
    def flat(record):
        wider(record).values["targets"]["layer1"]["gaussian"] = None
        return record

    found = depth_series.growth(outcomes(page, ["effective_field"], flat, test_images=400))
    assert [one.network for one in found] == ["layer2", "layer3"]
    assert found["layer3"].mean == pytest.approx(0.5)


def test_a_row_of_mobilenets_has_their_accuracy_beside_both_fields(page):
    asked = {"test_images": 400}, ["receptive_field", "effective_field"]
    for planned in mobilenets(page, 224, **asked[0]):
        for name in (*asked[1], "accuracy"):
            page.store.add(whole(planned.run, name))
    found = page.measure(mobilenets(page, 224, **asked[0]), *asked[1], "accuracy")
    first, *_, last = rows(width_series.measured(page, found, found))
    assert (first["network"], last["network"]) == ("MobileNetV1 0.25", "MobileNetV2")
    assert first["right, %"] == "50" and first["theoretical field, px"] == "7"
    assert first["of layer4, px"] == "3.5"
