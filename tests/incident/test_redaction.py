"""Entries whose content was lawfully blanked: a replay never crashes, and the words are gone everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecomms_bot.incident import commands as c
from ecomms_bot.incident import progress, reminders
from ecomms_bot.incident.commands import Context, RecordFailure, RecordPosted
from ecomms_bot.incident.decide import decide
from ecomms_bot.incident.effects import effects, reminder_step, wanted
from ecomms_bot.incident.events import EVENTS, Receipt
from ecomms_bot.incident.evolve import evolve, replay
from ecomms_bot.incident.faces import faces
from ecomms_bot.incident.policy import Person, Roster
from ecomms_bot.incident.projection import incident_row, release_rows
from ecomms_bot.incident.rules.drafts import newest_preview
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.timeline import REDACTED, line, lines
from ecomms_bot.incident.wording import Rejected
from ecomms_bot.playbook.instant import Instant
from tests.incident.drill_night import drill_night
from tests.incident.stories import (
    COMMUNICATOR,
    IC,
    NIGHT,
    PIO,
    ROSTER,
    SME,
    SME_AND_PIO,
    Story,
    at,
    flood_with,
    instant,
)
from tests.incident.test_recurring import INSIDE, brief
from tests.incident.whole_night import whole_night

KEPT = {"IncidentOpened", "ApprovalGiven", "DraftApproved"}
"""What may never be blanked."""
LATER = at(22, 30)


def blanked(seqs: AbstractSet[int]) -> list[Recorded]:
    return [replace(each, event=None) if each.seq in seqs else each for each in whole_night().log]


def of(*types: str) -> set[int]:
    """The places of all entries of these types."""
    return {each.seq for each in whole_night().log if each.type in types}


def look_at_everything(state: Incident, log: list[Recorded]) -> None:
    """All that anybody ever asks of a state, and what the worker may still record."""
    wanted(state, NIGHT)
    faces(state)
    incident_row(state)
    release_rows(state)
    lines(state, log, all=True)
    progress.counts(state)
    progress.waiting(state)
    progress.next_steps(state)
    progress.next_promise(state)
    progress.urgent(state, NIGHT)
    for step in state.steps:
        progress.step_due(state, step)
    for draft in state.drafts:
        newest_preview(state, draft)
    assert len(state.open_questions) <= len(state.questions)
    reminders.owed(state)
    for fired in state.fired.values():
        reminder_step(state, fired)
    ctx = Context(NIGHT, Person("bot"), "late", Roster())
    for command in (RecordPosted("new:1", "C", "1.0", 1), RecordFailure("t", "post", "card", "No.", "Wait.")):
        (event,) = decide(state, command, ctx)
        recorded = Recorded(state.seq + 1, NIGHT, "bot", "late", type(event).__name__, "h", event)
        effects(state, evolve(state, recorded), [recorded])


def test_the_whole_night_has_every_type_of_entry() -> None:
    assert {each.type for each in (*whole_night().log, *drill_night().log)} == set(EVENTS)


@pytest.mark.chance
@settings(max_examples=50)
@given(st.sets(st.sampled_from(sorted(each.seq for each in drill_night().log if each.type not in KEPT))))
def test_any_lawful_blanking_of_a_drill_can_be_replayed_and_looked_at(seqs: set[int]) -> None:
    log = [replace(each, event=None) if each.seq in seqs else each for each in drill_night().log]
    state = replay("i7abcdefghij", log)
    look_at_everything(state, log)
    for gone in state.injects.keys() ^ drill_night().state.injects.keys():
        assert gone not in {reminder.subject_id for reminder in reminders.owed(state).values()}


@pytest.mark.chance
@settings(max_examples=150)
@given(st.sets(st.sampled_from(sorted(each.seq for each in whole_night().log if each.type not in KEPT))))
def test_any_lawful_blanking_of_a_closed_incident_can_be_replayed_and_looked_at(seqs: set[int]) -> None:
    log = blanked(seqs)
    state = replay("i7abcdefghij", log)
    assert (state.seq, state.hash) == (log[-1].seq, log[-1].hash)
    look_at_everything(state, log)
    # No word of a blanked revision is left in what was published.
    gone = {
        (each.event.draft, each.event.revision)  # type: ignore[union-attr] # a revision that was submitted
        for each in whole_night().log
        if each.seq in seqs and each.type == "RevisionSubmitted"
    }
    for row in release_rows(state):
        assert (row.text is None) == ((row.draft, row.revision) in gone)


def every_command(state: Incident) -> Iterator[c.Command]:
    """What people may still ask of whatever is left."""
    for draft in state.drafts.values():
        yield c.WithdrawDraft(draft.id)
        for revision in draft.revisions:
            yield c.Approve(draft.id, revision.number, revision.text_sha256)
            yield c.MarkPublished(draft.id, revision.number, (Receipt(channel="x", attested_at=LATER),))
            for channel in revision.receipts:
                yield c.CorrectReceipt(draft.id, revision.number, channel, "A slip.", None)
    for step in state.steps:
        yield c.SkipStep(step, "Not now.")
        yield c.SaveDraft("d-new", step, "update", {})
    for question in state.questions:
        yield c.AnswerQuestion(question, "Yes.")
    for handover in state.handovers:
        yield c.AcceptHandover(handover)
    yield c.StandDown(Instant.of(LATER, state.zone))
    yield c.ChangePhase("during")
    yield c.CloseIncident("Over.", withdraw_reason="Over.")


@pytest.mark.chance
@settings(max_examples=25)
@given(st.sets(st.sampled_from(sorted(each.seq for each in whole_night().log if each.type not in KEPT))))
def test_people_can_go_on_with_what_is_left(seqs: set[int]) -> None:
    night = [each for each in whole_night().log if each.type != "IncidentClosed"]
    left = [replace(each, event=None) if each.seq in seqs else each for each in night]
    state = replay("i7abcdefghij", left)
    person = ROSTER.person(SME_AND_PIO)
    for count, command in enumerate(every_command(state)):
        ctx = Context(LATER, person, f"later-{count}", ROSTER)
        after, log = state, list(left)
        try:
            new = decide(state, command, ctx)
        except Rejected:
            continue
        for event in new:
            recorded = Recorded(after.seq + 1, LATER, person.id, "later", type(event).__name__, "h", event)
            after, log = evolve(after, recorded), [*log, recorded]
        look_at_everything(after, log)


@pytest.mark.parametrize("kind", sorted(set(EVENTS) - KEPT))
def test_all_entries_of_one_type_can_be_blanked(kind: str) -> None:
    log = blanked(of(kind))
    look_at_everything(replay("i7abcdefghij", log), log)


def test_everything_at_once_can_be_blanked() -> None:
    log = blanked({each.seq for each in whole_night().log if each.type not in KEPT})
    state = replay("i7abcdefghij", log)
    look_at_everything(state, log)
    # What is left: that texts were approved, and by whom.
    assert {draft.status for draft in state.drafts.values()} == {"approved"}
    assert state.open


def test_a_blanked_entry_keeps_its_place_and_says_so() -> None:
    seqs = of("ChangesAsked")
    log = blanked(seqs)
    state = replay("i7abcdefghij", log)
    (seq,) = seqs
    assert [each.seq for each in log] == [each.seq for each in whole_night().log]
    assert line(log[seq - 1], state) is REDACTED
    assert str(REDACTED) == "redacted"


def test_a_release_keeps_its_row_without_its_words() -> None:
    before = release_rows(whole_night().state)
    after = release_rows(replay("i7abcdefghij", blanked(of("RevisionSubmitted"))))
    assert {row.text for row in before} & {None} == set()
    assert {row.text for row in after} == {None}
    assert {(row.draft, row.channel, row.attested_at, row.proof) for row in before} == {
        (row.draft, row.channel, row.attested_at, row.proof) for row in after
    }


def test_the_approvals_of_a_blanked_revision_are_its_own() -> None:
    # Given a closure whose first revision was approved by three, and a second one whose entry is blanked,
    log = [each for each in whole_night().log if each.type != "Posted"]
    renewed = next(each for each in log if each.type == "RevisionSubmitted" and '"renews":true' in text(each))
    state = replay("i7abcdefghij", [replace(each, event=None) if each is renewed else each for each in log])
    # then the approvals of the first do not count for the second.
    assert renewed.event is not None
    draft = state.drafts[renewed.event.draft]  # type: ignore[attr-defined] # a revision
    assert draft.current.number == 2
    assert [approval.person for approval in draft.approvals] == ["U-both"]


def text(recorded: Recorded) -> str:
    return recorded.event.model_dump_json() if recorded.event else ""


def test_people_who_may_decide_are_still_known() -> None:
    state = replay("i7abcdefghij", blanked(of("RevisionSubmitted", "DraftSaved")))
    assert ROSTER.reach("pio", state)


@pytest.mark.parametrize(
    ("posted", "answered_at"), [(at(20, 55), at(20, 50)), (at(20, 50), at(20, 50)), (at(20, 40), at(20, 40))]
)
def test_a_blanked_receipt_brings_no_promise_back(posted: datetime, answered_at: datetime) -> None:
    # Given a promise of 21:00 that an update of 20:50 kept, whose receipt was blanked,
    story = Story().open()
    first = story.publish("D1", next_update=at(21, 0))
    closure = story.approve(story.submit("D3", next_update=at(23, 30)), SME, PIO, IC)
    update = story.approve(story.submit("D4", "update", next_update=at(23, 0)), SME, PIO)
    story.now = at(20, 50)
    story.mark(update)
    last = max(each.seq for each in story.log if each.type == "MarkedPublished")
    story.log = [replace(each, event=None) if each.seq == last else each for each in story.log]
    story.state = replay(story.state.id, story.log)
    # when another text is marked, then what is recorded stands, unless that text came earlier.
    story.now = at(21, 30)
    story.mark(closure, posted=posted)
    promise = story.state.promises[f"{first.id}-1"]
    assert promise.status == "kept"
    assert promise.due.utc + timedelta(seconds=promise.late_seconds) == answered_at


def test_a_promise_whose_own_receipt_was_blanked_is_answered_all_the_same() -> None:
    story = Story().open()
    first = story.publish("D1", next_update=at(21, 0))
    update = story.approve(story.submit("D4", "update", next_update=at(23, 0)), SME, PIO)
    log = [replace(each, event=None) if each.type == "MarkedPublished" else each for each in story.log]
    story.log, story.state = log, replay(story.state.id, log)
    story.now = at(20, 40)
    story.mark(update)
    assert story.state.promises[f"{first.id}-1"].status == "kept"


def test_a_round_whose_mark_was_blanked_counts_from_what_corrected_it() -> None:
    # Given a briefing inside, of which the place where it was read was corrected
    story = Story().open(playbook=flood_with({}, INSIDE, {}))
    story.do(c.StartStep("D5"), COMMUNICATOR)
    story.work()
    draft = brief(story)
    story.now = at(20, 10)
    receipt = Receipt(channel="internal", attested_at=at(20, 0), proof="https://intranet/1")
    story.do(c.CorrectReceipt(draft.id, 1, "internal", "A link was missing.", receipt), COMMUNICATOR)
    # when the entry that it corrects is blanked
    log = [replace(each, event=None) if each.type == "MarkedPublished" else each for each in story.log]
    state = replay("i7abcdefghij", log)
    # then nothing stumbles, and the next round is due after the correction.
    look_at_everything(state, log)
    assert progress.step_due(state, "D5") == instant(at(20, 40))
