"""Road signs on paper: boxes to write in, one for each character that a sign can show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ecomms_bot.playbook.channels import SIGN_CHARACTERS, SIGN_LINES, SIGN_PAGES
from ecomms_bot.playbook.exercise import EXERCISE_PAGE
from ecomms_bot.workshop.blanks import Part, Words, divided, flat


@dataclass(frozen=True, slots=True)
class SignRow:
    """A line of a sign: what is printed in its boxes, or what to write there."""

    printed: str
    note: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        return tuple(self.printed.ljust(SIGN_CHARACTERS)[:SIGN_CHARACTERS])


@dataclass(frozen=True, slots=True)
class SignPage:
    title: str
    rows: tuple[SignRow, ...]


def sign_pages(parts: Iterable[Part], *, exercise: bool) -> tuple[SignPage, ...]:
    """As many pages as a sign may show, whole; in an exercise also its first and last page."""
    pages = [list(_rows(page)) for page in divided(parts, "\n\n")]
    pages += [[]] * (SIGN_PAGES - len(pages))
    found = [
        SignPage(f"Page {number}{'' if page else ', if it is needed'}", _whole(page))
        for number, page in enumerate(pages, start=1)
    ]
    if exercise:
        mark = _whole([SignRow(EXERCISE_PAGE)])
        return SignPage("First page", mark), *found, SignPage("Last page", mark)
    return tuple(found)


def _whole(rows: list[SignRow]) -> tuple[SignRow, ...]:
    return tuple(rows) + (SignRow(""),) * (SIGN_LINES - len(rows))


def _rows(page: Iterable[Part]) -> Iterator[SignRow]:
    for line in divided(page, "\n"):
        words = flat(line)
        if all(isinstance(part, Words) for part in line):
            yield SignRow(words)
        else:
            yield SignRow("", words)
