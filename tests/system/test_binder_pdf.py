"""The binder as PDF, sheet by sheet. Needs Pango: `make test-system` says what to install."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from ecomms_bot.playbook.instant import Instant
from ecomms_bot.playbook.library import LoadedPlaybook, load_with_source, shipped_folder
from ecomms_bot.playbook.model import Step
from ecomms_bot.settings import Office, Reachable
from ecomms_bot.workshop import pdf
from ecomms_bot.workshop.binder import PAPERS, Paper, Printing, html
from ecomms_bot.workshop.keeping import is_binder
from tests.books import FLOOD_FILE

SHIPPED = sorted(path for path in shipped_folder().glob("*.yaml") if path.name != "basics.yaml")
SIZES = {"A4": (595.3, 841.9), "Letter": (612.0, 792.0)}
"""In points, 72 to the inch."""
OFFICE = Office(
    organisation="City of Merritt",
    time_zone="America/Vancouver",
    contacts=(Reachable(who="Radio room", why="reaches every crew", phone="604-555-0100"),),
)
NOON = Instant.of(datetime(2021, 11, 15, 20, 0, tzinfo=UTC), OFFICE.time_zone)


@dataclass(frozen=True)
class Binder:
    """`document`: as it was laid out; `reader`: the finished file, read again."""

    loaded: LoadedPlaybook
    paper: Paper
    document: Any
    reader: PdfReader

    @property
    def steps(self) -> list[Step]:
        return [step for steps in self.loaded.playbook.phases.values() for step in steps]

    @cached_property
    def texts(self) -> list[str]:
        """What stands on each page, words parted by one space; see the test that the file says the same."""
        return [
            " ".join(" ".join(box.text for box in boxes(page._page_box) if hasattr(box, "text")).split())  # noqa: SLF001
            for page in self.document.pages
        ]


@cache
def bound(path: Path, paper: Paper, *, exercise: bool = False) -> Binder:
    loaded = load_with_source(path)
    printing = Printing(loaded.playbook, loaded.sha256, OFFICE, NOON, paper, exercise)
    document = pdf.laid_out(html(printing))
    data = io.BytesIO(pdf.written(document, "ecomms print test"))
    return Binder(loaded, paper, document, PdfReader(data))


@pytest.fixture(
    params=[
        pytest.param((path, paper), id=f"{path.stem}-{paper}")
        for number, path in enumerate(SHIPPED)
        for paper in (PAPERS if path.stem == "flood" else PAPERS[number % 2 :][:1])
    ]
)
def binder(request: pytest.FixtureRequest) -> Binder:
    """Each playbook that ships, on one paper or the other, and one on both: a layout takes many seconds.

    So `make test-system` gives all tests of a file to one worker.
    """
    path, paper = request.param
    return bound(path, paper)


def boxes(box: Any) -> Iterator[Any]:
    """A box of the layout and all in it."""
    box = getattr(box, "_box", box)
    yield box
    for child in getattr(box, "children", ()):
        yield from boxes(child)


def bookmarks(outline: list[Any]) -> Iterator[Any]:
    for each in outline:
        if isinstance(each, list):
            yield from bookmarks(each)
        else:
            yield each


def test_every_page_has_the_size_of_the_paper_and_something_on_it(binder: Binder) -> None:
    assert len(binder.reader.pages) > 2 * len(binder.steps) + 10
    for page, text in zip(binder.reader.pages, binder.texts, strict=True):
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(
            SIZES[binder.paper], abs=0.5
        )
        assert len(text) > 150, text


def test_nothing_passes_the_margins(binder: Binder) -> None:
    for number, page in enumerate(binder.document.pages, start=1):
        sheet = page._page_box  # noqa: SLF001 - where each word came to stand is told nowhere else
        left, top = sheet.content_box_x(), sheet.content_box_y()
        right, bottom = left + sheet.width, top + sheet.height
        for child in sheet.children:
            for box in boxes(child) if type(child).__name__ != "MarginBox" else ():
                if type(box).__name__ not in {"TextBox", "TableCellBox", "InlineBlockBox"}:
                    continue
                words = f"page {number}: {getattr(box, 'text', type(box).__name__)}"
                assert left - 1 <= box.position_x, words
                assert box.position_x + box.margin_width() <= right + 1, words
                assert top - 1 <= box.position_y, words
                assert box.position_y + box.margin_height() <= bottom + 1, words


def test_every_step_begins_a_page_with_its_name_on_top_and_a_bookmark(binder: Binder) -> None:
    marks = list(bookmarks(binder.reader.outline))
    for step in binder.steps:
        name = " ".join(f"{step.id} {step.title}".split())
        (mark,) = (each for each in marks if each.title == name)
        page = binder.reader.pages[binder.reader.get_destination_page_number(mark) or 0]
        read = " ".join(page.extract_text().split())
        assert read.count(name) >= 2, "once in the running head and once as the heading"
        assert step.purpose[:40] in read


def test_the_words_of_each_page_can_be_read_from_the_file() -> None:
    binder = bound(FLOOD_FILE, "A4")
    for page, laid_out in zip(binder.reader.pages, binder.texts, strict=True):
        read = page.extract_text()
        assert sorted("".join(read.split())) == sorted("".join(laid_out.split()))
        assert [step.id for step in binder.steps if step.id in read] == [
            step.id for step in binder.steps if step.id in laid_out
        ]


def test_every_page_is_numbered_and_the_contents_give_the_right_ones(binder: Binder) -> None:
    count = len(binder.texts)
    for number, text in enumerate(binder.texts, start=1):
        assert f"page {number} of {count}" in text
    starts = {
        each.title: binder.reader.get_destination_page_number(each)
        for each in bookmarks(binder.reader.outline)
    }
    contents = " ".join(binder.texts[1:4]).replace(".", " ")
    for step in binder.steps:
        page = (starts[f"{step.id} {step.title}"] or 0) + 1
        told = " ".join(f"{step.id} {step.title}".replace(".", " ").split())
        assert f"{told} {page}" in " ".join(contents.split())


def test_every_word_of_checklists_and_contacts_can_be_read(binder: Binder) -> None:
    whole = " ".join(binder.texts)
    assert "Radio room" in whole
    assert "604-555-0100" in whole
    for contact in binder.loaded.playbook.contacts:
        assert contact.who in whole
    for step in binder.steps:
        for item in (*step.checklist, *step.verify):
            assert f"☐ {' '.join(item.split())}" in whole


def test_it_is_tagged_says_its_language_and_carries_its_fonts(binder: Binder) -> None:
    root: Any = binder.reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert binder.reader.metadata is not None
    assert binder.reader.metadata.title == f"{binder.loaded.playbook.title}: binder"
    fonts = {
        str(font["/BaseFont"]): font["/DescendantFonts"][0]["/FontDescriptor"]
        for page in binder.reader.pages
        for font in (each.get_object() for each in page["/Resources"]["/Font"].values())  # type: ignore[index]
    }
    assert {name.split("+")[1].split("-")[0] for name in fonts} == {"DejaVu"}
    assert [name for name, font in fonts.items() if not {"/FontFile2", "/FontFile3"} & set(font)] == []


@pytest.mark.parametrize("paper", PAPERS)
def test_a_sheet_to_write_on_is_one_page(paper: Paper) -> None:
    binder = bound(FLOOD_FILE, paper)
    last = binder.texts[-6:]
    begins = ["Log sheet 1", "Log sheet 2", "Log sheet 3", "Log sheet 4", "Promise sheet", "Handover sheet"]
    assert [each in text for each, text in zip(begins, last, strict=True)] == [True] * 6
    cover, contents = binder.texts[:2]
    assert "When everything is down" in cover
    assert "say the one or the other" in cover
    assert "Contents" in contents


@pytest.mark.parametrize("paper", PAPERS)
def test_every_page_of_an_exercise_is_marked(paper: Paper) -> None:
    binder = bound(FLOOD_FILE, paper, exercise=True)
    assert [n for n, text in enumerate(binder.texts, start=1) if "EXERCISE" not in text] == []
    assert "EXERCISE - City of Merritt" in " ".join(binder.texts)


def test_a_binder_is_known_again_as_one(tmp_path: Path) -> None:
    file = tmp_path / "flood.pdf"
    loaded = load_with_source(FLOOD_FILE)
    file.write_bytes(
        pdf.from_html(html(Printing(loaded.playbook, loaded.sha256, OFFICE, NOON)), "ecomms print x")
    )
    assert is_binder(file)
    other = tmp_path / "other.pdf"
    other.write_bytes(pdf.from_html("<p>minutes of the meeting</p>", "somebody else"))
    assert not is_binder(other)


def test_nothing_outside_the_page_is_ever_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hunter2")
    made = pdf.from_html(
        f'<link rel="attachment" href="{secret.as_uri()}"><img src="{secret.as_uri()}">', "x"
    )
    assert PdfReader(io.BytesIO(made)).attachments == {}
