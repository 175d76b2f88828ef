"""What a list of layers predicts without any run: border layers and checkerboards."""

from __future__ import annotations

from collections.abc import Sequence

from rfbook.claims.quantities.layer_lists import steps_of
from rfbook.claims.quantities.registry import QUANTITIES
from rfbook.experiments.architecture import titled
from rfbook.experiments.spec import Model
from rfbook.metrics.layer_list import border_number, fields, odd_over_even
from rfbook.pages.outcomes import Outcome, by_network
from rfbook.pages.page import Page
from rfbook.pages.tables.table import Table


def border_of(seeds: Sequence[Outcome]) -> int:
    """The border layer by the list, at the side of the runs of one network; 0 if there is none."""
    run = seeds[0].run
    return border_number(steps_of(run.model), run.data.side)


def borders(page: Page, outcomes: Sequence[Outcome]) -> Table:
    """One row a network: its border layer by the list and by its graph, and where its tail starts."""
    able = [outcome for outcome in outcomes if "saturation" in outcome.records]
    (tails,) = page.each("tail_start", outcomes=able)
    rows = []
    for network, seeds in by_network(outcomes).items():
        graph = QUANTITIES["border"].function(seeds[0].records)
        last = fields(steps_of(seeds[0].run.model))[-1]
        tail = tails[network].sure if network in tails else "not asked of it"
        borders = f"conv{border_of(seeds)}", f"conv{graph:g}"
        rows.append([titled(network), str(len(seeds)), str(last), *borders, tail])
    columns = ["network", "n", "last field, px", "border by the list", "by the graph", "tail starts at"]
    caption = f"Border layers, and starts of the tail ({page.only(outcomes).badge()})"
    return Table(caption, columns, rows, folded=True)


def predictions(models: Sequence[Model], sides: Sequence[int]) -> Table:
    """One row a network: its border layer at each side, and how much more odd pixels count than even."""
    rows = []
    for model in models:
        steps = steps_of(model)
        numbers = [border_number(steps, side) for side in sides]
        rows.append([
            titled(model.label), str(len(fields(steps))), str(fields(steps)[-1]),
            *(f"conv{number}" if number else "none" for number in numbers),
            f"{odd_over_even(steps, sides[-1]):.2f}",
        ])  # fmt: skip
    heads = [*(f"border at {side}" for side in sides), f"odd over even at {sides[-1]}"]
    caption = "Predictions by the list; of ResNets the main path (exact)"
    return Table(caption, ["network", "convolutions", "last field, px", *heads], rows, folded=True)
