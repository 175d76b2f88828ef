"""What is asked of a page is what its runs have, or the page refuses; nothing is trained here."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfbook.experiments.architecture import CIFAR_RESNETS, MOBILENETS
from rfbook.pages import sources
from rfbook.pages.parameters import ParameterError
from rfbook.pages.plan import asks, declared
from tests.samples import repeatable

PAGES = [page for page in sources.pages(sources.repository()) if "seeds" in declared(page)]
PAGES += ["background/receptive-field", "dead_pixel/size-pretrained"]
FIELDS = {"side": "data", "images": "data", "test_images": "data", "width": "model", "epochs": "recipe"}
"""Parameter -> the part of a run that has a field of this name."""
EXACT = {"receptive_field", "cost"}
"""Measures that are the same from every seed, and are asked of one."""
VALUES = {
    "tier": ["smoke", "thin", "paper"], "seeds": [1, 2, 4], "floor": [2, 4], "side": [32, 64, 96, 224],
    "width": [0.125, 0.5, 1.0], "epochs": [0, 1, 40], "images": [100, 1000, 9000],
    "test_images": [32, 100, 300, 1500],
}  # fmt: skip
OTHER = "resnext50_32x4d"
"""A network that all pages take and that is the default of few."""


@pytest.fixture(autouse=True, scope="module")
def each_page_is_read_once():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "read", cache(sources.read))
        yield


def asked(page, values):
    """Every run of the page with its measures, but for what nobody can change.

    Those are the runs from whose weights others start, and the networks whose weights others publish as
    files: they are shown beside the page's own as they were published.
    """
    found = asks(page, values)
    starts = {run.source for run, _ in found}
    fixed = {run for run, _ in found if run.model.name in CIFAR_RESNETS + MOBILENETS}
    return [(run, measures) for run, measures in found if run not in starts | fixed]


@st.composite
def chosen(draw):
    """A page, and valid values for some of its parameters."""
    page = draw(st.sampled_from(PAGES))
    names = draw(st.lists(st.sampled_from([n for n in declared(page) if n in VALUES]), unique=True))
    return page, {name: draw(st.sampled_from(VALUES[name])) for name in names}


@settings(repeatable, max_examples=100)
@given(chosen())
def test_every_run_has_every_value_that_is_asked_for(page_and_values):
    page, values = page_and_values
    try:
        runs = asked(page, values)
    except ParameterError as refused:
        assert len(str(refused)) > len(page) + 20
        return
    for name, part in FIELDS.items():
        if name in values:
            assert {getattr(getattr(run, part), name) for run, _ in runs} == {values[name]}
    # Seeds that are the page's default are asked by nobody; data-and-training has two numbers of them.
    if values.get("seeds", declared(page).get("seeds")) != declared(page).get("seeds"):
        seeds = {}
        for run, measures in runs:
            if not (run.published or set(measures) <= EXACT or "floor" in declared(page)):
                seeds.setdefault(run.model_copy(update={"seed": 0}), set()).add(run.seed)
        assert all(held == set(range(values["seeds"])) for held in seeds.values())


@pytest.mark.parametrize("page", [page for page in PAGES if "models" in declared(page)])
def test_every_network_that_is_asked_for_is_there_and_the_others_are_the_pages_own(page):
    names = str(declared(page)["models"]).split()[:1]
    with_these, with_other = (
        {run.model.name for run, _ in asked(page, {"models": models})} for models in (names[0], OTHER)
    )
    assert names[0] in with_these
    assert OTHER in with_other
    assert with_these - set(names) <= with_other


@pytest.mark.parametrize("side", [64, 96, 224])
@pytest.mark.parametrize("page", ["size_matters/border-layer", "dead_pixel/checkerboard"])
def test_no_tier_makes_a_side_smaller_that_somebody_asked_for(page, side):
    """The last is what the papers have, and is the page's own where nobody asks."""
    assert {run.data.side for run, _ in asked(page, {"tier": "smoke", "side": side})} == {side}
    assert max(run.data.side for run, _ in asked(page, {"tier": "smoke"})) <= 64


def test_more_images_than_the_tier_has_are_refused_with_what_it_has():
    said = "digits holds 1438 images, not 2000: .*; tier smoke takes digits in place of cifar10, at most"
    with pytest.raises(ParameterError, match=said):
        asks("size_matters/border-layer", {"tier": "smoke", "images": 2000})


@pytest.mark.parametrize(
    "page, values, network, seeds",
    [
        ("size_matters/cifar-resnets", {}, "resnet34", 1),
        ("size_matters/cifar-resnets", {"seeds": 2}, "resnet34", 2),
        ("together/antialias", {"seeds": 4}, "resnet18", 4),
        ("background/data-and-training", {"floor": 4}, "vgg16", 4),
    ],
)  # fmt: skip
def test_a_page_has_fewer_seeds_of_a_slow_network_only_where_nobody_asked(page, values, network, seeds):
    runs = asked(page, values)
    assert {run.seed for run, _ in runs if run.model.name == network} == set(range(seeds))
