"""The receptive-field explorer: the data its script draws from, and its static figure.

The scripts in `book/_static` hold no number of their own: fields and curves come from the records, what
slides over a map from the network's architecture, colours from the book's style.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import takewhile
from typing import Any

import numpy as np
from matplotlib import pyplot

from rfbook.backmatter.census import census
from rfbook.backmatter.explorer_measured import measured_fields, setting
from rfbook.backmatter.interactive import COLOURS
from rfbook.experiments.spec import RESNETS, VGGS, Data, Model, Run
from rfbook.pages.figures import style
from rfbook.pages.figures.panels import half_width
from rfbook.pages.outcomes import Outcome, curves_of
from rfbook.pages.page import store_of
from rfbook.pages.sources import PUBLISHED
from rfbook.records.store import Store, read

NO_SKIPS = (False, False, False, False)
MODELS = (
    *(Model(name=name) for name in VGGS + RESNETS),
    Model(name="vgg19", dilation=2),
    *(Model(name=name, stem="cifar") for name in ("resnet18", "resnet34")),
    *(Model(name=name, skips=NO_SKIPS) for name in ("resnet18", "resnet34")),
)
"""Networks to choose from; another one that has curves comes by itself, with its recorded fields."""

PARTS = ("layers", "field", "jump")
"""What a record knows of every convolution of a network."""

CURVES = ("saturation", "probes")
"""What is measured of every convolution."""

NEEDED = (*CURVES, "accuracy", "receptive_field")
"""The records that the curves of a run need."""


def explorer_data(tier: str) -> dict[str, Any]:
    """Fields of every network, and the curves of those whose records are there at this tier.

    At `published` these are the records in `results/` of runs that a page of the book asks for: those
    in a reader's `runs/` and those of planned pages are left out.
    Networks with squeeze-excitation are not listed: there every unit sees the whole input.
    """
    store = store_of(tier).published if tier == PUBLISHED else store_of(tier)
    runs = {ask.run for ask in census(tier) if not ask.planned} if tier == PUBLISHED else runs_in(store)
    groups = by_setting(runs, store)
    known = recorded(runs, store)
    models = {model.label: model for model in (*MODELS, *(run.model for run in groups))}
    effective = measured_fields(runs, store)
    networks = [
        {
            "name": name,
            **fields(_main_path(model)),
            **known.get(_main_path(model), {}),
            "records": _curves(groups, name),
            "fields": effective.get(name, []),
        }
        for name, model in models.items()
    ]
    return {"networks": networks, "colours": COLOURS}


@cache
def fields(model: Model) -> dict[str, list]:
    """What slides over the maps of a network on its main path, and what its convolutions see, in pixels.

    windows: (kind, kernel, stride, padding, dilation) of its convolutions and pooling layers, up to the
    last convolution. layers, field, jump: of the convolutions alone.
    """
    import torch

    from rfbook.experiments.models import build
    from rfbook.metrics.receptive_field import conv_fields, receptive_fields

    with torch.device("meta"):  # no weights: a field needs none
        known = receptive_fields(build(model, classes=2))
    names, sizes = zip(*conv_fields(known), strict=True)
    jumps = [max(known[name].jump) for name in names]
    path = [layer for layer in known.values() if layer.main and layer.windows]
    last = path.index(known[names[-1]])
    windows = [(layer.kind, *layer.windows[1]) for layer in path[: last + 1]]
    return dict(zip((*PARTS, "windows"), (list(names), list(sizes), jumps, windows), strict=True))


def runs_in(store: Store) -> set[Run]:
    """Every run of which there is a curve. Raises RecordError if a record is damaged."""
    return {read(path).run for path in store.paths(f"{CURVES[0]}-*.json")}


def recorded(runs: Iterable[Run], store: Store) -> dict[Model, dict[str, list]]:
    """What the records say of the convolutions of a network, by `_main_path`."""
    networks: dict[Model, dict[str, list]] = {}
    for run in sorted(runs, key=Run.model_dump_json):
        if _main_path(run.model) not in networks and (record := store.find(run, "receptive_field")):
            networks[_main_path(run.model)] = {part: record.values[part] for part in PARTS}
    return networks


def _main_path(model: Model) -> Model:
    """The same network as far as its main path goes: without skips and at any width it is this one."""
    plain = Model(name=model.name)
    return model.model_copy(update={"width": plain.width, "skips": plain.skips})


def by_setting(runs: Iterable[Run], store: Store) -> dict[Run, list[Outcome]]:
    """The runs whose records are complete and current, those that differ only in their seed together.

    Raises RecordError if one of the records is damaged.
    """
    groups: dict[Run, list[Outcome]] = {}
    for run in sorted(runs, key=Run.model_dump_json):
        known = ((measure, store.find(run, measure)) for measure in NEEDED)
        records = dict(takewhile(lambda pair: pair[1] is not None, known))
        if len(records) == len(NEEDED):
            first = run.model_copy(update={"seed": 0})
            groups.setdefault(first, []).append(Outcome(run, run, records))
    return groups


def _curves(groups: dict[Run, list[Outcome]], label: str) -> list[dict[str, Any]]:
    """Of one side the first is to begin with: no canvas, three seeds or more, widest, longest."""
    mine = [(run, seeds) for run, seeds in groups.items() if run.model.label == label]
    mine.sort(key=lambda pair: _rank(pair[0], len(pair[1])))
    return [profile(run, seeds) for run, seeds in mine]


def _rank(run: Run, seeds: int) -> tuple[object, ...]:
    canvas = run.data.placement != Data.model_fields["placement"].default
    return (run.data.side, canvas, -min(seeds, 3), -run.model.width, -run.recipe.epochs)


def profile(run: Run, seeds: Sequence[Outcome]) -> dict[str, Any]:
    """Means over seeds per convolution, with half of the 95 % interval, None for one seed."""
    curves = {measure: curves_of(seeds, measure) for measure in CURVES}
    accuracy = np.mean([seed.records["accuracy"].values["accuracy"] for seed in seeds])
    return {
        "setting": setting(run),
        "seeds": len(seeds),
        "side": run.data.side,
        "accuracy": float(accuracy),
        **{measure: _rounded(values.mean(0)) for measure, values in curves.items()},
        "half": {measure: _rounded(half_width(values)) for measure, values in curves.items()},
    }


def _rounded(values: np.ndarray | None) -> list[float] | None:
    return None if values is None else values.round(4).tolist()


def explorer_figure(data: dict[str, Any], side: int, name: str) -> None:
    """The static figure: field by convolution of the first networks whose fields differ."""
    style.use()
    figure, axis = pyplot.subplots(figsize=(7.2, 4.2))
    names: dict[tuple[int, ...], str] = {}
    for network in data["networks"]:
        names.setdefault(tuple(network["field"]), network["name"])
    drawn = list(names.items())[: len(style.COLOURS)]
    for field, label in drawn:
        axis.plot(range(1, len(field) + 1), field, label=label)
    axis.axhline(side, color=style.GREY, linewidth=1)
    axis.annotate(f"input, {side} pixels", (1, side), (0, 3), textcoords="offset points")
    axis.set(xlabel="convolution", ylabel="receptive field, pixels", xscale="log", yscale="log")
    axis.legend(fontsize="small")
    ends = ", ".join(f"{field[-1]} in {label}" for field, label in drawn)
    style.show(
        figure,
        None,
        alt=f"The receptive field grows with every stage; at the last convolution, in pixels: {ends}",
        caption=f"Receptive field of each convolution of {len(drawn)} networks, both axes logarithmic. "
        f"The grey line is an input of {side} pixels: above it, a field is larger than the input.",
        name=name,
    )
