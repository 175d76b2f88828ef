"""A description says everything that changes a number, once, and its key never drifts."""

import json

import pytest
from pydantic import ValidationError

from rfbook.experiments.architecture import titled
from rfbook.experiments.catalogue import CATALOGUE
from rfbook.experiments.spec import (
    DATASETS,
    NETWORKS,
    RECIPES,
    RESNETS,
    VGGS,
    Data,
    Model,
    Recipe,
    Run,
    require_even_maps,
)
from rfbook.records.record import run_key

CIFAR = Data(name="cifar10", side=32)
CALTECH = Data(name="caltech101", side=224, test_images=100)


def described(model: Model | None = None, data: Data = CIFAR, **rest) -> Run:
    return Run(model=model or Model(name="vgg16"), data=data, **rest)


def shuffled(value):
    """The same JSON with the fields of every object in reverse order."""
    if isinstance(value, dict):
        return {name: shuffled(value[name]) for name in reversed(value)}
    return value


# What never changes


def test_every_default_is_what_published_keys_were_made_with():
    assert described().model_dump() == {
        "model": {
            "name": "vgg16",
            "width": 1.0,
            "stem": "imagenet",
            "skips": (True, True, True, True),
            "dilation": 1,
            "dilation_padding": "same",
            "kernel_padding": "none",
            "padded_weights": "zero",
            "strided_weights": "own",
            "downsampling": "strided",
            "padding_mode": "zeros",
        },
        "data": {
            "name": "cifar10",
            "side": 32,
            "images": None,
            "test_images": None,
            "normalisation": "own",
            "placement": "resized",
            "detail": None,
            "task": "class",
            "edition": None,
        },
        "recipe": {
            "epochs": 30,
            "batch": 64,
            "optimizer": "sgd",
            "learning_rate": 0.1,
            "momentum": 0.9,
            "weight_decay": 5e-4,
            "schedule": "thirds",
            "augmentation": "standard",
            "precision": "fp32",
            "start": "random",
            "start_edition": None,
        },
        "seed": 0,
    }


@pytest.mark.parametrize(
    "key, run",
    {
        "9044c358865a": described(Model(name="vgg16", width=0.25)),
        "e28e33aabbc1": described(Model(name="vgg16")),
        "9600d995474a": described(Model(name="resnet18")),
        "66b893ce6fd4": described(Model(name="resnet18", width=0.25, stem="cifar")),
        "606afcba34bb": described(
            Model(name="resnet34", width=0.25, skips=(True, False, True, False)), seed=3
        ),
        "3ec45bc2ece0": described(Model(name="vgg19", width=0.25, dilation=2)),
        "a4f52213c678": described(
            Model(name="resnet50", kernel_padding="all", padded_weights="fresh"), CALTECH
        ),
        "bd2239e572ee": described(Model(name="resnet101"), CALTECH, recipe=RECIPES["untrained"]),
        "79679893a513": described(
            Model(name="resnet18", width=0.25),
            Data(name="cifar10", side=32, images=20_000, normalisation="imagenet"),
            recipe=RECIPES["adam30"],
            seed=2,
        ),
    }.items(),
)
def test_a_run_keeps_the_key_its_published_records_lie_under(key, run):
    assert run_key(run) == key


def test_the_recipes_are_those_of_the_papers_pages():
    sgd, adam = Recipe(), {"optimizer": "adam", "learning_rate": 1e-3, "weight_decay": 0.0}
    assert RECIPES["sgd30"] == sgd
    assert RECIPES["sgd60"].canonical() == {"epochs": 60}
    assert RECIPES["adam30"].canonical() == adam | {"schedule": "constant"}
    assert RECIPES["untrained"].canonical() == {"epochs": 0}
    assert RECIPES["pretrained"].canonical() == {"epochs": 0, "start": "imagenet"}
    assert RECIPES["pretrained-cifar10"].canonical() == {"epochs": 0, "start": "cifar10"}
    caltech = {"learning_rate": 0.01, "schedule": "cosine", "augmentation": "rotated"}
    assert RECIPES["finetune200"].canonical() == caltech | {"epochs": 200, "start": "imagenet"}
    assert RECIPES["scratch50"].canonical() == caltech | {"epochs": 50}


