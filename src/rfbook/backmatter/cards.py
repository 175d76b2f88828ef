"""Data cards: the facts from the catalogue, what the catalogue cannot know in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from rfbook.backmatter.census import Asked, by_page
from rfbook.backmatter.rerunning import MEGABYTE, decoded
from rfbook.experiments.catalogue import CATALOGUE, Source
from rfbook.experiments.tiers import SCALES
from rfbook.pages.tables.standard import Table

RESEARCH = (
    "ImageNet's terms of access: non-commercial research and education. The images belong to many "
    "owners, so they are not redistributed here."
)


@dataclass(frozen=True)
class Card:
    """What a data set is, on which terms it is to be had, and what has misled people about it."""

    what: str
    terms: str
    traps: str


CARDS: dict[str, Card] = {
    "cifar10": Card(
        "Small colour photographs of animals and vehicles (Krizhevsky, 2009). The whole set.",
        "No licence is stated, neither by the author nor by the hub; he asks to cite his report.",
        "The deviations that the authors' code, and ours, normalises with are smaller than those of the "
        "pixels. The text of Size Matters normalises with ImageNet's constants: a parameter of a run.",
    ),
    "mnist": Card(
        "Handwritten digits of census employees and pupils (LeCun and Cortes, 2010). The whole set.",
        "The hub states the MIT licence; the images derive from NIST's Special Database.",
        "Mirroring does not keep the class of a digit. The authors' code of Size Matters mirrors them "
        "in training all the same; here they are never mirrored. The images are 28 pixels, not 32.",
    ),
    "caltech101": Card(
        "Photographs and drawings of objects, gathered with a web search (Fei-Fei et al., 2004), with "
        "the folder of background images as one more class, as in the authors' code of Dead Pixel.",
        "Creative Commons Attribution 4.0, as stated with a copy on the hub.",
        "The name says 101: the archive has one folder more, and two kinds of faces. Classes are very "
        "unequal in size. Some images are grey. The copy used here was brought to 160 pixels on the "
        "shorter side and encoded again, so another copy has another fingerprint.",
    ),
    "tiny-imagenet-50": Card(
        "Photographs from ImageNet at 64 pixels (Le and Yang, 2015): 50 of the 200 classes, drawn once, "
        "with a part of their images.",
        RESEARCH,
        "The labels of the original test images are not public, so its validation images are the test "
        "images. Some images are grey. With fewer classes, accuracies are above those of the whole set.",
    ),
    "tiny-imagenet": Card(
        "Photographs from ImageNet at 64 pixels (Le and Yang, 2015). The whole set.",
        RESEARCH,
        "The labels of the original test images are not public, so its validation images are the test "
        "images. Some images are grey. The authors' code of Size Matters normalises it with the "
        "constants of CIFAR-10.",
    ),
    "imagenette": Card(
        "Ten ImageNet classes that are easy to tell apart (Howard, 2019): a part of them, drawn once.",
        f"The collection is under the Apache licence 2.0. For the images: {RESEARCH}",
        "Easy classes: accuracies say nothing about those on ImageNet. Images are compressed twice, "
        "which costs fine detail.",
    ),
    "imagenet": Card(
        "The 1000 classes of the ImageNet challenge (Russakovsky et al., 2015), with its validation "
        "images as test images.",
        RESEARCH,
        "It has to be asked for and downloaded by hand. Sides and shapes differ from image to image.",
    ),
    "inaturalist2019": Card(
        "Photographs of 1010 species from the iNaturalist competition of 2019, with its validation "
        "images as test images.",
        "The competition's terms: non-commercial research and education, no redistribution; each "
        "photograph has a licence of its own.",
        "Size Matters cites the edition of 2017; its code has the 1010 classes of 2019. Classes are "
        "very unequal in size and differ in detail.",
    ),
    "cub200": Card(
        "Photographs of 200 kinds of birds (Wah et al., 2011), in the official split.",
        "For research and teaching; the photographs belong to those who took them.",
        "Some of its images are in ImageNet too. It has no labels that a network for ImageNet knows, so "
        "the logit that is differentiated is that of the predicted class.",
    ),
    "digits": Card(
        "Handwritten digits at 8 pixels (Alpaydin and Kaynak, 1998), each pixel repeated. Shipped with "
        "scikit-learn.",
        "Shipped under scikit-learn's BSD licence; the original is in the UCI repository.",
        "Enlarged pixels hold no detail: what happens here says nothing about photographs.",
    ),
    "photos": Card(
        "Crops from the two photographs that scikit-learn ships. The label says which photograph.",
        "Creative Commons Attribution 2.0, by the README that lies beside the photographs.",
        "Crops overlap, also between training and test: accuracies mean nothing.",
    ),
}
"""By the name in the catalogue. A test asks for one for each of its entries."""


def card(name: str, asked: Iterable[Asked] = ()) -> Table:
    """The card of one data set, with the pages that ask for it.

    Raises LookupError, saying where to add it, if there is no card.
    """
    if name not in CARDS:
        raise LookupError(f"{name} has no card: add one to CARDS in {__name__}")
    words, source = CARDS[name], CATALOGUE[name]
    used = by_page([ask for ask in asked if ask.run.data.name == name])
    rows = [
        ["what it is", words.what],
        ["source", _where(source)],
        ["to get it", _how(name, source)],
        ["terms", words.terms],
        ["images", f"{source.train} training and {source.test} test images, {source.classes} classes"],
        ["how it is read", _read(source)],
        ["normalised with", f"mean {_channels(source.mean)}, deviation {_channels(source.sd)}"],
        ["fingerprint", _fingerprint(source)],
        ["stand-ins", _stand_ins(name)],
        ["used on", ", ".join(used) or "no published page"],
        ["traps", words.traps],
    ]
    return Table(f"Data card of {name}", ("property", "this data set"), rows)


def _fingerprint(source: Source) -> str:
    """The digits in groups, so that a line can be broken between them."""
    if not source.pinned:
        return (
            "none: the numbers of images and classes are checked, and a record notes the fingerprint "
            "of the images it was made from"
        )
    digits = source.fingerprint
    return " ".join(digits[start : start + 16] for start in range(0, len(digits), 16))


def _where(source: Source) -> str:
    if source.shipped:
        return "shipped with scikit-learn"
    parts = [f"Hugging Face hub, {source.hub}" if source.hub else "not on the hub"]
    parts += [f"used here: {source.copy}"] if source.copy else []
    return "; ".join([*parts, source.access] if source.access else parts)


def _how(name: str, source: Source) -> str:
    """The command that has a set ready to be used, and the room that it takes then."""
    if source.shipped:
        return "nothing to do"
    command = f"python -m rfbook data {name}"
    if source.hub is None:
        command = f"put the images into RFBOOK_DATA/{name}, then {command}"
    kept = f"decoded {decoded(name) / MEGABYTE:,.0f} MB"
    other = (
        f"the hub's images are another edition: RFBOOK_EDITIONS={name} runs pages on them"
        if source.copy else ""
    )  # fmt: skip
    return "; ".join(filter(None, [command, kept, other]))


def _read(source: Source) -> str:
    channels = "one grey channel, repeated three times" if source.grey else "RGB"
    parts = [f"centre square, brought to {source.side} pixels a side", channels]
    parts.append("mirrored at random in training" if source.mirrored else "never mirrored")
    if source.test_share:
        parts.append(f"the last {100 * source.test_share:g} % in the fixed order are the test images")
    return "; ".join(parts)


def _channels(values: Iterable[float]) -> str:
    return ", ".join(f"{value:g}" for value in dict.fromkeys(values))


def _stand_ins(name: str) -> str:
    """What is used in place of this set, and in place of which sets it is used, tier by tier."""
    sentences = []
    for tier, by in SCALES.items():
        if name in by.stand_ins:
            sentences.append(f"{by.stand_ins[name]} for it at tier {tier}")
        replaced = [wanted for wanted, other in by.stand_ins.items() if other == name]
        if replaced:
            sentences.append(f"it for {', '.join(replaced)} at tier {tier}")
    return "; ".join(sentences) or "none"


@dataclass(frozen=True)
class Cards:
    """The cards of the whole catalogue, one below the other. asked: of all pages, for who uses what."""

    asked: Sequence[Asked] = field(default=(), repr=False)

    def _repr_html_(self) -> str:
        return "".join(
            f'<section id="card-{escape(name)}"><h2>{escape(name)}</h2>'
            f"{card(name, self.asked)._repr_html_()}</section>"
            for name in CATALOGUE
        )
