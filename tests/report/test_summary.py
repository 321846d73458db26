"""The short account of an incident: its figures, and the page that is made of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.report.summary import markdown, summarise
from tests.incident.stories import COMMUNICATOR, PIO, SME, Story, at


def lived(*, exercise: bool = False) -> Story:
    """Opened 20:00. One text sent back, then out at 20:12; its promise of 21:00 kept by one that is late."""
    story = Story().open(exercise=exercise)
    draft = story.submit("D1", next_update=at(21, 0))
    story.now = at(20, 4)
    story.do(c.AskForChanges(draft.id, 1, "Which | lanes?\n<all>"), PIO)
    draft = story.submit("D1", facts={"road": "Highway 1"}, next_update=at(21, 0))
    story.now = at(20, 10)
    story.approve(draft, PIO)
    story.now = at(20, 12)
    story.mark(draft, "x", "web")
    update = story.submit("D4", "update", next_update=at(23, 0))
    story.now = at(20, 22)
    story.approve(update, SME, PIO)
    story.now = at(21, 14)
    story.mark(update, "x")
    story.do(c.CloseIncident("Over.", withdraw_reason="All is clear."), PIO)
    return story


def rows(page: str) -> dict[str, str]:
    """What | its figure."""
    table = page.split("## Timeline", maxsplit=1)[0]
    cells = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return {cell[0]: cell[1] for cell in cells if len(cell) == 2}


def test_the_figures_are_those_of_the_log() -> None:
    story = lived()
    summary = summarise(story.state)
    assert (summary.opened_at, summary.closed_at) == (at(20, 0), at(21, 14))
    assert summary.first_public == timedelta(minutes=12)
    assert summary.releases == 2
    assert (summary.promises, summary.kept, summary.withdrawn) == (2, 0, 1)
    assert summary.late == (timedelta(minutes=14),)
    assert summary.returned == 1
    assert summary.approval == timedelta(minutes=8)  # the median of 6 and 10
    closing = next(each for each in story.log if each.type == "IncidentClosed")
    assert (summary.entries, summary.head) == (closing.seq, f"{closing.seq}:{closing.hash}")


def test_before_anything_went_out_there_is_no_time_of_it() -> None:
    summary = summarise(Story().open().state)
    assert (summary.first_public, summary.approval, summary.closed_at) == (None, None, None)
    page = markdown(Story().open().state, ())
    assert rows(page)["First public text"] == "none"
    assert rows(page)["Median time to approval"] == "none"
    assert rows(page)["Closed"] == "open"


def test_a_text_for_inside_only_is_not_the_first_that_the_public_heard() -> None:
    story = Story().open()
    story.mark(story.approve(story.submit("D1"), PIO), "internal")
    assert summarise(story.state).first_public is None


def test_a_page_has_the_figures_with_their_units() -> None:
    story = lived()
    found = rows(markdown(story.state, story.log))
    assert found["First public text"] == "12 min after opening"
    assert found["Texts published"] == "2"
    assert found["Promises kept"] == "0 of 2 (14 min late)"
    assert found["Median time to approval"] == "8 min"
    assert found["Opened"] == "14 Nov 2021 20:00 PST"


def test_a_first_text_at_the_very_moment_of_opening_is_told() -> None:
    story = Story().open()
    story.mark(story.approve(story.submit("D1"), PIO), "x")
    assert rows(markdown(story.state, story.log))["First public text"] == "0 min after opening"


def test_the_account_of_an_exercise_says_so() -> None:
    story = lived(exercise=True)
    page = markdown(story.state, story.log)
    assert page.startswith("# EXERCISE - Highway 7 mudslides\n")
    assert rows(page)["Texts played"] == "2"
    assert "Texts published" not in page


def test_people_are_named_where_their_names_are_known() -> None:
    story = lived()
    page = markdown(story.state, story.log, {COMMUNICATOR: "Mara", PIO: "Pia | <Pio>"})
    assert "opened by Mara: live" in page
    assert "sent back by Pia \\| &lt;Pio>, text" in page
    assert f"approved by {SME} as sme" in page
    assert COMMUNICATOR not in page


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Mill | Road", "# Mill \\| Road"),
        ("Mill\n# Road", "# Mill # Road"),
        ("Mill &lt;b> _Road_", "# Mill &amp;lt;b> \\_Road\\_"),
        ("<b>Mill</b> Road", "# &lt;b>Mill&lt;/b> Road"),
        ("Mill \\| Road", "# Mill \\\\\\| Road"),
        (
            "Mill [Road](https://example.org) `x` *y*",
            "# Mill \\[Road\\](https://example.org) \\`x\\` \\*y\\*",
        ),
    ],
)
def test_words_that_could_be_markup_stay_words(name: str, title: str) -> None:
    page = markdown(replace(Story().open().state, name=name), ())
    assert page.splitlines()[0] == title


def test_each_entry_is_one_row_whatever_people_typed() -> None:
    story = lived()
    page = markdown(story.state, story.log)
    timeline = [line for line in page.split("## Timeline")[1].splitlines() if line.startswith("| ")]
    (row,) = [line for line in timeline if "sent back" in line]
    assert "Which \\| lanes? &lt;all>" in row
    assert {line.replace("\\|", "").count("|") for line in timeline} == {4}
