"""Who has other images under a set's name runs pages on them, beside the published records."""

import datasets
import numpy as np
import pytest
from PIL import Image

from rfbook.experiments.catalogue import CATALOGUE
from rfbook.experiments.data import DataError, at_hand, fetched, fingerprint, load
from rfbook.experiments.decode import CONVERTED
from rfbook.experiments.editions import chosen, named
from rfbook.experiments.spec import Data, Model, Recipe, Run
from rfbook.experiments.tiers import scale
from rfbook.pages import page as pages
from rfbook.pages.plan import asks, replay
from rfbook.records.exchange import unpublishable
from rfbook.records.record import description, record_key, run_key
from rfbook.records.store import Store

TRAIN, TEST, CLASSES = 12, 4, 3
BOTH = "caltech101 imagenette"
PAGE = "dead_pixel/size-finetuned"
SMALL = {"models": "resnet18", "seeds": 1, "epochs": 1}


def photographs(count: int, seed: int) -> datasets.Dataset:
    """Random pictures of 96 x 72 pixels: no catalogue has that side, and none these pixels."""
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (count, 72, 96, 3), dtype=np.uint8)
    images = [Image.fromarray(one) for one in pixels]
    labels = [index % CLASSES for index in range(count)]
    features = datasets.Features({"image": datasets.Image(), "label": datasets.Value("int64")})
    return datasets.Dataset.from_dict({"image": images, "label": labels}, features=features)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """RFBOOK_DATA with small sets of other images under the names of two of the catalogue's."""
    root = tmp_path_factory.mktemp("own")
    for number, name in enumerate(BOTH.split()):
        (root / name).mkdir()
        photographs(TRAIN, number).to_parquet(root / name / "train.parquet")
        photographs(TEST, 9 + number).to_parquet(root / name / "test.parquet")
    return root


@pytest.fixture
def own(folder, cache, monkeypatch, tmp_path):
    monkeypatch.setenv("RFBOOK_DATA", str(folder))
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "huggingface"))
    return monkeypatch


def test_other_images_are_refused_for_the_published_ones_with_the_way_to_use_them(own):
    with pytest.raises(DataError, match=r"re-encoded.*take it as it is.*RFBOOK_EDITIONS=caltech101"):
        load("caltech101")


def test_the_edition_at_hand_is_described_by_its_pixels_and_numbers(own):
    edition = at_hand("caltech101")
    assert (edition.train, edition.test, edition.classes) == (TRAIN, TEST, CLASSES)
    splits = load("caltech101", edition)
    assert fingerprint(splits) == edition.fingerprint
    side = CATALOGUE["caltech101"].side
    assert splits.train.pixels.shape == (TRAIN, side, side, 3)


def test_an_edition_is_read_once_and_then_known_without_its_files(own, cache):
    edition = at_hand("imagenette")
    own.setattr("rfbook.experiments.data._decode", None)
    assert at_hand("imagenette") == edition
    assert load("imagenette", edition).pixels == edition.fingerprint
    kept = sorted(path.name for path in (cache / "data").iterdir())
    assert kept == [f"imagenette-{edition.fingerprint[:16]}.safetensors", "imagenette.edition.json"]


def test_other_data_in_another_folder_are_read_again(own, folder, tmp_path):
    before = at_hand("imagenette")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/imagenette").symlink_to(folder / "caltech101")
    own.setenv("RFBOOK_DATA", str(tmp_path / "other"))
    assert at_hand("imagenette").fingerprint != before.fingerprint


def test_an_edition_that_is_gone_is_not_replaced_by_what_lies_there_now(own, cache):
    edition = at_hand("imagenette")
    for path in (cache / "data").iterdir():
        path.unlink()
    own.setenv("RFBOOK_DATA", "/nowhere")
    with pytest.raises(DataError, match="RFBOOK_DATA is /nowhere"):
        load("imagenette", edition)


def test_the_published_edition_is_no_other(monkeypatch, cache):
    monkeypatch.setenv("RFBOOK_DATA", "/nowhere")
    assert fetched("digits") is None


