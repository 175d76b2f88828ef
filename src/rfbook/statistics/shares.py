"""How sure shares of right answers are that come from a number of test images.

Pure functions of numbers: they read no record and no file. Percent in, points out.
"""

from __future__ import annotations

import numpy as np

Percent = float | np.ndarray


def standard_error(share: Percent, images: int) -> Percent:
    """Binomial standard error of an accuracy, points: how it varies with the choice of the images."""
    return np.sqrt(share * (100 - np.asarray(share)) / images)


def difference_errors(first: Percent, second: Percent, images: int) -> tuple[Percent, Percent]:
    """Least and independent standard error of a difference of accuracies on the same images, points.

    The least is that of two networks of which one is wrong only where the other is wrong too. That of
    independent networks is an upper limit where what is hard for one is not easy for the other.
    """
    apart = np.abs(np.asarray(first) - second)
    independent = np.hypot(standard_error(first, images), standard_error(second, images))
    return standard_error(apart, images), independent


def pairs_won(size: Percent, accuracy: Percent) -> tuple[int, int]:
    """Of the pairs of networks that differ in both: in how many the larger is better, and how many."""
    sizes, accuracies = np.atleast_1d(size), np.atleast_1d(accuracy)
    rows, columns = np.triu_indices(len(sizes), 1)
    products = np.sign(sizes[rows] - sizes[columns]) * np.sign(accuracies[rows] - accuracies[columns])
    return int((products > 0).sum()), int((products != 0).sum())