def test_the_networks_and_data_sets_are_those_that_can_be_built_and_read():
    assert DATASETS == tuple(CATALOGUE)
    assert len(set(NETWORKS)) == len(NETWORKS) == 25
    cifar = {"resnet20", "resnet32", "resnet44", "resnet56"}
    mobile = {"mobilenet_v1_025", "mobilenet_v1_050", "mobilenet_v1_075", "mobilenet_v2"}
    lite = {"efficientnet_b0", "efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2"}
    assert set(NETWORKS) == {*VGGS, *RESNETS, *cifar, *mobile, *lite}


# What a key is made of


def test_the_canonical_form_leaves_defaults_out():
    assert described().canonical() == {
        "model": {"name": "vgg16"},
        "data": {"name": "cifar10", "side": 32},
    }
    changed = described(recipe=Recipe(epochs=10, batch=64), seed=1)
    assert changed.canonical()["recipe"] == {"epochs": 10}
    assert changed.canonical()["seed"] == 1


def test_a_default_that_is_written_out_gives_the_same_key():
    written = Run.model_validate(described().model_dump())
    assert run_key(written) == run_key(described())


def test_a_key_survives_json_and_does_not_depend_on_the_order_of_fields():
    run = described(Model(name="resnet18", width=0.25, stem="cifar"), recipe=Recipe(epochs=3))
    text = json.dumps(shuffled(run.model_dump(mode="json")))
    assert text.index("seed") < text.index("model")
    again = Run.model_validate_json(text)
    assert again == run
    assert run_key(again) == run_key(run)


def test_a_whole_number_and_its_float_are_one_width():
    assert run_key(described(Model(name="vgg16", width=1))) == run_key(described())


def test_a_key_does_not_depend_on_where_the_data_lie(monkeypatch):
    before = run_key(described())
    monkeypatch.setenv("RFBOOK_DATA", "/elsewhere")
    monkeypatch.setenv("RFBOOK_CACHE", "/elsewhere/cache")
    assert run_key(described()) == before


@pytest.mark.parametrize("field", ["device", "threads", "path", "tier"])
def test_what_is_not_part_of_a_description_is_refused_by_it(field):
    with pytest.raises(ValidationError, match=f"{field}\n.*not permitted"):
        Run.model_validate(described().model_dump() | {field: "cpu"})


@pytest.mark.parametrize(
    "other",
    [
        described(Model(name="vgg16", width=0.5)),
        described(data=Data(name="cifar10", side=64)),
        described(data=Data(name="cifar10", side=32, images=1000)),
        described(data=Data(name="cifar10", side=32, placement="canvas")),
        described(data=Data(name="cifar10", side=32, detail=16)),
        described(recipe=Recipe(precision="bf16")),
        described(data=Data(name="cifar10", side=32, normalisation="efficientnet")),
        described(seed=1),
    ],
)
def test_whatever_changes_a_number_changes_the_key(other):
    assert run_key(other) != run_key(described())


def test_weights_do_not_depend_on_what_is_only_tested_on():
    few = described(data=Data(name="cifar10", side=32, test_images=100))
    assert few != described()
    assert few.weights() == described().weights() == described()
    assert run_key(few) == run_key(described())


def test_a_description_cannot_be_changed_and_can_be_a_dictionary_key():
    run = described()
    with pytest.raises(ValidationError, match="frozen"):
        run.seed = 1
    assert {run: "here"}[described()] == "here"


def test_a_slug_names_network_width_data_side_epochs_and_seed():
    run = described(Model(name="vgg16", width=0.25), seed=7)
    assert run.slug() == "vgg16-w0.25-cifar10-32px-e30-s7"


@pytest.mark.parametrize(
    "slug, changes",
    {
        "cifar10-160px-canvas-e30": {"data": Data(name="cifar10", side=160, placement="canvas")},
        "imagenette-128px-detail32-e30": {"data": Data(name="imagenette", side=128, detail=32)},
        "cifar10-64px-n20000-e30": {"data": Data(name="cifar10", side=64, images=20_000)},
        "cifar10-32px-e30": {"data": Data(name="cifar10", side=32, test_images=100)},
        "cifar10-32px-e30-adam-lr0.001": {"recipe": RECIPES["adam30"]},
        "cifar10-32px-e15-b128-lr0.05": {"recipe": Recipe(epochs=15, batch=128, learning_rate=0.05)},
        "cifar10-32px-e30-plain-bf16": {"recipe": Recipe(augmentation="none", precision="bf16")},
        "cifar10-32px-e0": {"recipe": RECIPES["untrained"]},
    }.items(),
)
def test_a_slug_names_what_departs_from_the_usual_run(slug, changes):
    assert described(**changes).slug() == f"vgg16-w1-{slug}-s0"


