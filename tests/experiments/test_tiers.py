"""A tier scales a run by one table, says exactly what it changed, and never makes an invalid run."""

import pytest
from pydantic import ValidationError

from rfbook.experiments.catalogue import CATALOGUE
from rfbook.experiments.spec import DATASETS, RECIPES, Data, Model, Recipe, Run
from rfbook.experiments.tiers import SHIPPED, SMALLER, TIERS, changed, scale, with_changes

SHIPPED_SETS = [name for name, source in CATALOGUE.items() if source.shipped]


def papers(network: str = "vgg16", data: str = "cifar10", side: int = 32, **rest) -> Run:
    return Run(model=Model(name=network), data=Data(name=data, side=side), **rest)


def on_canvas(data: str = "cifar10", side: int = 160, **rest) -> Run:
    seen = Data(name=data, side=side, placement="canvas")
    return Run(model=Model(name="resnet18"), data=seen, **rest)


UNTRAINED = papers("resnet101", "caltech101", 224, recipe=RECIPES["untrained"])
SET_C = with_changes(papers("resnet18", "imagenet", 224), {"data": {"detail": 32}})


def test_there_are_three_tiers():
    assert TIERS == ("smoke", "thin", "paper")
    with pytest.raises(KeyError, match="thick"):
        scale(papers(), "thick")


# paper


@pytest.mark.parametrize(
    "run",
    [
        papers(), papers("resnet50", side=1024, recipe=RECIPES["sgd60"]), UNTRAINED, SET_C,
        papers("efficientnet_b0", "inaturalist2019", 224), on_canvas(), on_canvas("photos", 300),
        papers("resnet18", "tiny-imagenet", 1024),
    ],
    ids=Run.slug,
)  # fmt: skip
def test_the_paper_tier_changes_nothing(run):
    assert scale(run, "paper") == run
    assert changed(scale(run, "paper"), run) == {}
    assert scale(run, "paper", {"data": {"side": 32}, "recipe": {"epochs": 1}}) == run


# thin


@pytest.mark.parametrize(
    "run", [papers(), papers("resnet18", recipe=RECIPES["adam30"], seed=4), papers(side=64)]
)
def test_thin_changes_only_the_width_of_a_trained_run(run):
    thin = scale(run, "thin")
    assert changed(thin, run) == {"width": (0.25, 1.0)}
    assert with_changes(thin, {"model": {"width": 1.0}}) == run


QUARTER, EIGHTH = {"width": (0.25, 1.0)}, {"width": (0.125, 1.0)}
HALF_PRECISION = {"precision": ("bf16", "fp32")}


@pytest.mark.parametrize(
    "run, thin, wanted",
    [
        (papers(), {}, QUARTER),
        (papers(side=64), {}, QUARTER),
        (papers(side=65), {}, QUARTER | HALF_PRECISION),
        (papers(side=224), {}, QUARTER | HALF_PRECISION),
        (papers(side=225), {}, EIGHTH | HALF_PRECISION),
        (on_canvas(), {}, QUARTER | HALF_PRECISION),
        (papers("resnet18", "tiny-imagenet", 64), {},
         QUARTER | {"data": ("tiny-imagenet-50", "tiny-imagenet")}),
        (SET_C, {}, QUARTER | HALF_PRECISION | {"data": ("imagenette", "imagenet")}),
        (papers("resnet18", "inaturalist2019", 32), {}, QUARTER),
        (papers("resnet18", side=1024),
         {"data": {"side": 512, "images": 20_000}, "recipe": {"epochs": 15}},
         EIGHTH | HALF_PRECISION | {"side": (512, 1024), "images": (20_000, None), "epochs": (15, 30)}),
        (papers(side=224), {"data": {"side": 64}}, QUARTER | {"side": (64, 224)}),
        (SET_C, {"data": {"side": 128}},
         QUARTER | HALF_PRECISION | {"data": ("imagenette", "imagenet"), "side": (128, 224)}),
        (papers("resnet18", "imagenet", 32), {"data": {"images": 20_000}},
         QUARTER | {"data": ("imagenette", "imagenet")}),
    ],
)  # fmt: skip
def test_what_thin_makes_of_the_papers_runs(run, thin, wanted):
    assert changed(scale(run, "thin", thin), run) == wanted


def test_thin_leaves_an_untrained_network_as_it_is():
    assert scale(UNTRAINED, "thin") == UNTRAINED
    assert scale(UNTRAINED, "thin", {"recipe": {"epochs": 15}}) == UNTRAINED


@pytest.mark.parametrize(
    "tier, recipe",
    [(tier, RECIPES["pretrained"]) for tier in TIERS]
    + [(tier, Recipe(epochs=1, start="imagenet")) for tier in ("thin", "paper")],
)
def test_published_weights_keep_the_width_that_they_fit(tier, recipe):
    run = papers("efficientnet_lite0", "imagenette", 224, recipe=recipe)
    assert scale(run, tier).model == run.model
    assert scale(run, tier).recipe.start == "imagenet"


