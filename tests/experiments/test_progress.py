"""Long work says how far it has come: a bar on a terminal, a log line a minute elsewhere."""

import logging

import pytest

from rfbook.experiments import progress
from rfbook.experiments.progress import track


class Terminal:
    """Standard error that says whether it is a terminal and keeps what is written."""

    def __init__(self, terminal: bool) -> None:
        self.terminal, self.text = terminal, ""

    def isatty(self) -> bool:
        return self.terminal

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


@pytest.fixture
def screen(monkeypatch):
    """Replaces standard error by a terminal, or by something else."""

    def replace(terminal: bool) -> Terminal:
        stream = Terminal(terminal)
        monkeypatch.setattr("sys.stderr", stream)
        return stream

    return replace


@pytest.fixture
def seconds_per_item(monkeypatch):
    """Makes the clock advance by so many seconds whenever it is read."""

    def set_step(step: float) -> None:
        now = iter(range(10**9))
        monkeypatch.setattr(progress.time, "monotonic", lambda: next(now) * step)

    return set_step


@pytest.mark.parametrize("terminal", [True, False])
def test_the_items_come_through_unchanged_and_in_order(screen, terminal):
    screen(terminal)
    assert list(track([3, 1, 2], "work")) == [3, 1, 2]
    assert list(track(iter("abc"), "work", total=3)) == ["a", "b", "c"]
    assert list(track([], "nothing")) == []


def test_a_terminal_shows_a_bar_with_the_label_and_the_total(screen):
    stream = screen(True)
    list(track((n for n in range(7)), "vgg16 epoch 1/30", total=7))
    assert "vgg16 epoch 1/30" in stream.text
    assert "/7" in stream.text


def test_nothing_is_drawn_elsewhere(screen):
    stream = screen(False)
    list(track(range(5), "work"))
    assert stream.text == ""


def test_short_work_logs_nothing(screen, seconds_per_item, caplog):
    screen(False)
    seconds_per_item(59 / 5)
    with caplog.at_level(logging.INFO, "rfbook"):
        list(track(range(5), "work"))
    assert caplog.messages == []


def test_long_work_logs_one_line_a_minute(screen, seconds_per_item, caplog):
    screen(False)
    seconds_per_item(25)
    with caplog.at_level(logging.INFO, "rfbook"):
        list(track(range(6), "probes"))
    assert caplog.messages == [
        "probes: 3 of 6, 75 s so far",
        "probes: 6 of 6, 150 s so far",
    ]


def test_the_total_of_unsized_work_is_what_was_said_or_unknown(screen, seconds_per_item, caplog):
    screen(False)
    seconds_per_item(60)
    with caplog.at_level(logging.INFO, "rfbook"):
        list(track(iter("a"), "told", total=9))
        list(track(iter("a"), "untold"))
    assert [message.split(",")[0] for message in caplog.messages] == [
        "told: 1 of 9",
        "untold: 1 of ?",
    ]


def test_items_are_taken_only_when_they_are_wanted(screen):
    screen(False)
    taken = []
    wanted = track((taken.append(n) or n for n in range(5)), "work")
    assert taken == []
    next(wanted)
    assert taken == [0]