@pytest.mark.parametrize(
    "label, model",
    {
        "resnet18": Model(name="resnet18", width=0.25),
        "resnet18-cifar": Model(name="resnet18", stem="cifar"),
        "resnet18-noskip": Model(name="resnet18", skips=(False,) * 4),
        "resnet18-skips13": Model(name="resnet18", skips=(True, False, True, False)),
        "vgg19-d2": Model(name="vgg19", dilation=2),
        "resnet50-padded-all": Model(name="resnet50", kernel_padding="all"),
        "efficientnet_b0": Model(name="efficientnet_b0", width=0.25),
    }.items(),
)
def test_a_label_names_what_was_changed_in_the_architecture(label, model):
    assert model.label == label


@pytest.mark.parametrize(
    "text, title",
    {
        "vgg16": "VGG16",
        "resnet18-cifar": "ResNet18 with the CIFAR stem",
        "holds: vgg11, vgg13; open: resnext50_32x4d": "holds: VGG11, VGG13; open: ResNeXt-50-32x4d",
        "resnet50 vs resnet50-padded-all": "ResNet50 vs ResNet50 with padded kernels",
        "resnet18-skips13": "ResNet18 with skips in stages 1, 3 alone",
        "resnet18-noskip small": "ResNet18 without skips small",
        "wide_resnet50_2-padded-convs-authors":
            "Wide-ResNet-50-2 with padded convolutions started as by the authors",
        "vgg16-circular short": "VGG16 with circular padding short",
        "vgg19-d2-growing@64px": "VGG19 with dilation 2 on growing maps at 64 pixels",
        "efficientnet_lite0 blurred": "EfficientNet-Lite0 blurred",
        "vgg19-d2 TinyImageNet": "VGG19 with dilation 2 on TinyImageNet",
        "Table 1 as printed": "Table 1 as printed",
        "resnet180": "resnet180",
    }.items(),
)
def test_a_reader_meets_networks_under_the_names_that_the_papers_give_them(text, title):
    assert titled(text) == title


def test_every_network_has_such_a_name():
    assert all(titled(name) != name for name in NETWORKS)


# Widths


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("width", [1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4, 1, 2])
def test_every_network_can_have_the_widths_that_tiers_and_pages_use(name, width):
    assert Model(name=name, width=width).width == width


@pytest.mark.parametrize("name, step", {"resnext50_32x4d": 0.25, "resnext101_32x8d": 0.125}.items())
@pytest.mark.parametrize("width", [0.1, 0.3, 0.4, 0.8, 1.1])
def test_a_width_that_splits_channels_unevenly_among_groups_names_those_that_do_not(name, width, step):
    message = (
        rf"width={width}: {name} would share \d+ channels among 32 groups\. "
        rf"Use a multiple of {step}, or {step / 2} or {step / 4}"
    )
    with pytest.raises(ValidationError, match=message):
        Model(name=name, width=width)
    for works in (step / 4, step / 2, step, 3 * step):
        Model(name=name, width=works)
    assert Model(name="resnet50", width=width).width == width


# Published weights


LITE0 = Model(name="efficientnet_lite0")
FINE_TUNED = Recipe(epochs=5, learning_rate=0.01, start="imagenet")


def test_a_published_network_is_one_that_is_not_trained_further():
    assert described(LITE0, recipe=RECIPES["pretrained"]).published
    assert not described(LITE0, recipe=FINE_TUNED).published
    assert not described(LITE0, recipe=RECIPES["untrained"]).published


