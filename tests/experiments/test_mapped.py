"""Sets larger than memory: images are decoded, ordered, hashed and drawn from the disk."""

import io
import os
import subprocess
import sys

import datasets
import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from rfbook.experiments import mapped

TENSORS = {
    "test.labels": torch.arange(3),
    "test.pixels": torch.arange(36, dtype=torch.uint8).view(3, 2, 2, 3),
    "train.labels": torch.arange(2_500),
    "train.pixels": torch.arange(2_500, dtype=torch.int64).to(torch.uint8).view(2_500, 1, 1, 1),
}


def test_what_is_written_is_read_and_any_reader_of_safetensors_reads_it(tmp_path):
    path = tmp_path / "kept.safetensors"
    mapped.write(path, TENSORS)
    for found in (mapped.read(path), load_file(path)):
        assert found.keys() == TENSORS.keys()
        assert all(torch.equal(found[name], tensor) for name, tensor in TENSORS.items())


def test_what_safetensors_wrote_is_read_too(tmp_path):
    path = tmp_path / "kept.safetensors"
    save_file(TENSORS, path)
    assert all(torch.equal(mapped.read(path)[name], tensor) for name, tensor in TENSORS.items())


def test_parts_become_one_tensor_in_their_order(tmp_path):
    parts = [np.full((count, 2, 2, 1), count, dtype=np.uint8) for count in (3, 1, 2)]
    found = mapped.scratch(iter(parts), tmp_path / "made")
    assert torch.equal(found, torch.from_numpy(np.concatenate(parts)))
    assert list((tmp_path / "made").iterdir()) == []


def test_a_file_that_is_cut_is_refused(tmp_path):
    path = tmp_path / "kept.safetensors"
    mapped.write(path, TENSORS)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(SafetensorError):
        mapped.read(path)


def test_a_set_is_hashed_once_in_a_process_however_often_it_is_loaded(load_once, decoded, monkeypatch):
    load_once("digits")
    os.utime(decoded / "data/digits.safetensors", (0, 0))
    first = load_once("digits")
    monkeypatch.setattr("rfbook.experiments.data.fingerprint", None)
    assert load_once("digits") is load_once("digits")
    assert load_once("digits").pixels == first.pixels


# Memory

SIDE, ROOM = 64, 110 * 2**20
DRAW = f"""
import resource
import sys

import torch

from rfbook.experiments import decode
from rfbook.experiments.batches import shuffled
from rfbook.experiments.catalogue import CATALOGUE, Source
from rfbook.experiments.data import load

count, copied = int(sys.argv[1]), sys.argv[2] == "copied"
CATALOGUE["many"] = Source(
    None, {SIDE}, 2, count, count // 10, (0.5,) * 3, (0.5,) * 3, True, "unpinned:many"
)
torch.set_num_threads(1)
held = int(next(line for line in open("/proc/self/status") if line.startswith("VmData")).split()[1])
resource.setrlimit(resource.RLIMIT_DATA, (held * 1024 + {ROOM},) * 2)
images = load("many").train
pixels = images.pixels.clone() if copied else images.pixels
total = 0
for indices in shuffled(len(images), 64, torch.Generator().manual_seed(0)):
    total += int(pixels[indices, 0, 0, 0].sum())
print(len(images), total == int(images.pixels[:, 0, 0, 0].sum()))
"""
"""Decodes a set and draws an epoch of it, with room for so many bytes beyond what is imported."""


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """RFBOOK_DATA with a set of as many images as are asked for, which are small in their files."""
    random, cells = np.random.default_rng(0), []
    for pixels in random.integers(0, 256, (100, 4, 4, 3), dtype=np.uint8):
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        cells.append({"bytes": file.getvalue(), "path": None})
    features = datasets.Features({"image": datasets.Image(), "label": datasets.Value("int64")})

    def of(count):
        root = tmp_path_factory.mktemp("many")
        (root / "many").mkdir()
        for split, length in {"train": count, "test": count // 10}.items():
            images, labels = [cells[i % 100] for i in range(length)], [i % 2 for i in range(length)]
            held = {"image": images, "label": labels}
            rows = datasets.Dataset.from_dict(held, features=features)
            rows.to_parquet(root / "many" / f"{split}.parquet")
        return root

    return of


def drawn(root, count, monkeypatch, how="mapped"):
    monkeypatch.setenv("RFBOOK_DATA", str(root))
    monkeypatch.setenv("RFBOOK_CACHE", str(root / "cache"))
    monkeypatch.setenv("HF_DATASETS_CACHE", str(root / "huggingface"))
    command = [sys.executable, "-c", DRAW, str(count), how]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA counts mappings on Linux alone")
def test_ten_times_the_images_need_no_more_memory(many, monkeypatch):
    for count in (2_000, 20_000):
        root = many(count)
        done = drawn(root, count, monkeypatch)
        assert done.stdout == f"{count} True\n", done.stderr
    assert 3 * SIDE**2 * 20_000 > 2 * ROOM, "they would not fit"
    assert drawn(root, count, monkeypatch, "copied").returncode != 0, "the limit holds nothing"
