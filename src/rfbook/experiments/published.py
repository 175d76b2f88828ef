"""Files of weights that others trained and publish at an address: had once, checked, never trusted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from rfbook.experiments.errors import TrainingError
from rfbook.experiments.places import cache_directory, data_directory

IDELBAYEV = (
    "https://github.com/akamaster/pytorch_resnet_cifar10/raw/"
    "d5489e8995e81e91ce6b1d69dcc98ad579b0b153/pretrained_models"
)


CORAL = (
    "https://github.com/google-coral/edgetpu/raw/5020de9386ff370dcc1f63291a2d0f98eeb98adb/test_data"
)


@dataclass(frozen=True)
class PublishedFile:
    """name: of the file. folder: the public address above it. whose: who trained it, and its licence.

    error: on test images as it is printed there, percent; None where none is.
    """

    name: str
    folder: str
    sha256: str
    whose: str
    error: float | None = None

    @property
    def origin(self) -> str:
        """What a record says of where the weights come from."""
        return f"{self.whose}: {self.name}, SHA-256 {self.sha256}, {self.folder}"


def _cifar(name: str, sha256: str, error: float) -> PublishedFile:
    return PublishedFile(name, IDELBAYEV, sha256, "Yerlan Idelbayev, BSD-2-Clause", error)


def _lite(name: str, sha256: str) -> PublishedFile:
    return PublishedFile(f"{name}_quant.tflite", CORAL, sha256, "Google, Apache-2.0")


FILES = {
    "resnet20": _cifar(
        "resnet20-12fca82f.th",
        "12fca82f0bebc4135bf1f32f6e3710e61d5108578464b84fd6d7f5c1b04036c8",
        8.27,
    ),
    "resnet32": _cifar(
        "resnet32-d509ac18.th",
        "d509ac1820d7f25398913559d7e81a13229b1e7adc5648e3bfa5e22dc137f850",
        7.37,
    ),
    "resnet44": _cifar(
        "resnet44-014dd654.th",
        "014dd6541728a1c700b1642ab640e211dc6eb8ed507d70697458dc8f8a0ae2e4",
        6.9,
    ),
    "resnet56": _cifar(
        "resnet56-4bfd9763.th",
        "4bfd97631478d6b638d2764fd2baff3edb1d7d82252d54439343b6596b9b5367",
        6.61,
    ),
    "mobilenet_v1_025": _lite(
        "mobilenet_v1_0.25_128", "73f77532b1b02e3e49e151de7b04d00a6b48cd6f5dab9184bc24e5d97ce8c0a9"
    ),
    "mobilenet_v1_050": _lite(
        "mobilenet_v1_0.5_160", "eb2136bf4866bf4dae98277b0c29268995397a50979d52fcb3f81314e566dd81"
    ),
    "mobilenet_v1_075": _lite(
        "mobilenet_v1_0.75_192", "3e54bf7a788f7b0aba92820fb32e460d190570fc238a8ea7d1ebf2dc8e7d8c33"
    ),
    "mobilenet_v2": _lite(
        "mobilenet_v2_1.0_224", "51e8256b05665529f8836fe6e8eeed41b2fc75a900d8eebda338d70a6726f8da"
    ),
}
"""Network -> the file of its weights."""


def content(name: str) -> bytes:
    """The file of a network, from RFBOOK_DATA/published, from the cache, or downloaded there once.

    Raises TrainingError, with what to do, if it cannot be had or is not what is meant.
    """
    file, data = FILES[name], data_directory()
    path = cache_directory() / "published" / file.name
    if data and (data / "published" / file.name).exists():
        path = data / "published" / file.name
    place = f"the folder `published` in RFBOOK_DATA, or into {path.parent}"
    download(f"{file.folder}/{file.name}", path, name, f"put the file into {place}")
    return checked(path, file.sha256, "Delete it, so that it is downloaded again.")


def download(address: str, path: Path, name: str, otherwise: str) -> None:
    """Leaves a file that is there as it is; another is downloaded to its place.

    Raises TrainingError if it cannot be had. otherwise: what to do then without the network.
    """
    if path.exists():
        return
    import torch  # only here: a page whose records exist is built without it

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.hub.download_url_to_file(address, str(path), progress=False)
    except OSError as error:
        raise TrainingError(
            f"{name}: {address} could not be had ({type(error).__name__}). Connect to the network, or "
            f"{otherwise}."
        ) from error


def checked(path: Path, sha256: str, remedy: str) -> bytes:
    """What a file holds whose SHA-256 begins with `sha256`.

    Raises TrainingError, with the remedy, for any other: nobody opens it.
    """
    content = path.read_bytes()
    checksum = hashlib.sha256(content).hexdigest()
    if not checksum.startswith(sha256):
        raise TrainingError(
            f"{path}: its SHA-256 begins with {checksum[:16]}, meant is {sha256[:16]}. {remedy}"
        )
    return content
