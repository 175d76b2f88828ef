"""Whether the networks that a claim speaks of are trained: a claim names the regime that it needs.

A network at chance says nothing of what trained ones do. Size Matters asks for better than chance itself
(2.6); what Dead Pixel says of fine-tuned networks, it says of networks that stand at 92 to 96 %.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rfbook.claims.amounts import between
from rfbook.experiments.spec import Run
from rfbook.records.record import Record, Records
from rfbook.statistics.undefined import Undefined


@dataclass(frozen=True)
class Regime:
    """What a training must have reached. images: of which it is right on the `share` that counts.

    least: the smallest such share that is enough. named: what that is, in words.
    """

    images: str
    share: Callable[[Record], float]
    least: Callable[[Run], float]
    named: str = ""


REGIMES = {
    "trained": Regime(
        "test images",
        lambda accuracy: accuracy.values["accuracy"],
        lambda run: 2 / run.data.classes,
        " (twice chance)",
    ),
    "fine-tuned": Regime(
        "training images",
        lambda accuracy: accuracy.values["training_accuracy"][-1],
        lambda run: 0.8,
    ),
}
"""The names that a claim may use. The share of training images is that of the last epoch, counted while
the network trains."""


def in_regime(name: str | None, samples: Sequence[Sequence[Records]]) -> bool:
    """Whether every training has reached the regime of that name, None for any."""
    try:
        require_regime(name, samples)
    except Undefined:
        return False
    return True


def require_regime(name: str | None, samples: Sequence[Sequence[Records]]) -> None:
    """Raises Undefined, with the numbers, if a training has not reached the regime of that name.

    name: None for a claim that needs none. samples: one a seed, of the records of every arm. Random and
    published weights were not trained here, and are in every regime.
    """
    if name is None:
        return
    regime = REGIMES[name]
    trained = [records for arms in samples for records in arms if _run(records).recipe.epochs]
    if any("accuracy" not in records for records in trained):
        raise Undefined("how accurate it is was not measured, and the claim is on trained networks")
    reached = [(regime.share(records["accuracy"]), regime.least(_run(records))) for records in trained]
    if any(share < least for share, least in reached):
        shares, needed = zip(*reached, strict=True)
        told = between(100 * min(shares), 100 * max(shares), "%")
        raise Undefined(
            f"right on {told} of the {regime.images}, where every training needs "
            f"{100 * max(needed):g} %{regime.named}"
        )


def _run(records: Records) -> Run:
    return next(iter(records.values())).run
