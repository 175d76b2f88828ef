"""The interactive figures: scripts that agree with the package, controls that anybody can use."""

import itertools
import json
import math
import re
import shutil
import subprocess
from pathlib import Path

import jupytext
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from rfbook.backmatter.interactive import COLOURS, embed, steady_counts, toy_data
from rfbook.metrics.paths import window_counts
from rfbook.metrics.receptive_field import border_layer
from tests.site import browser

BOOK = Path(__file__).parents[2] / "book"
SCRIPTS = {"explorer": "explorer.js", "stride-toy": "stride-toy.js"}
NODE = shutil.which("node")
SHORT = {"layers": ["a", "b", "c", "d"], "field": [3, 9, 33, 65], "jump": [1, 2, 4, 8]}
CURVES = {
    "setting": "cifar10, 32 px",
    "seeds": 2,
    "side": 32,
    "accuracy": 0.875,
    "saturation": [0.5, 0.4, 0.3, 0.1],
    "probes": [0.3, 0.5, 0.8, 0.9],
    "half": {"saturation": [0.1] * 4, "probes": None},
}
NETWORKS = [
    {"name": "measured", **SHORT, "records": [CURVES]},
    {"name": "unmeasured", **SHORT, "records": []},
]
DATA = {"explorer": {"networks": NETWORKS, "colours": COLOURS}, "stride-toy": toy_data()}
IDS = {"explorer": "explorer-data", "stride-toy": "toy-data"}

needs_node = pytest.mark.skipif(NODE is None, reason="no node on this machine")
needs_browser = pytest.mark.skipif(browser.PROGRAM is None, reason="no chromium on this machine")
each_page = pytest.mark.parametrize("page", SCRIPTS)


