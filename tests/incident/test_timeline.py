"""The log in words. Each sentence is to be read aloud: what happened, to which text, by whom, for when."""

from __future__ import annotations

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.events import EVENTS, Event, Receipt
from ecomms_bot.incident.evolve import replay
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.state import Recorded
from ecomms_bot.incident.timeline import THINGS, TimelineLine, line, lines
from ecomms_bot.incident.wording import When
from tests.incident.stories import (
    COLLEAGUE,
    COMMUNICATOR,
    IC,
    NIGHT,
    NO_ROLES,
    PIO,
    SME,
    SME_AND_PIO,
    STRANGER,
    ZONE,
    Story,
    at,
    instant,
)
from tests.incident.test_redaction import blanked, of
from tests.incident.whole_night import whole_night


@pytest.fixture
def story() -> Story:
    return Story().open()


def said(story: Story, last: int = 1) -> list[str]:
    """The last lines that people see, with times as they are on the wall and without date and zone."""
    shown = lines(story.state, story.log)
    return [each.sentence.write(_short) for each in shown][-last:]


def _short(value: object) -> str:
    if isinstance(value, When):
        assert value.zone == ZONE
        return f"{instant(value.at).local:%H:%M}"
    if isinstance(value, tuple):
        return " and ".join(_short(each) for each in value)
    return str(getattr(value, "id", value))


def mark_of(story: Story) -> str:
    """How the latest text is named: the beginning of its hash, to be compared by eye."""
    digits = list(story.state.drafts.values())[-1].current.text_sha256[:8].upper()
    return f"text {digits[:4]}-{digits[4:]}"


# --- Opening and steps


def test_an_opening(story: Story) -> None:
    assert said(story, 2) == [
        "Highway 7 mudslides opened by U-comm: live, flood, S2 Major, phase during, between Agassiz and Hope",
        "Step Holding statement started, due 20:15",
    ]


def test_an_opening_without_area_and_roles() -> None:
    story = Story(roster=NO_ROLES)
    opened = Story().open(exercise=True).log[0].event
    assert opened is not None
    story.record((opened.model_copy(update={"area": "", "roles_configured": False}),), by=PIO, command_id="c")
    (words,) = said(story)
    assert words.startswith("Highway 7 mudslides opened by U-comm: exercise, flood, S2 Major, phase during")
    assert words.endswith("phase during, approvals without roles configured")


def test_a_step_without_a_due_time(story: Story) -> None:
    story.do(c.StartStep("D3"), PIO)
    assert said(story) == ["Step Road closure or change started"]


# --- Texts


def test_a_saved_draft_and_a_submitted_revision(story: Story) -> None:
    story.save("D1", facts={"road": "Highway 1"})
    story.submit("D1", by=COMMUNICATOR, facts={"road": "Highway 1"})
    assert said(story, 2) == [
        "Draft of Holding statement saved by U-comm",
        f"Revision 1 of Holding statement submitted by U-comm, wanted by 20:05, {mark_of(story)}",
    ]


def test_of_equal_lines_about_a_saved_draft_people_see_the_last(story: Story) -> None:
    # Given three working copies by one person, then one by another, then the first again,
    for by, road in ((COMMUNICATOR, "A"), (COMMUNICATOR, "B"), (COMMUNICATOR, "C"), (PIO, "D")):
        story.save("D1", by=by, facts={"road": road})
    story.save("D1", by=COMMUNICATOR, facts={"road": "E"})
    assert said(story, 4) == [
        "Step Holding statement started, due 20:15",
        *(f"Draft of Holding statement saved by {by}" for by in (COMMUNICATOR, PIO, COMMUNICATOR)),
    ]
    # then the line of the first three is that of the last of them, and with --all there is one for each.
    entries = [each.seq for each in story.log if each.type == "DraftSaved"]
    assert [each.seq for each in lines(story.state, story.log)][-3:] == entries[2:]
    assert [each.seq for each in lines(story.state, story.log, all=True)] == [each.seq for each in story.log]


def test_other_texts_of_a_step_go_by_their_own_name(story: Story) -> None:
    story.submit("D4", "no-change")
    assert said(story) == [f"Revision 1 of No change submitted by U-comm, wanted by 20:15, {mark_of(story)}"]


def test_renewed_times(story: Story) -> None:
    story.approve(story.submit("D3"), SME, PIO, IC)
    story.submit("D3", renews=True, by=COLLEAGUE, next_update=at(22, 0))
    assert said(story) == [
        "Revision 2 of Road closure or change, new times only, submitted by U-coll, wanted by 20:05, "
        + mark_of(story)
    ]


def test_approvals_name_the_roles_and_the_text(story: Story) -> None:
    draft = story.submit("D4", "update")
    text = mark_of(story)
    story.approve(draft, SME_AND_PIO, SME)
    name = "Revision 1 of Scheduled update"
    assert said(story, 3) == [
        f"{name} approved by U-both as pio and sme, {text}",
        f"{name} approved by U-sme as sme, {text}",
        f"{name} has every approval it needs and may be published",
    ]