@pytest.mark.parametrize(
    "name, options",
    [
        ("caltech101", {}),
        ("imagenette", {"revision": CONVERTED, "data_dir": "320px"}),
    ],
)
def test_without_a_folder_the_hubs_images_are_taken_by_the_same_rule(name, options, own):
    own.delenv("RFBOOK_DATA")
    asked = []

    def hub(path, **given):
        asked.append((path, given))
        return datasets.DatasetDict(train=photographs(TRAIN, 5), validation=photographs(TEST, 6))

    own.setattr(datasets, "load_dataset", hub)
    edition = at_hand(name)
    assert asked == [(CATALOGUE[name].hub, options)]
    assert load(name, edition).train.pixels.shape[1] == CATALOGUE[name].side


def test_the_hubs_images_are_not_downloaded_for_published_ones_that_it_does_not_have(own):
    own.delenv("RFBOOK_DATA")
    own.setattr(datasets, "load_dataset", None)
    with pytest.raises(DataError, match=r"which the hub does not have.*RFBOOK_EDITIONS=imagenette"):
        load("imagenette")


@pytest.mark.parametrize(
    "names, said",
    [
        ("caltech", "there is no data set caltech: did you mean caltech101"),
        ("imagenette digits", "digits comes with scikit-learn in one edition"),
    ],
)
def test_a_name_that_has_no_other_edition_is_answered(names, said, monkeypatch):
    monkeypatch.setenv("RFBOOK_EDITIONS", names)
    with pytest.raises(DataError, match=said):
        named()


def test_nothing_is_read_for_a_set_that_nobody_names(monkeypatch):
    monkeypatch.setenv("RFBOOK_DATA", "/nowhere")
    assert chosen() == {}
    assert all(run.data.edition is None for run, _ in asks(PAGE, {}))


# Runs, records, pages


def test_a_run_on_another_edition_has_a_key_of_its_own_and_so_has_what_starts_from_it(own):
    own.setenv("RFBOOK_EDITIONS", BOTH)
    published = asks(PAGE, {} | SMALL)
    own.delenv("RFBOOK_EDITIONS")
    runs = asks(PAGE, {} | SMALL)
    for (ours, measures), (theirs, _) in zip(published, runs, strict=True):
        assert ours != theirs
        assert run_key(ours) != run_key(theirs)
        assert description(ours, measures[0])["data_fingerprint"] == ours.data.edition.fingerprint
    (source, _), (tuned, _) = published
    assert tuned.source == source
    assert source.data.edition == tuned.recipe.start_edition != tuned.data.edition
    assert tuned.data.classes == CLASSES
    assert tuned.data.edition.label in tuned.slug()


def test_limits_of_a_page_count_the_images_of_the_edition(own):
    run = Run(model=Model(name="resnet18"), data=Data(name="imagenette", side=128, images=3_000))
    edition = at_hand("imagenette")
    assert scale(run, "thin", {"data": {"images": 4_000}}).data.images == 3_000
    scaled = scale(run, "paper", editions={"imagenette": edition})
    assert (scaled.data.images, scaled.data.edition) == (None, edition)


def test_only_a_start_from_imagenette_has_an_edition_of_it(own):
    with pytest.raises(ValueError, match="start_edition belongs to start='imagenette'"):
        Recipe(start_edition=at_hand("imagenette"))


def test_a_page_runs_to_its_end_on_another_edition_and_says_so(own, tmp_path):
    own.setenv("RFBOOK_EDITIONS", BOTH)
    store = Store((tmp_path / "results", tmp_path / "runs"))
    own.setattr(pages, "store_of", lambda tier: store)
    page = replay(PAGE, SMALL)
    (outcome,) = page.outcomes
    other = "another edition of {} than the published records'".format
    for said in (page.badge(), page.scaled()):
        assert other("Caltech-101") in said
        assert other("Imagenette") in said
    assert len(page.verdicts()) == len(page.claims()) > 5
    assert [path.parent.parent.name for path in store.paths()] == ["runs"] * 3
    record = outcome.records["accuracy"]
    assert record.key != record_key(asks_published(), "accuracy")
    (path,) = (path for path in store.paths("accuracy-*.json") if record.key in path.name)
    assert "another edition of its data" in unpublishable(path, record)


def asks_published() -> Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("RFBOOK_EDITIONS")
        return asks(PAGE, SMALL)[1][0]
