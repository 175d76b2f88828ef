"""Images are the catalogue's, in one order, wherever they come from; what is wrong says so."""

import datasets
import numpy as np
import pytest
import torch
from PIL import Image

from rfbook.experiments import data
from rfbook.experiments.catalogue import CATALOGUE, Source
from rfbook.experiments.data import DataError, Images, Splits, canonical, fingerprint, load

SIDE = 16


def random_images(count: int, seed: int = 0, side: int = 8, channels: int = 3) -> Images:
    generator = torch.Generator().manual_seed(seed)
    pixels = torch.randint(256, (count, side, side, channels), generator=generator)
    return Images(pixels.byte(), torch.randint(10, (count,), generator=generator))


def rows(images: Images, order: torch.Tensor) -> Images:
    return Images(images.pixels[order], images.labels[order])


def equal(first: Images, second: Images) -> bool:
    return torch.equal(first.pixels, second.pixels) and torch.equal(first.labels, second.labels)


# Order and fingerprint


@pytest.mark.parametrize("seed", range(3))
def test_the_canonical_order_does_not_depend_on_the_order_of_the_source(seed):
    images = random_images(50)
    mixed = rows(images, torch.randperm(50, generator=torch.Generator().manual_seed(seed)))
    assert not equal(mixed, images)
    assert equal(canonical(mixed), canonical(images))


def test_an_image_keeps_its_label_in_the_canonical_order():
    images = random_images(50)
    labels = {p.numpy().tobytes(): int(t) for p, t in zip(images.pixels, images.labels, strict=True)}
    ordered = canonical(images)
    assert len(labels) == len(ordered) == 50
    for pixels, label in zip(ordered.pixels, ordered.labels, strict=True):
        assert labels[pixels.numpy().tobytes()] == label


def test_equal_images_of_two_classes_have_one_order_too():
    twice = Images(torch.zeros(4, 8, 8, 3, dtype=torch.uint8), torch.tensor([2, 0, 1, 0]))
    assert equal(canonical(twice), canonical(rows(twice, torch.tensor([3, 2, 1, 0]))))


def test_classes_are_mixed_in_the_canonical_order(digits):
    """So the first images of a set are a fair sample of it."""
    assert digits.train.first(200).labels.unique().tolist() == list(range(10))


def test_every_pixel_label_shape_and_split_counts_in_the_fingerprint():
    train, test = random_images(6), random_images(4, seed=1)
    pixels, labels = train.pixels.clone(), train.labels.clone()
    pixels[5, 7, 7, 2] += 1
    labels[0] += 1
    others = [
        Splits(Images(pixels, train.labels), test),
        Splits(Images(train.pixels, labels), test),
        Splits(Images(train.pixels.reshape(6, 4, 16, 3), train.labels), test),
        Splits(test, train),
        Splits(train, train),
    ]
    found = {fingerprint(splits) for splits in [Splits(train, test), *others]}
    assert len(found) == 6
    assert fingerprint(Splits(train, test)) in found


def test_the_first_images_are_the_head_of_the_set():
    images = random_images(10)
    assert equal(images.first(4), rows(images, torch.arange(4)))
    assert len(images.first(10)) == len(images.first(None)) == 10


def test_more_images_than_there_are_cannot_be_had():
    with pytest.raises(DataError, match="images=11: this split holds 10; ask for at most that"):
        random_images(10).first(11)


# Sets that scikit-learn ships


@pytest.mark.parametrize("name", ["digits", "photos"])
def test_a_shipped_set_is_what_the_catalogue_says(name, cache, monkeypatch):
    monkeypatch.setenv("RFBOOK_DATA", "/nowhere")
    source, splits = CATALOGUE[name], load(name)
    channels = 1 if source.grey else 3
    assert fingerprint(splits) == source.fingerprint
    assert splits.train.pixels.shape == (source.train, source.side, source.side, channels)
    assert splits.test.pixels.shape == (source.test, source.side, source.side, channels)
    assert splits.train.labels.unique().tolist() == list(range(source.classes))
    assert [path.name for path in (cache / "data").iterdir()] == [f"{name}.safetensors"]


