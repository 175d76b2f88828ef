"""The three budgets, and how each scales a run that is described in the papers' terms."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, get_args

from rfbook.experiments.architecture import LITES, MOBILENETS
from rfbook.experiments.catalogue import CATALOGUE
from rfbook.experiments.description import Edition
from rfbook.experiments.published import FILES
from rfbook.experiments.recipe import PUBLISHED
from rfbook.experiments.spec import Data, Run

Tier = Literal["smoke", "thin", "paper"]
TIERS: tuple[str, ...] = get_args(Tier)
Changes = Mapping[str, Mapping[str, object]]
"""Part of a run -> field -> value."""


@dataclass(frozen=True)
class Scale:
    """What a tier changes. None leaves a field as the paper has it.

    width: factor on the channels, large_width: above 224 pixels; of untrained networks only where
    untrained is set. epochs, images, test_images, side: at most these. bf16_above: the side above
    which training computes in bfloat16. only_shipped: a published network whose weights are a file of
    their own starts from random ones. stand_ins: the set that is used for another. starts: where a
    training starts instead of published weights; installed: but not of those that come in a package.
    canvas_data: the set for every canvas.
    """

    width: float = 1.0
    large_width: float = 1.0
    untrained: bool = False
    epochs: int | None = None
    images: int | None = None
    test_images: int | None = None
    side: int | None = None
    bf16_above: int | None = None
    only_shipped: bool = False
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    starts: Mapping[str, str] = field(default_factory=dict)
    installed: bool = True
    canvas_data: str | None = None

    def factor(self, side: int, trained: bool) -> float:
        """The factor on the channel counts of a network that sees `side` pixels."""
        if not (trained or self.untrained):
            return 1.0
        return self.large_width if side > LARGE else self.width


SHIPPED = {
    "cifar10": "digits", "mnist": "digits", "tiny-imagenet": "digits", "tiny-imagenet-50": "digits",
    "caltech101": "photos", "imagenette": "photos", "imagenet": "photos", "inaturalist2019": "photos",
    "cub200": "photos",
}  # fmt: skip
SMALLER = {"imagenet": "imagenette", "tiny-imagenet": "tiny-imagenet-50"}
LARGE = 224
"""The largest side at which `thin` keeps a quarter of the width."""

SCALES: dict[str, Scale] = {
    "smoke": Scale(
        1 / 8, 1 / 8, untrained=True, epochs=2, images=512, test_images=192, side=64,
        only_shipped=True, stand_ins=SHIPPED, starts={"imagenet": "random"}, installed=False,
        canvas_data="digits",
    ),
    "thin": Scale(
        1 / 4, 1 / 8, bf16_above=64, stand_ins=SMALLER, starts={"imagenet": "imagenette"}
    ),
    "paper": Scale(),
}  # fmt: skip
LIMITS = {"recipe": {"epochs"}, "data": {"images", "test_images", "side"}}
"""The fields of a page's own reduction that are upper limits."""


def scale(
    run: Run, tier: Tier, thin: Changes | None = None, asked: Collection[str] = (),
    editions: Mapping[str, Edition] = MappingProxyType({}),
) -> Run:  # fmt: skip
    """The run as this tier makes it.

    asked: fields of the run that somebody chose: no limit of the tier or the page holds for them.
    thin: the page's own reduction, at tier `thin` only. Epochs, images, test images and side are upper
    limits, so that it never enlarges a run; any other field is set, and wins over the tier's.
    Untrained networks cost nothing to train, so `thin` leaves them at full width; those with published
    weights have it at every tier.
    editions: data set -> what is used in place of its published edition.
    Raises KeyError for a tier or a part that does not exist (pages refuse the tier before).
    """
    reduced = thin if thin and tier == "thin" else {}
    limits = {f: v for part, given in reduced.items() for f, v in given.items() if _limits(part, f)}
    limits |= dict.fromkeys(set().union(*LIMITS.values()) & set(asked))
    scaled = _scaled(run, replace(SCALES[tier], **limits), editions)
    for part, given in reduced.items():
        scaled[part] |= {f: v for f, v in given.items() if not _limits(part, f)}
    return with_changes(run, scaled)


