"""A digest names a description: equal content, equal digits, whatever the order of its fields."""

import pytest

from rfbook.experiments.digest import digest

DESCRIPTION = {"b": None, "a": [1.5]}


def test_a_digest_is_the_sha256_of_sorted_compact_json():
    """Owner: printf '{"a":[1.5],"b":null}' | sha256sum"""
    whole = "831603e12d04b2f52b66f3587edeb4982bbab3bc716357f593ce997603895c9b"
    assert digest(DESCRIPTION, length=64) == whole
    assert digest(DESCRIPTION) == whole[:12]


def test_the_order_of_fields_does_not_matter_at_any_depth():
    outer, inner = {"a": {"x": 1, "y": 2}, "b": 3}, {"b": 3, "a": {"y": 2, "x": 1}}
    assert list(outer) != list(inner)
    assert digest(outer) == digest(inner)


@pytest.mark.parametrize("other", [{"b": None}, {"b": None, "a": [1.25]}, {"b": 0, "a": [1.5]}])
def test_other_content_has_another_digest(other):
    assert digest(other) != digest(DESCRIPTION)


def test_what_json_cannot_say_has_no_digest():
    with pytest.raises(ValueError, match="not JSON compliant"):
        digest({"a": float("nan")})