@pytest.mark.parametrize(
    "network, data, side, recipe, shown, width",
    [
        ("resnet20", "cifar10", 32, "pretrained-cifar10", "digits", 1 / 8),
        ("mobilenet_v2", "imagenette", 224, "pretrained", "photos", 1),
    ],
)
@pytest.mark.parametrize("tier", ["thin", "paper"])
def test_what_others_publish_as_a_file_is_theirs_but_in_smoke(
    tier, network, data, side, recipe, shown, width
):
    """Such files are in no package."""
    run = papers(network, data, side, recipe=RECIPES[recipe])
    assert scale(run, tier) == run
    smoke = scale(run, "smoke")
    assert (smoke.recipe, smoke.model.width, smoke.data.name) == (RECIPES["untrained"], width, shown)


@pytest.mark.parametrize(
    "tier, start, width",
    [("smoke", "random", 1 / 8), ("thin", "imagenette", 1 / 4), ("paper", "imagenet", 1)],
)
def test_a_resnet_is_fine_tuned_from_weights_that_can_be_had_at_that_tier(tier, start, width):
    run = scale(papers("resnet18", "caltech101", 224, recipe=RECIPES["finetune200"]), tier)
    assert (run.recipe.start, run.model.width) == (start, width)


def test_tier_smoke_trains_a_thin_lite_from_random_weights():
    """From its published ones it would be a whole network, and cost most of the book's minutes."""
    run = papers("efficientnet_lite0", "caltech101", 224, recipe=RECIPES["finetune200"])
    assert scale(run, "smoke").recipe.start == "random"
    assert scale(run, "smoke").model.width == 1 / 8


def test_a_pages_reduction_limits_a_run_and_never_enlarges_it():
    """A reader who asks for less than the page's reduction gets what was asked for."""
    little = Run(
        model=Model(name="resnet18"),
        data=Data(name="cifar10", side=32, images=100, test_images=50),
        recipe=Recipe(epochs=2),
    )
    page = {"data": {"side": 512, "images": 20_000, "test_images": 1000}, "recipe": {"epochs": 15}}
    assert scale(little, "thin", page) == scale(little, "thin")


def test_any_other_field_of_a_pages_reduction_wins_over_the_tiers():
    page = {"model": {"width": 0.5}, "recipe": {"precision": "fp32", "batch": 32}}
    thin = scale(papers(side=160), "thin", page)
    assert changed(thin, papers(side=160)) == {"width": (0.5, 1.0), "batch": (32, 64)}


def test_a_pages_reduction_counts_at_thin_only():
    page = {"data": {"side": 48}, "recipe": {"batch": 32}}
    assert scale(papers(side=160), "smoke", page) == scale(papers(side=160), "smoke")
    assert scale(papers(side=160), "paper", page) == papers(side=160)


def test_a_reduction_of_a_part_or_field_that_does_not_exist_is_refused():
    with pytest.raises(KeyError, match="network"):
        scale(papers(), "thin", {"network": {"width": 1}})
    with pytest.raises(ValidationError, match="not permitted"):
        scale(papers(), "thin", {"data": {"epochs": 3}})


def test_a_smaller_set_stands_for_a_larger_one_of_the_same_pixels():
    for larger, smaller in SMALLER.items():
        assert CATALOGUE[larger].side == CATALOGUE[smaller].side
        assert CATALOGUE[larger].mean == CATALOGUE[smaller].mean
        assert CATALOGUE[larger].train > CATALOGUE[smaller].train


def test_a_width_that_the_paper_changed_is_scaled_from_there():
    half = with_changes(papers(), {"model": {"width": 0.5}})
    assert scale(half, "thin").model.width == 0.125


# smoke


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("side", [32, 224])
def test_smoke_is_small_and_uses_shipped_data_only(name, side):
    smoke = scale(papers("resnet18", name, side), "smoke")
    assert smoke.data.name in SHIPPED_SETS
    assert smoke.data.side == min(side, 64)
    assert smoke.model.width == 1 / 8
    assert smoke.recipe.epochs == 2
    source = CATALOGUE[smoke.data.name]
    assert (smoke.data.images or source.train) <= 512
    assert (smoke.data.test_images or source.test) <= 192


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("more", [0, 5, 300])
def test_a_canvas_stays_one_in_smoke_with_room_for_its_image(name, more):
    smoke = scale(on_canvas(name, CATALOGUE[name].side + more), "smoke")
    assert smoke.data.placement == "canvas"
    assert smoke.data.name == "digits"
    assert CATALOGUE["digits"].side <= smoke.data.side <= 64


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("side, detail", [(224, 24), (128, 20), (64, 26), (40, 10)])
def test_less_detail_stays_so_in_smoke(name, side, detail):
    run = with_changes(papers("resnet18", name, side), {"data": {"detail": detail}})
    smoke = scale(run, "smoke").data
    assert smoke.detail <= detail
    if (smoke.name, smoke.side) == (name, side):
        assert smoke.detail == detail
    else:
        assert smoke.detail <= smoke.side / 2


