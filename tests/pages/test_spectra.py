"""Saturation for any share of variance."""

import numpy as np

from rfbook.pages import spectra
from rfbook.pages.outcomes import by_network


def test_more_variance_takes_more_directions(page, monkeypatch):
    seeds = by_network(page.outcomes)["vgg11"]
    monkeypatch.setattr(spectra, "eigenvalues_of", lambda outcome: [np.array([0.5, 0.3, 0.2, 0.0])])
    assert spectra.saturations(seeds, 0.5).tolist() == [[0.25]] * len(seeds)
    assert spectra.saturations(seeds, 0.99).tolist() == [[0.75]] * len(seeds)