def test_an_approval_without_roles_configured() -> None:
    story = Story(roster=NO_ROLES).open(exercise=True)
    story.approve(story.submit("D1"), STRANGER)
    first, second = said(story, 2)
    assert first.startswith(
        "Revision 1 of Holding statement approved by U-none without roles configured, text"
    )
    assert second == "Revision 1 of Holding statement has every approval it needs and may be played"


def test_sent_back_and_declined_with_the_reason(story: Story) -> None:
    draft = story.submit("D1")
    story.do(c.AskForChanges(draft.id, 1, "Which lanes?"), PIO)
    text = mark_of(story)
    assert said(story) == [f"Revision 1 of Holding statement sent back by U-pio, {text}: Which lanes?"]
    draft = story.submit("D1", facts={"road": "Highway 1"})
    story.do(c.Decline(draft.id, 2, "Operations took it back."), PIO)
    assert mark_of(story) != text
    assert said(story) == [
        f"Revision 2 of Holding statement declined by U-pio, {mark_of(story)}: Operations took it back."
    ]


# --- Publishing and promises


def test_a_release_and_its_promise(story: Story) -> None:
    draft = story.approve(story.submit("D1", next_update=at(21, 0)), PIO)
    story.now = at(20, 9)
    story.mark(draft, "x", "web", posted=at(20, 8))
    assert said(story, 3) == [
        f"Revision 1 of Holding statement published on X, Web (posted 20:08), {mark_of(story)}",
        "Next update promised for 21:00",
        "Step Scheduled update started",
    ]


def test_channels_posted_at_different_times(story: Story) -> None:
    draft = story.approve(story.submit("D1"), PIO)
    story.now = at(20, 9)
    receipts = (Receipt(channel="web", attested_at=at(20, 5)), Receipt(channel="x", attested_at=at(20, 8)))
    story.do(c.MarkPublished(draft.id, 1, receipts), PIO)
    assert said(story, 3)[0] == (
        f"Revision 1 of Holding statement published on X, Web (posted 20:05 to 20:08), {mark_of(story)}"
    )


def test_an_exercise_is_played() -> None:
    story = Story().open(exercise=True)
    story.mark(story.approve(story.submit("D1"), PIO), "sms")
    words = f"Revision 1 of Holding statement played on SMS (20:00), {mark_of(story)}"
    assert said(story, 3)[0] == words


@pytest.mark.parametrize(
    ("hour", "minute", "words"), [(20, 50, "kept"), (21, 3, "kept, 3 min late"), (21, 14, "late by 14 min")]
)
def test_how_a_promise_ended(story: Story, hour: int, minute: int, words: str) -> None:
    story.publish("D1", next_update=at(21, 0))
    draft = story.approve(story.submit("D4", "update", next_update=at(23, 0)), SME, PIO)
    story.now = at(hour, minute)
    story.mark(draft)
    assert said(story, 2)[0] == f"Promise of 21:00 {words}"


def test_a_withdrawn_promise_and_the_closing(story: Story) -> None:
    story.publish("D1", next_update=at(21, 0))
    story.do(c.CloseIncident("The city speaks now.", withdraw_reason="Handed over."), IC)
    assert said(story, 2) == [
        "Promise of 21:00 withdrawn by U-ic: Handed over.",
        "Highway 7 mudslides closed by U-ic: The city speaks now.",
    ]


def test_a_closing_without_a_note(story: Story) -> None:
    story.do(c.CloseIncident(""), IC)
    assert said(story) == ["Highway 7 mudslides closed by U-ic"]


# --- Reminders


def test_reminders_of_a_promise(story: Story) -> None:
    draft = story.submit("D1", by=COLLEAGUE, next_update=at(21, 0))
    story.mark(story.approve(draft, PIO))
    story.until(at(20, 46))
    story.do(c.Snooze(5), COLLEAGUE)
    story.roster = Roster({"pio": (PIO,)})
    story.until(at(21, 10))
    assert said(story, 5) == [
        "Reminder to U-coll and U-comm: update promised for 21:00",
        "Promise of 21:00: reminder put off by U-coll, to 20:55",
        "Reminder to U-coll and U-comm: update promised for 21:00",
        "Reminder to pio (U-pio): the update promised for 21:00 is not out",
        "Reminder to U-pio, as ic has no members: the update promised for 21:00 is not out, 10 min late",
    ]


def test_a_reminder_that_came_late_says_how_late(story: Story) -> None:
    story.publish("D1", next_update=at(21, 0))
    story.wake_at(at(21, 12, 30))
    assert said(story, 2)[0] == (
        "Reminder to pio (U-pio and U-pio2 and U-both): "
        "the update promised for 21:00 is not out, 12 min late (said 12 min late)"
    )


