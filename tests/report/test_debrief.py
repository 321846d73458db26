"""What a drill came to, held against its targets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import InjectGiven
from ecomms_bot.incident.evolve import replay
from ecomms_bot.report.debrief import NoDrill, after, debrief, minutes
from ecomms_bot.report.debrief_page import debrief_markdown, file_name, outcome
from tests.incident.drill_night import begin, drill, drill_night, inject, on, reply
from tests.incident.stories import COLLEAGUE, COMMUNICATOR, IC, PIO, SME, Story, at

NAMES = {COMMUNICATOR: "Mara", COLLEAGUE: "Theo", PIO: "Pia", "U-pio2": "Paul"}


def test_a_whole_drill_is_held_against_its_targets() -> None:
    night = drill_night()
    found = debrief(night.state, night.log)
    assert (found.title, found.ended) == ("A river night", at(20, 50))
    assert found.first_message == timedelta(minutes=16)
    assert [(each.inject.id, each.status) for each in found.injects] == [
        ("gauge", "in time"),
        ("rumour", "in time"),
        ("statement", "in time"),
        ("which-way", "in time"),
        ("two-numbers", "in time"),
        ("worse", "in time"),
        ("wrong-word", "in time"),
        ("no-slack", "still open"),
    ]
    assert [(each.what, each.reached, each.met) for each in found.targets] == [
        ("First public text", "after 16 min", True),
        ("Promised updates that came in time", "2 of 2", True),
        ("Injects answered in time", "7 of 7", True),
    ]
    assert found.met
    (back,) = found.returned
    assert (back.person, back.reason, back.declined) == (PIO, "Say which road.", False)
    assert found.approval == timedelta(0)


def test_what_comes_after_the_end_changes_nothing() -> None:
    night = drill_night()
    assert night.state.drill_ended is not None
    ended = night.log[: night.state.drill_ended.seq]
    assert debrief(night.state, night.log) == debrief(replay(night.state.id, ended), ended)


def test_who_does_nothing_reads_what_was_left() -> None:
    story = begin(Story(), drill(inject("one", 1), inject("two", 25), inject("three", 29), minutes=30))
    on(story, at(20, 30))
    found = debrief(story.state, story.log)
    assert [each.status for each in found.injects] == ["left", "still open", "still open"]
    assert [(each.reached, each.met) for each in found.targets] == [
        ("none", False),
        ("none was promised", False),
        ("0 of 1", False),
    ]
    assert not found.met
    assert found.people() == ()


def test_an_answer_that_came_too_late_is_told_apart() -> None:
    story = begin(Story(), drill(inject("one", 1, within=3), inject("two", 2, "fact"), minutes=30))
    on(story, at(20, 5))
    reply(story, "one", "We call.")
    reply(story, "two", "Who writes it down?")
    on(story, at(20, 30))
    one, two = debrief(story.state, story.log).injects
    assert (one.status, outcome(one, NAMES)) == (
        "late",
        "Answered after 4 min by Theo (reply), later than 3 min",
    )
    assert (two.status, two.noticed, two.answered) == ("left", timedelta(minutes=3), None)
    page = debrief_markdown(debrief(story.state, story.log), NAMES)
    assert "- Spoken about after 3 min by Theo\n" in page


def test_promises_count_when_they_were_due() -> None:
    story = begin(Story(), drill(inject("one", 1), minutes=60))
    on(story, at(20, 2))
    story.publish("D1", next_update=at(20, 20))
    on(story, at(20, 32))
    story.approve(draft := story.submit("D4", "update", next_update=at(20, 50)), SME, PIO)
    story.mark(draft)
    on(story, at(20, 40))
    assert [each.status for each in debrief(story.state, story.log).promises] == ["late", "not due yet"]
    on(story, at(21, 0))
    found = debrief(story.state, story.log)
    assert [(each.status, each.late) for each in found.promises] == [
        ("late", timedelta(minutes=12)),
        ("missed", None),
    ]
    assert found.targets[1].reached == "0 of 2"


def test_a_promise_that_is_taken_back_in_time_does_not_count() -> None:
    story = begin(Story(), drill(inject("one", 1), minutes=60))
    story.publish("D1", next_update=at(20, 50))
    on(story, at(20, 10))
    story.do(c.CloseIncident("Enough.", withdraw_reason="The drill is over."), IC)
    found = debrief(story.state, story.log)
    assert [each.status for each in found.promises] == ["withdrawn"]
    assert (found.targets[1].reached, found.targets[1].met) == ("none was due", True)


def test_what_never_came_is_said_and_does_not_count() -> None:
    story = begin(Story(), drill(inject("one", 1), inject("two", 20), minutes=30))
    story.do(c.CloseIncident("Enough."), IC)
    found = debrief(story.state, story.log)
    assert [each.status for each in found.injects] == ["never came", "never came"]
    assert (found.targets[2].reached, found.targets[2].met) == ("none came", False)
    assert "**It never came**" in debrief_markdown(found)


def test_while_it_runs_nobody_reads_what_is_still_to_come() -> None:
    story = begin(Story(), drill(inject("one", 1), inject("two", 20), minutes=30))
    on(story, at(20, 4))
    found = debrief(story.state, story.log)
    assert [(each.inject.id, each.status) for each in found.injects] == [("one", "still open")]
    page = debrief_markdown(found)
    assert "What two teaches." not in page
    assert "What one teaches." not in page  # it has come, and somebody may still find out what to do
    assert "- **Not answered by then, and its time was not over**" in page
    assert "so far not every target was reached" in page


def test_an_override_is_told_with_its_reason() -> None:
    story = begin(Story(), drill(inject("one", 1), minutes=30))
    draft = story.submit("D1")
    story.do(c.Override(draft.id, 1, draft.current.text_sha256, "The river rises."), IC)
    page = debrief_markdown(debrief(story.state, story.log))
    assert "- Holding statement, revision 1, let out by U-ic without approval: The river rises." in page
    assert "| Ended | still running |" in page


def test_a_declined_draft_is_told() -> None:
    story = begin(Story(), drill(inject("one", 1), minutes=30))
    draft = story.submit("D1")
    story.do(c.Decline(draft.id, 1, "Nothing new."), PIO)
    page = debrief_markdown(debrief(story.state), NAMES)
    assert "- Holding statement, revision 1, declined by Pia: Nothing new." in page


def test_the_page_is_marked_at_both_ends_and_names_people() -> None:
    night = drill_night()
    found = debrief(night.state, night.log)
    page = debrief_markdown(found, NAMES)
    first, *_, last = page.strip().splitlines()
    assert first == "# EXERCISE - Debrief of A river night - EXERCISE"
    assert last == "**EXERCISE - this is practice, not the real event - EXERCISE**"
    assert "- **Answered after 2 min by Mara (fact)**" in page
    assert "> The gauge reads 6.8 m &amp; rises." in page
    assert "- Wanted: a fact on the fact sheet (River level), within 10 min" in page
    assert "- What it teaches: What gauge teaches." in page
    assert set(found.people()) == set(NAMES)
    assert file_name(night.state).startswith("EXERCISE-chilliwack-river-rising-")


def test_without_threads_the_page_says_that_replies_could_not_count() -> None:
    night = drill_night()
    page = debrief_markdown(debrief(night.state, night.log, threads=False))
    assert "This office keeps no words of threads" in page


def test_after_a_redaction_the_rest_can_be_read() -> None:
    night = drill_night()
    for type_ in {each.type for each in night.log} - {"IncidentOpened"}:
        log = [replace(each, event=None) if each.type == type_ else each for each in night.log]
        assert debrief_markdown(debrief(replay(night.state.id, log), log))


def test_another_incident_has_no_debrief() -> None:
    with pytest.raises(NoDrill):
        debrief(Story().open(exercise=True).state)


def test_a_span_is_told_in_minutes() -> None:
    told = [minutes(timedelta(seconds=each)) for each in (5, 40, 240)]
    assert told == ["at once", "1 min", "4 min"]
    assert [after(each) for each in told] == ["at once", "after 1 min", "after 4 min"]


def test_what_was_never_given_is_not_made_up() -> None:
    assert not [each for each in drill_night().log if each.event == InjectGiven(inject="none")]


def test_while_slack_is_away_no_time_for_an_answer_passes() -> None:
    story = begin(Story(), drill(inject("one", 1, within=5), inject("two", 2, within=5), minutes=30))
    story.until(at(20, 10))  # it is written down, and nobody can read it yet
    story.work()
    story.until(at(20, 14))
    reply(story, "one", "We call.")
    one, two = debrief(story.state, story.log).injects
    assert (one.status, one.came, one.answered) == ("in time", timedelta(minutes=10), timedelta(minutes=4))
    assert two.status == "still open"


def test_what_nobody_could_read_before_the_end_never_came() -> None:
    story = begin(Story(), drill(inject("one", 1), minutes=30))
    story.until(at(20, 30))
    assert [each.status for each in debrief(story.state, story.log).injects] == ["never came"]
