"""The length of a post as X weighs it (docs.x.com/fundamentals/counting-characters)."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from functools import cache
from types import ModuleType
from typing import Any


def weighted_length(text: str) -> int:
    """Characters as X counts them: an address 23, an emoji 2, Chinese 2 each."""
    return int(_parser().parse_tweet(text).weightedLength)


@cache
def _parser() -> Any:
    """Load the library when it is first needed: its table of emoji takes more than a tenth of a second.

    It reads that table through pkg_resources, which Python 3.12 no longer brings along and setuptools
    is giving up. So it is lent the one function that it calls.
    """
    lent = ModuleType("pkg_resources")
    lent.__dict__["resource_string"] = lambda module, name: pkgutil.get_data(module.rpartition(".")[0], name)
    before = sys.modules.get("pkg_resources")
    sys.modules["pkg_resources"] = lent
    try:
        return importlib.import_module("twitter_text")
    finally:
        if before is None:
            del sys.modules["pkg_resources"]
        else:
            sys.modules["pkg_resources"] = before
