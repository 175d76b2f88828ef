"""The page: parameters in, records and verdicts out, and nothing computed that is not needed."""

import subprocess
import sys

import pytest

from rfbook.experiments.spec import Model
from rfbook.measures import obtain
from rfbook.pages import sources
from rfbook.pages.page import Page, store_of
from rfbook.pages.parameters import ParameterError
from rfbook.pages.plan import asks, cells_of, declared, planning, replay
from tests import skeleton
from tests.skeleton import OTHER, PAGE

MEASURES = ("accuracy", "saturation", "probes", "receptive_field")


@pytest.fixture
def nothing_made(monkeypatch):
    """Whatever is trained or measured from here on is a failure."""

    def make(run, measures, store, device):
        pytest.fail(f"{run.slug()} was made: {measures}")

    monkeypatch.setattr(obtain, "_make", make)


@pytest.fixture
def making(monkeypatch):
    """Records are made at once and without work; the list says which and on what device."""
    done = []

    def make(run, measures, store, device):
        done.append((run, tuple(measures), device))
        return {name: store.add(skeleton.made(run, name)) for name in measures}

    monkeypatch.setattr(obtain, "_make", make)
    return done


def opened(**parameters):
    return Page.open(PAGE, declared(PAGE) | parameters)


# Opening.


def test_a_page_declares_its_parameters_in_the_order_of_its_source(repository):
    assert list(declared(PAGE).items()) == [
        ("tier", "thin"), ("device", "auto"), ("seeds", 2), ("models", "vgg11 vgg13"),
        ("side", None), ("width", None), ("epochs", None), ("images", None),
    ]  # fmt: skip


def test_an_open_page_holds_valid_values_and_the_store_of_its_tier(repository):
    page = opened(width=1)
    assert (page.name, page.tier, page.outcomes) == (PAGE, "thin", [])
    assert page.values["models"] == ("vgg11", "vgg13")
    assert page.values["width"] == 1.0
    assert page.store == store_of("thin")


@pytest.mark.parametrize(
    "parameters, said",
    [
        ({"wdith": 0.5}, "unknown parameter 'wdith': did you mean 'width'"),
        ({"seeds": True}, "seeds=True: valid is 1 to 20. It is of type bool"),
        ({"side": 4}, r"side=4: valid is None \(the tier's\) or 8 to 1024. It is out of range"),
        ({"tier": "thim"}, "did you mean 'thin'"),
        ({"models": "vgg16_bn"}, "did you mean 'vgg16'"),
    ],
)
def test_a_wrong_parameter_stops_the_page_before_anything_is_looked_up(
    repository, monkeypatch, parameters, said
):
    def measure(self, planned, *measures):
        pytest.fail("measured")

    monkeypatch.setattr(Page, "measure", measure)
    with pytest.raises(ParameterError, match=f"(?i){said}"):
        replay(PAGE, parameters)


def test_an_unknown_page_is_answered_with_the_nearest(repository):
    with pytest.raises(LookupError, match=f"no page 'size_matters/tyni': did you mean '{PAGE}'"):
        Page.open("size_matters/tyni", {})


def run_cells(namespace):
    for cell in sources.read(PAGE, sources.repository()).cells:
        if cell.cell_type == "code":
            exec(cell.source, namespace)


def test_a_reader_may_run_all_cells_again_in_the_same_kernel(page):
    """By then the kernel holds the page's own variables, which nobody passed."""
    namespace = {}
    run_cells(namespace)
    assert namespace["field"] == 1
    run_cells(namespace)
    assert len(namespace["page"].outcomes) == 4


def test_parameters_are_checked_again_when_the_cells_run_again(page):
    namespace = {}
    run_cells(namespace)
    namespace["side"] = "large"
    with pytest.raises(ParameterError, match="side='large'"):
        Page.open(PAGE, namespace)


# From parameters to runs.


def test_a_run_is_described_as_in_the_paper_and_scaled_by_the_tier(repository):
    planned = opened().runs(["vgg11"], data="cifar10", side=32)
    assert [one.run.seed for one in planned] == [0, 1]
    assert {one.paper.model.width for one in planned} == {1.0}
    assert {one.run.model.width for one in planned} == {0.25}
    assert {one.run.recipe.epochs for one in planned} == {30}
    assert {one.run.data.name for one in planned} == {"cifar10"}


