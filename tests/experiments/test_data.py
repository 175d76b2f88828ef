"""Images are the catalogue's, in one order, wherever they come from; what is wrong says so."""

import errno
import io
import shutil

import datasets
import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from rfbook.experiments import data, decode, tiny_imagenet
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
    fingerprints = {fingerprint(splits) for splits in [Splits(train, test), *others]}
    assert len(fingerprints) == 6
    assert fingerprint(Splits(train, test)) in fingerprints


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

    bunch = load_digits()
    wanted = sorted(
        (np.kron(np.rint(image * 255 / 16), np.ones((4, 4))).astype(np.uint8).tobytes(), label)
        for image, label in zip(bunch.images, bunch.target, strict=True)
    )
    stored = sorted(
        (pixels.numpy().tobytes(), int(label))
        for images in (digits.train, digits.test)
        for pixels, label in zip(images.pixels, images.labels, strict=True)
    )
    assert stored == wanted


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
    "labels of another type": lambda path: save_file(
        {name: kept.int() if "labels" in name else kept for name, kept in load_file(path).items()}, path
    ),
    "another layout": lambda path: save_file({"pixels": torch.zeros(3)}, path),
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
    loaded = load("toy")
    assert equal(loaded.train, wanted.train)
    assert equal(loaded.test, wanted.test)


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
        loaded = load("parquet")
    assert equal(loaded.train, wanted.train)
    assert equal(loaded.test, wanted.test)


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


@pytest.mark.parametrize(
    "columns",
    [
        {"picture": datasets.Image(), "label": datasets.Value("int64")},
        {"image": datasets.Image(), "category": datasets.Value("int64")},
        {"image": datasets.Image(), "label": datasets.Value("string")},
        {"image": datasets.Image(), "label": datasets.Value("float32")},
        {"image": datasets.Image(), "label": datasets.List(datasets.Value("int64"))},
        {"image": datasets.Image(), "label": datasets.Array2D((1, 1), "int64")},
        {"image": datasets.Value("string"), "label": datasets.Value("int64")},
    ],
)
def test_other_columns_are_refused_before_anything_is_decoded(columns, toy, tmp_path, monkeypatch):
    toy()
    monkeypatch.setenv("RFBOOK_DATA", str(tmp_path))
    monkeypatch.setattr(Images, "__init__", None)
    (tmp_path / "toy").mkdir()
    values = {"Image": [toy_images(0)[0]], "Value": ["0"], "List": [[0]], "Array2D": [[[0]]]}
    content = {name: values[type(kind).__name__] for name, kind in columns.items()}
    features = datasets.Features(columns)
    datasets.Dataset.from_dict(content, features=features).to_parquet(tmp_path / "toy/train.parquet")
    first = next(iter(columns))
    with pytest.raises(DataError, match=f"toy, train: needed are a column `image`.*there are {first}"):
        load("toy")


def test_a_damaged_file_is_named_with_what_to_do(toy, tmp_path, monkeypatch):
    toy()
    monkeypatch.setenv("RFBOOK_DATA", str(tmp_path))
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy/train.parquet").write_bytes(b"no parquet")
    with pytest.raises(DataError, match=f"toy: {tmp_path}/toy/train.parquet cannot be read .* whole"):
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


# Splits, image folders, sets without a fingerprint, and sets that are not free


def flat(count: int, shade: int) -> list[Image.Image]:
    """Square images of one shade each, from `shade` upwards."""
    return [Image.fromarray(np.full((SIDE, SIDE, 3), shade + i, dtype=np.uint8)) for i in range(count)]


def shades(images: Images) -> list[tuple[int, int]]:
    return sorted(zip(images.pixels[:, 0, 0, 0].tolist(), images.labels.tolist(), strict=True))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """RFBOOK_DATA of this test, empty."""
    root = tmp_path / "images"
    root.mkdir()
    monkeypatch.setenv("RFBOOK_DATA", str(root))
    return root


UNPINNED = {"fingerprint": "unpinned:nobody/toy", "train": 4, "test": 2, "classes": 2}


def write_image_folder(root, held_out: str = "val") -> None:
    """toy/<split>/<class>/<number>.png: four training images, two to test on."""
    for split, count, shade in (("train", 2, 10), (held_out, 1, 90)):
        for label, kind in enumerate(("bee", "ant")):
            (root / "toy" / split / kind).mkdir(parents=True)
            for number, image in enumerate(flat(count, shade + 40 * label)):
                image.save(root / "toy" / split / kind / f"{number}.png")


