"""The explorer's and the toy's data: the package's numbers and the store's records, nothing else."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision import models

from rfbook.backmatter import explorer, explorer_measured, explorer_packed, interactive
from rfbook.backmatter.census import in_book, wanted
from rfbook.experiments.spec import RESNETS, VGGS, Model
from rfbook.metrics.paths import window_counts
from rfbook.metrics.receptive_field import conv_fields, receptive_fields
from rfbook.pages import sources
from rfbook.pages.figures import style
from rfbook.pages.page import store_of
from rfbook.pages.plan import asks
from rfbook.records.store import Store, folder, read
from tests import skeleton
from tests.left import whole

RESULTS = Store((Path(__file__).parents[2] / "results",))


@pytest.fixture
def store(repository):
    """The small repository's store, with two seeds of two networks."""
    made = Store(store_of("thin").roots[:1])
    skeleton.fill(made, asks(skeleton.PAGE, {}))
    return made


@pytest.fixture(scope="module")
def published():
    """What the page of the published book embeds, by the network's name."""
    data = explorer.explorer_data("published")
    return {network["name"]: network for network in data["networks"]}


def shown(store):
    """The curves per network, as the page has them."""
    found = {}
    for run, seeds in explorer.by_setting(explorer.runs_in(store), store).items():
        found.setdefault(run.model.label, []).append(explorer.profile(run, seeds))
    return found


def exchange(store, measure, **values):
    """Replace seed 0 of vgg11 in one record by another valid one."""
    run = next(r for r, _ in asks(skeleton.PAGE, {}) if r.model.name == "vgg11" and r.seed == 0)
    (path,) = (store.roots[0] / folder(run)).glob(f"{measure}-*.json")
    path.unlink()
    store.add(skeleton.made(run, measure, **values))


def add(store, *without, **changes):
    """Records of one more run, which differs from seed 0 of vgg11 as said."""
    seed0, _ = asks(skeleton.PAGE, {})[0]
    run = seed0.model_copy(update=changes)
    for measure in set(explorer.NEEDED) - set(without):
        store.add(whole(run, measure, **skeleton.values(seed0, measure)))
    return run


# Fields.


def test_every_network_whose_fields_are_finite_is_there(published):
    changed = {"resnet18-cifar", "resnet34-cifar", "resnet18-noskip", "resnet34-noskip", "vgg19-d2"}
    assert changed | set(VGGS + RESNETS) <= published.keys()
    assert all(math.isfinite(max(network["field"])) for network in published.values())


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "vgg13"])
def test_the_fields_are_those_of_the_whole_network(published, name):
    """The package's arithmetic on torchvision's own network, at full width."""
    with torch.device("meta"):
        network = getattr(models, "vgg13_bn" if name == "vgg13" else name)(weights=None)
    known = receptive_fields(network)
    shown = published[name]
    assert list(zip(shown["layers"], shown["field"], strict=True)) == conv_fields(known)
    assert shown["jump"] == [max(known[layer].jump) for layer in shown["layers"]]


@pytest.mark.parametrize("name, field", [("resnet18", 435), ("resnet50", 427), ("resnet152", 1451)])
def test_the_last_field_is_what_dead_pixel_table_1_prints(published, name, field):
    assert published[name]["field"][-1] == field


def test_the_fields_are_those_of_every_record_there_is(published):
    records = [read(path) for path in RESULTS.paths("receptive_field-*.json")]
    known = [record for record in records if record.run.model.label in published]
    assert len(known) > len(VGGS)
    for record in known:
        network = published[record.run.model.label]
        for name in ("layers", "field", "jump"):
            assert network[name] == record.values[name], record.run.slug()


def test_the_windows_of_a_network_lead_to_its_fields(published):
    """So that the page need not hold the fields as well."""
    for name, network in published.items():
        field, jump, found = 1, 1, []
        for kind, kernel, stride, _, dilation in network["windows"]:
            field, jump = field + dilation * (kernel - 1) * jump, jump * stride
            found += [(field, jump)] * (kind == "conv")
        assert found == list(zip(network["field"], network["jump"], strict=True)), name


def test_no_weights_are_made_for_a_field():
    assert explorer.fields(Model(name="vgg11", width=4.0)) == explorer.fields(Model(name="vgg11"))


# Curves.


def test_the_curves_are_those_of_the_published_records(published):
    asked = {run for _, _, run, _ in wanted(in_book(sources.repository()), "published")}
    runs = {read(path).run for path in RESULTS.paths("probes-*.json")} & asked
    shown = [curves for network in published.values() for curves in network["records"]]
    assert sum(curves["seeds"] for curves in shown) >= len(runs) > 0
    for run in runs:
        network = published[run.model.label]
        seeds = [one for one in runs if one.model_copy(update={"seed": run.seed}) == run]
        held = [RESULTS.find(one, "saturation").values["saturation"] for one in seeds]
        mean = np.mean(held, axis=0)[: len(network["field"])]
        same = [c["saturation"] for c in network["records"] if c["seeds"] == len(seeds)]
        assert any(np.allclose(curve, mean, atol=1e-4) for curve in same), run.slug()