def test_a_network_that_others_trained_on_cifar10_has_its_ten_classes_and_is_not_trained_further():
    name, recipe = Model(name="resnet56"), RECIPES["pretrained-cifar10"]
    run = described(name, recipe=recipe)
    assert run.published
    assert run.known_classes == tuple(range(10))
    assert described(name, Data(name="digits", side=32), recipe=recipe).known_classes == ()
    refused("resnet18: published weights are known for resnet20", Run,
            model=Model(name="resnet18"), data=run.data, recipe=recipe)  # fmt: skip
    refused("measured as published", Recipe, epochs=5, start="cifar10")


def test_published_weights_are_part_of_the_key_and_of_the_slug():
    run = described(LITE0, recipe=RECIPES["pretrained"])
    assert run_key(run) != run_key(described(LITE0, recipe=RECIPES["untrained"]))
    assert run.slug() == "efficientnet_lite0-w1-cifar10-32px-e0-imagenet-s0"


def test_published_weights_fit_kernels_that_are_padded_with_zeros():
    padded = Model(name="efficientnet_lite0", kernel_padding="convs")
    run = described(padded, Data(name="imagenette", side=224), recipe=FINE_TUNED)
    assert run.model.label == "efficientnet_lite0-padded-convs"


@pytest.mark.parametrize(
    "message, model",
    {
        "vgg16: published weights are known for resnet18, .*efficientnet_lite0": {"name": "vgg16"},
        "efficientnet_b0: published weights are known for": {"name": "efficientnet_b0"},
        "another width: leave it": {"name": "resnet18", "width": 0.5},
        "another stem: leave it": {"name": "resnet18", "stem": "cifar"},
        "another skips: leave it": {"name": "resnet18", "skips": (False,) * 4},
        "another padded_weights: leave it": {
            "name": "resnet18", "kernel_padding": "convs", "padded_weights": "fresh",
        },
    }.items(),
)  # fmt: skip
@pytest.mark.parametrize("recipe", [RECIPES["pretrained"], FINE_TUNED], ids=["as it is", "trained"])
def test_published_weights_of_another_architecture_are_refused(message, model, recipe):
    data = Data(name="imagenette", side=64)
    refused(message, Run, model=Model(**model), data=data, recipe=recipe)


# The weights of another run


SOURCED = Recipe(epochs=5, start="imagenette", precision="bf16")


def test_a_run_from_imagenettes_weights_names_the_run_that_makes_them():
    """The same for every seed, as published weights are; without padded kernels, which come after."""
    padded = Model(name="resnet18", width=0.25, kernel_padding="all")
    data = Data(name="caltech101", side=128, images=4000)
    assert described(padded, data, recipe=SOURCED, seed=2).source == Run(
        model=Model(name="resnet18", width=0.25),
        data=Data(name="imagenette", side=128),
        recipe=Recipe(precision="bf16"),
    )
    assert described().source is None


@pytest.mark.parametrize(
    "message, model, recipe",
    [
        ("only a ResNet starts from", Model(name="vgg16"), SOURCED),
        (
            "a padded kernel then holds them and zeros",
            Model(name="resnet18", kernel_padding="all", padded_weights="fresh"), SOURCED,
        ),
    ],
)  # fmt: skip
def test_imagenettes_weights_are_refused_where_they_do_not_fit(message, model, recipe):
    refused(message, Run, model=model, data=Data(name="caltech101", side=128), recipe=recipe)


# What is refused, and the way out that the message names


def refused(message: str, kind: type, **fields) -> None:
    with pytest.raises(ValidationError, match=message):
        kind(**fields)


