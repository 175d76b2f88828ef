"""Quantities of what a network does with images: saliency, translation, one-pixel attacks, and how
fast it learns micro-objects (Dead Pixel, section 5, Figure 5 and Table 4); and what an image costs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rfbook.claims.quantities.quantity import SHARE, over_images, quantity
from rfbook.metrics.patterns import pattern_correlations, strong_over_weak
from rfbook.records.record import Records
from rfbook.statistics.intervals import jackknife_interval, student
from rfbook.statistics.paired import discordant, wilson_interval
from rfbook.statistics.survival import arrival
from rfbook.statistics.undefined import Undefined

LOW = 0.6
"""A test accuracy that is hardly above chance, which is 0.5."""

FEWEST_PAIRS = 6
"""Images that tell two treatments apart, below which even if all favour one the exact p is above .05."""


@over_images("saliency", ("field",), "% of the mean", name="board_of_images")
def board(field: np.ndarray) -> float:
    """Strongest minus weakest class of (row, column) mod 2 in R, % of its mean."""
    whole = field.mean(0)
    parities = whole.reshape(4, 2, 4, 2).mean((0, 2))
    return 100 * float(np.ptp(parities) / whole.mean())


def _crossed(field: np.ndarray, maps: np.ndarray, measure: Callable) -> np.ndarray:
    """A number per map, with R of the half of the images to which the map's image does not belong."""
    result = np.empty(len(maps))
    for half in (0, 1):
        result[half::2] = measure(maps[half::2], field[1 - half :: 2].mean(0))
    return result


def _follows(records: Records) -> np.ndarray:
    arrays = records["saliency"].arrays
    return _crossed(arrays["field"], arrays["saliency"], pattern_correlations) > 0


def _wilson(successes: int, total: int) -> tuple[float, float]:
    low, high = wilson_interval(int(successes), total)
    return 100 * low, 100 * high


def saliency_follows_interval(records: Records) -> tuple[float, float]:
    """Wilson's interval of `saliency_follows`."""
    return _wilson(_follows(records).sum(), len(_follows(records)))


@quantity("%", reads=("saliency",), interval=saliency_follows_interval, bounds=SHARE)
def saliency_follows(records: Records) -> float:
    """Images whose folded saliency correlates with R of other images, % of all."""
    return 100 * float(_follows(records).mean())


@over_images("saliency", ("field", "saliency"), "times")
def saliency_ratio(field: np.ndarray, maps: np.ndarray) -> float:
    """Saliency in the strongest quarter of the classes over that in the weakest, mean over images."""
    return float(_crossed(field, maps, strong_over_weak).mean())


def _flips(records: Records) -> np.ndarray:
    """Per image the share of the two directions in which one pixel changes the class."""
    return records["translation"].arrays["flipped"][..., 0].mean(0)


def flips_interval(records: Records) -> tuple[float, float]:
    """Student's interval over the images of `flips_by_one`."""
    shares = 100 * _flips(records)
    return student(shares.mean(), shares.std(ddof=1) / len(shares) ** 0.5, len(shares))


@quantity("%", reads=("translation",), interval=flips_interval, bounds=SHARE)
def flips_by_one(records: Records) -> float:
    """Images whose predicted class changes with a shift by one pixel, mean of two directions, %."""
    return 100 * float(_flips(records).mean())


def _changes(records: Records) -> np.ndarray:
    """(n, 7): change by shifts of 1 to 7, mean of the two directions."""
    record = records["translation"]
    if record.values["shifts"][:7] != list(range(1, 8)):
        raise Undefined("the image is too small for shifts of 1 to 7 pixels")
    return record.arrays["change"][..., :7].astype(float).mean(0)


def _odd_over_even(changes: np.ndarray) -> float:
    means = changes.mean(0)
    return float(means[::2].mean() / means[1::2].mean())


def _odd_over_even_interval(records: Records) -> tuple[float, float]:
    return jackknife_interval(_odd_over_even, _changes(records))


@quantity("times", reads=("translation",), interval=_odd_over_even_interval)
def odd_over_even_shifts(records: Records) -> float:
    """Mean change of the logits by shifts of 1, 3, 5, 7 over that by 2, 4, 6, on average 4 both."""
    return _odd_over_even(_changes(records))


Wins = Callable[[Records], tuple[int, int]]
"""Of a record's images: in how many the first of two attacks is ahead, and in how many the second."""


def ahead(name: str) -> Callable[[Wins], Wins]:
    """Makes a quantity of how often the first is ahead where they differ, with Wilson's interval."""

    def register(wins: Wins) -> Wins:
        def counts(records: Records) -> tuple[int, int]:
            first, second = wins(records)
            both = first + second
            if not both:
                raise Undefined("no image tells the two attacks apart")
            if both < FEWEST_PAIRS:
                raise Undefined(f"{both} images tell the attacks apart, and {FEWEST_PAIRS} are needed")
            return first, both

        def share(records: Records) -> float:
            first, both = counts(records)
            return 100 * first / both

        def interval(records: Records) -> tuple[float, float]:
            return _wilson(*counts(records))

        quantity("%", ("one_pixel_attack",), name, interval=interval, bounds=SHARE)(share)
        return wins

    return register


@ahead("attack_strong_wins")
def attack_wins(records: Records) -> tuple[int, int]:
    """Images whose class only the attack on strong pixels changed, and only that on weak ones."""
    arrays = records["one_pixel_attack"].arrays
    return discordant(arrays["strong_changed"], arrays["weak_changed"])


@ahead("attack_fall_wins")
def fall_wins(records: Records) -> tuple[int, int]:
    """Images whose margin the attack on strong pixels lowered more, and that on weak ones."""
    arrays = records["one_pixel_attack"].arrays
    more = arrays["strong_fall"] - arrays["weak_fall"]
    return int((more > 0).sum()), int((more < 0).sum())


def _curve(records: Records) -> list[float]:
    return records["learning_curve"].values["test_accuracy"]


@quantity("epochs", reads=("learning_curve",))
def epochs_to_90(records: Records) -> float:
    """First epoch after which the test accuracy exceeds 90 %; the last if it never does (Table 4)."""
    return arrival(_curve(records)).epoch


@quantity("% of the epochs", reads=("learning_curve",), bounds=SHARE)
def epochs_of_rise(records: Records) -> float:
    """Epochs from the last test accuracy of at most 60 % to the first above 90 %, % of all epochs.

    The task has two classes. Undefined for a training that never exceeds 90 %.
    """
    curve, there = _curve(records), arrival(_curve(records))
    if not there.reached:
        raise Undefined("a training never exceeds 90 %")
    low = max((epoch for epoch, share in enumerate(curve[: there.epoch], 1) if share <= LOW), default=0)
    return 100 * (there.epoch - low) / len(curve)


@quantity("%", reads=("learning_curve",), bounds=SHARE)
def accuracy_after_one_epoch(records: Records) -> float:
    """Test accuracy after the first epoch, percent."""
    return 100 * _curve(records)[0]


def millions(name: str) -> Callable[[Records], float]:
    """A number of the `cost` measure in millions."""
    return lambda records: records["cost"].values[name] / 1e6


quantity("million", ("cost",), "parameters", exact=True)(millions("parameters"))
quantity("million", ("cost",), "multiply_adds", exact=True)(millions("multiply_adds"))
