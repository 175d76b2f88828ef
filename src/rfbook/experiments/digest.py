"""The identity of a description: a hash that does not depend on the order of its fields."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def digest(description: dict[str, Any], length: int = 12) -> str:
    """The first `length` hexadecimal digits of SHA-256 over the description as sorted JSON."""
    text = json.dumps(description, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:length]
