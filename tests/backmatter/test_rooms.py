"""The house: rooms on levels, imports that only go down, and few floors in each room."""

import pytest

from rfbook.backmatter import rooms
from rfbook.backmatter.rooms import Room, direct, floors, imports


@pytest.fixture(scope="module")
def found():
    return rooms.rooms()


def test_every_room_stands_on_a_level_and_says_what_it_holds(found):
    package = rooms.sources.repository() / "src/rfbook"
    assert {one.name for one in found} == {path.parent.name for path in package.glob("*/__init__.py")}
    assert all(one.holds and one.files and one.lines for one in found)


def test_no_import_runs_up(found):
    levels = rooms.layers(rooms.sources.repository())
    depth = {name: place for place, level in enumerate(levels) for name in level}
    arrows = [(one.name, used) for one in found for used in one.uses]
    assert [arrow for arrow in arrows if depth[arrow[1]] <= depth[arrow[0]]] == []


def test_no_room_is_deeper_than_five_floors(found):
    assert {one.name: one.floors for one in found if one.floors > 5} == {}


def test_floors_are_the_longest_chain():
    chain = {"a": frozenset({"b", "c"}), "b": frozenset({"c"}), "c": frozenset(), "d": frozenset()}
    assert floors(chain) == 3


def test_a_circle_of_imports_is_named():
    with pytest.raises(ValueError, match="a -> b -> a"):
        floors({"a": frozenset({"b"}), "b": frozenset({"a"})})


def test_imports_inside_functions_count(tmp_path):
    package = tmp_path / "house"
    package.mkdir()
    (package / "low.py").write_text("x = 1\n")
    (package / "high.py").write_text("def f():\n    from house import low\n")
    assert imports(package)["high"] == {"low"}


def test_an_arrow_is_left_out_where_a_longer_way_leads():
    top = Room("top", "", 1, 1, 1, frozenset({"middle", "low"}))
    middle = Room("middle", "", 1, 1, 1, frozenset({"low"}))
    assert direct(top, [top, middle, Room("low", "", 1, 1, 1, frozenset())]) == {"middle"}
