"""The log in words. Each sentence is to be read aloud: what happened, to which text, by whom, for when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from ecomms_bot.incident import commands as c
from ecomms_bot.incident.effects import wanted
from ecomms_bot.incident.events import EVENTS, Event, Quoted, Receipt
from ecomms_bot.incident.evolve import evolve, replay
from ecomms_bot.incident.policy import Roster
from ecomms_bot.incident.state import Incident, Recorded
from ecomms_bot.incident.timeline import THINGS, TimelineLine, line, lines
from ecomms_bot.incident.wording import When
from tests.incident.drill_night import drill_night
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
    flood_with,
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


# --- The course of an incident


def test_another_phase_and_another_severity(story: Story) -> None:
    story.do(c.ChangeSeverity("S1", "People are trapped."), IC)
    story.do(c.ChangePhase("after", "The water falls."), IC)
    assert said(story, 2) == [
        "Severity changed by U-ic from S2 Major to S1 Life safety: People are trapped.",
        "Phase changed by U-ic from during to after: The water falls.",
    ]
    story.do(c.ChangePhase("during"), PIO)
    assert said(story) == ["Phase changed by U-pio from after to during"]


def test_a_skipped_step(story: Story) -> None:
    story.do(c.SkipStep("D1", "The city speaks first."), COMMUNICATOR)
    assert said(story, 2)[0] == "Step Holding statement skipped by U-comm: The city speaks first."


def test_a_team_that_rests(story: Story) -> None:
    story.publish("D1", next_update=at(6, 0))
    story.do(c.StandDown(instant(at(6, 0))), PIO)
    assert said(story) == ["U-pio stands the team down until 06:00, as the last text says"]


def test_another_runs_the_incident(story: Story) -> None:
    story.do(c.OfferHandover(COLLEAGUE, "I am off at ten."), COMMUNICATOR)
    story.do(c.AcceptHandover(*story.state.handovers), COLLEAGUE)
    assert said(story, 2) == [
        "U-comm asked U-coll to run the incident: I am off at ten.",
        "U-coll runs the incident now",
    ]


def test_what_should_never_have_been_opened(story: Story) -> None:
    story.do(c.CloseIncident("It was a drill of the city.", in_error=True), COMMUNICATOR)
    assert said(story) == [
        "Highway 7 mudslides closed by U-comm, as opened in error: It was a drill of the city."
    ]


# --- Second thoughts


def test_a_withdrawn_draft(story: Story) -> None:
    draft = story.submit("D4", "no-change")
    story.do(c.WithdrawDraft(draft.id, "There is news."), COMMUNICATOR)
    assert said(story) == ["Draft of No change withdrawn by U-comm: There is news."]
    story.do(c.WithdrawDraft(story.save("D1").id), COMMUNICATOR)
    assert said(story) == ["Draft of Holding statement withdrawn by U-comm"]


@pytest.mark.parametrize(
    ("posted", "link", "words"),
    [
        (at(20, 5), "https://example.org/x", "(posted 20:05, not 20:00)"),
        (at(20, 0), "https://example.org/1", "(posted 20:00, link https://example.org/1)"),
        (at(20, 5), "", "(posted 20:05, not 20:00, no proof)"),
        (at(20, 0), "sign 12 at Hope", "(posted 20:00, proof sign 12 at Hope)"),
        (None, "", "(not posted there, was 20:00)"),
    ],
)
def test_a_corrected_receipt_says_what_is_so_and_what_had_been_said(
    story: Story, posted: datetime | None, link: str, words: str
) -> None:
    draft = story.publish("D1")
    story.now = at(20, 10)
    receipt = Receipt(channel="x", attested_at=posted, proof=link) if posted else None
    story.do(c.CorrectReceipt(draft.id, 1, "x", "A slip.", receipt), COLLEAGUE)
    assert f"Revision 1 of Holding statement, receipt for X corrected by U-coll {words}: A slip." in said(
        story, 2
    )


def test_an_update_that_is_owed_again(story: Story) -> None:
    story.publish("D1", next_update=at(21, 0))
    draft = story.approve(story.submit("D4", "update", next_update=at(22, 0)), SME, PIO)
    story.now = at(20, 30)
    story.mark(draft, "x")
    story.do(c.CorrectReceipt(draft.id, 1, "x", "Only a test list got it.", None), PIO)
    assert said(story, 2) == [
        "Promise of 22:00 withdrawn by U-pio: Only a test list got it.",
        "Promise of 21:00 is owed again",
    ]


# --- Entries by hand


def test_notes(story: Story) -> None:
    for author in (None, SME, ""):
        quoted = None if author is None else Quoted(conversation="C-ops", ts="1.0", author=author)
        story.do(c.AddNote("The bridge holds.", quoted), PIO)
    assert said(story, 3) == [
        "U-pio noted: The bridge holds.",
        "U-pio noted what U-sme wrote: The bridge holds.",
        "U-pio noted a message: The bridge holds.",
    ]


def test_facts_as_people_say_them(story: Story) -> None:
    quoted = Quoted(conversation="C-ops", ts=str(NIGHT.timestamp() - 600), author=SME)
    for name, value in (
        ("people stranded", "140"),
        ("gauge_level_m", "3.1"),
        ("direction", "both"),
        ("reopen_estimate_at", instant(at(23, 0))),
    ):
        story.do(c.RecordFact(name, value, "operations"), PIO)
    story.do(c.RecordFact("people stranded", "275", "the RCMP", quoted), PIO)
    assert said(story, 5) == [
        "Fact people stranded = 140, says operations, recorded by U-pio",
        "Fact River level = 3.1 m, says operations, recorded by U-pio",
        "Fact Direction = both ways, says operations, recorded by U-pio",
        "Fact Expected to reopen = 23:00, says operations, recorded by U-pio",
        "Fact people stranded = 275, says the RCMP, as of 19:50, recorded by U-pio",
    ]


def test_until_when_a_fact_is_known_and_in_whose_place_it_counts(story: Story) -> None:
    story.do(c.RecordFact("queue", "5", "RCMP", unit="km", until=instant(at(20, 20))), PIO)
    story.do(c.RecordFact("queue", "7", "operations", replaces=True), PIO)
    assert said(story, 2) == [
        "Fact queue = 5 km, says RCMP, known until 20:20, recorded by U-pio",
        "Fact queue = 7 km, says operations, in the place of what others said, recorded by U-pio",
    ]


def test_who_confirmed_a_fact_and_who_decided_what_counts(story: Story) -> None:
    story.do(c.RecordFact("queue", "5", "RCMP"), PIO)
    (fact,) = story.state.facts["queue"]
    story.do(c.VerifyFact("queue", fact.id), SME_AND_PIO)
    story.do(c.RecordFact("queue", "7", "media"), PIO)
    story.do(c.DecideFact("queue", fact.id, "They counted."), PIO)
    assert [each for each in said(story, 3) if "recorded" not in each] == [
        "Fact queue = 5 (RCMP) confirmed by U-both as pio and sme",
        "Fact queue = 5 (RCMP) counts, decided by U-pio: They counted.",
    ]


def test_without_roles_it_is_confirmed_by_somebody() -> None:
    story = Story(roster=NO_ROLES).open()
    story.do(c.RecordFact("queue", "5", "RCMP"), PIO)
    story.do(c.VerifyFact("queue", story.state.facts["queue"][0].id), COLLEAGUE)
    assert said(story) == ["Fact queue = 5 (RCMP) confirmed by U-coll"]


def test_a_fact_that_ends_and_one_that_was_redacted(story: Story) -> None:
    story.do(c.RecordFact("queue", "5", "RCMP", until=instant(at(20, 45))), PIO)
    (fact,) = story.state.facts["queue"]
    story.do(c.VerifyFact("queue", fact.id), SME)
    story.until(at(20, 45))
    assert [each for each in said(story, 3) if "queue" in each] == [
        "Reminder to U-pio and U-comm: queue = 5 is known until 20:45",
        "Reminder to U-pio and U-comm: queue = 5 was known until 20:45",
    ]
    gone = replay(story.state.id, [each for each in story.log if each.type != "FactRecorded"])
    (verified,) = (each for each in story.log if each.type == "FactVerified")
    assert str(line(verified, gone)) == "A redacted fact about queue confirmed by U-sme as sme"
    assert str(line(story.log[-1], gone)) == "Reminder to U-pio, U-comm: redacted"


def test_questions_of_the_public(story: Story) -> None:
    story.do(c.AskQuestion("Who pays?", SME), PIO)
    assert said(story) == ["Question of the public for U-sme: Who pays?"]
    story.do(c.AskQuestion("May ambulances\npass?" + " Please!" * 20, SME, instant(at(20, 10))), PIO)
    asked = "May ambulances pass? Please! Please! Please! Please! Please! Please! Please! Pl…"
    story.until(at(20, 10))
    assert said(story) == [f"Reminder to U-sme: the question “{asked}” has no answer yet"]
    story.do(c.AnswerQuestion(list(story.state.questions)[-1], "With an escort."), SME)
    assert said(story) == [f"Question “{asked}” answered by U-sme: With an escort."]


def test_asking_for_the_log_and_for_long_texts_is_hidden_unless_asked_for(story: Story) -> None:
    story.save("D1")
    kept = story.submission("D1")
    story.do(c.ShowTexts(kept.draft, "D1", "statement", kept.values, kept.texts, kept.text_sha256), PIO)
    story.do(c.AskReport(), SME)
    mark = f"{kept.text_sha256[:4]}-{kept.text_sha256[4:8]}".upper()
    assert [str(each.sentence) for each in lines(story.state, story.log, all=True)][-2:] == [
        f"U-pio had every word of Holding statement shown in its thread, text {mark}",
        "U-sme asked for the log as files",
    ]
    assert said(story) == ["Draft of Holding statement saved by U-comm"]


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
        (
            "Reminder to U-pio, as nobody of ic is on duty: "
            "the update promised for 21:00 is not out, 10 min late"
        ),
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
    assert shown_in(whole_night()) | shown_in(briefed_night()) | shown_in(drill_night()) == set(THINGS)


def shown_in(night: Story) -> set[str]:
    """The kinds of things that were to be shown at any time of this night."""
    state, shown = Incident("i7abcdefghij"), set[str]()
    for recorded in night.log:
        state = evolve(state, recorded)
        shown |= {
            task.ids["thing"].split(":")[0] for task in wanted(state, NIGHT).values() if "thing" in task.ids
        }
    return shown


def briefed_night() -> Story:
    """The updates of this incident are briefs that the bot posts to leaders."""
    templates = {"leaders": "{{ incident_name }}: {{ news }}"}
    words = {"kind": "internal", "title": "Brief", "templates": templates}
    brief = {"channels": ["leaders"], "texts": {"internal": words}, "tier": "T1", "cadence": 60}
    night = Story(leaders="C-leaders").open(playbook=flood_with({}, {}, brief))
    night.approve(night.submit("D4", "internal", facts={"news": "Both lanes are under water."}), SME, PIO)
    return night


# --- Lines


def test_a_line_has_its_place_its_time_and_who_did_it(story: Story) -> None:
    first, *_ = lines(story.state, story.log)
    assert first == TimelineLine(1, NIGHT, COMMUNICATOR, line(story.log[0], story.state))


def test_every_type_of_entry_has_a_sentence() -> None:
    stories = (whole_night(), drill_night())
    assert {each.type for story in stories for each in story.log} == set(EVENTS)
    for each in (told for story in stories for told in lines(story.state, story.log, all=True)):
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


def test_so_do_questions_corrections_and_withdrawals_of_what_was_redacted() -> None:
    everything = {each.seq for each in whole_night().log}
    told = of("QuestionAnswered", "ReceiptCorrected", "DraftWithdrawn", "ReminderFired", "PromiseReopened")
    log = blanked(everything - told - of("IncidentOpened"))
    words = "\n".join(str(each.sentence) for each in lines(replay("i7abcdefghij", log), log))
    assert "A redacted question answered by U-sme: Yes, with an escort." in words
    assert "Draft of a redacted text withdrawn by U-coll: Said already." in words
    assert (
        "Revision 1 of a redacted text, receipt for SMS corrected by U-comm (posted 14 Nov 2021 21:20"
        in words
    )
    assert "Revision 1 of a redacted text, receipt for SMS corrected by U-ic (not posted there, was" in words
    assert "Reminder to U-sme: redacted" in words
    assert "A promise is owed again" in words
    # And a receipt that was recorded nowhere is corrected without a word of what it was.
    (last,) = sorted(of("ReceiptCorrected"))[1:]
    log = [replace(each, event=None) if each.seq < last and each.seq > 1 else each for each in log]
    state = replay("i7abcdefghij", log)
    assert "(not posted there): " in str(line(log[last - 1], state))


def test_a_second_look_that_nobody_took(story: Story) -> None:
    draft = story.submit("D1")
    story.do(c.Override(draft.id, 1, draft.current.text_sha256, "It cannot wait."), IC)
    story.until(at(20, 16))
    assert any(
        each.endswith("nobody has looked at Holding statement once more since it was let out")
        for each in said(story, 5)
    )