def call(script, function, cases):
    """What a function of a script returns for each list of arguments."""
    program = (
        "const [path, name] = process.argv.slice(1);"
        "const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "const called = cases.map((given) => require(path)[name](...given));"
        "console.log(JSON.stringify(called));"
    )
    command = [NODE, "-e", program, str(BOOK / "_static" / script), function]
    done = subprocess.run(command, input=json.dumps(cases), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def markup(page):
    """The HTML that the page's Markdown holds."""
    cells = jupytext.read(BOOK / f"{page}.md", fmt="md:myst").cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    tokens = MarkdownIt().parse(text)
    return "".join(token.content for token in tokens if token.type == "html_block")


def soup(page):
    return BeautifulSoup(markup(page), "html.parser")


# The arithmetic of the scripts.


def windows():
    """(side, layers) of many kernels, strides and paddings, with one to three layers."""
    choices = itertools.product(range(1, 10), (1, 2, 3), (0, 1, 3), (1, 2, 3), (8, 32))
    return [(side, [(k, s, p)] * depth) for k, s, p, depth, side in choices]


def as_objects(layers):
    return [dict(zip(("kernel", "stride", "padding"), layer, strict=True)) for layer in layers]


def counted(side, layers):
    try:
        return window_counts(side, layers).tolist()
    except ValueError:
        return None


@needs_node
def test_the_toy_counts_what_the_package_counts():
    cases = windows()
    given = [[side, as_objects(layers)] for side, layers in cases]
    found = call("stride-toy.js", "windowCounts", given)
    expected = [counted(side, layers) for side, layers in cases]
    assert found == expected
    assert None in expected


def settings():
    """Every setting of the controls, but for the side of the image: 720 of them."""
    controls = {tag["id"].removeprefix("toy-"): tag for tag in soup("stride-toy").find_all("input")}
    names = ("kernel", "stride", "padding", "layers")
    ranges = [range(int(controls[name]["min"]), int(controls[name]["max"]) + 1) for name in names]
    chosen = itertools.product(*ranges, (False, True))
    return [dict(zip((*names, "padded"), one, strict=True)) for one in chosen]


def stack(setting):
    window = (setting["kernel"] + setting["padded"], setting["stride"], setting["padding"])
    return [window] * setting["layers"]


def far_from_edges(layers):
    """The package's counts in the middle of a wide row, over two products of strides."""
    period = math.prod(stride for _, stride, _ in layers)
    counts = window_counts(60 * period, layers).astype(int).tolist()
    return counts[30 * period : 32 * period]


def smallest_period(counts):
    return next(n for n in range(1, len(counts)) if counts[n:] == counts[:-n])


@needs_node
def test_in_all_settings_the_toy_states_the_counts_and_the_period_of_the_package():
    chosen = settings()
    assert len(chosen) == 720
    found = call("stride-toy.js", "steadyCounts", [[as_objects(stack(one))] for one in chosen])
    said = call("stride-toy.js", "describe", [[one | {"side": 300}] for one in chosen])
    for setting, counts, words in zip(chosen, found, said, strict=True):
        expected = far_from_edges(stack(setting))
        period = smallest_period(expected)
        assert counts == expected[:period] == steady_counts(stack(setting)), setting
        if period > 1:
            assert f"and repeat every {period} pixels" in words, setting
        else:
            assert f"the count is {counts[0]} everywhere" in words, setting


@needs_node
def test_a_stretch_that_does_not_fill_the_product_of_strides_is_no_period():
    setting = {"kernel": 4, "stride": 3, "padding": 2, "side": 32, "layers": 1, "padded": False}
    (said,) = call("stride-toy.js", "describe", [[setting]])
    assert "the counts are 1, 2, 1, and repeat every 3 pixels" in said


@needs_node
def test_the_windows_that_light_up_are_as_many_as_the_package_counts():
    chosen = [one for one in settings() if one["layers"] == 1]
    lit = [(stack(one), pixel) for one in chosen for pixel in range(16)]
    given = [[pixel, 16, as_objects(layers)[0]] for layers, pixel in lit]
    found = call("stride-toy.js", "readersOf", given)
    for (layers, pixel), (first, end) in zip(lit, found, strict=True):
        assert max(end - first, 0) == window_counts(16, layers)[pixel], (layers, pixel)


@needs_node
def test_the_explorer_has_the_border_layer_of_the_package():
    """Equal to the side is not larger; a field that only the last layer exceeds marks none."""
    fields = [[3, 5, 9, 17], [7, 11, 11, 43, 43], [3], [33, 34], [3, 33], [3, 32, 33, 34]]
    cases = [[sizes, side] for sizes in fields for side in (2, 3, 8, 9, 16, 32, 33, 1024)]
    found = call("explorer.js", "borderLayer", cases)
    named = [border_layer([(str(i), f) for i, f in enumerate(sizes)], side) for sizes, side in cases]
    assert found == [-1 if name is None else int(name) for name in named]
    assert -1 in found and max(found) > 1


@needs_node
def test_the_explorer_says_in_words_what_it_draws():
    state = {"network": NETWORKS[0], "side": 32, "object": 16, "layer": 1}
    (said,) = call("explorer.js", "describe", [[state]])
    assert "Convolution 2 of measured (b) sees 9 pixels, 28 % of the side of 32" in said
    assert "An object of 16 pixels is seen whole from convolution 3 on" in said
    assert "The border layer is convolution 4: 1 of 4 convolutions" in said


@needs_node
def test_the_explorer_says_how_many_seeds_there_are_and_where_there_is_no_record():
    states = [
        {"network": NETWORKS[0], "side": 32, "record": CURVES},
        {"network": NETWORKS[0], "side": 64, "record": CURVES | {"seeds": 1}},
        {"network": NETWORKS[1], "side": 32},
    ]
    several, one, none = call("explorer.js", "describeRecord", [[state] for state in states])
    assert "mean over 2 seeds" in several and "87.5 %" in several
    assert "one seed, no interval" in one and "for 32 pixels, not 64" in one
    assert none.startswith("No record for this network (unmeasured)")


@needs_node
def test_the_toy_says_whether_the_counts_are_even():
    state = {"kernel": 3, "stride": 2, "padding": 1, "side": 32, "layers": 1, "padded": False}
    states = [state, state | {"padded": True}, state | {"stride": 3, "kernel": 1}]
    states.append(state | {"side": 8, "kernel": 8, "padding": 0, "layers": 2})
    odd, even, unread, none = call("stride-toy.js", "describe", [[one] for one in states])
    assert "the counts are 1, 2, and repeat every 2 pixels" in odd
    assert "Kernel 4 (padded)" in even and "the count is 2 everywhere" in even
    assert "never read" in unread
    assert "No window fits" in none


# The pages.


@each_page
def test_every_control_has_a_name_and_every_label_a_control(page):
    found = soup(page)
    labels = {label["for"]: label.text for label in found.find_all("label")}
    controls = found.find_all(["input", "select"])
    assert {control["id"] for control in controls} == labels.keys()
    assert all(text.strip() for text in labels.values())
    assert all(button.text.strip() for button in found.find_all("button"))
    assert {control["type"] for control in found.find_all("input")} == {"range"}


@each_page
def test_drawings_are_described_by_a_text_that_is_read_out_when_it_changes(page):
    found = soup(page)
    for drawing in found.find_all(["svg", "canvas"]):
        described = found.find(id=drawing["aria-labelledby"])
        assert drawing["role"] == "img"
        assert described["aria-live"] == "polite"


@each_page
def test_without_scripts_the_controls_are_hidden_and_a_figure_is_there(page):
    found = soup(page)
    assert found.find(class_="rf-play").has_attr("hidden")
    assert "JavaScript" in found.find("noscript").text
    cells = jupytext.read(BOOK / f"{page}.md", fmt="md:myst").cells
    assert "_figure(" in cells[-1].source and cells[-1].cell_type == "code"


@each_page
def test_a_page_takes_its_script_and_style_from_beside_it(page):
    found = soup(page)
    addresses = [tag["src"] for tag in found.find_all("script")]
    addresses += [tag["href"] for tag in found.find_all("link")]
    assert f"../_static/{SCRIPTS[page]}" in addresses
    assert all((BOOK / address.removeprefix("../")).is_file() for address in addresses)


@pytest.mark.parametrize("name", ["explorer.js", "stride-toy.js", "interactive.css"])
def test_a_script_names_no_address_but_that_of_svg_and_is_short(name):
    text = (BOOK / "_static" / name).read_text()
    assert set(re.findall(r"\w+://[^\"\s]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\b(fetch|import|XMLHttpRequest|eval)\b", text)
    assert text.count("\n") <= 200


# In a browser, from the disk.

SET = """(() => {{
  const control = document.getElementById("{0}");
  control.focus();
  control.value = "{1}";
  control.dispatchEvent(new Event("input", {{ bubbles: true }}));
  return document.activeElement === control;
}})()"""
WIDTH = "document.documentElement.scrollWidth"
UNNAMED = "[...document.querySelectorAll('select, input')].filter((c) => !c.labels.length).length"
SHOWN = "document.querySelector('.rf-play').offsetHeight > 0"


def text_of(name):
    return f"document.getElementById('{name}').textContent"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The two pages without the rest of the site, where the site has them."""
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(BOOK / "_static", root / "_static")
    (root / "book").mkdir()
    head = '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    for page in SCRIPTS:
        body = markup(page) + embed(IDS[page], DATA[page]).data
        (root / "book" / f"{page}.html").write_text(f"{head}<body>{body}</body>")
    return root / "book"


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    with browser.chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


@needs_browser
@each_page
def test_a_page_works_from_the_disk_on_a_narrow_screen(reader, folder, page):
    address = (folder / f"{page}.html").as_uri()
    visit = reader.visit(address, width=400, ask=(WIDTH, UNNAMED, SHOWN))
    assert (visit.external, visit.errors) == ([], [])
    assert visit.answers[WIDTH] <= 400
    assert visit.answers[UNNAMED] == 0
    assert visit.answers[SHOWN] is True


@needs_browser
@each_page
def test_a_window_without_room_for_a_drawing_does_not_stop_the_page(reader, folder, page):
    """A browser that prints or takes a picture may make its window one pixel wide for a moment."""
    visit = reader.visit((folder / f"{page}.html").as_uri(), width=1, ask=("1 + 1",))
    assert visit.answers["1 + 1"] == 2
    assert visit.errors == []


@needs_browser
@pytest.mark.parametrize("page, drawing", [("explorer", "explorer-fields"), ("stride-toy", "toy-row")])
def test_a_drawing_fits_when_its_room_changes(reader, folder, page, drawing):
    narrow = "document.querySelector('.rf-play').style.width = '300px'"
    drawn = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    right = (
        f"Math.max(...[...document.querySelectorAll('#{drawing} rect')]"
        ".map((bar) => bar.getBoundingClientRect().right))"
    )
    room = f"document.getElementById('{drawing}').getBoundingClientRect().right"
    visit = reader.visit((folder / f"{page}.html").as_uri(), ask=(narrow, drawn, right, room))
    assert visit.errors == []
    assert 250 < visit.answers[right] <= visit.answers[room] < 320


@needs_browser
@each_page
def test_a_page_without_scripts_shows_no_control(reader, folder, page):
    visit = reader.visit((folder / f"{page}.html").as_uri(), scripts=False, ask=(SHOWN,))
    assert visit.answers[SHOWN] is False


@needs_browser
def test_the_controls_of_the_explorer_change_drawing_and_words(reader, folder):
    fields = "document.querySelectorAll('#explorer-fields rect').length"
    ask = [SET.format("explorer-layer", 3), text_of("explorer-summary"), fields]
    ask += [SET.format("explorer-network", 1), text_of("explorer-measured")]
    visit = reader.visit((folder / "explorer.html").as_uri(), ask=tuple(ask))
    assert visit.errors == []
    assert visit.answers[ask[0]] is True
    assert "Convolution 3 of measured (c) sees 33 pixels" in visit.answers[ask[1]]
    assert visit.answers[fields] == 1 + len(SHORT["field"])  # the strip, and a bar a convolution
    assert "No record for this network" in visit.answers[ask[4]]


@needs_browser
def test_the_button_returns_to_the_side_of_the_record(reader, folder):
    button = "document.getElementById('explorer-use-side')"
    ask = [SET.format("explorer-side", 64), f"{button}.disabled", f"{button}.click()"]
    ask += ["document.getElementById('explorer-side').value"]
    visit = reader.visit((folder / "explorer.html").as_uri(), ask=tuple(ask))
    assert visit.answers[ask[1]] is False
    assert visit.answers[ask[3]] == "32"


@needs_browser
def test_padding_the_kernel_makes_the_counts_of_the_toy_even(reader, folder):
    pressed = "document.getElementById('toy-pad').getAttribute('aria-pressed')"
    ask = ["document.getElementById('toy-pad').click()", pressed, text_of("toy-summary")]
    visit = reader.visit((folder / "stride-toy.html").as_uri(), ask=tuple(ask))
    assert visit.errors == []
    assert visit.answers[pressed] == "true"
    assert "Kernel 4 (padded)" in visit.answers[ask[2]] and "Even" in visit.answers[ask[2]]


LIT = "document.querySelectorAll('#toy-row line.reads').length"
CLICK = """(() => {{
  const box = document.getElementById("toy-row").getBoundingClientRect();
  const clientX = box.left + 32 + (box.width - 40) * ({0} + 0.5) / 32;
  const click = new MouseEvent("click", {{ clientX, bubbles: true }});
  document.getElementById("toy-row").dispatchEvent(click);
  return document.activeElement.id;
}})()"""


@needs_browser
def test_a_pixel_that_is_chosen_lights_up_the_windows_that_read_it(reader, folder):
    """Kernel 3 with stride 2 and padding 1: odd pixels are read twice."""
    ask = [CLICK.format(6), text_of("toy-readers"), LIT, SET.format("toy-pixel", 7)]
    again = f"{LIT} + 0"
    visit = reader.visit((folder / "stride-toy.html").as_uri(), ask=(*ask, again))
    assert visit.errors == []
    assert visit.answers[ask[0]] == "toy-pixel"
    assert visit.answers[ask[1]] == "Pixel 6, counted from 0, is read by window 3 of the first layer."
    assert (visit.answers[LIT], visit.answers[again]) == (1, 2)
