"""The data sets: where they come from, how they are normalised, and which pixels they must hold.

A fingerprint is the SHA-256 over the images and labels in canonical order (`data.canonical`), so it
is the same from the hub, from a local copy and from the decoded cache. Reading a published record
needs the fingerprint only, never the data.
"""

from __future__ import annotations

from dataclasses import dataclass

IMAGENET_MEAN, IMAGENET_SD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Source:
    """One data set. side: pixels of its stored square images; train, test: how many there are;
    mean, sd: what its RGB channels in 0..1 are normalised with.

    hub: Hugging Face id, None for sets that scikit-learn ships. image, label: its column names there.
    mirrored: a horizontal flip keeps the class. grey: one channel is stored, repeated when read.
    test_share: share held out where there is no test split.
    """

    hub: str | None
    side: int
    classes: int
    train: int
    test: int
    mean: tuple[float, float, float]
    sd: tuple[float, float, float]
    mirrored: bool
    fingerprint: str
    image: str = "image"
    label: str = "label"
    grey: bool = False
    test_share: float = 0.0

    @property
    def crop_padding(self) -> int:
        """Zero pixels around a training image before its random crop: 4 at 32, 8 at 64, 3 at 28."""
        return self.side // 8


CIFAR_MEAN, CIFAR_SD = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)
"""The constants of the authors' CIFAR code; their deviations are not the pixel deviations (.247 ...)."""

CATALOGUE: dict[str, Source] = {
    "cifar10": Source(
        "uoft-cs/cifar10", 32, 10, 50_000, 10_000, CIFAR_MEAN, CIFAR_SD, True,
        "5fd8c2a425c8d3f140ba77b2b379d1aefaad82e7981a23a4eb34fcf1f3654500", image="img",
    ),
    "mnist": Source(
        "ylecun/mnist", 28, 10, 60_000, 10_000, (0.1307,) * 3, (0.3081,) * 3, False,
        "4e9860662b6cafd75a35619461dbf9eb9160bb6259f6b980ab0cae414d03c4da", grey=True,
    ),
    "caltech101": Source(
        "flwrlabs/caltech101", 160, 102, 7_772, 1_372, IMAGENET_MEAN, IMAGENET_SD, True,
        "7f3c3c1041327df2d0cfbb8864a19b99b4a233b381e8dff7f477846ef90df0cf", test_share=0.15,
    ),
    "digits": Source(
        None, 32, 10, 1_438, 359, (0.3056,) * 3, (0.3756,) * 3, False,
        "be8062740c1d4852f03acb32ccfa32b71dc32a99b1bf80b1af97597c09aabb07", grey=True, test_share=0.2,
    ),
    "photos": Source(
        None, 224, 2, 120, 120, IMAGENET_MEAN, IMAGENET_SD, True,
        "0c30589dd8491f2e33a5d0309ab768fa8cb99badf5d6bf8ff0f2be896cd62c26", test_share=0.5,
    ),
}  # fmt: skip