def test_every_set_that_is_not_shipped_has_a_stand_in():
    assert set(SHIPPED) == set(DATASETS) - set(SHIPPED_SETS)
    assert set(SHIPPED.values()) <= set(SHIPPED_SETS)


def test_smoke_never_makes_a_run_larger():
    little = Run(
        model=Model(name="vgg11", width=0.5),
        data=Data(name="digits", side=32, images=100, test_images=50),
        recipe=Recipe(epochs=1),
    )
    smoke = scale(little, "smoke")
    assert (smoke.data, smoke.recipe) == (little.data, little.recipe)


def test_smoke_makes_an_untrained_network_thin_and_leaves_it_untrained():
    smoke = scale(UNTRAINED, "smoke")
    assert (smoke.model.width, smoke.recipe.epochs) == (1 / 8, 0)


def test_all_images_of_a_small_set_are_said_by_none():
    """The photos are fewer than the budget: naming their number would be a second key for one run."""
    smoke = scale(papers("resnet18", "caltech101", 224), "smoke")
    assert CATALOGUE["photos"].train < 512
    assert (smoke.data.images, smoke.data.test_images) == (None, None)


def test_a_scaled_run_is_scaled_once():
    smoke = scale(papers(), "smoke")
    assert changed(scale(smoke, "smoke"), smoke) == {"width": (1 / 64, 1 / 8)}


# What differs, and validity


def test_what_was_changed_is_listed_field_by_field():
    assert changed(scale(papers(), "smoke"), papers()) == {
        "width": (0.125, 1.0),
        "data": ("digits", "cifar10"),
        "images": (512, None),
        "test_images": (192, None),
        "epochs": (2, 30),
    }


def test_no_two_fields_of_a_run_are_called_the_same():
    """Both a network and a data set have a name."""
    run = Run(
        model=Model(
            name="resnet18", width=0.5, stem="cifar", skips=(False,) * 4, kernel_padding="convs",
            padded_weights="fresh",
        ),
        data=Data(
            name="mnist", side=64, images=100, test_images=10, normalisation="imagenet", detail=8
        ),
        recipe=Recipe(
            epochs=1, batch=32, learning_rate=0.01, momentum=0.5, weight_decay=0.0,
            schedule="constant", augmentation="none", precision="bf16",
        ),
    )  # fmt: skip
    other = Run(
        model=Model(name="vgg11", dilation=2, dilation_padding="authors"),
        data=Data(name="cifar10", side=160, placement="canvas", task="micro-object"),
        recipe=Recipe(optimizer="adam"),
    )
    fields = [f for part in (Model, Data, Recipe) for f in part.model_fields]
    assert len(fields) == len(set(fields)) + 1
    changes = changed(run, other)
    # Published weights go with neither network, one is padded where others start afresh or blur, and the
    # other dilated where others pad circularly. An edition belongs to the images that a reader has.
    never = {
        "name", "start", "strided_weights", "padding_mode", "downsampling", "edition", "start_edition",
    }  # fmt: skip
    assert set(changes) == {*fields, "network", "data"} - never
    assert (changes["network"], changes["data"]) == (("resnet18", "vgg11"), ("mnist", "cifar10"))


def test_a_change_replaces_the_named_fields_and_no_other():
    run = papers(seed=5)
    other = with_changes(run, {"data": {"side": 64}, "recipe": {"epochs": 3, "batch": 32}})
    assert changed(other, run) == {"side": (64, 32), "epochs": (3, 30), "batch": (32, 64)}
    assert other.seed == 5
    assert with_changes(run, {}) == run


def test_a_change_to_something_invalid_is_refused_as_if_it_were_written_so():
    padded = Run(model=Model(name="resnet18", kernel_padding="all"), data=Data(name="cifar10", side=64))
    with pytest.raises(ValidationError, match=r"side=40: kernel padding .* Nearest: 32"):
        with_changes(padded, {"data": {"side": 40}})
    with pytest.raises(ValidationError, match="cifar10 holds 50000 images"):
        with_changes(padded, {"data": {"images": 50_000}})
    with pytest.raises(ValidationError, match="not permitted"):
        with_changes(padded, {"recipe": {"warmup": 1}})


def test_a_tier_that_leaves_one_image_for_the_last_batch_is_refused():
    """512 = 73 x 7 + 1."""
    with pytest.raises(ValidationError, match="the last batch would hold one image"):
        scale(papers(recipe=Recipe(batch=7)), "smoke")