def test_a_curve_is_the_mean_over_seeds_with_students_interval(store):
    (curves,) = shown(store)["vgg11"]
    assert (curves["seeds"], curves["side"]) == (2, 32)
    assert curves["setting"] == "cifar10, 32 px, width 0.25, 30 epochs"
    assert curves["accuracy"] == 0.61
    assert curves["probes"] == [0.3, 0.4, 0.5, *[0.6] * 5]
    # The probes of the two seeds are 0.59 and 0.61: t(0.975, 1) = 12.706, s / sqrt(2) = 0.01.
    assert curves["half"]["probes"] == pytest.approx([0] * 3 + [0.1271] * 5, abs=1e-4)


def test_an_exchanged_record_changes_what_its_network_shows_and_no_other(store):
    before = shown(store)
    exchange(store, "probes", probes=[0.1] * 9)
    after = shown(store)
    assert after["vgg11"][0]["probes"] == pytest.approx([0.2, 0.25, 0.3, *[0.355] * 5], abs=1e-4)
    assert after["vgg11"][0]["saturation"] == before["vgg11"][0]["saturation"]
    assert after["vgg13"] == before["vgg13"]


def test_another_seed_is_counted_without_a_change_to_the_page(store):
    add(store, seed=7)
    assert [curves["seeds"] for curves in shown(store)["vgg11"]] == [3]


def test_runs_that_differ_in_more_than_their_seed_are_not_averaged(store):
    first = next(iter(explorer.by_setting(explorer.runs_in(store), store)))
    add(store, data=first.data.model_copy(update={"side": 64}))
    add(store, recipe=first.recipe.model_copy(update={"weight_decay": 0.0}))
    settings = {curves["setting"]: curves["seeds"] for curves in shown(store)["vgg11"]}
    assert sorted(settings.values()) == [1, 1, 2]
    assert "cifar10, 64 px, width 0.25, 30 epochs" in settings
    assert "cifar10, 32 px, width 0.25, 30 epochs, weight_decay 0.0" in settings


def test_one_seed_has_no_interval_and_a_run_without_probes_is_not_shown(store):
    for path in store.roots[0].glob("vgg11-*-s0-*/probes-*.json"):
        path.unlink()
    (curves,) = shown(store)["vgg11"]
    assert (curves["seeds"], curves["half"]) == (1, {"saturation": None, "probes": None})


def test_a_network_without_records_has_fields_only(store, monkeypatch):
    monkeypatch.setattr(explorer, "fields", lambda model: {"layers": [], "field": [3], "jump": [1]})
    networks = explorer.explorer_data("thin")["networks"]
    measured = [network["name"] for network in networks if network["records"]]
    assert measured == ["vgg11", "vgg13"]
    assert len(networks) > 13


def test_a_network_that_nobody_listed_comes_with_its_recorded_fields(store, monkeypatch):
    monkeypatch.setattr(explorer, "fields", lambda model: {"layers": [], "field": [3], "jump": [1]})
    run = add(store, "receptive_field", model=Model(name="vgg19", dilation=4))
    fields = skeleton.values(asks(skeleton.PAGE, {})[0][0], "receptive_field")
    store.add(whole(run, "receptive_field", **fields))
    *_, last = explorer.explorer_data("thin")["networks"]
    assert (last["name"], last["field"][-1], last["records"][0]["seeds"]) == ("vgg19-d4", 150, 1)


def test_a_readers_own_runs_and_those_of_planned_pages_are_not_in_the_published_book(
    store, repository, monkeypatch
):
    monkeypatch.setattr(explorer, "fields", lambda model: {"layers": [], "field": [3], "jump": [1]})
    before = explorer.explorer_data("published")
    assert [one["name"] for one in before["networks"] if one["records"]] == ["vgg11", "vgg13"]
    reader = Store((repository / "runs",))
    skeleton.fill(reader, asks(skeleton.PAGE, {"epochs": 1}))
    add(store, seed=7)
    assert explorer.explorer_data("published") == before
    page = repository / f"notebooks/{skeleton.PAGE}.md"
    page.write_text(page.read_text().replace("{tier: thin,", "{tier: thin, planned: true,"))
    shown = explorer.explorer_data("published")["networks"]
    assert [one["name"] for one in shown if one["records"]] == []