@pytest.mark.parametrize("held_out", ["val", "test", "validation"])
def test_a_local_folder_of_images_is_read_by_class(toy, folder, held_out):
    toy(**UNPINNED)
    write_image_folder(folder, held_out)
    splits = load("toy")
    assert shades(splits.train) == [(10, 1), (11, 1), (50, 0), (51, 0)]
    assert shades(splits.test) == [(90, 1), (130, 0)]
    assert equal(canonical(splits.train), splits.train)


def test_a_set_with_validation_and_test_images_is_tested_on_the_former(toy, folder):
    """Owner: ImageNet on the hub, whose test labels are all -1."""
    toy(**UNPINNED)
    write_parquet(folder / "toy", "train", "img", flat(4, 10), [0, 1, 0, 1])
    write_parquet(folder / "toy", "validation", "img", flat(2, 90), [0, 1])
    write_parquet(folder / "toy", "test", "img", flat(3, 200), [-1, -1, -1])
    assert shades(load("toy").test) == [(90, 0), (91, 1)]


@pytest.mark.parametrize(
    "settings, counts",
    [
        ({"train": 5}, r"\(4, 2, 2\), the catalogue has \(5, 2, 2\)"),
        ({"test": 1}, r"\(4, 2, 2\), the catalogue has \(4, 1, 2\)"),
        ({"classes": 3}, r"\(4, 2, 2\), the catalogue has \(4, 2, 3\)"),
    ],
)
def test_of_a_set_without_a_fingerprint_the_numbers_are_checked(toy, folder, settings, counts, cache):
    toy(**(UNPINNED | settings))
    write_image_folder(folder)
    message = f"toy: training images, test images and classes are {counts}.*fetch it again"
    with pytest.raises(DataError, match=message):
        load("toy")
    assert not (cache / "data").exists()


def test_a_set_without_a_fingerprint_is_decoded_once_too(toy, folder, monkeypatch):
    toy(**UNPINNED)
    write_image_folder(folder)
    first = load("toy")
    monkeypatch.setenv("RFBOOK_DATA", "/nowhere")
    assert equal(load("toy").train, first.train)


@pytest.fixture
def hub(monkeypatch):
    """The names that were asked of a hub which refuses all."""
    asked = []

    def refuse(name: str) -> None:
        asked.append(name)
        raise datasets.exceptions.DatasetNotFoundError(name)

    monkeypatch.delenv("RFBOOK_DATA", raising=False)
    monkeypatch.setattr(datasets, "load_dataset", refuse)
    return asked


@pytest.mark.parametrize(
    "name, wanted, asked",
    [
        ("imagenet", ["The ImageNet team grants access", "accept its terms", "hf auth login"],
         ["ILSVRC/imagenet-1k"]),
        ("inaturalist2019", ["the hub does not have it", "visipedia/inat_comp"], []),
        ("cub200", ["the hub does not have it", "train_test_split.txt"], []),
        ("imagenette", ["made from 4,000 and 1,000 of them", "which the hub does not have"], []),
        ("caltech101", ["made from copies of them, re-encoded", "take what the hub has"], []),
        ("tiny-imagenet", ["Connect to the network"], ["zh-plus/tiny-imagenet"]),
    ],
)  # fmt: skip
def test_a_set_that_cannot_be_had_says_who_hands_it_out_and_where_to_put_it(name, wanted, asked, hub):
    with pytest.raises(DataError) as refused:
        load(name)
    reason = str(refused.value)
    assert [words for words in wanted if words not in reason] == []
    assert f"set RFBOOK_DATA to a directory with a folder {name} of parquet files or of images" in reason
    assert hub == asked


@pytest.mark.parametrize("name, online", {"imagenet": True, "inaturalist2019": False}.items())
def test_a_gated_set_that_the_data_directory_lacks_says_so_too(name, online, folder):
    with pytest.raises(DataError, match=f"no folder {name} with train.*parquet or train/<class>/") as it:
        load(name)
    assert ("unset RFBOOK_DATA" in str(it.value)) is online
    assert CATALOGUE[name].access in str(it.value)


