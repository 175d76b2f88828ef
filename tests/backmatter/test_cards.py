"""Every data set has a card, and its facts are the catalogue's."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from rfbook.backmatter import cards
from rfbook.backmatter.census import Asked
from rfbook.experiments.catalogue import CATALOGUE
from tests.reading import rows
from tests.samples import tiny


def facts(name, asked=()):
    return {one["property"]: one["this data set"] for one in rows(cards.card(name, asked))}


def test_the_cards_do_not_print_everything_that_pages_ask_for():
    assert repr(cards.Cards([Asked("a/b", "thin", tiny(), "accuracy", None)])) == "Cards()"


def test_every_data_set_of_the_catalogue_has_a_card():
    assert CATALOGUE.keys() - cards.CARDS.keys() == set(), "add these to CARDS"


@pytest.mark.parametrize("name", sorted(CATALOGUE.keys() & cards.CARDS.keys()))
def test_a_card_says_what_the_catalogue_says(name):
    source, found = CATALOGUE[name], facts(name)
    assert all(found.values())
    assert found["images"] == (
        f"{source.train} training and {source.test} test images, {source.classes} classes"
    )
    assert ("scikit-learn" if source.shipped else source.hub or "not on the hub") in found["source"]
    assert source.copy in found["source"] and source.access in found["source"]
    assert (source.fingerprint == found["fingerprint"].replace(" ", "")) == source.pinned
    assert str(source.side) in found["how it is read"]
    assert ("grey" in found["how it is read"]) == source.grey


def test_a_change_in_the_catalogue_is_a_change_of_the_card(monkeypatch):
    other = replace(
        CATALOGUE["digits"], train=7, fingerprint="unpinned:x", mirrored=True, grey=False, test_share=0
    )
    monkeypatch.setitem(CATALOGUE, "digits", other)
    found = facts("digits")
    assert found["images"].startswith("7 training")
    assert found["fingerprint"].startswith("none: the numbers")
    assert found["how it is read"] == (
        "centre square, brought to 32 pixels a side; RGB; mirrored at random in training"
    )


def test_a_data_set_without_a_card_is_refused_and_the_error_says_where_to_add_it(monkeypatch):
    monkeypatch.setitem(CATALOGUE, "new", CATALOGUE["digits"])
    with pytest.raises(LookupError, match="new has no card: add one to CARDS"):
        cards.card("new")


def test_a_card_names_the_pages_that_use_the_data_set():
    asked = [Asked("a/b", "thin", tiny(), name, None) for name in ("accuracy", "probes")]
    assert facts("digits", asked)["used on"] == "a/b"
    assert facts("mnist", asked)["used on"] == "no published page"


def test_stand_ins_are_named_on_both_cards():
    assert facts("cifar10")["stand-ins"] == "digits for it at tier smoke"
    assert facts("digits")["stand-ins"].startswith("it for cifar10, ")
    assert "imagenette for it at tier thin" in facts("imagenet")["stand-ins"]
    assert "it for imagenet at tier thin" in facts("imagenette")["stand-ins"]


def test_a_card_says_how_to_get_the_set_in_one_command_and_the_room_that_it_takes():
    assert facts("digits")["to get it"] == "nothing to do"
    assert facts("cifar10")["to get it"] == "python -m rfbook data cifar10; decoded 184 MB"
    assert facts("caltech101")["to get it"].endswith(
        "the hub's images are another edition: RFBOOK_EDITIONS=caltech101 runs pages on them"
    )
    assert facts("cub200")["to get it"].startswith("put the images into RFBOOK_DATA/cub200, then python")


def test_each_card_can_be_linked_to():
    html = BeautifulSoup(cards.Cards()._repr_html_(), "html.parser")
    assert [one["id"] for one in html.find_all("section")] == [f"card-{name}" for name in CATALOGUE]