def test_of_one_side_the_widest_and_longest_with_three_seeds_and_no_canvas_comes_first(published):
    for network in published.values():
        sides = [record["side"] for record in network["records"]]
        assert sides == sorted(sides)
    first = next(record for record in published["vgg16"]["records"] if record["side"] == 160)
    assert "canvas" not in first["setting"]
    assert published["vgg16"]["records"][0]["setting"] == "cifar10, 32 px, width 0.25, 30 epochs"


# Effective fields.


def test_the_effective_fields_are_the_means_of_the_published_records(published):
    (shown,) = [one for one in published["resnet18"]["fields"] if one["side"] == 32]
    paths = list(RESULTS.paths("effective_field-*.json"))
    run = "resnet18-w0.25-cifar10-32px-e30"
    held = [read(path) for path in paths if path.parent.name.startswith(run)]
    assert shown["seeds"] == len(held) > 1
    assert shown["cells"].keys() == {"layer3", "layer4"}
    for target, text in shown["cells"].items():
        mean = np.mean([record.arrays[target] for record in held], axis=0)
        levels = np.array([explorer_measured.LEVELS.index(letter) for letter in text]) / 63
        assert np.abs(levels.reshape(32, 32) - np.sqrt(mean / mean.max())).max() <= 0.5 / 63 + 1e-6


def test_a_cell_of_a_larger_field_is_the_mean_of_a_block():
    field = np.zeros((64, 64))
    field[:2, :2] = [[1, 2], [3, 2]]
    field[0, 2] = 2
    text = explorer_measured.cells(field)
    assert len(text) == 32**2
    assert text[:3] == "/" + explorer_measured.LEVELS[round(63 * 0.5)] + "A"


# What is embedded.


def test_what_the_page_holds_is_small(published):
    """The photograph is among them."""
    data = {"networks": list(published.values()), "colours": interactive.COLOURS}
    text = interactive.embed("explorer-data", explorer_packed.packed(data)).data
    assert len(text) < 60_000


def test_windows_in_short_name_a_run_of_equal_ones_once():
    windows = [("conv", 7, 2, 3, 1), ("pool", 3, 2, 1, 1), *[("conv", 3, 1, 1, 1)] * 4]
    assert explorer_packed.in_short(windows) == "7.2.3.1-p3.2.1.1-3.1.1.1*4"


def test_shares_in_letters_are_as_fine_as_a_drawing_needs():
    assert explorer_packed.in_letters([0, 1, 1.2]) == "AA////"
    assert explorer_packed.in_letters(None) == ""


def test_the_page_holds_the_data_as_json_that_no_text_can_end():
    data = {"name": "</script><b>", "value": 1}
    text = interactive.embed("some-data", data).data
    assert text.startswith('<script type="application/json" id="some-data">')
    assert text.count("<") == 2
    assert json.loads(text.partition(">")[2].removesuffix("</script>")) == data


def test_a_number_that_json_does_not_have_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        interactive.embed("some-data", {"field": math.inf})


def test_the_colours_are_the_books():
    assert set(interactive.COLOURS.values()) <= {*style.COLOURS, style.GREY, "black"}
    assert len(interactive.toy_data()["shades"]) == interactive.SHADES


# The static figures.


@pytest.fixture
def displayed(monkeypatch):
    forms = []
    monkeypatch.setattr(style, "display", lambda data, raw: forms.append(data["text/markdown"]))
    return forms


def test_the_static_explorer_names_the_last_fields_in_its_text(displayed):
    networks = [
        {"name": "short", "field": [3, 9]},
        {"name": "long", "field": [3, 9, 41]},
        {"name": "twin", "field": [3, 9]},
    ]
    explorer.explorer_figure({"networks": networks}, 32, "fig-explorer")
    assert "in pixels: 9 in short, 41 in long" in displayed[0]
    assert "twin" not in displayed[0]


def test_the_static_toy_says_how_the_counts_repeat(displayed):
    interactive.toy_figure(32, 3, 1, "fig-toy")
    assert "repeat every 2, 4 and 8 pixels with kernel 3, and are equal with" in displayed[0]


@pytest.mark.parametrize("layers", [[(3, 2, 1)], [(7, 2, 3)] * 3, [(2, 3, 0)], [(4, 2, 1)] * 2])
def test_the_steady_counts_are_those_in_the_middle_of_a_wide_row(layers):
    steady = interactive.steady_counts(layers)
    period = math.prod(stride for _, stride, _ in layers)
    counts = window_counts(100 * period, layers)
    middle = counts[50 * period : 52 * period].astype(int).tolist()
    assert middle == (steady * 2 * period)[: 2 * period]


def test_a_kernel_that_the_stride_divides_is_even_and_another_is_not():
    assert interactive.steady_counts([(7, 2, 3)]) == [3, 4]
    assert interactive.steady_counts([(8, 2, 3)]) == [4]
    assert np.ptp(interactive.steady_counts([(3, 2, 1)] * 3)) > 0