def _limits(part: str, name: str) -> bool:
    return name in LIMITS.get(part, ())


def _scaled(
    run: Run, by: Scale, editions: Mapping[str, Edition]
) -> dict[str, dict[str, object]]:
    data, trained = _scaled_data(run.data, by, editions), run.recipe.epochs > 0
    recipe: dict[str, object] = {"epochs": _least(run.recipe.epochs, by.epochs)}
    if trained and by.bf16_above is not None and data["side"] > by.bf16_above:
        recipe["precision"] = "bf16"
    start = run.recipe.start
    if trained and not (by.installed and run.model.name in LITES):
        start = by.starts.get(start, start)
    elif run.published and by.only_shipped and run.model.name in FILES:
        start = "random"
    recipe["start"] = start
    if start == "imagenette":
        recipe["start_edition"] = editions.get(start)
    # Published weights fit one width only. MobileNets have no normalisation left, and through few
    # channels of random weights no gradient comes.
    whole = start in PUBLISHED or run.model.name in MOBILENETS
    factor = 1.0 if whole else by.factor(data["side"], trained)
    width = run.model.width * factor
    return {"model": {"width": width}, "data": data, "recipe": recipe}


def _scaled_data(data: Data, by: Scale, editions: Mapping[str, Edition]) -> dict[str, object]:
    name = _shown(data.name, data.placement, by)
    source, side = CATALOGUE[name], _least(data.side, by.side)
    if data.placement == "canvas":
        side = max(side, source.side)
    detail = data.detail
    if detail is not None and (name, side) != (data.name, data.side):
        detail = min(detail, side // 2, source.side // 2)
    counts = editions.get(name, source)
    return {
        "name": name,
        "edition": editions.get(name),
        "side": side,
        "detail": detail,
        "images": _below(_least(data.images, by.images), counts.train),
        "test_images": _below(_least(data.test_images, by.test_images), counts.test),
    }


def _shown(name: str, placement: str, by: Scale) -> str:
    return (placement == "canvas" and by.canvas_data) or by.stand_ins.get(name, name)


def stand_in(name: str, placement: str, tier: Tier) -> str:
    """What a tier does about a data set, in words; empty where it takes the set itself, whole."""
    by = SCALES[tier]
    shown = _shown(name, placement, by)
    if shown == name:
        return ""
    most = f", at most {by.images} training and {by.test_images} test images" if by.images else ""
    return f"tier {tier} takes {shown} in place of {name}{most}, unless asked otherwise"


def with_changes(run: Run, changes: Changes) -> Run:
    """The run with some fields of its parts replaced, validated again."""
    whole = run.model_dump()
    return Run.model_validate(whole | {p: whole[p] | dict(f) for p, f in changes.items()})


def _least(value: int | None, limit: int | None) -> int | None:
    given = [number for number in (value, limit) if number is not None]
    return min(given) if given else None


def _below(count: int | None, total: int) -> int | None:
    """The count where it is less than all; all is said by None."""
    return count if count is not None and count < total else None


CALLED = {("model", "name"): "network", ("data", "name"): "data"}
"""Fields that two parts have under one name."""


def changed(ours: Run, paper: Run) -> dict[str, tuple[object, object]]:
    """What differs from the paper's run: field -> (ours, the paper's); empty when nothing does.

    The name of the network is called "network", that of the data set "data".
    """
    mine, theirs = ours.model_dump(), paper.model_dump()
    return {
        CALLED.get((part, field), field): (mine[part][field], theirs[part][field])
        for part in ("model", "data", "recipe")
        for field in mine[part]
        if mine[part][field] != theirs[part][field]
    }
