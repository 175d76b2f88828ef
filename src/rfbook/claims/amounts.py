"""How a number is written: one rule for tables, captions and sentences.

Of half the 95 % interval two digits are kept if they are 35 or less, else one (the rule of the Particle
Data Group), and the value ends where its interval ends: but with no more decimals than are usual for the
unit, as long as these show that there is an interval. Without an interval the unit decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, isfinite, log10
from statistics import median_low

NO_VALUE = "no finite value"
"""What stands in a table in place of a number that is none."""

BARE = ("correlation", "rank correlation", "R^2", "share", "(exponent)")
"""Units that say what a number is, not what it counts: no word follows it. Hundredths matter."""

COUNTED = ("points", "convolutions", "epochs", "directions", "units")
"""Units with a singular."""

LAYER = "conv"
"""The unit of a layer's number: conv8 is the eighth convolution, and 0 that there is none."""

NO_LAYER = "none"

MOST = 1
"""Decimals beyond the usual ones, however short an interval is."""

FINER = 2
"""Decimals more of an end of an interval that would else be written as zero."""


class Amount(float):
    """A number with its unit and its decimals: `str` shows the digits, `full` the unit too."""

    def __new__(cls, value: float, unit: str = "", decimals: int | None = None) -> Amount:
        """decimals: by default those that the rule gives this number alone."""
        made = super().__new__(cls, value)
        made.unit = unit
        made.decimals = common_decimals(unit, [value]) if decimals is None else decimals
        return made

    def __str__(self) -> str:
        if not isfinite(self):
            return NO_VALUE
        if self.unit == LAYER and self == 0:
            return NO_LAYER
        return f"{float(self):z.{self.decimals}f}"

    def __abs__(self) -> Amount:
        return Amount(float.__abs__(self), self.unit, self.decimals)

    @property
    def full(self) -> str:
        """With the unit: "3.4 points", "1 convolution", "31 px", "conv8"; "none" for no layer."""
        return with_unit(str(self), self.unit)


def off_zero(amount: Amount) -> Amount:
    """An end of an interval beside zero: with up to `FINER` more decimals if it would be written as 0.

    On which side of zero it lies decides claims.
    """
    finer = range(amount.decimals, amount.decimals + FINER + 1)
    written = (Amount(amount, amount.unit, decimals) for decimals in finer)
    return next((one for one in written if round(amount, one.decimals)), amount)


def with_unit(digits: str, unit: str) -> str:
    """Digits followed by what they count; those of a layer's number behind its name."""
    word, space, rest = unit.partition(" ")
    if digits in (NO_LAYER, NO_VALUE) or unit in ("", *BARE):
        return digits
    if unit == LAYER:
        return f"{LAYER}{digits}"
    if word in COUNTED and digits in ("1", "-1"):
        word = word.removesuffix("s")
    return f"{digits} {word}{space}{rest}"


def common_decimals(
    unit: str, values: Sequence[float], intervals: Sequence[tuple[float, float]] = ()
) -> int:
    """With how many decimals these values of one unit and the ends of their intervals are written.

    None where all are whole. The median interval decides, of those that are more than a point.
    """
    ends = [end for interval in intervals for end in interval]
    finite = [value for value in (*values, *ends) if isfinite(value)]
    if all(value == int(value) for value in finite):
        return 0
    usual = 2 if unit in (*BARE, "times", "million") else 1
    halves = [(high - low) / 2 for low, high in intervals if low < high]
    if halves:
        half, least = median_low(halves), usual if usual > 1 else 0
        most = usual if round(half, usual) > 0 else usual + MOST
        return min(max(_places(half), least), most)
    largest = max(map(abs, finite))
    return max(usual, _places(largest)) if round(largest, usual) == 0 else usual


def _places(half: float) -> int:
    """Decimals of a number of which two digits are kept if they are 35 or less, else one."""
    place = floor(log10(half))
    return max(0, -place + (half / 10**place < 3.55))


def between(low: float, high: float, unit: str = "", decimals: int | None = None) -> str:
    """From one to the other, "40.0 to 42.9 points"; what is written alike is said once."""
    shown = common_decimals(unit, [low, high]) if decimals is None else decimals
    first, last = (Amount(end, unit, shown) for end in (low, high))
    if str(first) == str(last):
        return last.full
    return f"{first.full if unit == LAYER else first} to {last.full}"


def number(value: float) -> str:
    """A bare number: whole if it is whole, else three significant digits, from ten on one decimal."""
    if not isfinite(value):
        return NO_VALUE
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"


def quoted(value: float | None) -> str:
    """A number that a paper or a claim states, with its digits there; None is "not printed"."""
    return "not printed" if value is None else f"{value:.12g}"
