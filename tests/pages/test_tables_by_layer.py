"""What was measured layer by layer, as a table."""

import numpy as np

from rfbook.pages.outcomes import by_network
from rfbook.pages.tables import by_layer
from tests.reading import row, rows


def test_each_convolution_has_its_mean_and_half_its_interval(page):
    seeds = by_network(page.outcomes)["vgg11"]
    values = np.array([[40.0 + layer, 42.0 + layer] for layer in range(8)]).T[: len(seeds)]
    table = by_layer(page, seeds, {"probe, %": values}, "Probes")
    assert len(rows(table)) == 8
    found = row(table, layer="conv2")
    assert found["field, pixels"] == str(seeds[0].records["receptive_field"].values["field"][1])
    assert found["probe, %"].startswith("42 ± 1")


def test_one_seed_has_a_value_and_no_interval(page):
    seeds = by_network(page.outcomes)["vgg11"][:1]
    table = by_layer(page, seeds, {"probe, %": np.full((1, 8), 41.5)}, "Probes")
    assert row(table, layer="conv1")["probe, %"] == "41.5"
    assert "n = 1" in table.caption
