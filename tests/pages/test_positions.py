"""Probes at every position, over the seeds of one network."""

import numpy as np
import pytest

from rfbook.pages import positions
from rfbook.pages.outcomes import by_network


@pytest.fixture
def seeds(page, monkeypatch):
    """Two seeds of a network of three convolutions, the last of which falls back by ten points."""
    grids = [np.full((2, 2), 0.2), np.full((2, 2), 0.5), np.full((1, 1), 0.4)]
    monkeypatch.setattr(positions, "position_grids", lambda records: grids)
    monkeypatch.setattr(positions, "position_curve", lambda records: [grid.mean() for grid in grids])
    return by_network(page.outcomes)["vgg11"]


def test_a_layer_whose_positions_fall_back_is_skipped(seeds):
    assert positions.skipped(seeds) == ["conv3"]
    assert positions.position_means(seeds)[0] == pytest.approx([20, 50, 40])


def test_maps_are_relative_to_the_model_and_a_mean_over_seeds(seeds):
    accuracies = [one.records["accuracy"].values["accuracy"] for one in seeds]
    maps = positions.position_maps(seeds)
    assert list(maps) == ["conv1", "conv2", "conv3"]
    assert maps["conv2"] == pytest.approx(np.full((2, 2), np.mean([0.5 / one for one in accuracies])))


def test_the_spread_is_from_the_worst_position_to_the_best_and_nothing_where_there_is_one(
    seeds, monkeypatch
):
    grids = [np.array([[0.1, 0.5], [0.4, 0.3]]), np.array([[0.7]])]
    monkeypatch.setattr(positions, "position_grids", lambda records: grids)
    assert positions.position_spreads(seeds) == pytest.approx(np.array([[40, 0]] * len(seeds)))