def test_digits_are_eight_by_eight_values_repeated_and_scaled(digits):
    """Owner: scikit-learn's `load_digits`, values 0 to 16."""
    from sklearn.datasets import load_digits

    held = load_digits()
    wanted = sorted(
        (np.kron(np.rint(image * 255 / 16), np.ones((4, 4))).astype(np.uint8).tobytes(), label)
        for image, label in zip(held.images, held.target, strict=True)
    )
    found = sorted(
        (pixels.numpy().tobytes(), int(label))
        for images in (digits.train, digits.test)
        for pixels, label in zip(images.pixels, images.labels, strict=True)
    )
    assert found == wanted


# The decoded cache


@pytest.fixture
def decodings(monkeypatch):
    """Counts how often shipped images are decoded."""
    counted, ship = [], data._ship
    monkeypatch.setattr(data, "_ship", lambda name: counted.append(name) or ship(name))
    return counted


def test_a_set_is_decoded_once(digits, decodings):
    assert equal(load("digits").train, digits.train)
    assert equal(load("digits").test, digits.test)
    assert decodings == ["digits"]


def flip_last_bit(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


DAMAGES = {
    "empty": lambda path: path.write_bytes(b""),
    "half of it": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "noise": lambda path: path.write_bytes(b"\xff" * 1000),
    "one pixel": lambda path: path.write_bytes(flip_last_bit(path.read_bytes())),
    "another layout": lambda path: data.save_file({"pixels": torch.zeros(3)}, path),
    "another set": lambda path: data._write(path, Splits(random_images(3), random_images(2))),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_cache_is_decoded_again_and_mended(damage, cache, decodings):
    load("digits")
    path = cache / "data" / "digits.safetensors"
    whole = path.read_bytes()
    damage(path)
    assert path.read_bytes() != whole
    load("digits")
    assert decodings == ["digits", "digits"]
    assert path.read_bytes() == whole


# Sets from Hugging Face data sets


@pytest.fixture(scope="session")
def toy_folder(tmp_path_factory):
    """RFBOOK_DATA with one set, `toy`: columns `img` and `label`, images of every shape."""
    root = tmp_path_factory.mktemp("parquet")
    for split, images in {"train": toy_images(0), "test": toy_images(1)[:2]}.items():
        write_parquet(root / "toy", split, "img", images, labels=[2, 0, 1, 1][: len(images)])
    return root


def toy_images(seed: int) -> list[Image.Image]:
    random = np.random.default_rng(seed)
    shapes = [(SIDE, SIDE, 3), (SIDE, SIDE), (SIDE, 25, 3), (3 * SIDE, 2 * SIDE, 3)]
    return [Image.fromarray(random.integers(0, 256, s, dtype=np.uint8)) for s in shapes]


def write_parquet(folder, split: str, column: str, images: list, labels: list[int]) -> None:
    folder.mkdir(exist_ok=True)
    label = datasets.ClassLabel(names=["a", "b", "c"])
    features = datasets.Features({column: datasets.Image(), "label": label})
    datasets.disable_progress_bars()
    table = datasets.Dataset.from_dict({column: images, "label": labels}, features=features)
    table.to_parquet(folder / f"{split}.parquet")


def as_decoded(images: list[Image.Image]) -> Images:
    """By hand: three channels, the shorter side resized to 16, the middle cut out."""
    square, grey, wide, _ = (np.asarray(image) for image in images)
    small = images[3].resize((SIDE, 24), Image.Resampling.BILINEAR)
    pixels = [square, np.stack([grey] * 3, axis=2), wide[:, 4:20], np.asarray(small)[4:20]]
    return Images(torch.from_numpy(np.stack(pixels)), torch.tensor([2, 0, 1, 1]))


@pytest.fixture
def toy(toy_folder, tmp_path, monkeypatch):
    """Puts a toy set into the catalogue, with other settings where they are given."""
    monkeypatch.setenv("RFBOOK_DATA", str(toy_folder))
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "huggingface"))

    def put(name: str = "toy", **settings) -> None:
        stated = {
            "hub": "nobody/toy", "side": SIDE, "classes": 3, "train": 4, "test": 2, "image": "img",
            "mean": (0.5,) * 3, "sd": (0.5,) * 3, "mirrored": True, "fingerprint": "0" * 64,
        }  # fmt: skip
        monkeypatch.setitem(CATALOGUE, name, Source(**(stated | settings)))

    return put