@pytest.mark.parametrize(
    "message, fields",
    {
        "vgg16 has no stem: leave it at its default": {"name": "vgg16", "stem": "cifar"},
        "vgg16 has no skips: leave": {"name": "vgg16", "skips": (False,) * 4},
        "vgg16 has no kernel_padding: leave": {"name": "vgg16", "kernel_padding": "all"},
        "vgg11 has no stem, skips: leave": {
            "name": "vgg11", "stem": "cifar", "skips": (False,) * 4,
        },
        "resnet18 has no dilation: leave it at its default": {"name": "resnet18", "dilation": 2},
        "efficientnet_b0 has no stem, skips, kernel_padding, dilation: leave": {
            "name": "efficientnet_b0", "stem": "cifar", "skips": (False,) * 4,
            "kernel_padding": "convs", "dilation": 2,
        },
        "efficientnet_lite0 has no kernel_padding: leave": {
            "name": "efficientnet_lite0", "kernel_padding": "all",
        },
        "padded_weights needs kernel_padding 'convs' or 'all'": {
            "name": "resnet18", "padded_weights": "fresh",
        },
        "dilation_padding needs a dilation above 1": {
            "name": "vgg19", "dilation_padding": "authors",
        },
        "resnet18 has no padding_mode: leave it at its default": {
            "name": "resnet18", "padding_mode": "circular",
        },
        "reach around a small map more than once: leave dilation at 1": {
            "name": "vgg16", "padding_mode": "circular", "dilation": 2,
        },
        "no max pool to pad: use kernel_padding 'convs'": {
            "name": "resnet18", "stem": "cifar", "kernel_padding": "all",
        },
        "strided_weights is for odd kernels: with kernel_padding use padded_weights": {
            "name": "resnet18", "kernel_padding": "all", "strided_weights": "authors",
        },
        "a blurred network has no strided kernel to change": {
            "name": "resnet18", "downsampling": "blurred", "kernel_padding": "all",
        },
        "vgg16 has no downsampling: leave": {"name": "vgg16", "downsampling": "blurred"},
        "vgg16 has no strided_weights: leave": {"name": "vgg16", "strided_weights": "authors"},
        "Input should be 'vgg11', 'vgg13'": {"name": "vgg12"},
        "greater than 0": {"name": "vgg16", "width": 0},
        "less than or equal to 4": {"name": "vgg16", "width": 4.5},
        "finite number": {"name": "vgg16", "width": float("nan")},
        "skips.3\n.*Field required": {"name": "resnet18", "skips": (True, True, True)},
        "depth\n.*not permitted": {"name": "resnet18", "depth": 18},
    }.items(),
)  # fmt: skip
def test_a_network_that_cannot_be_is_refused(message, fields):
    refused(message, Model, **fields)


@pytest.mark.parametrize(
    "message, fields",
    {
        "cifar10 holds 50000 images, not 50000: leave it out for all": {"images": 50_000},
        "cifar10 holds 50000 images, not 60000: leave": {"images": 60_000},
        "cifar10 holds 10000 images, not 10000: leave": {"test_images": 10_000},
        "greater than or equal to 1": {"images": 0},
        "greater than or equal to 8": {"side": 7},
        "less than or equal to 1024": {"side": 1025},
        "Input should be 'own', 'imagenet', 'efficientnet' or 'mobilenet'": {"normalisation": "none"},
        r"side=31: a canvas holds .* cifar10 is stored at 32 pixels: use 32 or more": {
            "side": 31, "placement": "canvas",
        },
        "a canvas shows the image as it is stored: leave detail out": {
            "side": 160, "placement": "canvas", "detail": 16,
        },
        "detail=32: .* enlarged to side=224; cifar10 is stored at 32 pixels: use less than 32": {
            "side": 224, "detail": 32,
        },
        "detail=24: .* enlarged to side=24; .* use less than 24": {"side": 24, "detail": 24},
        "Input should be 'resized' or 'canvas'": {"placement": "centre"},
        "sizes\n.*not permitted": {"sizes": 32},
    }.items(),
)  # fmt: skip
def test_images_that_cannot_be_had_are_refused(message, fields):
    refused(message, Data, **({"name": "cifar10", "side": 32} | fields))


@pytest.mark.parametrize("name", ["caltech101", "photos", "imagenette", "tiny-imagenet"])
def test_imagenets_constants_are_said_in_one_way_only(name):
    message = f"{name} has ImageNet's constants already: use 'own'"
    refused(message, Data, name=name, side=64, normalisation="imagenet")
    assert Data(name="digits", side=32, normalisation="imagenet").normalisation == "imagenet"


@pytest.mark.parametrize(
    "message, fields",
    {
        "momentum belongs to sgd: leave it at its default with adam": {
            "optimizer": "adam", "momentum": 0.5,
        },
        "what starts from Imagenette's weights needs a readout; train it": {
            "epochs": 0, "start": "imagenette",
        },
        "epochs=0 trains nothing: leave the rest": {"epochs": 0, "learning_rate": 0.01},
        "greater than or equal to 0": {"epochs": -1},
        "less than 1": {"momentum": 1.0},
        "greater than 0": {"learning_rate": 0.0},
        "warmup\n.*not permitted": {"warmup": 5},
    }.items(),
)  # fmt: skip
def test_a_recipe_with_a_field_that_has_no_effect_or_no_meaning_is_refused(message, fields):
    refused(message, Recipe, **fields)