def test_the_papers_tier_changes_nothing(repository):
    assert all(one.run == one.paper for one in opened(tier="paper").runs(["vgg11", "vgg13"]))


def test_smoke_takes_shipped_images_and_a_tiny_budget(repository):
    (one, _) = opened(tier="smoke").runs(["vgg11"], data="cifar10", side=224)
    assert (one.run.data.name, one.run.data.side) == ("digits", 64)
    assert (one.run.model.width, one.run.recipe.epochs) == (0.125, 2)
    assert (one.paper.data.name, one.paper.data.side) == ("cifar10", 224)


@pytest.mark.parametrize("tier", ["smoke", "thin", "paper"])
def test_what_the_page_is_given_wins_over_the_tier(repository, tier):
    given = {"width": 0.5, "epochs": 1, "images": 200}
    (one, _) = opened(tier=tier, **given).runs(["vgg11"])
    assert (one.run.model.width, one.run.recipe.epochs, one.run.data.images) == (0.5, 1, 200)
    assert (one.paper.model.width, one.paper.recipe.epochs, one.paper.data.images) == (1, 30, None)


def test_networks_come_by_name_or_described_in_full_each_from_every_seed(repository):
    special = Model(name="resnet18", stem="cifar")
    planned = opened(seeds=3).runs(["vgg11", special])
    assert [(one.run.model.label, one.run.seed) for one in planned] == [
        ("vgg11", 0), ("vgg11", 1), ("vgg11", 2),
        ("resnet18-cifar", 0), ("resnet18-cifar", 1), ("resnet18-cifar", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "tier, given, said",
    [
        ("thin", {"images": 50_000}, "cifar10 holds 50000 images, not 50000: leave it out for all"),
        ("smoke", {"images": 2000}, "digits holds 1438 images, not 2000"),
        ("thin", {"images": 129}, "images=129, batch=64: the last batch would hold one image"),
    ],
)
def test_a_run_that_cannot_be_made_so_is_refused_in_the_words_of_the_rule(
    repository, tier, given, said
):
    with pytest.raises(ParameterError, match=f"^{said}"):
        opened(tier=tier, **given).runs(["vgg11"])


def test_a_network_that_does_not_exist_is_refused(repository):
    with pytest.raises(ParameterError, match="vgg11"):
        opened().runs(["vgg10"])


def test_a_published_network_has_no_seeds(repository):
    page = opened(seeds=3)
    published = page.runs(["efficientnet_lite0"], data="imagenette", side=224, recipe="pretrained")
    assert [one.run.seed for one in published] == [0]


def test_what_departs_from_the_paper_at_every_tier_is_said_once(repository, making):
    page = opened(tier="paper", seeds=1)
    for name in ("vgg11", "vgg13"):
        page.measure(page.runs([name], departs=["other data"]), "accuracy")
    assert page.scaled() == "tier paper: other data"


def test_a_part_of_the_outcomes_says_only_what_holds_for_them(repository, making):
    page = opened(tier="paper", seeds=1)
    first = page.measure(page.runs(["vgg11"], departs=["other data"]), "accuracy")
    second = page.measure(page.runs(["vgg13"]), "accuracy")
    assert page.only(first).scaled() == page.scaled() == "tier paper: other data"
    assert page.only(second).scaled() == "tier paper: as in the paper"


# From runs to records.


@pytest.mark.parametrize(
    "measure, side, said",
    [
        ("kernel_padding", 224, "vgg11: kernel padding is measured on the stages of a ResNet; use"),
        ("field_recipe", 224, "vgg11: field recipe is measured on the stages of a ResNet"),
        ("kernel_padding", 48, "side=48: kernel padding keeps the output size only for even maps"),
    ],
)
def test_a_measure_that_cannot_be_taken_is_refused_before_anything_is_made(
    repository, nothing_made, measure, side, said
):
    page = opened()
    network = "vgg11" if side == 224 else "resnet18"
    with pytest.raises(ParameterError, match=f"^{said}"):
        page.measure(page.runs([network], side=side), measure)



def test_records_that_are_there_are_loaded(page, nothing_made):
    again = replay(PAGE, {})
    assert [(one.label, one.run.seed) for one in again.outcomes] == [
        ("vgg11", 0), ("vgg11", 1), ("vgg13", 0), ("vgg13", 1),
    ]  # fmt: skip
    assert all(tuple(one.records) == MEASURES for one in again.outcomes)


def test_records_that_are_missing_are_made_on_the_device_of_the_page(repository, making):
    page = replay(PAGE, {"seeds": 1, "models": "vgg13", "device": "cpu"})
    ((run, measures, device),) = making
    assert (run.model.name, measures, device) == ("vgg13", MEASURES, "cpu")
    assert page.outcomes[0].records["accuracy"].values["accuracy"] == 0.7
    assert [path.parent.parent.name for path in page.store.paths()] == ["runs"] * 4


def test_the_outcomes_of_a_call_are_returned_and_those_of_all_calls_are_kept(page):
    first = page.measure(page.runs(["vgg11"]), "accuracy")
    assert [tuple(one.records) for one in first] == [("accuracy",)] * 2
    assert len(page.outcomes) == 4


def test_a_run_that_is_measured_twice_is_no_second_seed(repository, making):
    page = opened(seeds=1)
    family = page.runs(["vgg11"])
    page.measure(family, "receptive_field")
    page.measure(family, "accuracy", "receptive_field")
    (outcome,) = page.outcomes
    assert set(outcome.records) == {"receptive_field", "accuracy"}
    found = {verdict.claim.id: verdict for verdict in page.verdicts()}
    assert [one.n for one in found["SM-1-accuracy"].estimates] == [1]
    assert found["SM-1-accuracy"].word == "open"


def test_a_network_at_two_sides_is_no_network_with_two_seeds(repository, making):
    page = opened(seeds=1)
    for side in (32, 64):
        page.measure(page.runs(["vgg11"], side=side), "accuracy")
    found = {verdict.claim.id: verdict for verdict in page.verdicts()}
    assert found["SM-1-accuracy"].word == "open"
    assert all(one.n == 1 for one in found["SM-1-accuracy"].estimates)


# Planning.


def test_while_a_plan_is_made_nothing_is_computed(repository, nothing_made):
    with planning() as plan:
        page = opened()
        assert page.measure(page.runs(["vgg11"]), "accuracy", "saturation") == []
        assert page.measure(page.runs(["vgg13"]), "probes") == []
        assert page.outcomes == []
    assert {tier for tier, _ in plan} == {"thin"}
    assert [(run.model.name, run.seed, measures) for _, (run, measures) in plan] == [
        ("vgg11", 0, ("accuracy", "saturation")), ("vgg11", 1, ("accuracy", "saturation")),
        ("vgg13", 0, ("probes",)), ("vgg13", 1, ("probes",)),
    ]  # fmt: skip


def test_a_page_may_show_a_second_tier_whose_runs_are_those_of_that_tier(repository, nothing_made):
    with planning() as plan:
        page = opened(tier="paper", seeds=1)
        part = page.part(tier="thin", seeds=2)
        for one in (page, part):
            one.measure(one.runs(["vgg11"]), "accuracy")
    assert [(tier, run.model.width, run.seed) for tier, (run, _) in plan] == [
        ("paper", 1, 0), ("thin", 0.25, 0), ("thin", 0.25, 1),
    ]  # fmt: skip
    assert [run for tier, (run, _) in plan if tier == "thin"] == [
        one.run for one in opened(seeds=2).runs(["vgg11"])
    ]
    with pytest.raises(ParameterError, match="Did you mean 'thin'"):
        page.part(tier="thim")


def test_what_a_page_shows_beside_its_own_decides_none_of_its_claims(repository, making):
    page = opened(seeds=1)
    part = page.part(seeds=2)
    part.measure(part.runs(["vgg11"]), *MEASURES)
    assert (page.outcomes, page.parts, part.store) == ([], [part], page.store)
    assert {verdict.word for verdict in page.verdicts()} == {"not tested"}


def test_a_plan_ends_where_it_ends_even_by_an_error(repository, making):
    with pytest.raises(ZeroDivisionError), planning():
        raise ZeroDivisionError
    replay(PAGE, {"seeds": 1, "models": "vgg11"})
    assert len(making) == 1


def test_a_page_asks_for_all_its_runs_with_the_parameters_given(repository, nothing_made):
    asked = asks(PAGE, {"models": "vgg13", "seeds": 1, "epochs": 3})
    ((run, measures),) = asked
    assert (run.model.name, run.recipe.epochs, measures) == ("vgg13", 3, MEASURES)


def test_the_plan_of_two_pages_unites_what_they_ask_of_a_run(repository, nothing_made):
    both = obtain.merged([*asks(PAGE, {"seeds": 1}), *asks(OTHER, {})])
    assert [(run.model.name, measures) for run, measures in both.items()] == [
        ("vgg11", list(MEASURES)), ("vgg13", list(MEASURES)),
    ]  # fmt: skip


# What is said of it.


def test_the_verdicts_are_those_of_the_claims_that_name_the_page(page):
    found = {verdict.claim.id: verdict for verdict in page.verdicts()}
    assert {name: verdict.word for name, verdict in found.items()} == {
        "SM-1-border": "reproduced",
        "SM-1-accuracy": "open",
        "SM-1-never": "not tested",
    }
    assert [(one.network, one.n) for one in found["SM-1-accuracy"].estimates] == [
        ("vgg11", 2), ("vgg13", 2),
    ]  # fmt: skip


def test_without_the_records_that_a_claim_reads_it_is_not_tested(page):
    other = opened()
    other.measure(other.runs(["vgg11"]), "receptive_field")
    found = {verdict.claim.id: verdict.word for verdict in other.verdicts()}
    assert found["SM-1-border"] == "reproduced"
    assert found["SM-1-accuracy"] == "not tested"


def test_at_another_side_nothing_is_held_against_what_the_paper_printed(repository, making):
    found = {verdict.claim.id: verdict for verdict in replay(PAGE, {"side": 64}).verdicts()}
    assert found["SM-1-border"].claim.holds_if == "near"
    assert found["SM-1-border"].word == "not tested"
    assert found["SM-1-border"].why == "printed for 32 pixels, the page was run at 64"
    assert found["SM-1-accuracy"].word != "not tested"


def test_a_changed_record_changes_the_verdict(page):
    outcome = page.outcomes[0]
    outcome.records["receptive_field"].values["border"] = "conv2"
    words = {verdict.claim.id: verdict.word for verdict in page.verdicts()}
    assert words["SM-1-border"] == "partly"


def test_what_the_tier_changed_is_said(page):
    assert page.scaled() == "tier thin: width 0.25 (paper 1.0)"


def test_what_the_parameters_changed_is_said_beside_it(repository, making):
    page = replay(PAGE, {"epochs": 3, "images": 2000, "seeds": 1})
    said = "epochs 3 (paper 30), training images 2000 (paper all), width 0.25 (paper 1.0)"
    assert page.scaled() == f"tier thin: {said}"


def test_another_side_than_the_papers_is_said_too(repository, making):
    assert "side 64 (paper 32)" in replay(PAGE, {"side": 64, "seeds": 1}).scaled()


def test_the_papers_own_settings_are_said_to_be_so(repository, making):
    assert replay(PAGE, {"tier": "paper"}).scaled() == "tier paper: as in the paper"


# Where records are.


def test_smoke_keeps_its_records_apart_from_the_published_ones(repository):
    smoke = store_of("smoke")
    assert smoke.roots == (repository / "build/smoke/records",)
    for tier in ("thin", "paper", "published"):
        assert store_of(tier).roots == (repository / "results", repository / "runs")
        assert not set(store_of(tier).roots) & set(smoke.roots)


def test_a_smoke_run_leaves_no_record_among_the_others(repository, making):
    replay(PAGE, {"tier": "smoke", "seeds": 1})
    assert list(store_of("thin").paths()) == []
    assert len(list(store_of("smoke").paths())) == 8


LOADING = """
import sys
from rfbook.experiments import places
places.__file__ = sys.argv[1] + "/src/rfbook/experiments/places.py"
from rfbook.pages.figures import layers as figures, style
from rfbook.pages import tables
from rfbook.pages.plan import replay
style.display = lambda forms, raw: None
page = replay(sys.argv[2], {})
assert len(page.outcomes) == 4
for table in (tables.parameters, tables.opening, tables.verdicts, tables.footer):
    assert table(page)._repr_html_()
figures.layer_profiles(page, page.outcomes, "a text of more than twenty characters", "c", "fig-a")
sys.exit("torch was imported" if "torch" in sys.modules else 0)
"""


def test_a_page_whose_records_exist_is_shown_without_torch(page, repository):
    command = [sys.executable, "-c", LOADING, str(repository), PAGE]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_page_runs_with_the_values_it_declares_and_those_it_is_passed(page):
    assert replay(PAGE, {"models": "vgg13"}).values["models"] == ("vgg13",)
    assert cells_of(PAGE, "parameters")[0].startswith('tier = "thin"')