def test_a_local_parquet_set_is_decoded_to_square_colour_images(toy):
    test = rows(as_decoded(toy_images(1)), torch.arange(2))
    wanted = Splits(canonical(as_decoded(toy_images(0))), canonical(test))
    toy(fingerprint=fingerprint(wanted))
    found = load("toy")
    assert equal(found.train, wanted.train)
    assert equal(found.test, wanted.test)


def test_a_decoded_parquet_set_is_not_opened_again(toy, monkeypatch):
    test = rows(as_decoded(toy_images(1)), torch.arange(2))
    toy(fingerprint=fingerprint(Splits(canonical(as_decoded(toy_images(0))), canonical(test))))
    first = load("toy")
    monkeypatch.setenv("RFBOOK_DATA", "/nowhere")
    assert equal(load("toy").train, first.train)


def test_a_grey_set_keeps_one_channel_and_a_set_without_test_split_holds_some_out(toy, tmp_path):
    random = np.random.default_rng(2)
    pixels = random.integers(0, 256, (5, SIDE, SIDE), dtype=np.uint8)
    images = [Image.fromarray(image) for image in pixels]
    write_parquet(tmp_path / "parquet", "train", "image", images, [0, 1, 2, 0, 1])
    ordered = canonical(Images(torch.from_numpy(pixels)[..., None], torch.tensor([0, 1, 2, 0, 1])))
    wanted = Splits(rows(ordered, torch.arange(3)), rows(ordered, torch.arange(3, 5)))
    toy("parquet", grey=True, test_share=0.4, fingerprint=fingerprint(wanted), image="image")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RFBOOK_DATA", str(tmp_path))
        found = load("parquet")
    assert equal(found.train, wanted.train)
    assert equal(found.test, wanted.test)


def test_pixels_that_are_not_the_catalogues_are_refused_and_not_kept(toy, cache):
    toy(fingerprint="ab" * 32)
    message = "toy: the fingerprint is [0-9a-f]{16}, the catalogue has abababababababab.* fetch it again"
    with pytest.raises(DataError, match=message):
        load("toy")
    assert not (cache / "data").exists()


@pytest.mark.parametrize("folder", [None, "toy"])
def test_a_data_directory_without_the_set_says_what_to_put_there(folder, toy, tmp_path, monkeypatch):
    toy()
    if folder:
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("RFBOOK_DATA", str(tmp_path))
    message = f"RFBOOK_DATA is {tmp_path}, which has no folder toy .* unset RFBOOK_DATA to download"
    with pytest.raises(DataError, match=message):
        load("toy")


def test_a_hub_that_cannot_be_reached_names_both_ways_out(toy, monkeypatch):
    toy()
    monkeypatch.delenv("RFBOOK_DATA")

    def offline(hub: str) -> None:
        raise ConnectionError(hub)

    monkeypatch.setattr(datasets, "load_dataset", offline)
    message = r"nobody/toy could not be downloaded \(ConnectionError\).* set RFBOOK_DATA"
    with pytest.raises(DataError, match=message):
        load("toy")


# Real data, where they are


def test_cifar10_is_the_one_that_published_records_were_made_from(real):
    check_against_the_catalogue(real("cifar10"), "cifar10")


@pytest.mark.parametrize("name", ["mnist", "caltech101"])
def test_a_real_set_is_the_one_that_published_records_were_made_from(real, name):
    check_against_the_catalogue(real(name, decode=False), name)


def check_against_the_catalogue(splits: Splits, name: str) -> None:
    source = CATALOGUE[name]
    assert fingerprint(splits) == source.fingerprint
    assert (len(splits.train), len(splits.test)) == (source.train, source.test)
    assert splits.train.labels.unique().tolist() == list(range(source.classes))
