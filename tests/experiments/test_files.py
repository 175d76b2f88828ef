"""A file that many ask for is parsed once, and never taken for what it was before."""

import os
import time

import pytest
import yaml

from rfbook.experiments import files


@pytest.fixture
def counted(tmp_path):
    """A file from last year, a parser of it, and the list of what it parsed."""
    path, calls = tmp_path / "a.txt", []
    path.write_text("one")
    os.utime(path, (1e9, 1e9))

    @files.parsed_once
    def parse(path):
        """Explained."""
        calls.append(path.read_text())
        return [calls[-1]]

    return path, parse, calls


def test_a_file_that_did_not_change_is_parsed_once_and_shared(counted):
    path, parse, calls = counted
    assert parse(path) is parse(path)
    assert calls == ["one"]
    assert parse.__doc__ == "Explained."


@pytest.mark.parametrize("text, time", [("two", 1e9 + 1), ("three", 1e9)])
def test_another_time_or_another_size_is_another_file(counted, text, time):
    path, parse, _ = counted
    parse(path)
    path.write_text(text)
    os.utime(path, (time, time))
    assert parse(path) == [text]


def test_what_was_written_this_moment_is_read_again(counted):
    """Within a tick of the file system's clock a second change leaves the same time."""
    path, parse, calls = counted
    now = time.time_ns() + 10**9  # as if the first parse were a second before this change
    os.utime(path, ns=(now, now))
    parse(path), parse(path)
    assert calls == ["one", "one"]


def test_a_file_that_is_gone_is_an_error_although_it_was_parsed(counted):
    path, parse, _ = counted
    parse(path)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        parse(path)


def test_yaml_that_is_cut_is_an_error_that_names_the_line(tmp_path):
    path = tmp_path / "a.yml"
    path.write_text("a: 1\nb: [1, 2")
    with pytest.raises(yaml.YAMLError, match="line 2"):
        files.read_yaml(path)
