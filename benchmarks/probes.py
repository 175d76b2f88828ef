"""Probes against scikit-learn: its lbfgs to convergence, and saga as the paper's authors set it.

Features imitate those of a layer: ReLU of correlated Gaussians whose directions fall off in size, with
classes that overlap. A peer that is too slow to finish is timed on a part, which the note names.
"""

from __future__ import annotations

import time
import warnings
from typing import Any

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from rfbook.metrics.position_probes import fit_position_probes
from rfbook.metrics.probes import Standardiser, fit_probe

CLASSES = 10


def measure(quick: bool = False) -> list[dict[str, Any]]:
    """Two rows for a layer's probe, one for the probes of all positions of a map."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return [*_layer(*((2_000, 64) if quick else (50_000, 512))), _positions(quick)]
    finally:
        torch.set_num_threads(before)


def _features(n: int, d: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(CLASSES, (n,), generator=generator)
    size = torch.arange(1, d + 1) ** -0.75
    means = torch.randn(CLASSES, d, generator=generator) * size * 0.3
    directions = means[labels] + torch.randn(n, d, generator=generator) * size
    features = (directions @ torch.randn(d, d, generator=generator)).relu_()
    return Standardiser.of(features).apply_(features), labels


def _seconds(function, *arguments: object) -> tuple[float, Any]:
    started = time.process_time()
    result = function(*arguments)
    return time.process_time() - started, result


def _loss(model: LogisticRegression, features: np.ndarray, labels: np.ndarray) -> float:
    """The objective that both minimise, in double precision."""
    scores = features.astype(np.float64) @ model.coef_.T + model.intercept_
    scores -= scores.max(1, keepdims=True)
    entropy = np.log(np.exp(scores).sum(1)) - scores[np.arange(len(labels)), labels]
    return float(entropy.sum() + (model.coef_**2).sum() / 2)


def _layer(n: int, d: int) -> list[dict[str, Any]]:
    features, labels = _features(n, d)
    x, y = features.numpy(), labels.numpy()
    ours, probe = min((_seconds(fit_probe, features, labels) for _ in range(2)), key=lambda r: r[0])
    lbfgs, converged = _seconds(LogisticRegression(max_iter=2000).fit, x, y)
    some = 3
    saga, _ = _seconds(LogisticRegression(solver="saga", max_iter=some).fit, x, y)
    gap = probe.loss / _loss(converged, x, y) - 1
    shared = {"metric": "layer probe", "ours": ours, "equal": f"our loss {100 * gap:+.4f} % of lbfgs"}
    quantity = f"CPU seconds, {n} x {d}, {CLASSES} classes"
    note = f"peer timed on {some} of the authors' 100 iterations"
    return [
        shared | _row(f"{quantity}: lbfgs", lbfgs, ours, 1.5, "scikit-learn to convergence"),
        shared | _row(f"{quantity}: saga", saga * 100 / some, ours, 20, note),
    ]


def _positions(quick: bool) -> dict[str, Any]:
    side, n, channels = (2, 1_000, 16) if quick else (8, 20_000, 64)
    columns = [_features(n, channels, seed)[0] for seed in range(side * side)]
    labels = _features(n, channels)[1]
    shift = torch.nn.functional.one_hot(labels, channels).float()
    maps = torch.stack([c + 0.5 * shift for c in columns], 2).view(n, channels, side, side)
    test, test_labels = maps[:100], labels[:100]
    ours, found = _seconds(fit_position_probes, maps, labels, test, test_labels)
    sample = range(0, side * side, max(1, side * side // 4))
    peer, gaps = 0.0, []
    for place in sample:
        at = maps.flatten(2)[:, :, place].contiguous()
        x = Standardiser.of(at).apply_(at.clone()).numpy()
        seconds, model = _seconds(LogisticRegression(max_iter=2000).fit, x, labels.numpy())
        peer += seconds
        gaps.append(found.loss.flatten()[place].item() / _loss(model, x, labels.numpy()) - 1)
    note = f"peer: scikit-learn lbfgs in a loop, timed on {len(sample)} positions"
    quantity = f"CPU seconds, {side * side} positions x {n} x {channels}"
    row = _row(quantity, peer * side * side / len(sample), ours, 6, note)
    equal = f"loss within {100 * max(map(abs, gaps)):.4f} % of lbfgs"
    return row | {"metric": "position probes", "ours": ours, "equal": equal}


def _row(quantity: str, peer: float, ours: float, target: float, note: str) -> dict[str, Any]:
    return {
        "quantity": quantity, "peer": peer, "ratio": peer / ours, "target": target, "note": note,
    }  # fmt: skip
