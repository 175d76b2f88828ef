"""What was seen, as lines of text and as values for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from math import inf, isinf
from typing import Any

from rfbook.look.findings import finding
from rfbook.look.graph.advice import Choice
from rfbook.look.graph.look import Look
from rfbook.look.graph.survey import LATE, Row, Survey, Total
from rfbook.look.graph.windows import Padding, Uneven

MARKS = {"before": " ", "border": "=", "after": "-", "readout": "*"}
"""Sign of each state in the table's first column."""


def values(look: Look) -> dict[str, Any]:
    """The same as plain values: what is infinite, as the field of a readout, is None."""
    survey = look.survey
    return _plain({
        "network": look.network, "side": survey.side, "channels": survey.channels,
        "looked_past": dict(survey.past),
        "border": survey.border,
        "sides": {
            "every_layer_sees_something_new_from": survey.whole_from,
            "through_all_skips_from": survey.skipped_from,
            "a_unit_sees_the_whole_image_to": survey.sees_all_to,
        },
        "layers": [_layer(row) for row in survey.rows],
        "totals": {
            "before": asdict(survey.total("before")),
            "from_border_on": asdict(survey.total(*LATE)),
            "readout": asdict(survey.total("readout")), "all": asdict(survey.total()),
            "unused_parameters": survey.unused_parameters,
        },
        "strided": asdict(look.padding),
        "choices": [
            asdict(choice) | {"findings": [_finding(claim) for claim in choice.findings]}
            for choice in look.choices
        ],
    })  # fmt: skip


def _finding(claim: str) -> dict[str, str]:
    return asdict(finding(claim)) | {"speaks": finding(claim).speaks}


