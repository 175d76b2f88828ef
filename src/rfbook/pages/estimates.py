"""A quantity over networks, as a sentence speaks of it: its range, and which network is at each end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from rfbook.claims.amounts import NO_LAYER, Amount, between, common_decimals
from rfbook.claims.quantities.quantity import Quantity
from rfbook.claims.verdicts import Estimate, estimate
from rfbook.pages.prose import listed
from rfbook.records.record import Records
from rfbook.statistics.undefined import Undefined


class Estimates:
    """The estimates of one quantity, one a network, all written with the same digits.

    It is false where no network has the quantity. `str` is the range, "40.0 to 42.9 points".
    undefined: the networks that have none, and why.
    """

    def __init__(
        self, estimates: Iterable[Estimate], undefined: Mapping[str, str] | None = None
    ) -> None:
        self.undefined = dict(undefined or {})
        every = tuple(estimates)
        intervals = [given.interval for given in every if given.interval]
        unit = every[0].unit if every else ""
        decimals = common_decimals(unit, [given.mean for given in every], intervals)
        self._held = {
            given.network: given if given.decimals is not None else replace(given, decimals=decimals)
            for given in every
        }

    @classmethod
    def of(cls, quantity: Quantity, samples: Mapping[str, Sequence[tuple[Records, ...]]]) -> Estimates:
        """From one sample a seed of each network."""
        estimates, undefined = [], {}
        for network, seeds in samples.items():
            try:
                result = estimate(quantity, network, seeds)
            except Undefined as error:
                undefined[network] = str(error)
                continue
            if str(result) == NO_LAYER:
                undefined[network] = NO_LAYER
            else:
                estimates.append(result)
        return cls(estimates, undefined)

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self._held.values())

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, network: str) -> bool:
        return network in self._held

    def __getitem__(self, network: str) -> Estimate:
        """Raises LookupError, with the networks that there are."""
        if network not in self._held:
            known = ", ".join(self._held) or "none"
            raise LookupError(f"{network} has no estimate here; those that have one: {known}")
        return self._held[network]

    def __str__(self) -> str:
        return between(self.low, self.high, self.high.unit, self.high.decimals)

    @property
    def means(self) -> dict[str, float]:
        """Network -> mean."""
        return {estimate.network: estimate.mean for estimate in self}

    @property
    def range(self) -> str:
        """The range without its unit, "40.0 to 42.9"."""
        return between(self.low, self.high, decimals=self.high.decimals)

    @property
    def low(self) -> Amount:
        """The smallest mean. Raises LookupError, as do the next three, where there is no network."""
        return self._lowest.value

    @property
    def high(self) -> Amount:
        """The largest mean."""
        return self._highest.value

    @property
    def lowest(self) -> str:
        """The network with the smallest mean, as the papers write it."""
        return self._lowest.name

    @property
    def highest(self) -> str:
        """The network with the largest mean."""
        return self._highest.name

    @property
    def listed(self) -> str:
        """All of them: "3.4 points in VGG11 and 1.3 points in VGG16 and VGG19"."""
        alike: dict[str, list[str]] = {}
        for given in self:
            alike.setdefault(str(given), []).append(given.name)
        return listed([f"{text} in {listed(names)}" for text, names in alike.items()])

    @property
    def sure(self) -> str:
        """All of them with their intervals: "3.4 points (2.8 to 4.0) in VGG11"."""
        return listed([f"{given.sure} in {given.name}" for given in self])

    def from_to(self, pairs: Iterable[tuple[str, str]]) -> str:
        """From the first to the second of each pair: "7.4 to 2.3 % of the mean in ResNet18"."""
        both = [pair for pair in pairs if self._held.keys() >= set(pair)]
        return listed([
            f"{self[first].value} to {self[second]} in {self[first].name}" for first, second in both
        ])

    @property
    def _lowest(self) -> Estimate:
        return min(self._some(), key=lambda estimate: estimate.mean)

    @property
    def _highest(self) -> Estimate:
        return max(self._some(), key=lambda estimate: estimate.mean)

    def _some(self) -> Iterable[Estimate]:
        if not self._held:
            raise LookupError("no network has this quantity: say so with {% if … %}")
        return self._held.values()
