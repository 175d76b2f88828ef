"""What a measure cannot be taken on is refused before anything is computed, with what to do."""

import pytest

from rfbook.experiments.spec import Data, Model, Recipe, Run
from rfbook.records.stages import require

CIFAR = Data(name="cifar10", side=32)
MICRO = Run(
    model=Model(name="resnet18"),
    data=Data(name="caltech101", side=128, task="micro-object"),
    recipe=Recipe(augmentation="rotated"),
)


@pytest.mark.parametrize("measure", ["probes", "probes_8x8", "probes_global", "position_probes"])
def test_a_task_that_shows_an_image_twice_has_no_probes(measure):
    with pytest.raises(ValueError, match="take the accuracy or the learning curve"):
        require(MICRO, measure)
    require(MICRO, "accuracy")


@pytest.mark.parametrize(
    "changes, named",
    [
        ({"kernel_padding": "all"}, "kernel_padding='all'"),
        ({"stem": "cifar"}, "stem='cifar'"),
        ({"downsampling": "blurred"}, "downsampling='blurred'"),
    ],
)
def test_kernel_padding_is_measured_on_a_network_as_it_was_published(changes, named):
    run = Run(model=Model(name="resnet18", **changes), data=Data(name="cifar10", side=32))
    with pytest.raises(ValueError, match=f"leave out {named}"):
        require(run, "kernel_padding")
    require(Run(model=Model(name="resnet18"), data=run.data), "kernel_padding")


def test_weights_that_padding_added_are_measured_on_a_network_with_padded_kernels():
    plain, padded = (
        Run(model=Model(name="resnet18", kernel_padding=kind), data=CIFAR) for kind in ("none", "all")
    )
    with pytest.raises(ValueError, match="resnet18: no kernel of it is padded; use kernel_padding"):
        require(plain, "added_weights")
    require(padded, "added_weights")


@pytest.mark.parametrize("measure", ["probes", "probes_8x8", "probes_global", "position_probes"])
def test_fewer_images_than_classes_cannot_be_probed(measure):
    few, enough = (
        Run(model=Model(name="vgg11"), data=Data(name="cifar10", side=32, images=images))
        for images in (9, 10)
    )
    with pytest.raises(ValueError, match=r"its 10 classes, and 9 training images cannot show each"):
        require(few, measure)
    require(enough, measure)


def test_a_measure_that_there_is_not_is_answered_with_the_nearest():
    with pytest.raises(ValueError, match=r"no measure 'saturashun': did you mean saturation\? Known: "):
        require(Run(model=Model(name="vgg11"), data=CIFAR), "saturashun")


@pytest.mark.parametrize("measure", ["saliency", "translation", "one_pixel_attack"])
def test_two_halves_of_the_test_images_need_two_images_each(measure):
    few, enough = (
        Run(model=Model(name="resnet18"), data=CIFAR.model_copy(update={"test_images": images}))
        for images in (3, 4)
    )
    with pytest.raises(ValueError, match="test_images=3 is too few, use 4 or more"):
        require(few, measure)
    require(enough, measure)


def test_a_published_network_is_accurate_on_classes_that_it_knows():
    recipe = Recipe(epochs=0, start="cifar10")
    known, foreign = (
        Run(model=Model(name="resnet20"), data=Data(name=name, side=32), recipe=recipe)
        for name in ("cifar10", "mnist")
    )
    with pytest.raises(ValueError, match=r"mnist: its classes are not CIFAR-10's, .* use cifar10"):
        require(foreign, "accuracy")
    require(known, "accuracy")
    require(foreign, "effective_field")