def _layer(row: Row) -> dict[str, Any]:
    layer = row.layer
    return {
        "name": layer.name, "kind": layer.kind, "state": row.state, "field": layer.field,
        "smallest_field": layer.smallest, "jump": layer.jump, "share_of_image": row.share,
        "main_path": layer.main, "reads": layer.sources, "note": layer.note, **asdict(row.cost),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and isinf(value) else value


def lines(look: Look) -> Iterator[str]:
    """The table of layers, then what follows from it."""
    survey = look.survey
    yield f"{look.network} at {survey.side} x {survey.side} pixels"
    if survey.past:
        yield looked_past(survey)
    yield ""
    yield from _table(survey)
    yield ""
    yield from _border(survey)
    yield ""
    yield from _sides(survey)
    yield ""
    yield from _strided(look.padding)
    if look.choices:
        yield ""
        yield from _choices(look.choices, survey.total())


def looked_past(survey: Survey) -> str:
    """What the survey left out as if it were not there, such as gates; empty for nothing."""
    told = (
        f"{name} ({number(count, 'module') if count else 'no module: a function of that name'})"
        for name, count in survey.past.items()
    )
    return f"looked past: {', '.join(told)}" if survey.past else ""


def number(count: int, noun: str) -> str:
    """A number of things, such as "1 module" and "2 modules"."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def _table(survey: Survey) -> Iterator[str]:
    head = ("", "layer", "field", "jump", "of the image", "map", "parameters", "multiply-adds")
    rows = [_cells(row) for row in survey.rows]
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
    for row in [head, *rows]:
        texts = [
            cell.ljust(w) if i < 2 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(texts).rstrip()
    yield ""
    yield "= border layer   - reads from a layer that sees more than the image   * sees all of any image"


def _cells(row: Row) -> tuple[str, ...]:
    layer, cost = row.layer, row.cost
    return (
        MARKS[row.state], layer.name, pair(layer.field), pair(layer.jump), f"{100 * row.share:.3g} %",
        pair(cost.shape[2:]) if len(cost.shape) == 4 else "",
        f"{cost.parameters:,}", f"{cost.multiply_adds:,}",
    )  # fmt: skip


def pair(values: Sequence[float]) -> str:
    """One number for a square, "3x5" otherwise (height x width)."""
    shown = ["all" if value == inf else f"{value:g}" for value in values]
    return shown[0] if len(set(shown)) == 1 else "x".join(shown)


def _border(survey: Survey) -> Iterator[str]:
    if survey.border is None:
        side = survey.side
        yield f"No border layer: every convolution reads from one that sees {side} pixels at most."
        return
    late, every = survey.total(*LATE), survey.total()
    yield (
        f"Border layer: {survey.border}, the first convolution that reads from one which sees more than "
        f"the image. {late.convolutions} of {every.convolutions} convolutions "
        f"{'does' if late.convolutions == 1 else 'do'}."
    )
    for words, states in (
        ("before it", ("before",)),
        ("from it on", LATE),
        ("readout", ("readout",)),
    ):
        yield f"  {words:<11}{_share(survey.total(*states), every)}"


def _share(part: Total, every: Total) -> str:
    return (
        f"{part.parameters:,} parameters ({_percent(part.parameters, every.parameters)}), "
        f"{part.multiply_adds:,} multiply-adds ({_percent(part.multiply_adds, every.multiply_adds)})"
    )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "none"


def _sides(survey: Survey) -> Iterator[str]:
    yield f"In images of {survey.whole_from} pixels and more there is no border layer."
    if survey.skipped_from < survey.whole_from:
        yield (
            "Counted along the path through all skips, the border layer is gone from "
            f"{survey.skipped_from} pixels on."
        )
    yield f"Up to {survey.sees_all_to} pixels at least one layer has units that see the whole image."
    if survey.unused_parameters:
        yield f"{survey.unused_parameters:,} parameters take no part in the forward pass."


def _strided(padding: Padding) -> Iterator[str]:
    if not padding.uneven:
        yield "No kernel reads some pixels more often than others: all are multiples of their strides."
        return
    yield "Kernels that read some pixels more often than others (most to fewest windows on a pixel):"
    width = max(len(window.name) for window in padding.uneven)
    for window in padding.uneven:
        yield f"  {window.name:<{width}}  {_window(window)}"
    yield from _ratio(padding.strong_to_weak, padding.padded_strong_to_weak)


def _window(window: Uneven) -> str:
    never = "" if window.fewest else f", {_never(window)} are never read"
    reads = f"{pair(window.kernel)} with stride {pair(window.stride)}: {window.most} to {window.fewest}"
    price = f"{window.parameters:,} parameters and {window.multiply_adds:,} multiply-adds more"
    return f"{reads}{never}; padded to {pair(window.padded)}: {price}"


def _never(window: Uneven) -> str:
    read, every = window.kernel[0] * window.kernel[1], window.stride[0] * window.stride[1]
    return f"{every - read} in {every}"


def _ratio(now: float | None, padded: float | None) -> Iterator[str]:
    if now is None or padded is None:
        yield "How much more the last map depends on the strongest pixel than on the weakest is unknown:"
        yield "  other operations enlarge the map or thin it out, or its paths are too many to count."
        return
    than = "than" if now == inf else "as"
    yield f"The last map depends on the strongest pixel {_times(now)} {than} on the weakest,"
    yield f"  with padded kernels {_times(padded)} (root of the number of paths; weights independent)."


def _times(ratio: float) -> str:
    return "infinitely more (some are never read)" if ratio == inf else f"{ratio:.2f} times as much"


def _choices(choices: Sequence[Choice], now: Total) -> Iterator[str]:
    yield "What can be done, and its price (parameters and multiply-adds as they are now: 100 %):"
    told: set[str] = set()
    for choice in choices:
        border = (
            f"border layer {choice.border}, {number(choice.late, 'convolution')} from it on"
            if choice.border
            else "no border layer"
        )
        prices = (
            f"{_percent(choice.total.parameters, now.parameters)} of the parameters, "
            f"{_percent(choice.total.multiply_adds, now.multiply_adds)} of the multiply-adds"
        )
        yield f"  {choice.what}: {prices}; {border}; {choice.note}"
        yield from (f"      {finding(claim)}" for claim in choice.findings if claim not in told)
        told.update(choice.findings)
