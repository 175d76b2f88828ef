"""What can be done about layers that do no work, each choice with its price. All of it is arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from rfbook.look import findings
from rfbook.look.graph.survey import LATE, Survey, Total, costs_at, survey_of
from rfbook.look.graph.windows import Padding
from rfbook.look.networks import LookError
from rfbook.metrics.layer_costs import without_values


@dataclass(frozen=True)
class Choice:
    """One thing to do.

    border: the border layer then, None for none. late: how many convolutions are the border layer or
    read from one that sees more than the image. total: what the network then costs. findings: ids of
    the claims of the book that speak for it or against it.
    """

    what: str
    border: str | None
    late: int
    total: Total
    note: str
    findings: tuple[str, ...]


def choices(model: nn.Module, survey: Survey, padding: Padding) -> list[Choice]:
    """The choices for this network at this side; none of a tail where there is no border layer."""
    about_tail = [_cut(survey), *_stems(model, survey), *_larger(model, survey)]
    uneven = [_padded(survey, padding)] if padding.uneven else []
    return (about_tail if survey.border else []) + uneven


def _late(survey: Survey) -> int:
    return survey.total(*LATE).convolutions


def _cut(survey: Survey) -> Choice:
    ids = findings.AFTER_BORDER if survey.sequential else findings.AFTER_BORDER_WITH_SKIPS
    note = "a readout must then be trained on the map before the border layer"
    late = _late(survey)
    what = (
        f"cut the {late} convolutions from {survey.border} on"
        if late > 1
        else f"cut the convolution {survey.border}"
    )
    return Choice(what, None, 0, survey.total("before", "readout"), note, ids)


def _stems(model: nn.Module, survey: Survey) -> list[Choice]:
    """Stride 1 in the first layer that has a stride, and in the first two."""
    strided = [
        layer.name for layer in survey.main() if max(stride for _, stride, *_ in layer.windows) > 1
    ]
    modules = dict(model.named_modules())
    stem = [name for name in strided[:2] if getattr(modules.get(name), "stride", None) is not None]
    made = (_at_stride_1(model, stem[:count], survey) for count in range(1, len(stem) + 1))
    return [choice for choice in made if choice]


def _at_stride_1(model: nn.Module, names: list[str], survey: Survey) -> Choice | None:
    """None where the branches or the readout of the network would no longer fit together."""
    copy = without_values(model)
    for name in names:
        copy.get_submodule(name).stride = (1, 1)
    try:
        then = survey_of(copy, survey.side, survey.channels, survey.past)
    except LookError:
        return None
    note = "as a stem for small images; maps are larger from there on"
    what = f"stride 1 in {' and '.join(names)}"
    return Choice(what, then.border, _late(then), then.total(), note, findings.SMALL_STEM)


def _larger(model: nn.Module, survey: Survey) -> list[Choice]:
    side = survey.whole_from
    what = f"enlarge the images to {side} pixels, the smallest side without a border layer"
    try:
        costs = costs_at(model, side, survey.channels, survey.past).values()
    except LookError:  # a readout that takes one side only
        return []
    every = survey.total()
    total = Total(every.convolutions, every.parameters, sum(cost.multiply_adds for cost in costs))
    return [Choice(what, None, 0, total, "no detail is added by it", findings.LARGER_INPUT)]


def _padded(survey: Survey, padding: Padding) -> Choice:
    every, uneven = survey.total(), padding.uneven
    total = Total(
        every.convolutions,
        every.parameters + sum(window.parameters for window in uneven),
        every.multiply_adds + sum(window.multiply_adds for window in uneven),
    )
    note = (
        "no layer reads some pixels more often than others then"
        if padding.keeps_maps
        else f"maps keep their sides only where they are multiples of all strides, not at {survey.side}"
    )
    what = (
        f"pad the {len(uneven)} uneven kernels to a multiple of their stride"
        if len(uneven) > 1
        else "pad the uneven kernel to a multiple of its stride"
    )
    border, late = padding.padded_border, padding.padded_late
    return Choice(what, border, late, total, note, findings.EVEN_KERNELS)