@pytest.mark.parametrize(
    "part, field, value",
    [
        (Data, "side", "32"), (Data, "images", True), (Data, "test_images", 100.0),
        (Model, "width", "1"), (Model, "width", True), (Model, "skips", (1, 1, 1, 0)),
        (Recipe, "epochs", 3.0), (Recipe, "learning_rate", "0.1"),
    ],
)  # fmt: skip
def test_a_number_of_the_wrong_type_is_refused_and_not_turned_into_another(part, field, value):
    named = {Data: {"name": "cifar10", "side": 32}, Model: {"name": "resnet18"}, Recipe: {}}[part]
    with pytest.raises(ValidationError, match=f"{field}(.|\n)*valid (integer|number|boolean)"):
        part(**named | {field: value})


def test_a_whole_number_is_a_width_and_has_the_key_of_the_same_number_with_a_point():
    assert run_key(described(Model(name="vgg16", width=1))) == run_key(described(Model(name="vgg16")))


def test_a_canvas_without_augmentation_is_refused():
    canvas = Data(name="cifar10", side=160, placement="canvas")
    message = "a new place each epoch, which is augmentation: leave augmentation at 'standard'"
    with pytest.raises(ValidationError, match=message):
        described(data=canvas, recipe=Recipe(augmentation="none"))


def test_less_detail_is_refused_where_only_the_test_images_would_lose_it():
    shrunk = Data(name="cifar10", side=32, detail=8)
    with pytest.raises(ValidationError, match="use augmentation='standard'"):
        described(data=shrunk, recipe=Recipe(augmentation="rotated"))
    assert described(data=shrunk, recipe=Recipe(augmentation="none")).data.detail == 8


@pytest.mark.parametrize("dilation", [1, 2])
def test_a_vgg_is_refused_an_image_that_its_pools_would_shrink_to_nothing(dilation):
    small = Data(name="digits", side=16)
    with pytest.raises(ValidationError, match="VGG halves the map five times; use 32 or more"):
        described(model=Model(name="vgg16", dilation=dilation), data=small)


@pytest.mark.parametrize("images, batch", [(65, 64), (129, 64), (1, 64), (64, 1)])
def test_a_last_batch_of_one_image_is_refused(images, batch):
    few, recipe = Data(name="digits", side=32, images=images), Recipe(batch=batch)
    with pytest.raises(ValidationError, match=r"batch norm needs two\. Change either by one"):
        described(data=few, recipe=recipe)


def test_all_images_of_a_set_are_counted_when_none_are_named():
    assert CATALOGUE["digits"].train == 1438
    with pytest.raises(ValidationError, match="images=1438, batch=479: the last batch would hold"):
        described(data=Data(name="digits", side=32), recipe=Recipe(batch=479))


def test_an_untrained_network_may_be_shown_a_single_image():
    single = Data(name="digits", side=32, images=1)
    assert described(data=single, recipe=RECIPES["untrained"]).data.images == 1


@pytest.mark.parametrize("side, nearest", [(30, 32), (33, 32), (112, 128), (1000, 992), (10, 32)])
def test_kernel_padding_refuses_a_side_that_halves_to_an_odd_map(side, nearest):
    padded = Model(name="resnet18", kernel_padding="convs")
    message = rf"side={side}: .* multiple of 32 \(the paper uses 224\). Nearest: {nearest}\."
    with pytest.raises(ValidationError, match=message):
        described(padded, Data(name="caltech101", side=side))
    described(padded, Data(name="caltech101", side=nearest))


def test_a_cifar_stem_asks_for_a_multiple_of_its_own_strides_only():
    padded = Model(name="resnet18", stem="cifar", kernel_padding="convs")
    described(padded, Data(name="cifar10", side=40))
    with pytest.raises(ValidationError, match=r"side=36: .* multiple of 8 .* Nearest: 32"):
        described(padded, Data(name="cifar10", side=36))
    with pytest.raises(ValueError, match="Nearest: 96"):
        require_even_maps(100)
