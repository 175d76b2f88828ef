"""Quantities that set a list of layers against measurements, and what an image costs (both papers)."""

from __future__ import annotations

from collections.abc import Callable

from rfbook.claims.quantities.fields import odd_over_even
from rfbook.claims.quantities.layer_lists import steps_of
from rfbook.claims.quantities.layers import border_place, tail_number
from rfbook.claims.quantities.quantity import Quantity
from rfbook.metrics import layer_list
from rfbook.records.record import Records


def tail_off_border(records: Records) -> float:
    """Convolutions between the border layer and the start of the low tail of saturation, either way."""
    return abs(tail_number(records) - border_place(records))


def counted_odd_over_even(records: Records) -> float:
    """`odd_over_even` as counting paths through the list of layers predicts it."""
    run = records["effective_field"].run
    return layer_list.odd_over_even(steps_of(run.model), run.data.side)


def counting_error(records: Records) -> float:
    """Distance of the measured odd over even from the counted one, percent of the counted."""
    return 100 * abs(odd_over_even(records) / counted_odd_over_even(records) - 1)


def millions(name: str) -> Callable[[Records], float]:
    """A number of the `cost` measure in millions."""
    return lambda records: records["cost"].values[name] / 1e6


PREDICTION_QUANTITIES: dict[str, Quantity] = {
    "tail_off_border": Quantity(tail_off_border, ("receptive_field", "saturation"), "convolutions"),
    "counted_odd_over_even": Quantity(counted_odd_over_even, ("effective_field",), "times", exact=True),
    "counting_error": Quantity(counting_error, ("effective_field",), "% of the counted"),
    "parameters": Quantity(millions("parameters"), ("cost",), "million", exact=True),
    "multiply_adds": Quantity(millions("multiply_adds"), ("cost",), "million", exact=True),
}