def test_where_nobody_is_left_the_conversation_is_told(story: Story) -> None:
    story.publish("D1", next_update=at(21, 0))
    fired = EVENTS["ReminderFired"].model_validate(
        {
            "key": f"promise/{story.promise().id}/T+0",
            "late_seconds": 0,
            "to": [],
            "role": "pio",
            "stand_in": True,
        }
    )
    story.record((fired,), by="bot", command_id="c")
    assert said(story) == ["Reminder to the conversation, as pio has no members: update promised for 21:00"]


def test_reminders_of_what_is_approved_and_not_marked(story: Story) -> None:
    story.approve(story.submit("D1", next_update=at(20, 20)), PIO)
    story.until(at(20, 20))
    name = "revision 1 of Holding statement"
    promises = f"{name} promises an update by 20:20 and is not marked as published"
    assert said(story, 3) == [
        f"Reminder to U-comm: {name} is approved and not marked as published",
        f"Reminder to U-comm: {promises}",
        f"Reminder to pio (U-pio and U-pio2 and U-both): {promises}",
    ]


def test_a_text_without_promise_that_is_not_marked() -> None:
    story = Story().open(exercise=True)
    facts = {"next_update_at": None, "no_promise_reason": "the road is open"}
    story.approve(story.submit("D4", "final", facts=facts), SME, PIO)
    story.until(at(20, 5))
    assert said(story)[0].endswith("Final update is approved and not marked as played")


def test_reminders_of_steps_and_of_people(story: Story) -> None:
    story.do(c.SetReminder(instant(at(20, 20)), "Call the mayor."), PIO)
    assert said(story) == ["U-pio wants to be reminded at 20:20: Call the mayor."]
    story.until(at(20, 20))
    assert said(story, 2) == [
        "Reminder to U-comm: step Holding statement is due",
        "Reminder to U-pio: Call the mayor.",
    ]


# --- Slack


def test_what_could_not_be_done(story: Story) -> None:
    story.do(c.RecordFailure("t", "post", "card", "The bot is not in the channel.", "Invite it."), "bot")
    assert said(story) == ["Not done in Slack: The bot is not in the channel. Invite it."]


def test_where_things_stand_is_hidden_unless_asked_for(story: Story) -> None:
    shown = lines(story.state, story.log)
    everything = lines(story.state, story.log, all=True)
    assert [each.seq for each in shown] == [1, 2]
    assert [each.seq for each in everything] == [1, 2, 3, 4, 5]
    assert [str(each.sentence) for each in everything[2:]] == [
        "Shown in Slack: conversation, as of entry 2",
        "Shown in Slack: card, as of entry 3",
        "Shown in Slack: step, as of entry 4",
    ]


def test_every_thing_that_is_shown_has_a_name() -> None:
    shown = {name.split(":")[0] for name in whole_night().state.posted}
    assert shown == set(THINGS)


# --- Lines


def test_a_line_has_its_place_its_time_and_who_did_it(story: Story) -> None:
    first, *_ = lines(story.state, story.log)
    assert first == TimelineLine(1, NIGHT, COMMUNICATOR, line(story.log[0], story.state))


def test_every_type_of_entry_has_a_sentence() -> None:
    story = whole_night()
    assert {each.type for each in story.log} == set(EVENTS)
    for each in lines(story.state, story.log, all=True):
        words = str(each.sentence)
        assert words
        assert "{" not in words
        assert "None" not in words


def test_an_event_without_words_is_a_mistake_of_ours(story: Story) -> None:
    class Unheard(Event):
        pass

    with pytest.raises(LookupError, match="no words are written down for Unheard"):
        line(Recorded(9, NIGHT, "bot", "c", "Unheard", "h", Unheard()), story.state)


# --- After a redaction


def test_a_redacted_entry_says_so_and_stays_hidden_if_it_was() -> None:
    log = blanked(of("DraftSaved", "Posted"))
    state = replay("i7abcdefghij", log)
    words = {each.type: str(line(each, state)) for each in log}
    assert (words["DraftSaved"], words["Posted"]) == ("redacted", "redacted")
    assert len(lines(state, log)) == len(lines(whole_night().state, whole_night().log))


def test_what_speaks_of_a_redacted_entry_says_what_is_left() -> None:
    log = blanked(of("RevisionSubmitted", "PromiseMade", "ReminderSet"))
    state = replay("i7abcdefghij", log)
    words = [str(each.sentence) for each in lines(state, log)]
    assert any(each.startswith("Revision 1 of a redacted text sent back by U-pio: ") for each in words)
    assert "A promise late by 14 min" in words
    assert "Reminder to U-pio: redacted" in words
    assert any(each.endswith("an update is promised") for each in words)
    assert any(
        each.endswith("revision 1 of a redacted text is approved and not marked as published")
        for each in words
    )
    # Without any entry of the draft left, not even its step is known.
    log = blanked(of("RevisionSubmitted", "DraftSaved"))
    state = replay("i7abcdefghij", log)
    assert "Revision 1 of a redacted text" in "\n".join(str(each.sentence) for each in lines(state, log))