def test_the_hubs_originals_are_not_taken_for_a_re_encoded_copy(toy, folder):
    toy(copy="half of them, re-encoded", fingerprint="ab" * 32)
    write_image_folder(folder)
    with pytest.raises(
        DataError, match=r"another edition \(meant are .* but half of them, re-encoded\)"
    ):
        load("toy")


# Rows and files that cannot be decoded


def as_file(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def in_mode(mode: str, fill: object = None) -> Image.Image:
    return Image.new(mode, (SIDE, SIDE), fill)


def clear_palette() -> bytes:
    """A palette whose first colour, which is everywhere, is not seen."""
    return as_file(in_mode("P", 0), transparency=0)


BAD_IMAGES = {
    "none": (None, "there is no image"),
    "empty": (b"", "UnidentifiedImageError"),
    "no image": (b"hello", "UnidentifiedImageError"),
    "cut": (as_file(toy_images(0)[3])[:2000], "OSError: image file is truncated"),
    "whole numbers": (as_file(in_mode("I", 9), "TIFF"), "its mode is I,"),
    "fractions": (as_file(in_mode("F", 0.5), "TIFF"), "its mode is F,"),
    "see-through": (as_file(in_mode("RGBA", (9, 9, 9, 254))), "parts of it are transparent"),
    "see-through grey": (as_file(in_mode("LA", (9, 0))), "parts of it are transparent"),
    "see-through palette": (clear_palette(), "parts of it are transparent"),
    "animation": (
        as_file(flat(1, 0)[0], "GIF", save_all=True, append_images=flat(2, 9)), "an animation of 3",
    ),
    "bomb": (as_file(Image.new("1", (9460, 9460))), "DecompressionBombWarning"),
    "worse bomb": (as_file(Image.new("1", (13400, 13400))), "DecompressionBombError"),
    "bomb when resized": (as_file(Image.new("1", (1, 400_000))), "would be 16 x 6400000 pixels"),
}  # fmt: skip


@pytest.mark.parametrize("content, reason", BAD_IMAGES.values(), ids=BAD_IMAGES)
def test_an_image_that_has_no_one_reading_is_named_by_its_row(content, reason, toy, folder, cache):
    toy()
    image = None if content is None else {"bytes": content, "path": None}
    write_parquet(folder / "toy", "train", "img", [toy_images(0)[0], image], [0, 1])
    with pytest.raises(DataError, match=rf"toy, train, row 1 \(from 0\): .*{reason}"):
        load("toy")
    assert not (cache / "data").exists()


def test_an_image_that_cannot_be_read_is_named_by_its_file(toy, folder):
    toy(**UNPINNED)
    write_image_folder(folder)
    broken = folder / "toy/val/ant/0.png"
    broken.write_bytes(broken.read_bytes()[:60])
    with pytest.raises(DataError, match=f"toy, val.*, file {broken}: the image cannot be read .* whole"):
        load("toy")


SIXTEEN = np.arange(SIDE * SIDE, dtype=np.uint16).reshape(SIDE, SIDE) * 257
MODES = {
    "I;16": as_file(Image.fromarray(SIXTEEN)),
    "I;16B": as_file(Image.fromarray(SIXTEEN.astype(">u2")), "TIFF"),
    **{
        mode: as_file(Image.fromarray((SIXTEEN >> 8).astype(np.uint8)).convert(mode), "TIFF")
        for mode in ("L", "LA", "RGB", "RGBA", "CMYK")
    },
}


@pytest.mark.parametrize("content", MODES.values(), ids=MODES)
@pytest.mark.parametrize("grey", [False, True])
def test_every_grey_level_is_kept_whatever_the_mode_it_is_stored_in(content, grey, toy, folder):
    """Of 16 bits the upper eight: value // 256, as Pillow reads colours of 16 bits."""
    toy(**(UNPINNED | {"train": 1, "test": 1, "classes": 1, "grey": grey}))
    for split in ("train", "test"):
        write_parquet(folder / "toy", split, "img", [{"bytes": content, "path": None}], [0])
    levels = load("toy").train.pixels[0]
    assert levels.shape == (SIDE, SIDE, 1 if grey else 3)
    assert torch.equal(levels[..., -1].flatten(), torch.arange(256).byte())


@pytest.mark.parametrize("label, count", [(None, 2), (-1, 2), (3, 2)])
def test_a_label_that_is_no_class_is_refused_before_any_image_is_decoded(label, count, toy, folder):
    toy()
    labels = datasets.Features({"img": datasets.Image(), "label": datasets.Value("int32")})
    rows = {"img": [None] * 3, "label": [0, label, label]}
    (folder / "toy").mkdir()
    datasets.Dataset.from_dict(rows, features=labels).to_parquet(folder / "toy/train.parquet")
    message = f"toy, train, row 1 .from 0.: the label is {label}, .* from 0 to 2; {count} of 3 rows"
    with pytest.raises(DataError, match=message):
        load("toy")


@pytest.mark.parametrize("kind", ["int8", "uint16", "int32", "int64"])
def test_labels_of_every_whole_number_type_are_the_same_labels(kind, toy, folder):
    toy(**UNPINNED)
    features = datasets.Features({"img": datasets.Image(), "label": datasets.Value(kind)})
    (folder / "toy").mkdir()
    for split, count in (("train", 4), ("test", 2)):
        rows = {"img": flat(count, 10), "label": [0, 1, 0, 1][:count]}
        table = datasets.Dataset.from_dict(rows, features=features)
        table.to_parquet(folder / "toy" / f"{split}.parquet")
    assert load("toy").train.labels.dtype == torch.int64
    assert shades(load("toy").train) == [(10, 0), (11, 1), (12, 0), (13, 1)]


def test_a_split_without_rows_is_refused(toy, folder):
    toy()
    write_parquet(folder / "toy", "train", "img", flat(1, 0), [0])
    write_parquet(folder / "toy", "test", "img", [], [])
    with pytest.raises(DataError, match=r'toy: the files in .*"test" corresponds to no data'):
        load("toy")


@pytest.mark.parametrize(
    "place, named",
    [
        ("train/0.png", "train/0.png is not"), ("val/ant/more/0.png", "val/ant/more/0.png is not"),
        (None, "train holds none"),
    ],
)  # fmt: skip
def test_images_that_are_not_in_a_folder_of_their_class_are_named(place, named, toy, folder):
    toy(**UNPINNED)
    write_image_folder(folder)
    if place is None:
        shutil.rmtree(folder / "toy/train")
        (folder / "toy/train/ant").mkdir(parents=True)
    else:
        (folder / "toy" / place).parent.mkdir(exist_ok=True)
        flat(1, 0)[0].save(folder / "toy" / place)
    with pytest.raises(DataError, match=f"needed are images in .*/<class>/.*{folder}/toy/{named}"):
        load("toy")


@pytest.mark.parametrize("stem", ["train_0", "train-00000-of-00001", "train.0", "train00"])
def test_parquet_files_are_found_by_how_their_name_begins(stem, toy, folder):
    toy(**UNPINNED)
    write_parquet(folder / "toy", stem, "img", flat(4, 10), [0, 1, 0, 1])
    write_parquet(folder / "toy", "test", "img", flat(2, 90), [0, 1])
    write_parquet(folder / "toy", "trainer", "img", flat(2, 200), [0, 1])
    assert len(load("toy").train) == 4


def test_files_of_different_columns_are_named(toy, folder):
    toy(**UNPINNED)
    write_parquet(folder / "toy", "train", "img", flat(4, 10), [0, 1, 0, 1])
    write_parquet(folder / "toy", "test", "image", flat(2, 90), [0, 1])
    message = r"toy: the columns of .*/train.parquet are img, label, those of .*/test.parquet are image"
    with pytest.raises(DataError, match=message):
        load("toy")


def test_a_full_disk_is_not_taken_for_damaged_files(toy, folder, monkeypatch):
    toy(**UNPINNED)
    write_image_folder(folder)

    def full(*given, **named):
        raise datasets.exceptions.DatasetGenerationError("oops") from OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(datasets, "load_dataset", full)
    with pytest.raises(DataError, match=r"toy: Hugging Face's cache .*no space.* Make room"):
        load("toy")


def test_a_set_that_the_catalogue_does_not_have_is_named():
    with pytest.raises(DataError, match="cifar11: the catalogue has no such data set; it has cifar10, "):
        load("cifar11")


@pytest.mark.parametrize(
    "change",
    [
        lambda pixels, labels: (pixels, labels.int()), lambda pixels, labels: (pixels.float(), labels),
        lambda pixels, labels: (pixels, labels[1:]), lambda pixels, labels: (pixels[0], labels),
    ],
)  # fmt: skip
def test_images_and_labels_of_another_type_or_number_are_refused(change):
    """Their bytes would be hashed to another order and another fingerprint."""
    images = random_images(4)
    with pytest.raises(DataError, match=r"images need pixels .* of torch.uint8 and labels .* Convert"):
        Images(*change(images.pixels, images.labels))


# The part of TinyImageNet


def of_classes(names: list[str], images: list[Image.Image], labels: list[int]) -> datasets.Dataset:
    label = datasets.ClassLabel(names=names)
    features = datasets.Features({"image": datasets.Image(), "label": label})
    return datasets.Dataset.from_dict({"image": images, "label": labels}, features=features)


def test_the_part_has_fifty_classes_in_the_order_of_their_ids():
    assert len(set(tiny_imagenet.WNIDS)) == CATALOGUE["tiny-imagenet-50"].classes
    assert list(tiny_imagenet.WNIDS) == sorted(tiny_imagenet.WNIDS)


@pytest.mark.parametrize("described", ["{}", "{} a kind of fish"])
def test_only_rows_of_the_parts_classes_are_taken_with_their_labels_there(described):
    """Owner: the hub's set names 200 classes by their ids, our copy 50 by ids and words."""
    last, first = tiny_imagenet.WNIDS[-1], tiny_imagenet.WNIDS[0]
    names = [described.format(wnid) for wnid in (last, "n00000001", first)]
    labels = tiny_imagenet.labels_of_the_part(of_classes(names, flat(4, 10), [2, 1, 0, 2]))
    assert labels == {0: 0, 2: 49, 3: 0}


def test_the_part_is_taken_from_a_set_whose_classes_have_names(toy, folder):
    """Owner: the hub's 200 classes; labels without names cannot be found among the 50."""
    toy(part=True, image="image")
    (folder / "toy").mkdir()
    unnamed = of_classes(["a"], flat(1, 0), [0]).cast_column("label", datasets.Value("int64"))
    unnamed.to_parquet(folder / "toy/train.parquet")
    with pytest.raises(DataError, match=r"toy, train: .* a column `label` of classes with names"):
        load("toy")
    of_classes(["n00000001"], flat(1, 0), [0]).to_parquet(folder / "toy/train.parquet")
    with pytest.raises(DataError, match="toy, train: there are no rows of the classes"):
        load("toy")
    listed = of_classes([*tiny_imagenet.WNIDS[:1], "other"], [*flat(1, 0), None], [0, 1])
    listed.to_parquet(folder / "toy/train.parquet")
    with pytest.raises(DataError, match="toy: the fingerprint is"):  # the image is not in the list
        load("toy")


def test_the_list_of_the_part_is_as_long_as_the_part():
    size = tiny_imagenet.CHOSEN.stat().st_size
    source = CATALOGUE["tiny-imagenet-50"]
    assert size == (source.train + source.test) * tiny_imagenet.LENGTH


def test_images_outside_the_list_are_left_out_wherever_they_stand(real):
    """As in the hub's whole set, where 500 of a class are held and 200 are taken."""
    part, others = real("tiny-imagenet-50").test.first(50), random_images(50, side=64)
    pixels, labels = torch.cat([part.pixels, others.pixels]), torch.cat([part.labels, others.labels])
    mixed = torch.randperm(100, generator=torch.Generator().manual_seed(0))
    chosen = decode.part_of(rows(Images(pixels, labels), mixed))
    assert equal(canonical(chosen), part)


def test_a_listed_image_under_another_label_is_another_image(real):
    part = real("tiny-imagenet-50").test.first(20)
    assert len(decode.part_of(Images(part.pixels, (part.labels + 1) % 50))) == 0


# Real data, where they are


def test_cifar10_is_the_one_that_published_records_were_made_from(real):
    check_against_the_catalogue(real("cifar10"), "cifar10")


@pytest.mark.parametrize("name", ["mnist", "caltech101", "tiny-imagenet-50", "imagenette"])
def test_a_real_set_is_the_one_that_published_records_were_made_from(real, name):
    check_against_the_catalogue(real(name, decode=False), name)


def check_against_the_catalogue(splits: Splits, name: str) -> None:
    source = CATALOGUE[name]
    assert fingerprint(splits) == source.fingerprint
    assert (len(splits.train), len(splits.test)) == (source.train, source.test)
    assert splits.train.labels.unique().tolist() == list(range(source.classes))
