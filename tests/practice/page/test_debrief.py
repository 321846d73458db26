"""The debrief as a page: everything that the report holds is on it, and words stay words."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from ecomms_bot.practice.page.debrief import draw
from ecomms_bot.report.debrief import Debrief, debrief
from ecomms_bot.report.debrief_page import outcome
from tests.incident.drill_night import begin, drill, drill_night, inject, on
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, PIO, Story, at

NAMES = {COMMUNICATOR: "Mara", COLLEAGUE: "Theo", PIO: "Pia"}


class Words(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.tags = "", list[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def page_of(found: Debrief) -> Words:
    return Words(str(draw(found, NAMES)))


def test_a_good_drill_reads_as_one() -> None:
    night = drill_night()
    found = debrief(night.state, night.log)
    seen = page_of(found).words
    assert "Every target was reached." in seen
    assert "20:50" in seen  # the end, on the clocks of the incident
    for target in found.targets:
        assert target.what in seen
        assert target.reached in seen
    for line in found.injects:
        assert line.inject.says in seen
        assert line.inject.teaches in seen
        assert outcome(line, NAMES) in seen
    assert "sent back by Pia: Say which road." in seen
    assert seen.count("EXERCISE") >= 3  # the title, the first line and the last


def test_what_is_wanted_is_told_once_it_was_answered_or_the_drill_is_over() -> None:
    story = begin(Story(), drill(inject("one", 1), minutes=30))
    on(story, at(20, 4))
    assert "What one teaches." not in page_of(debrief(story.state, story.log)).words
    on(story, at(20, 30))
    assert "What one teaches." in page_of(debrief(story.state, story.log)).words


def test_what_was_left_is_said_as_plainly() -> None:
    story = begin(Story(), drill(inject("one", 1), inject("two", 25), minutes=30))
    on(story, at(20, 30))
    seen = page_of(debrief(story.state, story.log)).words
    assert "Not every target was reached." in seen
    assert "Left without an answer" in seen
    assert "None was promised." in seen
    assert "none was played" in seen


def test_while_it_runs_it_says_so() -> None:
    story = begin(Story(), drill(inject("one", 1), minutes=30))
    on(story, at(20, 10))
    seen = page_of(debrief(story.state, story.log)).words
    assert "still running" in seen
    assert "So far not every target was reached." in seen


def test_words_of_people_stay_words() -> None:
    night = drill_night()
    found = replace(debrief(night.state, night.log), name="<script>alert(1)</script>", title="<b>Night</b>")
    page = page_of(found)
    assert "<script>alert(1)</script>" in page.words
    assert "script" not in page.tags
    assert "b" not in page.tags
