"""The pictures of the docs: each that is named is there and says what it shows; none is heavy or unused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs/pictures"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMED = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)|<img alt=\"([^\"]*)\" src=\"([^\"]+)\"|srcset=\"([^\"]+)\"")
HEAVY = 80_000
"""Bytes."""


def named() -> Iterator[tuple[str | None, Path]]:
    """What each says it shows (the second look of a picture says nothing), and its file."""
    for page in PAGES:
        for alt, target, also, source, dark in NAMED.findall(page.read_text("utf-8")):
            where = target or source or dark
            if not where.startswith("http"):
                yield None if dark else alt or also, (page.parent / where).resolve()


def test_every_picture_that_is_named_is_there_and_says_what_it_shows() -> None:
    found = list(named())
    assert found
    assert [str(path) for alt, path in found if not path.is_file() or alt == ""] == []


def test_every_picture_that_is_there_is_shown_somewhere_and_is_light() -> None:
    shown = {path for _, path in named()}
    pictures = [path for path in PICTURES.iterdir() if path.suffix != ".md"]
    assert [path.name for path in pictures if path.resolve() not in shown] == []
    assert [path.name for path in pictures if path.stat().st_size > HEAVY] == []
