"""The data sets: where they come from, how they are normalised, and which pixels they must hold.

A fingerprint is the SHA-256 over the images and labels in canonical order (`images.canonical`), so it
is the same from the hub, from a local copy and from the decoded cache. Reading a published record
needs the fingerprint only, never the data. Sets that are too large or not free enough to be
fingerprinted here have a label in its place: their numbers of images and classes are checked, and the
provenance of weights and records notes the fingerprint of the images that were there.
"""

from __future__ import annotations

from dataclasses import dataclass

IMAGENET_MEAN, IMAGENET_SD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
EFFICIENTNET_MEAN, EFFICIENTNET_SD = (127 / 255,) * 3, (128 / 255,) * 3
MOBILENET_MEAN, MOBILENET_SD = (128 / 255,) * 3, (128 / 255,) * 3
IMAGENET_CLASSES = 1_000
UNPINNED = "unpinned:"


@dataclass(frozen=True)
class Source:
    """One data set. side: pixels of its stored square images; train, test: how many there are;
    mean, sd: what its RGB channels in 0..1 are normalised with.

    hub: Hugging Face id, None where the hub has none. image, label: its column names there.
    mirrored: a horizontal flip keeps the class. grey: one channel is stored, repeated when read.
    test_share: share held out where there is no test split. shipped: scikit-learn brings it.
    copy: what is pinned where it is not the hub's images themselves, which then cannot stand for it.
    imagenet: the number among ImageNet's classes of each of its own, empty where they are others.
    access: who hands out a set that is not free to download. part: a part of the hub's images, chosen
    by `tiny_imagenet`. folder: the one of parquet files that is taken on the hub, in the branch
    that it makes of a set whose author left a program in place of files.
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
    shipped: bool = False
    copy: str = ""
    access: str = ""
    part: bool = False
    folder: str = ""
    imagenet: tuple[int, ...] = ()

    @property
    def crop_padding(self) -> int:
        """Zero pixels around a training image before its random crop: 4 at 32, 8 at 64, 3 at 28."""
        return self.side // 8

    @property
    def pinned(self) -> bool:
        """Whether every pixel is checked, rather than the numbers of images and classes."""
        return not self.fingerprint.startswith(UNPINNED)


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
        copy="copies of them, re-encoded with the shorter side at 160 pixels",
    ),
    "tiny-imagenet-50": Source(
        "zh-plus/tiny-imagenet", 64, 50, 10_000, 2_000, IMAGENET_MEAN, IMAGENET_SD, True,
        "1d805095ef2239690e23707cf049faedee7966561c0729beb17d9c1cc057c85c", part=True,
    ),
    "tiny-imagenet": Source(
        "zh-plus/tiny-imagenet", 64, 200, 100_000, 10_000, IMAGENET_MEAN, IMAGENET_SD, True,
        UNPINNED + "zh-plus/tiny-imagenet",
    ),
    "imagenette": Source(
        "frgfm/imagenette", 224, 10, 4_000, 1_000, IMAGENET_MEAN, IMAGENET_SD, True,
        "ac98c67e6968bf156250e316885ffe57583b10498cfb8e72f4df1780df6340af",
        copy="4,000 and 1,000 of them, re-encoded at 224x224 pixels", folder="320px",
        imagenet=(0, 217, 482, 491, 497, 566, 569, 571, 574, 701),
    ),
    "imagenet": Source(
        "ILSVRC/imagenet-1k", 224, 1_000, 1_281_167, 50_000, IMAGENET_MEAN, IMAGENET_SD, True,
        UNPINNED + "ILSVRC/imagenet-1k", imagenet=tuple(range(IMAGENET_CLASSES)),
        access="The ImageNet team grants access: accept its terms at https://huggingface.co/datasets/"
        "ILSVRC/imagenet-1k, then log in with `hf auth login`. Decoding it takes 400 GB of disk in "
        "RFBOOK_CACHE, and 200 GB stay.",
    ),
    "inaturalist2019": Source(
        None, 224, 1_010, 265_213, 3_030, IMAGENET_MEAN, IMAGENET_SD, True,
        UNPINNED + "inaturalist-2019",
        access="The iNaturalist competition of 2019 hands it out, for research and teaching: https://"
        "github.com/visipedia/inat_comp/tree/master/2019. Its JSON files name the class of each image.",
    ),
    "cub200": Source(
        None, 224, 200, 5_994, 5_794, IMAGENET_MEAN, IMAGENET_SD, True, UNPINNED + "cub-200-2011",
        access="Caltech hands it out, for research and teaching: https://www.vision.caltech.edu/datasets/"
        "cub_200_2011/. Its train_test_split.txt says what is under train/<class>/ and test/<class>/.",
    ),
    "digits": Source(
        None, 32, 10, 1_438, 359, (0.3056,) * 3, (0.3756,) * 3, False,
        "be8062740c1d4852f03acb32ccfa32b71dc32a99b1bf80b1af97597c09aabb07", grey=True, test_share=0.2,
        shipped=True,
    ),
    "photos": Source(
        None, 224, 2, 120, 120, IMAGENET_MEAN, IMAGENET_SD, True,
        "0c30589dd8491f2e33a5d0309ab768fa8cb99badf5d6bf8ff0f2be896cd62c26", test_share=0.5,
        shipped=True,
    ),
}  # fmt: skip

TITLES = {
    "cifar10": "CIFAR-10",
    "mnist": "MNIST",
    "caltech101": "Caltech-101",
    "tiny-imagenet-50": "50 classes of TinyImageNet",
    "tiny-imagenet": "TinyImageNet",
    "imagenette": "Imagenette",
    "imagenet": "ImageNet",
    "inaturalist2019": "iNaturalist 2019",
    "cub200": "CUB-200",
    "digits": "handwritten digits",
    "photos": "photographs",
}
"""What a reader calls a data set."""
